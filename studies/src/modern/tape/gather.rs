//! Rows in another order: embeddings, the patches of a convolution, matrices on top of each other.

use super::{Back, Number, Operation, Tape, Var};

/// The place of a row of zeros.
pub(crate) const NOWHERE: usize = usize::MAX;

impl<T: Number> Tape<T> {
    /// The rows of `a` at these places.
    pub(crate) fn gather(&mut self, a: Var, places: impl Iterator<Item = usize>) -> Var {
        let first = self.places.len();
        self.places.extend(places);
        let rows = self.places.len() - first;
        self.push(Operation::Gather(a, first), (rows, a.columns), |tape, out, _| {
            let value = tape.value(a);
            for (out, &place) in out.chunks_exact_mut(a.columns).zip(&tape.places[first..]) {
                if place != NOWHERE {
                    out.copy_from_slice(&value[place * a.columns..][..a.columns]);
                }
            }
        })
    }

    /// All rows of these matrices, which are equally wide.
    pub(crate) fn stack(&mut self, parts: &[Var]) -> Var {
        let first = self.stacked.len();
        self.stacked.extend_from_slice(parts);
        let rows = parts.iter().map(|part| part.rows).sum();
        let operation = Operation::Stack(first, parts.len());
        self.push(operation, (rows, parts[0].columns), |tape, out, _| {
            let elements = parts.iter().flat_map(|&part| tape.value(part));
            out.iter_mut().zip(elements).for_each(|(out, &x)| *out = x);
        })
    }
}

impl<T: Number> Back<'_, T> {
    pub(super) fn gather(mut self, a: Var, places: &[usize]) {
        let slope = self.slope;
        let Some(sums) = self.sums(a) else { return };
        for (slope, &place) in slope.chunks_exact(a.columns).zip(places) {
            if place != NOWHERE {
                let sums = &mut sums[place * a.columns..][..a.columns];
                sums.iter_mut().zip(slope).for_each(|(sum, &slope)| *sum += slope);
            }
        }
    }

    pub(super) fn stack(mut self, parts: &[Var]) {
        let mut slope = self.slope;
        for &part in parts {
            let (here, rest) = slope.split_at(part.rows * part.columns);
            self.add_to(part, here.iter().copied());
            slope = rest;
        }
    }
}
