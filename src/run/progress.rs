//! Where a run has got to.

use core::fmt;
use core::ops::ControlFlow;
use core::time::Duration;

use crate::line::Evaluations;
use crate::search::Step;

/// Where a run has got to, after each of its updates: what a callback is told.
///
/// It prints as a line of a log. A callback returns nothing, or says whether the run shall go on:
///
/// ```
/// use std::ops::ControlFlow;
///
/// use gols::{Optimizer, SliceObjective, Stop};
///
/// let mut objective = SliceObjective::from_fn(vec![3.0], |x: &[f64], gradient: &mut [f64]| {
///     gradient[0] = x[0];
///     0.5 * x[0] * x[0]
/// })?;
/// let mut optimizer = Optimizer::new(&objective)?;
/// // A log, or a bar: `|progress| bar.set_position(progress.updates)`.
/// optimizer.train_until(&mut objective, Stop::after(10), |progress| println!("{progress}"))?;
/// // An end of one's own.
/// optimizer.train_until(&mut objective, Stop::after(10), |progress| match progress.updates {
///     7 => ControlFlow::Break(()),
///     _ => ControlFlow::Continue(()),
/// })?;
/// assert_eq!(optimizer.updates(), 17);
/// # Ok::<(), gols::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Progress {
    /// The updates made in this run.
    pub updates: u64,
    /// What they asked of the objective.
    pub evaluations: Evaluations,
    /// The time since the run began; 0 without the feature `std`, as there is no clock.
    pub elapsed: Duration,
    /// The loss of the last update, on its mini-batch, where it is known.
    pub loss: Option<f64>,
    /// The mean of the losses, see [`Stop`](crate::Stop).
    pub mean_loss: Option<f64>,
    /// |g|, the norm of the last update's gradient.
    pub gradient_norm: f64,
    /// The last step.
    pub step: Step,
    /// The updates skipped in this run, see [`Summary::skipped`](crate::Summary::skipped).
    pub skipped: u64,
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "update {}, {:.1} s", self.updates, self.elapsed.as_secs_f64())?;
        if let Some(loss) = self.mean_loss {
            write!(f, ", loss {loss:.4}")?;
        }
        let Step { length, termination } = self.step;
        write!(f, ", |g| {:.3e}, step {length:.3e} ({termination:?})", self.gradient_norm)
    }
}

/// What a callback may return: nothing, or whether the run shall go on.
pub trait Verdict {
    /// Whether it ever stops a run. Workers ask each other only where it may.
    const MAY_STOP: bool;

    /// Whether the run shall go on.
    fn flow(self) -> ControlFlow<()>;
}

impl Verdict for () {
    const MAY_STOP: bool = false;

    fn flow(self) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

impl Verdict for ControlFlow<()> {
    const MAY_STOP: bool = true;

    fn flow(self) -> Self {
        self
    }
}
