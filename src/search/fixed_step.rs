//! A constant learning rate.

use super::{LineSearch, Origin, Request, Step, Termination};
use crate::error::Error;

/// A constant learning rate, as the line search that asks nothing.
///
/// It makes plain (stochastic) gradient descent of a [`Descent`](crate::Descent), against which the
/// searches are compared (\[LR\] 3.2): α = `length` at every iteration, whatever the losses and slopes.
///
/// Like every search it stays where it is (length 0) if the slope at the origin is not finite, 0 or
/// positive.
///
/// ```
/// use gols::{FixedStep, LineSearch, Origin, Request, Step, Termination};
///
/// let mut rate = FixedStep::new(0.01)?;
/// let step = Step { length: 0.01, termination: Termination::FixedStep };
/// assert_eq!(rate.start(Origin::new(-3.0, 1.0)), Request::Done(step));
/// # Ok::<(), gols::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct FixedStep {
    length: f64,
    end: Step,
}

impl FixedStep {
    /// A search that always answers `length`: positive, finite, in units of the direction's length.
    ///
    /// # Errors
    /// [`Error::Setting`] if `length` is not positive and finite.
    pub fn new(length: f64) -> Result<Self, Error> {
        Error::check_positive("length", length)?;
        Ok(Self { length, end: UNSTARTED })
    }
}

const UNSTARTED: Step = Step { length: 0.0, termination: Termination::Budget };

impl LineSearch for FixedStep {
    fn start(&mut self, origin: Origin) -> Request {
        self.end = match origin.unusable() {
            Some(termination) => Step { length: 0.0, termination },
            None => Step { length: self.length, termination: Termination::FixedStep },
        };
        Request::Done(self.end)
    }

    fn resume(&mut self, _answer: f64) -> Request {
        Request::Done(self.end)
    }

    fn reset(&mut self) {
        self.end = UNSTARTED;
    }
}
