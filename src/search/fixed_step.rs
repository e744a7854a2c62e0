//! A constant learning rate.

use super::{LineSearch, Origin, Request, Step, Termination};
use crate::error::Error;

/// A constant learning rate, as the line search that asks nothing.
///
/// It makes plain (stochastic) gradient descent of a [`Descent`](crate::Descent), against which the
/// searches are compared (\[LR\] 3.2): α = `length` at every iteration, whatever the losses and slopes.
///
/// Like every search it stays where it is (length 0) if the slope at the origin is not finite, 0 or
/// positive; then [`Descent`](crate::Descent) falls back on −g. The optimizers of the textbooks do not look at
/// the slope: for these, with momentum, set [`with_any_slope`](Self::with_any_slope).
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
    any_slope: bool,
    end: Step,
}

impl FixedStep {
    /// A search that always answers `length`: positive, finite, in units of the direction's length.
    ///
    /// # Errors
    /// [`Error::Setting`] if `length` is not positive and finite.
    pub fn new(length: f64) -> Result<Self, Error> {
        Error::check_positive("length", length)?;
        Ok(Self { length, any_slope: false, end: UNSTARTED })
    }

    /// Whether to take the step along directions of a slope that is 0 or positive as well. Default: false.
    #[must_use]
    pub fn with_any_slope(self, any_slope: bool) -> Self {
        Self { any_slope, ..self }
    }
}

const UNSTARTED: Step = Step { length: 0.0, termination: Termination::Budget };

impl LineSearch for FixedStep {
    fn start(&mut self, origin: Origin) -> Request {
        self.end = match origin.unusable() {
            Some(termination) if !self.any_slope || termination == Termination::NonFinite => {
                Step { length: 0.0, termination }
            }
            _ => Step { length: self.length, termination: Termination::FixedStep },
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
