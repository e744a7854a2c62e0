//! One pass through a network, forward and back, on a chunk of samples.
//!
//! A pass enters the vectors of its level once, for all loops of all layers: in a tiny network,
//! entering each loop would cost as much as the loops themselves.

use alloc::vec;
use alloc::vec::Vec;

use fearless_simd::Simd;

use super::activation::{apply, scale_by_derivative};
use super::entries::Entries;
use super::product::bias_gradient;
use super::transpose::transpose;
use super::{Exponential, Layer, Loss, MAX_LANES, Rows, Start, threads};
use crate::vector::Real;
use crate::vector::loops::Level;

/// Samples that pass through the network together: few enough to stay in cache, and a bound on the
/// memory beside the parameters.
pub(crate) const CHUNK: usize = 128;

/// The room that passes through a network need, made once.
///
/// A pass may begin behind the first layers. Then the parameters it is given begin there as well,
/// and the activations of the layer before are set by the caller.
#[derive(Debug, Clone)]
pub(crate) struct Pass<T> {
    level: Level,
    entries: Entries<T>,
    layers: Vec<Layer>,
    /// The outputs of every layer for a chunk, sample by sample.
    activations: Vec<Vec<T>>,
    /// The weighted sums of the layers whose activation needs them on the way back; else nothing.
    sums: Vec<Vec<T>>,
    /// Wᵀ of every layer but the first, for the way back.
    transposed: Vec<Vec<T>>,
    /// ∂L/∂z of the layer at hand, and ∂L/∂a of the one before it.
    delta: Vec<T>,
    delta_before: Vec<T>,
}

/// A chunk of a batch: its inputs and targets, and what they are compared by.
#[derive(Clone, Copy)]
pub(crate) struct Chunk<'a, T> {
    pub inputs: Rows<'a, T>,
    pub targets: Rows<'a, T>,
    pub loss: Loss,
    /// The samples of the whole batch.
    pub samples: usize,
}

impl<T: Real> Pass<T> {
    pub(crate) fn new(layers: Vec<Layer>) -> Self {
        // One vector more than is needed lets narrow rows be read and written whole.
        let zeros = |count| vec![T::zero(); count + MAX_LANES];
        let kept = |layer: &Layer| match layer.activation.needs_sums() {
            true => vec![T::zero(); CHUNK * layer.outputs],
            false => Vec::new(),
        };
        let widest = layers.iter().map(|layer| layer.outputs).max().unwrap_or(0);
        Self {
            level: Level::new(),
            entries: Entries::new(),
            activations: layers.iter().map(|layer| zeros(CHUNK * layer.outputs)).collect(),
            sums: layers.iter().map(kept).collect(),
            transposed: layers[1..].iter().map(|l| zeros(l.inputs * l.outputs)).collect(),
            delta: zeros(CHUNK * widest),
            delta_before: zeros(CHUNK * widest),
            layers,
        }
    }

    pub(crate) fn level(&self) -> Level {
        self.level
    }

    /// The number of the first layer's outputs.
    pub(crate) fn first_outputs(&self) -> usize {
        self.layers[0].outputs
    }

    /// The first layer's weighted sums A W + b, for any number of samples.
    pub(crate) fn first_sums(&self, x: &[T], inputs: Rows<T>, out: &mut [T]) {
        let (weights, biases) = self.layers[0].split(x, 0);
        (self.entries.forward)(self.level, inputs, weights, biases, out);
    }

    /// Sets the first layer's outputs to those of the weighted sums `base` + `step` · `slope`.
    pub(crate) fn start_behind_first(&mut self, base: &[T], step: T, slope: &[T]) {
        let out = &mut self.activations[0][..base.len()];
        T::step(self.level, base, step, slope, out);
        keep(out, &mut self.sums[0]);
        (self.entries.activate)(self.level, self.layers[0].activation, out);
    }

    /// ∂L/∂z of the first layer, after a gradient that began behind it.
    pub(crate) fn first_delta(&self, samples: usize) -> &[T] {
        &self.delta[..samples * self.layers[0].outputs]
    }

    /// The network's outputs, sample by sample.
    pub(crate) fn outputs(&mut self, x: &[T], inputs: Rows<T>) -> &[T] {
        (self.entries.run)(self, x, inputs);
        let last = self.layers.len() - 1;
        &self.activations[last][..inputs.len() * self.layers[last].outputs]
    }

    /// What a chunk contributes to the loss.
    pub(crate) fn loss(&mut self, from: usize, x: &[T], chunk: Chunk<T>) -> f64 {
        (self.entries.run_to_loss)(self, from, x, chunk)
    }

    /// What a chunk contributes to the loss; its gradient is written to `gradient`, or added if
    /// this is not the first chunk at these parameters.
    pub(crate) fn loss_and_gradient(
        &mut self,
        from: usize,
        x: &[T],
        chunk: Chunk<T>,
        add: bool,
        gradient: &mut [T],
    ) -> f64 {
        (self.entries.run_and_return)(self, from, x, chunk, add, gradient)
    }

