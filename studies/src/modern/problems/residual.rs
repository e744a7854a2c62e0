//! A residual network with layer norm on images: 784-64, two blocks x ← x + W₂ relu(W₁ norm(x)), 10.

use super::super::tape::{Function, Layout, Number, Tape, Var};
use super::images::Images;
use super::taped::{Model, Part, Recorded};

const WIDTH: usize = 64;

pub(super) struct Residual {
    images: Images,
    layout: Layout,
    first: [Var; 2],
    blocks: [Block; 2],
    gain: Var,
    last: [Var; 2],
}

struct Block {
    gain: Var,
    layers: [[Var; 2]; 2],
}

impl Residual {
    pub(super) fn new(images: Images) -> Self {
        let mut layout = Layout::default();
        let first = layout.layer(784, WIDTH, 2.0);
        let blocks = [(); 2].map(|()| Block {
            gain: layout.row(WIDTH, 1.0),
            layers: [layout.layer(WIDTH, WIDTH, 2.0), layout.layer(WIDTH, WIDTH, 1.0)],
        });
        let (gain, last) = (layout.row(WIDTH, 1.0), layout.layer(WIDTH, 10, 2.0));
        Self { images, layout, first, blocks, gain, last }
    }
}

impl Model for Residual {
    fn layout(&self) -> &Layout {
        &self.layout
    }

    fn rows(&self, part: Part) -> usize {
        self.images.rows(part)
    }

    fn record<T: Number>(&self, tape: &mut Tape<T>, part: Part, rows: &[usize]) -> Recorded {
        let images = self.images.given(tape, part, rows);
        let mut x = tape.linear(images, self.first);
        for block in &self.blocks {
            let normal = tape.normalize(x, block.gain);
            let hidden = tape.linear(normal, block.layers[0]);
            let hidden = tape.apply(Function::Relu, hidden);
            let change = tape.linear(hidden, block.layers[1]);
            x = tape.add(x, change);
        }
        let normal = tape.normalize(x, self.gain);
        let outputs = tape.linear(normal, self.last);
        let (loss, right) = tape.cross_entropy(outputs, self.images.classes(part, rows));
        Recorded { loss, right: Some(right) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{images::tests::made_up, taped::tests::*};
    use super::*;

    #[test]
    fn the_gradient_is_that_of_differences_and_leads_down() {
        check_model(&Residual::new(made_up()), &[1, 5]);
        check_descent(Residual::new(made_up()), &[0, 1, 2, 3], 0.01);
    }

    #[test]
    fn loss_and_gradient_are_those_of_an_independent_program() {
        check_twin(&Residual::new(made_up()), [2.275_918_134_833_317_3, 0.552_992_994_978_562_1]);
    }
}
