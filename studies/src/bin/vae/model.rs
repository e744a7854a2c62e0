//! A variational autoencoder (Kingma and Welling 2014) on the crate's public traits alone.
//!
//! D-H-(Z means, Z log variances)-H-D, sigmoids in the hidden layers and at the output. With the batch X of B
//! rows and standard normal noise ε:
//!
//! - h = σ(X W₁ + b₁), (μ, λ) = h W₂ + b₂, z = μ + ε exp(λ/2), g = σ(z W₃ + b₃), o = g W₄ + b₄, y = σ(o);
//! - L = Σ (ln(1 + eᵒ) − X o) − ½ Σ (1 + λ − μ² − e^λ): binary cross-entropy and KL divergence, both summed
//!   over the batch ([LR] 4.5).
//!
//! The noise belongs to the mini-batch: other rows bring new noise.

use gols::{Error, SliceModel};
use ndarray::linalg::general_mat_mul;
use ndarray::{ArrayView2, ArrayViewMut2, ShapeError};

use gols_studies::noise::Noise;

/// The numbers of inputs, hidden nodes and latent variables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sizes {
    pub inputs: usize,
    pub hidden: usize,
    pub latent: usize,
}

impl Sizes {
    /// (inputs, outputs) of the four layers.
    fn layers(self) -> [(usize, usize); 4] {
        let Self { inputs, hidden, latent } = self;
        [(inputs, hidden), (hidden, 2 * latent), (latent, hidden), (hidden, inputs)]
    }

    /// The number of weights and biases.
    pub(crate) fn parameters(self) -> usize {
        self.layers().iter().map(|(inputs, outputs)| (inputs + 1) * outputs).sum()
    }

    /// Where each layer's weights (input-major) and then its biases begin.
    fn starts(self) -> [usize; 4] {
        let mut start = 0;
        self.layers().map(|(inputs, outputs)| {
            let here = start;
            start += (inputs + 1) * outputs;
            here
        })
    }

    /// Every layer's parameters from U[−1/√n, 1/√n], n its inputs: the usual start of linear layers.
    pub(crate) fn start(self, seed: u64) -> Vec<f32> {
        let mut noise = Noise::new(seed);
        let mut x = Vec::with_capacity(self.parameters());
        for (inputs, outputs) in self.layers() {
            let bound = 1.0 / (inputs as f64).sqrt();
            x.extend((0..(inputs + 1) * outputs).map(|_| noise.uniform(-bound, bound) as f32));
        }
        x
    }
}

/// Data, the last mini-batch with its noise, and the values of a pass.
pub(crate) struct Vae<'a> {
    sizes: Sizes,
    /// Rows of inputs in [0, 1].
    data: &'a [f32],
    noise: Noise,
    rows: Vec<usize>,
    inputs: Vec<f32>,
    epsilon: Vec<f32>,
    pass: Pass,
}

/// Values of the last forward pass, and room for the backward one.
#[derive(Default)]
struct Pass {
    h: Vec<f32>,
    code: Vec<f32>,
    z: Vec<f32>,
    g: Vec<f32>,
    o: Vec<f32>,
    d_z: Vec<f32>,
    d_code: Vec<f32>,
    d_g: Vec<f32>,
    d_h: Vec<f32>,
}

impl<'a> Vae<'a> {
    /// A model on rows of inputs. The noise of one batch of `batch` rows is drawn and not used.
    pub(crate) fn new(sizes: Sizes, data: &'a [f32], batch: usize, seed: u64) -> Self {
        let noise = Noise::new(seed.wrapping_add(1));
        let (rows, inputs, epsilon) = (Vec::new(), Vec::new(), Vec::new());
        let mut model = Self { sizes, data, noise, rows, inputs, epsilon, pass: Pass::default() };
        model.draw_noise(batch);
        model
    }

    /// Takes these rows as the batch, with noise of its own.
    fn set_batch(&mut self, rows: &[usize]) {
        if self.rows == rows {
            return;
        }
        self.rows.clear();
        self.rows.extend_from_slice(rows);
        self.inputs.clear();
        for &row in rows {
            self.inputs
                .extend_from_slice(&self.data[row * self.sizes.inputs..][..self.sizes.inputs]);
        }
        self.draw_noise(rows.len());
    }

    fn draw_noise(&mut self, rows: usize) {
        let count = rows * self.sizes.latent;
        self.epsilon.clear();
        self.epsilon.extend((0..count).map(|_| self.noise.normal() as f32));
    }

    /// The outputs y of the last pass.
    pub(crate) fn outputs(&self) -> Vec<f32> {
        self.pass.o.iter().map(|&o| sigmoid(o)).collect()
    }

    /// What the decoder makes of `count` codes drawn from the standard normal distribution.
    pub(crate) fn sample(&mut self, x: &[f32], count: usize) -> Vec<f32> {
        self.draw_noise(count);
        self.pass.z.clone_from(&self.epsilon);
        self.decode(x);
        self.outputs()
    }

