//! Where ranks tell each other a value, or that they have failed.

use alloc::vec;
use alloc::vec::Vec;
use core::marker::PhantomData;

use super::collective::Collective;
use super::parallel_error::{Operation, ParallelError};
use crate::objective::PreparedLine;

/// The meetings of a group's ranks: one [`sum`](Collective::sum) each, of a value and of failures.
///
/// `V` is the type of the vectors that the collective can average.
#[derive(Debug)]
pub(super) struct Meetings<V, C> {
    pub(super) collective: C,
    /// What this rank's values are multiplied by before they are averaged.
    pub(super) share: f64,
    vectors: PhantomData<fn(V)>,
}

impl<V, C: Collective<V>> Meetings<V, C> {
    pub(super) fn new(collective: C) -> Self {
        Self { collective, share: 1.0, vectors: PhantomData }
    }

    /// Meets the other ranks: the weighted mean of all values, or the error that one of them brought.
    pub(super) fn meet<E>(
        &self,
        operation: Operation,
        outcome: Result<f64, E>,
    ) -> Result<f64, ParallelError<E, C::Error>> {
        match outcome {
            Ok(value) => self.gather(value),
            Err(error) => Err(self.tell(operation, error)),
        }
    }

    /// The outcome of what this rank does alone; an error is told to the others.
    pub(super) fn alone<T, E>(
        &self,
        operation: Operation,
        outcome: Result<T, E>,
    ) -> Result<T, ParallelError<E, C::Error>> {
        outcome.map_err(|error| self.tell(operation, error))
    }

    /// The error of a rank that has failed where the others do not meet.
    pub(super) fn own<E>(&self, operation: Operation, error: E) -> ParallelError<E, C::Error> {
        ParallelError::Own { rank: self.collective.rank(), operation, error }
    }

    /// The meeting of a rank that has not failed.
    fn gather<E>(&self, value: f64) -> Result<f64, ParallelError<E, C::Error>> {
        let mut scalars = [value * self.share, 0.0];
        self.collective.sum(&mut scalars).map_err(ParallelError::Collective)?;
        if scalars[1] == 0.0 {
            return Ok(scalars[0] / self.collective.size() as f64);
        }
        let codes = self.failures(0.0).map_err(ParallelError::Collective)?;
        let rank = codes.iter().position(|&code| code != 0.0).unwrap_or(0);
        Err(ParallelError::Rank { rank, operation: Operation::from_code(codes[rank]) })
    }

    /// The meeting of a rank that has failed.
    fn tell<E>(&self, operation: Operation, error: E) -> ParallelError<E, C::Error> {
        // The rank's own error is the one to report, whatever becomes of the network.
        if self.collective.sum(&mut [0.0, 1.0]).is_ok() {
            let _ = self.failures(operation.code());
        }
        self.own(operation, error)
    }

    /// What each rank has failed in, by its code; 0 is nothing.
    fn failures(&self, own: f64) -> Result<Vec<f64>, C::Error> {
        let mut codes = vec![0.0; self.collective.size()];
        codes[self.collective.rank()] = own;
        self.collective.sum(&mut codes)?;
        Ok(codes)
    }
}

/// A line that this rank has prepared; the ranks meet at each answer, prepared or not.
pub(super) struct MeanLine<'a, E, V, C> {
    pub(super) line: &'a mut dyn PreparedLine<Error = E>,
    pub(super) meetings: &'a Meetings<V, C>,
}

impl<E, V, C: Collective<V>> PreparedLine for MeanLine<'_, E, V, C> {
    type Error = ParallelError<E, C::Error>;

    fn loss(&mut self, alpha: f64) -> Result<f64, Self::Error> {
        self.meetings.meet(Operation::Loss, self.line.loss(alpha))
    }

    fn slope(&mut self, alpha: f64) -> Result<f64, Self::Error> {
        self.meetings.meet(Operation::Slope, self.line.slope(alpha))
    }
}