    /// Where the parameters of the layer `from` begin.
    pub(crate) fn start(&self, from: usize) -> usize {
        let last = &self.layers[self.layers.len() - 1];
        self.layers.get(from).map_or(last.start + last.parameters(), |layer| layer.start)
    }
}

impl<T: Exponential> Pass<T> {
    /// The activations of all layers from this one on.
    #[inline(always)]
    pub(super) fn forward<S: Simd>(&mut self, simd: S, from: usize, x: &[T], inputs: Rows<T>) {
        let (skipped, samples) = (self.start(from), inputs.len());
        for (index, layer) in self.layers.iter().enumerate().skip(from) {
            let (before, rest) = self.activations.split_at_mut(index);
            let rows = before.last().map_or(inputs, |a| layer.rows(a, samples));
            // With all that follows: narrow rows are read beyond their ends.
            let weights = &x[layer.start - skipped..];
            let biases = &weights[layer.inputs * layer.outputs..];
            let (weights, start) = ((weights, layer.outputs), Start::Bias(biases));
            threads::forward(simd, rows, weights, start, &mut rest[0]);
            let out = &mut rest[0][..samples * layer.outputs];
            keep(out, &mut self.sums[index]);
            apply(simd, layer.activation, out);
        }
    }

    /// Wᵀ of the layers behind `from`.
    #[inline(always)]
    fn transpose<S: Simd>(&mut self, simd: S, from: usize, x: &[T]) {
        let skipped = self.start(from);
        for (layer, out) in self.layers[1..].iter().zip(&mut self.transposed).skip(from.max(1) - 1)
        {
            let (weights, _) = layer.split(x, skipped);
            transpose(simd, weights, layer.outputs, out);
        }
    }

    /// Forward and back: the chunk's share of the loss, and its gradient.
    #[inline(always)]
    pub(super) fn forward_and_back<S: Simd>(
        &mut self,
        simd: S,
        from: usize,
        x: &[T],
        chunk: Chunk<T>,
        add: bool,
        gradient: &mut [T],
    ) -> f64 {
        if !add {
            self.transpose(simd, from, x);
        }
        let loss = self.forward_to_loss(simd, from, x, chunk);
        let (room, outputs) = self.last_room(chunk.inputs.len());
        chunk.loss.derivative(simd, chunk.samples, outputs, &mut self.delta[..room]);
        self.backward(simd, from, chunk.inputs, add, gradient);
        loss
    }

    /// Forward: the chunk's share of the loss. Leaves differences from the targets in `delta`.
    #[inline(always)]
    pub(super) fn forward_to_loss<S: Simd>(
        &mut self,
        simd: S,
        from: usize,
        x: &[T],
        chunk: Chunk<T>,
    ) -> f64 {
        self.forward(simd, from, x, chunk.inputs);
        let (room, _) = self.last_room(chunk.inputs.len());
        let y = &self.activations[self.layers.len() - 1][..room];
        chunk.loss.share(simd, chunk.samples, y, chunk.targets, &mut self.delta[..room])
    }

    /// How many numbers the last layer puts out for so many samples, and for one.
    fn last_room(&self, samples: usize) -> (usize, usize) {
        let outputs = self.layers[self.layers.len() - 1].outputs;
        (samples * outputs, outputs)
    }

    /// From ∂L/∂y of the last layer in `delta` to the gradient of all layers from this one on.
    #[inline(always)]
    fn backward<S: Simd>(
        &mut self,
        simd: S,
        from: usize,
        inputs: Rows<T>,
        add: bool,
        gradient: &mut [T],
    ) {
        let (skipped, samples) = (self.start(from), inputs.len());
        let Self { layers, activations, sums, transposed, delta, delta_before, .. } = self;
        for (index, layer) in layers.iter().enumerate().rev() {
            let here = &mut delta[..samples * layer.outputs];
            let given = match layer.activation.needs_sums() {
                true => &sums[index],
                false => &activations[index],
            };
            scale_by_derivative(simd, layer.activation, &given[..here.len()], here);
            if index < from {
                return;
            }
            let (weights, biases) = layer.split_mut(gradient, skipped);
            bias_gradient(simd, (&delta[..], samples), add, biases);
            let rows = match index {
                0 => inputs,
                _ => layer.rows(&activations[index - 1], samples),
            };
            threads::weight_gradient(simd, rows, delta, add, weights);
            if index == 0 {
                return;
            }
            let here = Rows::all(&delta[..samples * layer.outputs], layer.outputs);
            let weights = (&transposed[index - 1][..], layer.inputs);
            threads::forward(simd, here, weights, Start::Zero, delta_before);
            core::mem::swap(delta, delta_before);
        }
    }
}

/// Keeps weighted sums where there is room for them.
#[inline(always)]
fn keep<T: Copy>(sums: &[T], room: &mut [T]) {
    if !room.is_empty() {
        room[..sums.len()].copy_from_slice(sums);
    }
}
