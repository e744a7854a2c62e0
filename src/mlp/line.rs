//! Cheaper evaluations along a line on a fixed batch.
//!
//! Along x₀ + α d the first layer's weighted sums are Z(α) = (X W + b) + α (X D + e), (W, b) and (D, e) the first
//! layer's parts of x₀ and d. Both products are made once; then a loss needs no product with the inputs at all,
//! nor does a slope: F'(α) = Σ ∂L/∂Z · (X D + e) + (the slope in the other layers' parameters).

use super::kernels::{CHUNK, Chunk, Pass, Rows};
use crate::error::Error;
use crate::vector::Real;

/// What [`prepare`](Self::prepare) made of a batch, x₀ and d; kept to be used again.
#[derive(Debug, Clone)]
pub(super) struct PreparedLine<T> {
    /// Whether the batch is still the one that was prepared.
    is_ready: bool,
    /// X W + b, sample by sample.
    base: Vec<T>,
    /// X D + e, sample by sample.
    slope: Vec<T>,
    /// The parameters of all layers but the first at the step at hand, and their gradient.
    tail: Vec<T>,
    tail_gradient: Vec<T>,
}

impl<T: Real> PreparedLine<T> {
    /// Nothing prepared yet.
    pub fn new() -> Self {
        let [base, slope, tail, tail_gradient] = [const { Vec::new() }; 4];
        Self { is_ready: false, base, slope, tail, tail_gradient }
    }

    /// Makes the products of a whole batch.
    pub fn prepare(&mut self, pass: &Pass<T>, x0: &[T], direction: &[T], inputs: Rows<T>) {
        let tail = x0.len() - pass.start(1);
        for room in [&mut self.tail, &mut self.tail_gradient] {
            room.resize(tail, T::zero());
        }
        for (out, parameters) in [(&mut self.base, x0), (&mut self.slope, direction)] {
            out.resize(inputs.len() * pass.first_outputs(), T::zero());
            pass.first_sums(parameters, inputs, out);
        }
        self.is_ready = true;
    }

    /// Says that the batch has changed.
    pub fn invalidate(&mut self) {
        self.is_ready = false;
    }

    /// Whether there is anything to evaluate.
    pub fn check(&self) -> Result<(), Error> {
        if self.is_ready { Ok(()) } else { Err(Error::Unprepared) }
    }

    /// The loss F(`step`); `batch` is the whole batch that was prepared.
    pub fn loss(
        &mut self,
        pass: &mut Pass<T>,
        step: f64,
        (x0, direction): (&[T], &[T]),
        batch: Chunk<T>,
    ) -> f64 {
        self.move_tail(pass, step, x0, direction);
        let parts = chunks(batch);
        parts
            .map(|(first, chunk)| {
                self.start_chunk(pass, step, first, chunk.inputs.len());
                pass.loss(1, &self.tail, chunk)
            })
            .sum()
    }

    /// The slope F'(`step`).
    pub fn slope(
        &mut self,
        pass: &mut Pass<T>,
        step: f64,
        (x0, direction): (&[T], &[T]),
        batch: Chunk<T>,
    ) -> f64 {
        self.move_tail(pass, step, x0, direction);
        let (outputs, level) = (pass.first_outputs(), pass.level());
        let mut slope = 0.0;
        for (first, chunk) in chunks(batch) {
            let samples = chunk.inputs.len();
            self.start_chunk(pass, step, first, samples);
            pass.loss_and_gradient(1, &self.tail, chunk, first > 0, &mut self.tail_gradient);
            let (delta, along) = (pass.first_delta(samples), &self.slope[first * outputs..]);
            slope += T::dot(level, delta, &along[..delta.len()]);
        }
        let tail = &direction[pass.start(1)..];
        slope + T::dot(level, &self.tail_gradient, tail)
    }

    /// The parameters of all layers but the first, at x₀ + `step` d.
    fn move_tail(&mut self, pass: &Pass<T>, step: f64, x0: &[T], direction: &[T]) {
        let (step, start) = (T::of(step), pass.start(1));
        let (x0, direction) = (&x0[start..], &direction[start..]);
        T::step(pass.level(), x0, step, direction, &mut self.tail);
    }

    /// The first layer's outputs for a chunk, at x₀ + `step` d.
    fn start_chunk(&self, pass: &mut Pass<T>, step: f64, first: usize, samples: usize) {
        let outputs = pass.first_outputs();
        let range = first * outputs..(first + samples) * outputs;
        pass.start_behind_first(&self.base[range.clone()], T::of(step), &self.slope[range]);
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
