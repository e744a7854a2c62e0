//! One layer of a fully connected network: its shape, and where its parameters lie.

use super::{Activation, Rows};

/// One layer: its inputs and outputs, its activation, and where its parameters lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Layer {
    pub inputs: usize,
    pub outputs: usize,
    pub activation: Activation,
    pub start: usize,
}

impl Layer {
    pub(crate) fn parameters(&self) -> usize {
        (self.inputs + 1) * self.outputs
    }

    /// The layer's weights (input-major) and biases, in parameters of which the first `skipped` are
    /// left out.
    pub(crate) fn split<'x, T>(&self, x: &'x [T], skipped: usize) -> (&'x [T], &'x [T]) {
        let x = &x[self.start - skipped..][..self.parameters()];
        x.split_at(self.inputs * self.outputs)
    }

    /// The same, to write to.
    pub(crate) fn split_mut<'x, T>(
        &self,
        x: &'x mut [T],
        skipped: usize,
    ) -> (&'x mut [T], &'x mut [T]) {
        let x = &mut x[self.start - skipped..][..self.parameters()];
        x.split_at_mut(self.inputs * self.outputs)
    }

    /// The first rows of this layer's inputs.
    pub(super) fn rows<'a, T>(&self, inputs: &'a [T], samples: usize) -> Rows<'a, T> {
        Rows::all(&inputs[..samples * self.inputs], self.inputs)
    }
}
