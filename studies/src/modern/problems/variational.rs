//! A variational autoencoder of images (Kingma and Welling 2014): 784-100-(16 means, 16 log
//! variances)-100-784, sigmoids; binary cross entropy and divergence, summed over an image.
//!
//! The noise is a function of the batch: it is drawn from a seed that its rows, in their order,
//! make. So a run repeats, all rivals see the same noise, and another batch brings new noise.

use super::super::tape::{Function, Layout, Number, Tape, Var};
use super::images::Images;
use super::taped::{Model, Part, Recorded};
use crate::noise::Noise;
use crate::seeds;

const HIDDEN: usize = 100;
const LATENT: usize = 16;

pub(super) struct Variational {
    images: Images,
    layout: Layout,
    encoder: [Var; 2],
    mean: [Var; 2],
    log: [Var; 2],
    decoder: [[Var; 2]; 2],
}

impl Variational {
    pub(super) fn new(images: Images) -> Self {
        let mut layout = Layout::default();
        let encoder = layout.layer(784, HIDDEN, 1.0);
        let [mean, log] = [(); 2].map(|()| layout.layer(HIDDEN, LATENT, 1.0));
        let decoder = [layout.layer(LATENT, HIDDEN, 1.0), layout.layer(HIDDEN, 784, 1.0)];
        Self { images, layout, encoder, mean, log, decoder }
    }
}

/// Standard normal noise for these rows.
fn noise(rows: &[usize]) -> Vec<f32> {
    let words: Vec<u64> = rows.iter().map(|&row| row as u64).collect();
    let mut noise = Noise::new(seeds::derive(&words));
    (0..rows.len() * LATENT).map(|_| noise.normal() as f32).collect()
}

impl Model for Variational {
    fn layout(&self) -> &Layout {
        &self.layout
    }

    fn rows(&self, part: Part) -> usize {
        self.images.rows(part)
    }

    fn record<T: Number>(&self, tape: &mut Tape<T>, part: Part, rows: &[usize]) -> Recorded {
        let images = self.images.given(tape, part, rows);
        let sums = tape.linear(images, self.encoder);
        let hidden = tape.apply(Function::Sigmoid, sums);
        let [mean, log] = [self.mean, self.log].map(|layer| tape.linear(hidden, layer));
        let half = tape.scale(log, 0.5);
        let deviation = tape.apply(Function::Exp, half);
        let noise = tape.given(LATENT, noise(rows).chunks_exact(LATENT));
        let change = tape.multiply(deviation, noise);
        let code = tape.add(mean, change);
        let sums = tape.linear(code, self.decoder[0]);
        let hidden = tape.apply(Function::Sigmoid, sums);
        let outputs = tape.linear(hidden, self.decoder[1]);
        let entropy = tape.binary_entropy(outputs, images);
        let divergence = tape.divergence(mean, log);
        Recorded { loss: tape.add(entropy, divergence), right: None }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{images::tests::made_up, taped::tests::*};
    use super::*;

    #[test]
    fn the_gradient_is_that_of_differences_and_leads_down() {
        check_model(&Variational::new(made_up()), &[1, 5]);
        check_descent(Variational::new(made_up()), &[0, 1, 2, 3], 0.001);
    }

    #[test]
    fn a_batch_has_its_noise_and_another_order_other_noise() {
        assert_eq!(noise(&[3, 1]), noise(&[3, 1]));
        assert_ne!(noise(&[3, 1]), noise(&[1, 3]));
        assert_ne!(noise(&[3, 1])[..LATENT], noise(&[3, 2])[..LATENT]);
    }
}