    fn forward(&mut self, x: &[f32], rows: &[usize]) -> f64 {
        self.set_batch(rows);
        let latent = self.sizes.latent;
        let layers = self.sizes.layers();
        let starts = self.sizes.starts();
        let layer = |index: usize| (&x[starts[index]..], layers[index]);
        let Self { inputs, epsilon, pass, .. } = self;
        linear(inputs, layer(0), &mut pass.h);
        pass.h.iter_mut().for_each(|value| *value = sigmoid(*value));
        linear(&pass.h, layer(1), &mut pass.code);
        pass.z.clear();
        let mut divergence = 0.0_f64;
        for (code, noise) in pass.code.chunks_exact(2 * latent).zip(epsilon.chunks_exact(latent)) {
            let (means, logs) = code.split_at(latent);
            for ((&mean, &log), &epsilon) in means.iter().zip(logs).zip(noise) {
                pass.z.push(mean + epsilon * (0.5 * log).exp());
                divergence -= 0.5 * f64::from(1.0 + log - mean * mean - log.exp());
            }
        }
        self.decode(x);
        let pairs = self.pass.o.iter().zip(&self.inputs);
        let entropy = pairs.map(|(&o, &t)| f64::from(softplus(o) - t * o));
        divergence + entropy.sum::<f64>()
    }

    /// From z to the outputs before their sigmoid.
    fn decode(&mut self, x: &[f32]) {
        let (layers, starts) = (self.sizes.layers(), self.sizes.starts());
        linear(&self.pass.z, (&x[starts[2]..], layers[2]), &mut self.pass.g);
        self.pass.g.iter_mut().for_each(|value| *value = sigmoid(*value));
        linear(&self.pass.g, (&x[starts[3]..], layers[3]), &mut self.pass.o);
    }

    fn backward(&mut self, x: &[f32], gradient: &mut [f32]) {
        let latent = self.sizes.latent;
        let (layers, starts) = (self.sizes.layers(), self.sizes.starts());
        let Self { inputs, epsilon, pass, .. } = self;
        let Pass { h, code, z, g, o, d_z, d_code, d_g, d_h } = pass;
        for (o, &t) in o.iter_mut().zip(inputs.iter()) {
            *o = sigmoid(*o) - t;
        }
        let mut layer = |index: usize, input: &[f32], delta: &[f32], d_input: &mut Vec<f32>| {
            let x = &x[starts[index]..];
            let gradient = &mut gradient[starts[index]..];
            linear_back(input, (x, layers[index]), delta, gradient, (index > 0).then_some(d_input));
        };
        layer(3, g, o, d_g);
        d_g.iter_mut().zip(g.iter()).for_each(|(d, g)| *d *= g * (1.0 - g));
        layer(2, z, d_g, d_z);
        d_code.clear();
        let noises = epsilon.chunks_exact(latent);
        for ((code, d_z), noise) in
            code.chunks_exact(2 * latent).zip(d_z.chunks_exact(latent)).zip(noises)
        {
            let (means, logs) = code.split_at(latent);
            d_code.extend(d_z.iter().zip(means).map(|(d, mean)| d + mean));
            let pairs = d_z.iter().zip(noise).zip(logs);
            d_code.extend(pairs.map(|((d, epsilon), log)| {
                d * epsilon * 0.5 * (0.5 * log).exp() + 0.5 * (log.exp() - 1.0)
            }));
        }
        layer(1, h, d_code, d_h);
        d_h.iter_mut().zip(h.iter()).for_each(|(d, h)| *d *= h * (1.0 - h));
        layer(0, inputs, d_h, d_z);
    }
}

impl SliceModel<f32> for Vae<'_> {
    type Error = Error;

    fn loss(&mut self, x: &[f32], rows: &[usize], _scratch: &mut [f32]) -> Result<f64, Error> {
        Ok(self.forward(x, rows))
    }

    fn loss_and_gradient(
        &mut self,
        x: &[f32],
        rows: &[usize],
        gradient: &mut [f32],
    ) -> Result<f64, Error> {
        let loss = self.forward(x, rows);
        self.backward(x, gradient);
        Ok(loss)
    }
}

fn sigmoid(z: f32) -> f32 {
    1.0 / (1.0 + (-z).exp())
}

/// ln(1 + eᶻ), without overflow.
fn softplus(z: f32) -> f32 {
    z.max(0.0) + (-z.abs()).exp().ln_1p()
}

/// out = input W + b, row by row.
fn linear(input: &[f32], (x, (inputs, outputs)): (&[f32], (usize, usize)), out: &mut Vec<f32>) {
    let (weights, rest) = x.split_at(inputs * outputs);
    let rows = input.len() / inputs;
    out.clear();
    for _ in 0..rows {
        out.extend_from_slice(&rest[..outputs]);
    }
    product((rows, inputs, outputs), (input, false), (weights, false), 1.0, out);
}

