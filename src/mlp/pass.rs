//! One pass through a network, forward and back, on a chunk of samples.

use super::kernels;
use super::loss::Loss;
use super::network::{Layer, Network};
use super::real::Real;
use crate::dataset::Dataset;

/// Samples that pass through the network together: few enough to stay in cache, and a bound on the
/// memory beside the parameters.
pub(super) const CHUNK: usize = 128;

/// The room that passes through a network need, made once.
#[derive(Debug, Clone)]
pub(super) struct Pass<T> {
    layers: Vec<Layer>,
    /// The outputs of every layer for a chunk, sample by sample.
    activations: Vec<Vec<T>>,
    /// ∂L/∂z of the layer at hand, and ∂L/∂a of the one before it.
    delta: Vec<T>,
    delta_before: Vec<T>,
}

impl<T: Real> Pass<T> {
    pub fn new(network: &Network) -> Self {
        let layers: Vec<Layer> = network.layers().collect();
        let room = |layer: &Layer| vec![T::zero(); CHUNK * layer.outputs];
        let widest = layers.iter().map(|layer| layer.outputs).max().unwrap_or(0);
        Self {
            activations: layers.iter().map(room).collect(),
            delta: vec![T::zero(); CHUNK * widest],
            delta_before: vec![T::zero(); CHUNK * widest],
            layers,
        }
    }

    /// The network's outputs for these rows, at most a chunk of them, sample by sample.
    pub fn forward(&mut self, x: &[T], data: &Dataset<T>, rows: &[usize]) -> &[T] {
        for (index, layer) in self.layers.iter().enumerate() {
            let (before, from) = self.activations.split_at_mut(index);
            let out = &mut from[0][..rows.len() * layer.outputs];
            let (weights, biases) = layer.split(x);
            match before.last() {
                None => kernels::forward(|b| data.input(rows[b]), weights, biases, out),
                Some(inputs) => {
                    let row = |b: usize| &inputs[b * layer.inputs..][..layer.inputs];
                    kernels::forward(row, weights, biases, out);
                }
            }
            layer.activation.apply(out);
        }
        match (self.activations.last(), self.layers.last()) {
            (Some(outputs), Some(layer)) => &outputs[..rows.len() * layer.outputs],
            _ => &[],
        }
    }

    /// Adds to `gradient` what these rows, which have just gone [`forward`](Self::forward), contribute
    /// in a batch of `samples`.
    pub fn backward(
        &mut self,
        x: &[T],
        (data, rows): (&Dataset<T>, &[usize]),
        (loss, samples): (Loss, usize),
        gradient: &mut [T],
    ) {
        let Self { layers, activations, delta, delta_before } = self;
        start_delta(layers, activations, (data, rows), (loss, samples), delta);
        for (index, layer) in layers.iter().enumerate().rev() {
            let delta_here = &mut delta[..rows.len() * layer.outputs];
            let outputs = &activations[index][..delta_here.len()];
            layer.activation.scale_by_derivative(outputs, delta_here);
            let (weights, biases) = layer.split_mut(gradient);
            if index == 0 {
                let row = |b: usize| data.input(rows[b]);
                kernels::weight_gradient(row, delta_here, weights, biases);
                return;
            }
            let inputs = &activations[index - 1];
            let row = |b: usize| &inputs[b * layer.inputs..][..layer.inputs];
            kernels::weight_gradient(row, delta_here, weights, biases);
            let out = &mut delta_before[..rows.len() * layer.inputs];
            kernels::backward(delta_here, layer.split(x).0, layer.outputs, out);
            std::mem::swap(delta, delta_before);
        }
    }
}

/// delta ← ∂L/∂y at the network's outputs.
fn start_delta<T: Real>(
    layers: &[Layer],
    activations: &[Vec<T>],
    (data, rows): (&Dataset<T>, &[usize]),
    (loss, samples): (Loss, usize),
    delta: &mut [T],
) {
    let (Some(layer), Some(outputs)) = (layers.last(), activations.last()) else {
        return;
    };
    let outputs = outputs.chunks_exact(layer.outputs);
    for ((delta, y), &row) in delta.chunks_exact_mut(layer.outputs).zip(outputs).zip(rows) {
        loss.derivative(samples, y, data.target(row), delta);
    }
}
