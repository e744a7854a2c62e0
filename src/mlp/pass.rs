//! One pass through a network, forward and back, on a chunk of samples.

use super::loss::Loss;
use super::network::{Layer, Network};
use crate::kernels::{Level, Rows, Start, threads};
use crate::real::Real;

/// Samples that pass through the network together: few enough to stay in cache, and a bound on the
/// memory beside the parameters.
pub(super) const CHUNK: usize = 128;

/// The room that passes through a network need, made once.
///
/// A pass may begin behind the first layers. Then the parameters it is given begin there as well, and the
/// activations of the layer before are set by the caller.
#[derive(Debug, Clone)]
pub(super) struct Pass<T> {
    level: Level,
    layers: Vec<Layer>,
    /// The outputs of every layer for a chunk, sample by sample.
    activations: Vec<Vec<T>>,
    /// Wᵀ of every layer but the first, for the way back.
    transposed: Vec<Vec<T>>,
    /// ∂L/∂z of the layer at hand, and ∂L/∂a of the one before it.
    delta: Vec<T>,
    delta_before: Vec<T>,
}

/// A chunk of a batch: its inputs and targets, and what they are compared by.
#[derive(Clone, Copy)]
pub(super) struct Chunk<'a, T> {
    pub inputs: Rows<'a, T>,
    pub targets: Rows<'a, T>,
    pub loss: Loss,
    /// The samples of the whole batch.
    pub samples: usize,
}

impl<T: Real> Pass<T> {
    pub fn new(network: &Network, level: Level) -> Self {
        let layers: Vec<Layer> = network.layers().collect();
        let zeros = |count| vec![T::zero(); count];
        let widest = layers.iter().map(|layer| layer.outputs).max().unwrap_or(0);
        Self {
            level,
            activations: layers.iter().map(|layer| zeros(CHUNK * layer.outputs)).collect(),
            transposed: layers[1..].iter().map(|l| zeros(l.inputs * l.outputs)).collect(),
            delta: zeros(CHUNK * widest),
            delta_before: zeros(CHUNK * widest),
            layers,
        }
    }

    pub fn level(&self) -> Level {
        self.level
    }

    /// The first layer.
    pub fn first_layer(&self) -> Layer {
        self.layers[0]
    }

    /// Room for the outputs of the first layer, and its activation.
    pub fn first_outputs(&mut self, samples: usize) -> &mut [T] {
        let outputs = self.layers[0].outputs;
        &mut self.activations[0][..samples * outputs]
    }

    /// ∂L/∂z of the first layer, after a [`backward`](Self::backward) that began behind it.
    pub fn first_delta(&self, samples: usize) -> &[T] {
        &self.delta[..samples * self.layers[0].outputs]
    }

    /// The network's outputs, sample by sample.
    pub fn outputs(&mut self, x: &[T], inputs: Rows<T>) -> &[T] {
        self.forward(0, x, inputs)
    }

    /// What a chunk contributes to the loss.
    pub fn loss(&mut self, from: usize, x: &[T], chunk: Chunk<T>) -> f64 {
        let outputs = self.forward(from, x, chunk.inputs);
        chunk.loss.share(chunk.samples, outputs, chunk.targets)
    }

    /// Makes ready for [`loss_and_gradient`](Self::loss_and_gradient)s at these parameters.
    pub fn transpose(&mut self, from: usize, x: &[T]) {
        let skipped = self.start(from);
        let Self { level, layers, transposed, .. } = self;
        for (layer, out) in layers[1..].iter().zip(transposed) {
            let (weights, _) = layer.split(x, skipped);
            T::transpose(*level, weights, layer.outputs, out);
        }
    }

    /// What a chunk contributes to the loss; its gradient is written to `gradient`, or added.
    pub fn loss_and_gradient(
        &mut self,
        from: usize,
        x: &[T],
        chunk: Chunk<T>,
        add: bool,
        gradient: &mut [T],
    ) -> f64 {
        self.forward(from, x, chunk.inputs);
        self.backward(from, chunk, add, gradient)
    }

    /// Where the parameters of the layer `from` begin.
    pub fn start(&self, from: usize) -> usize {
        let last = &self.layers[self.layers.len() - 1];
        self.layers.get(from).map_or(last.start + last.parameters(), |layer| layer.start)
    }

    fn forward(&mut self, from: usize, x: &[T], inputs: Rows<T>) -> &[T] {
        let (skipped, samples) = (self.start(from), inputs.len());
        for (index, layer) in self.layers.iter().enumerate().skip(from) {
            let (before, rest) = self.activations.split_at_mut(index);
            let out = &mut rest[0][..samples * layer.outputs];
            let rows = before.last().map_or(inputs, |a| layer.rows(a, samples));
            let (weights, biases) = layer.split(x, skipped);
            threads::forward(self.level, rows, weights, Start::Bias(biases), out);
            T::activate(self.level, layer.activation, out);
        }
        let last = self.layers.len() - 1;
        &self.activations[last][..samples * self.layers[last].outputs]
    }

    fn backward(&mut self, from: usize, chunk: Chunk<T>, add: bool, gradient: &mut [T]) -> f64 {
        let (skipped, samples) = (self.start(from), chunk.inputs.len());
        let Self { level, layers, activations, transposed, delta, delta_before } = self;
        let last = layers.len() - 1;
        let room = samples * layers[last].outputs;
        let (outputs, targets) = (&activations[last][..room], chunk.targets);
        let share =
            chunk.loss.share_and_derivative(chunk.samples, outputs, targets, &mut delta[..room]);
        for (index, layer) in layers.iter().enumerate().skip(from).rev() {
            let here = &mut delta[..samples * layer.outputs];
            let outputs = &activations[index][..here.len()];
            T::scale_by_derivative(*level, layer.activation, outputs, here);
            let (weights, biases) = layer.split_mut(gradient, skipped);
            T::bias_gradient(*level, here, add, biases);
            if index == 0 {
                threads::weight_gradient(*level, chunk.inputs, here, add, weights);
                return share;
            }
            let rows = layer.rows(&activations[index - 1], samples);
            threads::weight_gradient(*level, rows, here, add, weights);
            let before = &mut delta_before[..samples * layer.inputs];
            let here = Rows::all(here, layer.outputs);
            threads::forward(*level, here, &transposed[index - 1], Start::Zero, before);
            std::mem::swap(delta, delta_before);
        }
        let layer = &layers[from - 1];
        let here = &mut delta[..samples * layer.outputs];
        let outputs = &activations[from - 1][..here.len()];
        T::scale_by_derivative(*level, layer.activation, outputs, here);
        share
    }
}

impl Layer {
    /// The first rows of this layer's inputs.
    fn rows<'a, T>(&self, inputs: &'a [T], samples: usize) -> Rows<'a, T> {
        Rows::all(&inputs[..samples * self.inputs], self.inputs)
    }
}
