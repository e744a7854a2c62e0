//! A reverse-mode tape over row-major matrices.
//!
//! [`Tape::begin`] takes the parameters as node 0. Each operation computes its matrix at once and
//! is noted; [`Tape::backward`] goes back over the notes. Buffers are kept from call to call.

mod attention;
mod elementwise;
mod gather;
mod layout;
mod losses;
mod matrix;
mod normalize;
mod number;
mod recurrence;
#[cfg(test)]
pub(crate) mod tests;

use std::ops::Range;

pub(crate) use elementwise::Function;
pub(crate) use gather::NOWHERE;
pub(crate) use layout::Layout;
pub(crate) use number::Number;

/// A matrix on the tape: consecutive elements of a node.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Var {
    node: usize,
    start: usize,
    pub rows: usize,
    pub columns: usize,
}

impl Var {
    fn range(self) -> Range<usize> {
        self.start..self.start + self.rows * self.columns
    }

    /// The same elements in another shape.
    pub(crate) fn reshaped(self, rows: usize, columns: usize) -> Self {
        debug_assert_eq!(self.rows * self.columns, rows * columns);
        Self { rows, columns, ..self }
    }

    /// These many of its rows.
    pub(crate) fn rows_from(self, first: usize, rows: usize) -> Self {
        Self { start: self.start + first * self.columns, rows, ..self }
    }
}

/// What made a node.
#[derive(Debug, Clone, Copy)]
enum Operation {
    /// Node 0: the parameters.
    Parameters,
    /// Data: no gradient goes there.
    Given,
    Product(Var, Var),
    Bias(Var, Var),
    Add(Var, Var),
    Multiply(Var, Var),
    Scale(Var, f64),
    Apply(Var, Function),
    Normalize(Var, Var),
    Gather(Var, usize),
    /// The first of consecutive entries of `stacked`.
    Stack(usize, usize),
    Attention(Var, attention::Shape),
    Recurrence([Var; 3]),
    CrossEntropy(Var, usize),
    SquaredError(Var, Var),
    BinaryEntropy(Var, Var),
    Divergence(Var, Var),
}

/// The operations since the last `begin`, and their matrices.
#[derive(Debug, Default)]
pub(crate) struct Tape<T> {
    operations: Vec<Operation>,
    values: Vec<Vec<T>>,
    /// ∂loss/∂value; none of a node that is given.
    slopes: Vec<Vec<T>>,
    /// What a node's gradient needs beside values.
    saved: Vec<Vec<T>>,
    /// The indices of gathers and classes, one after the other.
    places: Vec<usize>,
    stacked: Vec<Var>,
}

impl<T: Number> Tape<T> {
    /// Forgets all operations and takes these parameters.
    pub(crate) fn begin(&mut self, x: &[T]) {
        self.operations.clear();
        self.places.clear();
        self.stacked.clear();
        self.push(Operation::Parameters, (1, x.len()), |_, out, _| out.copy_from_slice(x));
    }

    /// Data: rows of a table.
    pub(crate) fn given<'a>(
        &mut self,
        columns: usize,
        rows: impl ExactSizeIterator<Item = &'a [f32]>,
    ) -> Var {
        self.push(Operation::Given, (rows.len(), columns), |_, out, _| {
            for (out, row) in out.chunks_exact_mut(columns).zip(rows) {
                out.iter_mut().zip(row).for_each(|(out, &value)| *out = T::of(f64::from(value)));
            }
        })
    }

    pub(crate) fn value(&self, var: Var) -> &[T] {
        &self.values[var.node][var.range()]
    }

    /// The single element of a loss.
    pub(crate) fn scalar(&self, var: Var) -> f64 {
        self.value(var)[0].wide()
    }

    /// Notes an operation; `fill` computes its elements, which are 0 before, and what is saved.
    fn push(
        &mut self,
        operation: Operation,
        (rows, columns): (usize, usize),
        fill: impl FnOnce(&Self, &mut [T], &mut Vec<T>),
    ) -> Var {
        let node = self.operations.len();
        if self.values.len() == node {
            for all in [&mut self.values, &mut self.slopes, &mut self.saved] {
                all.push(Vec::new());
            }
        }
        let [mut out, mut saved] =
            [&mut self.values, &mut self.saved].map(|all| std::mem::take(&mut all[node]));
        out.clear();
        out.resize(rows * columns, T::zero());
        saved.clear();
        fill(self, &mut out, &mut saved);
        (self.values[node], self.saved[node]) = (out, saved);
        self.operations.push(operation);
        Var { node, start: 0, rows, columns }
    }

    /// The gradient of a loss by the parameters.
    pub(crate) fn backward(&mut self, loss: Var, gradient: &mut [T]) {
        for (node, operation) in self.operations.iter().enumerate() {
            self.slopes[node].clear();
            if !matches!(operation, Operation::Given) {
                self.slopes[node].resize(self.values[node].len(), T::zero());
            }
        }
        self.slopes[loss.node][loss.start] = T::one();
        for node in (1..self.operations.len()).rev() {
            let slope = std::mem::take(&mut self.slopes[node]);
            let (values, slopes) = (&self.values[..], &mut self.slopes[..]);
            let back = Back { values, slopes, saved: &self.saved[node], slope: &slope };
            match self.operations[node] {
                Operation::Parameters | Operation::Given => {}
                Operation::Product(a, b) => back.product(a, b),
                Operation::Bias(a, bias) => back.bias(a, bias),
                Operation::Add(a, b) => back.add(a, b),
                Operation::Multiply(a, b) => back.multiply(a, b),
                Operation::Scale(a, factor) => back.scale(a, factor),
                Operation::Apply(a, function) => back.apply(a, function, &values[node]),
                Operation::Normalize(a, gain) => back.normalize(a, gain),
                Operation::Gather(a, first) => back.gather(a, &self.places[first..]),
                Operation::Stack(first, count) => back.stack(&self.stacked[first..][..count]),
                Operation::Attention(a, shape) => back.attention(a, shape),
                Operation::Recurrence(vars) => back.recurrence(vars),
                Operation::CrossEntropy(a, first) => back.cross_entropy(a, &self.places[first..]),
                Operation::SquaredError(a, target) => back.squared_error(a, target),
                Operation::BinaryEntropy(a, target) => back.binary_entropy(a, target),
                Operation::Divergence(mean, log) => back.divergence(mean, log),
            }
            self.slopes[node] = slope;
        }
        gradient.copy_from_slice(&self.slopes[0]);
    }
}

/// What an operation's gradient is made of.
struct Back<'a, T> {
    values: &'a [Vec<T>],
    slopes: &'a mut [Vec<T>],
    saved: &'a [T],
    /// ∂loss/∂(the operation's matrix).
    slope: &'a [T],
}

impl<'a, T: Number> Back<'a, T> {
    fn value(&self, var: Var) -> &'a [T] {
        &self.values[var.node][var.range()]
    }

    /// Where a matrix's gradient is summed; none where it is given.
    fn sums(&mut self, var: Var) -> Option<&mut [T]> {
        self.slopes[var.node].get_mut(var.range())
    }

    /// Adds these terms to a matrix's gradient, element by element.
    fn add_to(&mut self, var: Var, terms: impl Iterator<Item = T>) {
        if let Some(sums) = self.sums(var) {
            sums.iter_mut().zip(terms).for_each(|(sum, term)| *sum += term);
        }
    }
}
