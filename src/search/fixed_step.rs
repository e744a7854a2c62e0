//! A constant learning rate.

use super::{LineSearch, Origin, Request, Termination, done};
use crate::error::Error;
use crate::saved::saved;

/// A constant learning rate, as the line search that asks nothing.
///
/// It makes plain (stochastic) gradient descent of a [`Descent`](crate::Descent), against which the
/// searches are compared (\[LR\] 3.2): α = `length` at every iteration, whatever the losses and
/// slopes.
///
/// Like every search it stays where it is (length 0) if the slope at the origin is not finite, 0 or
/// positive. Whether a direction may climb, as the textbooks' optimizers with momentum let it, is
/// for [`Descent`](crate::Descent) to say.
///
/// ```
/// use gols::search::{FixedStep, LineSearch, Origin, Request, Step, Termination};
///
/// let mut rate = FixedStep::new(0.01)?;
/// let step = Step { length: 0.01, termination: Termination::FixedStep };
/// assert_eq!(rate.start(Origin::new(-3.0, 1.0)), Request::Done(step));
/// # Ok::<(), gols::Error>(())
/// ```
#[doc(alias("learning rate", "constant"))]
#[derive(Debug, Clone, PartialEq)]
pub struct FixedStep {
    pub(super) length: f64,
}

impl FixedStep {
    /// A search that always answers `length`: positive, finite, in units of the direction's length.
    ///
    /// # Errors
    /// [`Error::Setting`] if `length` is not positive and finite.
    pub fn new(length: f64) -> Result<Self, Error> {
        Error::check_positive("length", length)?;
        Ok(Self { length })
    }
}

impl LineSearch for FixedStep {
    fn start(&mut self, origin: Origin) -> Request {
        match origin.unusable() {
            Some(termination) => done(0.0, termination),
            None => done(self.length, Termination::FixedStep),
        }
    }

    fn resume(&mut self, _answer: f64) -> Request {
        done(self.length, Termination::FixedStep)
    }

    fn reset(&mut self) {}
}

saved!(FixedStep: length; |saved| FixedStep::new(saved.length));
