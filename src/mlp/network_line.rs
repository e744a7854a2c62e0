//! Cheaper evaluations along a line on a fixed batch.
//!
//! Along x₀ + α d the first layer's weighted sums are Z(α) = (X W + b) + α (X D + e), (W, b) and
//! (D, e) the first layer's parts of x₀ and d. Both products are made once; then a loss needs no
//! product with the inputs at all, nor does a slope: F'(α) = Σ ∂L/∂Z · (X D + e) + (the slope in
//! the other layers' parameters).

use alloc::vec::Vec;
use core::ops::Range;

use super::kernels::{CHUNK, Chunk, Pass, Rows};
use crate::error::Error;
use crate::objective::PreparedLine;
use crate::vector::Real;

/// The room that a line needs, kept to be used again.
#[derive(Debug, Clone)]
pub(super) struct Room<T> {
    /// X W + b, sample by sample.
    base: Vec<T>,
    /// X D + e, sample by sample.
    slope: Vec<T>,
    /// The parameters of all layers but the first at the step at hand, and their gradient.
    tail: Vec<T>,
    tail_gradient: Vec<T>,
}

impl<T: Real> Room<T> {
    /// None yet.
    pub(super) fn new() -> Self {
        let [base, slope, tail, tail_gradient] = [const { Vec::new() }; 4];
        Self { base, slope, tail, tail_gradient }
    }

    /// Makes the products of a whole batch.
    fn prepare(&mut self, pass: &Pass<T>, x0: &[T], direction: &[T], inputs: Rows<T>) {
        let tail = x0.len() - pass.start(1);
        self.tail.resize(tail, T::zero());
        self.tail_gradient.resize(tail, T::zero());
        for (out, parameters) in [(&mut self.base, x0), (&mut self.slope, direction)] {
            out.resize(inputs.len() * pass.first_outputs(), T::zero());
            pass.first_sums(parameters, inputs, out);
        }
    }
}

/// The line x₀ + α d of a network on a batch.
pub(super) struct NetworkLine<'a, T> {
    pass: &'a mut Pass<T>,
    room: &'a mut Room<T>,
    /// The parameters of all layers but the first: x₀'s and d's.
    tail: [&'a [T]; 2],
    batch: Chunk<'a, T>,
}

impl<'a, T: Real> NetworkLine<'a, T> {
    /// Prepares the line from `x0` along `direction` on a whole batch.
    pub(super) fn new(
        pass: &'a mut Pass<T>,
        room: &'a mut Room<T>,
        [x0, direction]: [&'a [T]; 2],
        batch: Chunk<'a, T>,
    ) -> Self {
        room.prepare(pass, x0, direction, batch.inputs);
        let tail = [x0, direction].map(|x| &x[pass.start(1)..]);
        Self { pass, room, tail, batch }
    }

    /// The parameters of all layers but the first, at x₀ + `alpha` d.
    fn move_tail(&mut self, alpha: f64) {
        let [x0, direction] = self.tail;
        T::step(self.pass.level(), x0, T::of(alpha), direction, &mut self.room.tail);
    }

    /// The first layer's outputs for a chunk, at x₀ + `alpha` d; where its part of the products
    /// lies.
    fn start_chunk(&mut self, alpha: f64, first: usize, samples: usize) -> Range<usize> {
        let outputs = self.pass.first_outputs();
        let range = first * outputs..(first + samples) * outputs;
        let [base, slope] = [&self.room.base, &self.room.slope].map(|sums| &sums[range.clone()]);
        self.pass.start_behind_first(base, T::of(alpha), slope);
        range
    }
}

impl<T: Real> PreparedLine for NetworkLine<'_, T> {
    type Error = Error;

    fn loss(&mut self, alpha: f64) -> Result<f64, Error> {
        self.move_tail(alpha);
        let mut loss = 0.0;
        for (first, chunk) in chunks(self.batch) {
            self.start_chunk(alpha, first, chunk.inputs.len());
            loss += self.pass.loss(1, &self.room.tail, chunk);
        }
        Ok(loss)
    }

    fn slope(&mut self, alpha: f64) -> Result<f64, Error> {
        self.move_tail(alpha);
        let (level, mut slope) = (self.pass.level(), 0.0);
        for (first, chunk) in chunks(self.batch) {
            let samples = chunk.inputs.len();
            let range = self.start_chunk(alpha, first, samples);
            let Room { tail, tail_gradient, slope: along, .. } = &mut *self.room;
            self.pass.loss_and_gradient(1, tail, chunk, first > 0, tail_gradient);
            slope += T::dot(level, self.pass.first_delta(samples), &along[range]);
        }
        Ok(slope + T::dot(level, &self.room.tail_gradient, self.tail[1]))
    }
}

/// The chunks of a batch, each with the number of its first sample.
pub(super) fn chunks<T>(batch: Chunk<'_, T>) -> impl Iterator<Item = (usize, Chunk<'_, T>)> {
    let samples = batch.inputs.len();
    (0..samples).step_by(CHUNK).map(move |first| {
        let range = first..samples.min(first + CHUNK);
        let (inputs, targets) = (batch.inputs.part(range.clone()), batch.targets.part(range));
        (first, Chunk { inputs, targets, ..batch })
    })
}
