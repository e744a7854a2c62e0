//! What a run of many updates came to.

use core::fmt;

use super::StopReason;
use crate::line::Evaluations;
use crate::search::{Step, Termination};

/// What a run came to: see [`Descent::run`](crate::Descent::run).
///
/// Losses are those of the mini-batches that the first and the last gradient came from, so they jump
/// as batches do; evaluate all data to know where a run has got to.
///
/// ```
/// use gols::{Descent, SliceObjective};
///
/// let objective = SliceObjective::from_fn(vec![3.0], |x, gradient| {
///     gradient[0] = x[0];
///     0.5 * x[0] * x[0]
/// })?;
/// let summary = Descent::new(objective)?.run(40)?;
/// assert_eq!((summary.iterations, summary.first_loss), (40, Some(4.5)));
/// println!("{summary}"); // 40 iterations, 131 function evaluations: loss 4.5 → 1.1e-13, …
/// # Ok::<(), gols::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[non_exhaustive]
pub struct Summary {
    /// The updates made.
    pub iterations: u64,
    /// What they asked of the objective.
    pub evaluations: Evaluations,
    /// The first loss that was known.
    pub first_loss: Option<f64>,
    /// The last loss that was known.
    pub last_loss: Option<f64>,
    /// The last step.
    pub last_step: Option<Step>,
    /// The steps whose search was [no success](crate::search::Termination::is_success).
    pub unsuccessful: u64,
    /// Those of them that found nothing finite, in the gradient, in its loss, or wherever a search asked:
    /// they moved nothing, and no rule remembers their gradients.
    pub skipped: u64,
    /// Why the run ended.
    pub reason: Option<StopReason>,
}

impl Summary {
    /// Takes one more update in.
    pub(crate) fn add(&mut self, step: Step, loss: Option<f64>, evaluations: Evaluations) {
        self.iterations += 1;
        self.evaluations += evaluations;
        self.first_loss = self.first_loss.or(loss);
        self.last_loss = loss.or(self.last_loss);
        self.last_step = Some(step);
        self.unsuccessful += u64::from(!step.termination.is_success());
        self.skipped += u64::from(step.termination == Termination::NonFinite);
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cost = self.evaluations.function_evaluations();
        write!(f, "{} iterations, {cost} function evaluations", self.iterations)?;
        if let (Some(first), Some(last)) = (self.first_loss, self.last_loss) {
            write!(f, ": loss {first:.4} → {last:.4}")?;
        }
        if let Some(step) = self.last_step {
            write!(f, ", last step {:.3e} ({:?})", step.length, step.termination)?;
        }
        if self.unsuccessful > 0 {
            write!(f, ", {} without success", self.unsuccessful)?;
        }
        if self.skipped > 0 {
            write!(f, ", {} of them not finite", self.skipped)?;
        }
        match self.reason {
            None | Some(StopReason::Updates) => Ok(()),
            Some(reason) => write!(f, "; {reason}"),
        }
    }
}
