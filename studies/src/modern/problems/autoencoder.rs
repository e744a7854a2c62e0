//! An autoencoder of images: 784-128-48-12-48-128-784, tanh within, sigmoids at the output; the loss is
//! the squared error summed over the pixels.

use super::super::tape::{Function, Layout, Number, Tape, Var};
use super::images::Images;
use super::taped::{Model, Part, Recorded};

const SIZES: [usize; 7] = [784, 128, 48, 12, 48, 128, 784];

pub(super) struct Autoencoder {
    images: Images,
    layout: Layout,
    layers: Vec<[Var; 2]>,
}

impl Autoencoder {
    pub(super) fn new(images: Images) -> Self {
        let mut layout = Layout::default();
        let layers = SIZES.windows(2).map(|size| layout.layer(size[0], size[1], 1.6)).collect();
        Self { images, layout, layers }
    }
}

impl Model for Autoencoder {
    fn layout(&self) -> &Layout {
        &self.layout
    }

    fn rows(&self, part: Part) -> usize {
        self.images.rows(part)
    }

    fn record<T: Number>(&self, tape: &mut Tape<T>, part: Part, rows: &[usize]) -> Recorded {
        let images = self.images.given(tape, part, rows);
        let mut x = images;
        for (index, &layer) in self.layers.iter().enumerate() {
            let is_last = index + 1 == self.layers.len();
            x = tape.linear(x, layer);
            x = tape.apply(if is_last { Function::Sigmoid } else { Function::Tanh }, x);
        }
        Recorded { loss: tape.squared_error(x, images), right: None }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{images::tests::made_up, taped::tests::*};
    use super::*;

    #[test]
    fn the_gradient_is_that_of_differences_and_leads_down() {
        check_model(&Autoencoder::new(made_up()), &[1, 5]);
        check_descent(Autoencoder::new(made_up()), &[0, 1, 2, 3], 0.001);
    }

    #[test]
    fn loss_and_gradient_are_those_of_an_independent_program() {
        check_twin(
            &Autoencoder::new(made_up()),
            [132.337_197_213_110_36, -0.814_710_566_846_370_1],
        );
    }
}
