//! When a run ends.

use core::fmt;
use core::time::Duration;

use crate::error::Error;
use crate::line::Evaluations;

/// When a run ends: after so many updates, or at what comes before.
///
/// | setting | the run ends | default |
/// |---|---|---|
/// | [`after`](Self::after) | after so many updates | none: it is asked for |
/// | [`within`](Self::within) | after the update in which so much time is over | never |
/// | [`at_evaluations`](Self::at_evaluations) | once so many function evaluations are used, losses + 2 gradients | never |
/// | [`at_loss`](Self::at_loss) | once the mean loss is this or less | never |
/// | [`with_loss_averaging`](Self::with_loss_averaging) | m: the weight of the past in the mean loss | 0: the last loss |
/// | [`at_gradient_norm`](Self::at_gradient_norm) | once \|g\| is this or less: a tolerance, for full batches | never |
///
/// Losses of mini-batches jump, and one that is easy says little: with `at_loss` take an averaging of
/// about 0.9, or 1 − (batch size) / (rows) for a mean over about an epoch. The mean is
/// Σₖ mᵏ lₜ₋ₖ / Σₖ mᵏ: early on it holds few losses. Counts are of this run.
///
/// ```
/// use std::time::Duration;
///
/// use gols::{Descent, SliceObjective, Stop, StopReason};
///
/// let objective = SliceObjective::from_fn(vec![3.0], |x: &[f64], gradient: &mut [f64]| {
///     gradient[0] = x[0];
///     0.5 * x[0] * x[0]
/// })?;
/// let stop = Stop::after(1000).within(Duration::from_secs(60)).at_loss(1e-6)?;
/// let summary = Descent::new(objective)?.run_until(stop, |progress| println!("{progress}"))?;
/// assert_eq!(summary.reason, Some(StopReason::Loss));
/// # Ok::<(), gols::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stop {
    pub(super) updates: u64,
    pub(super) time: Option<Duration>,
    evaluations: Option<u64>,
    loss: Option<f64>,
    pub(super) averaging: f64,
    gradient_norm: Option<f64>,
}

impl Stop {
    /// After so many updates.
    #[must_use]
    pub fn after(updates: usize) -> Self {
        let (time, evaluations, loss, gradient_norm) = (None, None, None, None);
        Self { updates: updates as u64, time, evaluations, loss, averaging: 0.0, gradient_norm }
    }

    /// Or after the update in which so much time is over, since the run began. With the feature `std`,
    /// which brings the clock.
    #[cfg(feature = "std")]
    #[must_use]
    pub fn within(self, time: Duration) -> Self {
        Self { time: Some(time), ..self }
    }

    /// Or after the update in which so many function evaluations are used: losses + 2 gradients.
    #[must_use]
    pub fn at_evaluations(self, evaluations: u64) -> Self {
        Self { evaluations: Some(evaluations), ..self }
    }

    /// Or once the mean loss is at most this.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is not a number.
    pub fn at_loss(self, loss: f64) -> Result<Self, Error> {
        Error::check("loss", loss, !loss.is_nan(), "a number")?;
        Ok(Self { loss: Some(loss), ..self })
    }

    /// Sets m, the weight of the past in the mean loss.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is not in \[0, 1).
    pub fn with_loss_averaging(self, averaging: f64) -> Result<Self, Error> {
        Error::check_fraction("loss_averaging", averaging)?;
        Ok(Self { averaging, ..self })
    }

    /// Or once the gradient's norm |g| at the start of an update was at most this.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is negative or not a number.
    #[doc(alias = "tolerance")]
    pub fn at_gradient_norm(self, gradient_norm: f64) -> Result<Self, Error> {
        Error::check("gradient_norm", gradient_norm, gradient_norm >= 0.0, "at least 0")?;
        Ok(Self { gradient_norm: Some(gradient_norm), ..self })
    }

    /// What is reached, of what is the same on all workers.
    pub(super) fn reached(
        &self,
        loss: Option<f64>,
        gradient_norm: f64,
        evaluations: Evaluations,
    ) -> Option<StopReason> {
        let used = evaluations.function_evaluations();
        if self.loss.zip(loss).is_some_and(|(target, loss)| loss <= target) {
            Some(StopReason::Loss)
        } else if self.gradient_norm.is_some_and(|tolerance| gradient_norm <= tolerance) {
            Some(StopReason::GradientNorm)
        } else if self.evaluations.is_some_and(|most| used >= most) {
            Some(StopReason::Evaluations)
        } else {
            None
        }
    }
}

/// Why a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StopReason {
    /// It made all its updates.
    Updates,
    /// Its time was over.
    Time,
    /// Its function evaluations were used up.
    Evaluations,
    /// The mean loss reached its target.
    Loss,
    /// The gradient was as short as it should be.
    GradientNorm,
    /// The callback said so.
    Caller,
    /// Time was over on another worker, or its callback said so.
    Worker,
}

impl fmt::Display for StopReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Updates => "all updates made",
            Self::Time => "out of time",
            Self::Evaluations => "out of evaluations",
            Self::Loss => "target loss reached",
            Self::GradientNorm => "gradient short enough",
            Self::Caller => "stopped by the callback",
            Self::Worker => "stopped by another worker",
        })
    }
}
