//! A convolutional network on images: 3 × 3 with stride 2 to 8 channels of 14 × 14, the same to 16 of
//! 7 × 7, then 64 and 10 nodes; ReLUs between them.
//!
//! A convolution gathers the patches as rows and multiplies them by its weights. Beyond the lower
//! and the right edge an image is 0.

use super::super::tape::{Function, Layout, NOWHERE, Number, Tape, Var};
use super::images::Images;
use super::taped::{Model, Part, Recorded};

pub(super) struct Convolution {
    images: Images,
    layout: Layout,
    filters: [[Var; 2]; 2],
    layers: [[Var; 2]; 2],
}

impl Convolution {
    pub(super) fn new(images: Images) -> Self {
        let mut layout = Layout::default();
        let filters = [layout.layer(9, 8, 2.0), layout.layer(9 * 8, 16, 2.0)];
        let layers = [layout.layer(7 * 7 * 16, 64, 2.0), layout.layer(64, 10, 2.0)];
        Self { images, layout, filters, layers }
    }
}

/// Pixels row by row, those of all images one after the other; a row holds the channels of one.
fn convolve<T: Number>(tape: &mut Tape<T>, x: Var, side: usize, filters: [Var; 2]) -> Var {
    let (channels, half) = (x.columns, side / 2);
    let images = x.rows / (side * side);
    let patches = tape.gather(x, (0..images).flat_map(|image| patches(image, side)));
    let sums = tape.linear(patches.reshaped(images * half * half, 9 * channels), filters);
    tape.apply(Function::Relu, sums)
}

/// Where the pixels of an image's patches lie, patch by patch.
fn patches(image: usize, side: usize) -> impl Iterator<Item = usize> {
    let half = side / 2;
    (0..half * half * 9).map(move |index| {
        let (patch, pixel) = (index / 9, index % 9);
        let [row, column] = [patch / half * 2 + pixel / 3, patch % half * 2 + pixel % 3];
        match row < side && column < side {
            true => (image * side + row) * side + column,
            false => NOWHERE,
        }
    })
}

impl Model for Convolution {
    fn layout(&self) -> &Layout {
        &self.layout
    }

    fn rows(&self, part: Part) -> usize {
        self.images.rows(part)
    }

    fn record<T: Number>(&self, tape: &mut Tape<T>, part: Part, rows: &[usize]) -> Recorded {
        let count = rows.len();
        let images = self.images.given(tape, part, rows).reshaped(count * 28 * 28, 1);
        let x = convolve(tape, images, 28, self.filters[0]);
        let x = convolve(tape, x, 14, self.filters[1]).reshaped(count, 7 * 7 * 16);
        let hidden = tape.linear(x, self.layers[0]);
        let hidden = tape.apply(Function::Relu, hidden);
        let outputs = tape.linear(hidden, self.layers[1]);
        let (loss, right) = tape.cross_entropy(outputs, self.images.classes(part, rows));
        Recorded { loss, right: Some(right) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{images::tests::made_up, taped::tests::*};
    use super::*;

    #[test]
    fn patches_of_the_second_image_are_those_drawn_by_hand() {
        // 4 x 4 pixels, 16 to 31: the last of four patches reaches over both edges.
        let places: Vec<usize> = patches(1, 4).collect();
        assert_eq!(places[..9], [16, 17, 18, 20, 21, 22, 24, 25, 26]);
        let no = NOWHERE;
        assert_eq!(places[27..], [26, 27, no, 30, 31, no, no, no, no]);
    }

    #[test]
    fn the_gradient_is_that_of_differences_and_leads_down() {
        check_model(&Convolution::new(made_up()), &[1, 5]);
        check_descent(Convolution::new(made_up()), &[0, 1, 2, 3], 0.01);
    }

    #[test]
    fn loss_and_gradient_are_those_of_an_independent_program() {
        check_twin(&Convolution::new(made_up()), [2.180_209_281_073_378, -1.271_201_880_507_751_4]);
    }
}