/// The gradient by weights and biases, and by the input where that is asked for.
fn linear_back(
    input: &[f32],
    (x, (inputs, outputs)): (&[f32], (usize, usize)),
    delta: &[f32],
    gradient: &mut [f32],
    d_input: Option<&mut Vec<f32>>,
) {
    let rows = input.len() / inputs;
    let (weights, rest) = gradient.split_at_mut(inputs * outputs);
    product((inputs, rows, outputs), (input, true), (delta, false), 0.0, weights);
    let biases = &mut rest[..outputs];
    biases.fill(0.0);
    for row in delta.chunks_exact(outputs) {
        biases.iter_mut().zip(row).for_each(|(bias, delta)| *bias += delta);
    }
    if let Some(d_input) = d_input {
        d_input.clear();
        d_input.resize(rows * inputs, 0.0);
        product(
            (rows, outputs, inputs),
            (delta, false),
            (&x[..inputs * outputs], true),
            0.0,
            d_input,
        );
    }
}

/// c ← a b + beta c, with a of m x k, b of k x n and c of m x n, row by row; a matrix marked `true` is stored
/// transposed.
fn product(
    (m, k, n): (usize, usize, usize),
    (a, is_a_transposed): (&[f32], bool),
    (b, is_b_transposed): (&[f32], bool),
    beta: f32,
    c: &mut [f32],
) {
    let view = |matrix, is_transposed, rows, columns| match is_transposed {
        true => ArrayView2::from_shape((columns, rows), matrix).map(ArrayView2::reversed_axes),
        false => ArrayView2::from_shape((rows, columns), matrix),
    };
    let mut multiply = || -> Result<(), ShapeError> {
        let (a, b) = (view(a, is_a_transposed, m, k)?, view(b, is_b_transposed, k, n)?);
        general_mat_mul(1.0, &a, &b, beta, &mut ArrayViewMut2::from_shape((m, n), c)?);
        Ok(())
    };
    multiply().expect("sizes of a product");
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZES: Sizes = Sizes { inputs: 4, hidden: 8, latent: 2 };

    fn data() -> Vec<f32> {
        let mut noise = Noise::new(3);
        (0..80).map(|_| noise.uniform(0.0, 1.0) as f32).collect()
    }

    #[test]
    fn parameters_are_counted_layer_by_layer() {
        assert_eq!(SIZES.parameters(), 5 * 8 + 9 * 4 + 3 * 8 + 9 * 4);
        assert_eq!(SIZES.start(1).len(), SIZES.parameters());
        let mnist = Sizes { inputs: 784, hidden: 400, latent: 20 };
        assert_eq!(mnist.parameters(), 652_824);
    }

    #[test]
    fn the_gradient_is_the_slope_of_the_loss_in_every_coordinate() {
        let data = data();
        let mut model = Vae::new(SIZES, &data, 10, 1);
        let rows: Vec<usize> = (5..15).collect();
        let x = SIZES.start(2);
        let mut gradient = vec![f32::NAN; x.len()];
        let loss = model.loss_and_gradient(&x, &rows, &mut gradient).unwrap();
        assert_eq!(loss, model.loss(&x, &rows, &mut []).unwrap());
        for index in 0..x.len() {
            let mut at = |step: f32| {
                let mut moved = x.clone();
                moved[index] += step;
                (model.loss(&moved, &rows, &mut []).unwrap(), f64::from(moved[index]))
            };
            let ((above, to), (below, from)) = (at(0.01), at(-0.01));
            let slope = (above - below) / (to - from);
            // 40 terms of about 1 in f32, each rounded by 6e-8: at most 2.4e-6 / 0.02 = 1.2e-4. The central
            // difference adds h²/6 = 1.7e-5 of the third derivative, some 10 a row of the batch: 1.7e-3.
            let found = f64::from(gradient[index]);
            assert!((found - slope).abs() < 2e-3 * (1.0 + slope.abs()), "{index}: {found} {slope}");
        }
    }

    #[test]
    fn a_new_batch_brings_new_noise_and_the_old_loss_is_gone() {
        let data = data();
        let mut model = Vae::new(SIZES, &data, 20, 1);
        let x = SIZES.start(2);
        let (rows, reversed): (Vec<usize>, _) = ((0..20).collect(), (0..20).rev().collect());
        let mut loss = |rows: &Vec<usize>| model.loss(&x, rows, &mut []).unwrap();
        let first = loss(&rows);
        assert_eq!(first, loss(&rows));
        let other = loss(&reversed); // all 20 rows once more: only their order and the noise differ
        assert!((first - other).abs() > 1e-3);
    }
}
