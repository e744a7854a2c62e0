//! The reference network and its data: against recorded numbers, a plain program and differences.

mod classifiers;
mod dataset;
mod gradients;
mod model;
mod network;
mod oracle;
mod plain;
mod prepared_line;

use gols::mlp::{Activation, Dataset, Loss, Model};
use gols::{Error, Real, SliceModel};

const ACTIVATIONS: [Activation; 8] = [
    Activation::Sigmoid,
    Activation::Tanh,
    Activation::Softsign,
    Activation::Relu,
    Activation::LeakyRelu,
    Activation::Elu,
    Activation::Gelu,
    Activation::Linear,
];
const LOSSES: [Loss; 2] = [Loss::HalfSquared, Loss::SquaredPercentage];

const SHAPES: [&[usize]; 4] = [&[4, 3], &[4, 5, 3], &[3, 4, 3, 2], &[2, 3, 4, 3, 2]];

/// Iris between these ends.
fn iris<T: Real>(low: f64, high: f64) -> Dataset<T> {
    Dataset::iris().with_scaled_inputs(low, high).unwrap()
}

/// Samples between −1 and 1 with targets between 0 and 1.
fn samples(count: usize, inputs: usize, outputs: usize) -> Dataset<f64> {
    let value = |i: usize| ((i * 37 + i * i * 11) % 101) as f64 / 50.0 - 1.0;
    let cells = (0..count * inputs).map(value).collect();
    let targets = (0..count * outputs).map(|i| (value(i + 7) + 1.0) / 2.0).collect();
    Dataset::new(count, cells, targets).unwrap()
}

/// A loss at x on these rows, for a model that needs no room for it.
fn loss<T: Real>(model: &mut Model<T>, x: &[T], rows: &[usize]) -> Result<f64, Error> {
    model.loss(x, rows, &mut [])
}

/// A loss and its gradient.
fn gradient<T: Real>(model: &mut Model<T>, x: &[T], rows: &[usize]) -> (f64, Vec<T>) {
    let mut gradient = vec![T::nan(); x.len()];
    (model.loss_and_gradient(x, rows, &mut gradient).unwrap(), gradient)
}

fn norm(v: &[f64]) -> f64 {
    dot(v, v).sqrt()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
