//! I-GOLS: the inexact gradient-only line search.

use super::walk::{Stage, Walk, walk_setters};
use super::{
    InitialStep, LineSearch, Origin, Request, StepBounds, Termination, too_far_if_not_finite,
};
use crate::error::Error;
use crate::saved::saved;

/// I-GOLS, the inexact gradient-only line search (\[LR\] 2.3 and appendix C): the paper's choice.
///
/// It steps over a sign change of the slope from negative to positive, starting from the step
/// length of the last search and growing or shrinking it by a constant factor. It never asks for a
/// loss, so the jumps of the loss between mini-batches cannot mislead it, and it costs about one to
/// two slopes a search once its remembered step fits.
///
/// With c the overshoot, tol = c |F'(0)| and \[lo, hi\] the [`StepBounds`] along d:
///
/// 1. First trial: a = the remembered step (at first lo), clamped to \[lo, hi\]. If 0 < F'(a) <
///    tol, done: [`SlopeReduced`](Termination::SlopeReduced).
/// 2. If F'(a) < 0, grow: a ← min(factor · a, hi) until F'(a) ≥ 0; done there,
///    [`SignChange`](Termination::SignChange). F'(hi) < 0: done at hi,
///    [`MaxStep`](Termination::MaxStep). A slope that is not finite: done at the last finite step,
///    `SignChange`.
/// 3. Else shrink: a ← max(a / factor, lo) until F'(a) < 0; done there, `SignChange`. At lo:
///    [`MinStep`](Termination::MinStep), or length 0 and [`NonFinite`](Termination::NonFinite) if
///    the last slope was not finite.
///
/// A slope of exactly 0 counts as positive: it is what a plane of dead ReLUs answers, and walking
/// on across it would be blind. A search that runs out of budget ends at the last step
/// evaluated. Steps of successes, `MinStep` and `MaxStep` are remembered.
///
/// | setting | meaning | default | range |
/// |---|---|---|---|
/// | `overshoot` | c: the share of \|F'(0)\| that a slope may keep (\[LR\] 2.3) | 0.9 | (0, 1] |
/// | `factor` | growth and shrinkage of the trial (\[LR\] 2.3) | 2 | (1, ∞) |
/// | `max_evaluations` | most requests a search | 100 | ≥ 1 |
/// | `bounds` | the limits on a step (\[LR\] 2.3) | [`StepBounds::default`] | |
/// | `previous` | the remembered step | none: start at lo | (0, ∞) |
/// | `initial_step` | how the first trial follows from it | [`InitialStep::Previous`] | |
///
/// ```
/// use gols::search::{InexactGols, LineSearch, Origin, Request};
///
/// let mut search = InexactGols::default().with_previous(0.1)?;
/// // F(α) = (α - 0.3)² along a direction of length 1.
/// assert_eq!(search.start(Origin::new(-0.6, 1.0)), Request::Slope(0.1));
/// assert_eq!(search.resume(-0.4), Request::Slope(0.2));
/// assert_eq!(search.resume(-0.2), Request::Slope(0.4));
/// assert!(matches!(search.resume(0.2), Request::Done(step) if step.length == 0.4));
/// assert_eq!(search.previous(), Some(0.4));
/// # Ok::<(), gols::Error>(())
/// ```
#[doc(alias("I-GOLS", "IGOLS"))]
#[derive(Debug, Clone, PartialEq)]
pub struct InexactGols {
    overshoot: f64,
    walk: Walk,
}

impl Default for InexactGols {
    /// Overshoot 0.9, factor 2, at most 100 requests, default bounds, no remembered step.
    fn default() -> Self {
        Self { overshoot: 0.9, walk: Walk::new(InitialStep::Previous, 2.0) }
    }
}

walk_setters!(InexactGols, "Sets the factor by which the trial step grows and shrinks.");

impl InexactGols {
    /// Sets the share c of |F'(0)| below which a positive slope is accepted at once.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is not in (0, 1].
    pub fn with_overshoot(self, overshoot: f64) -> Result<Self, Error> {
        Error::check("overshoot", overshoot, overshoot > 0.0 && overshoot <= 1.0, "in (0, 1]")?;
        Ok(Self { overshoot, ..self })
    }
}

impl LineSearch for InexactGols {
    fn start(&mut self, origin: Origin) -> Request {
        self.walk.start(origin)
    }

    fn resume(&mut self, answer: f64) -> Request {
        let slope = too_far_if_not_finite(answer);
        let is_reduced = self.walk.is_reduced(slope, self.overshoot);
        match self.walk.trial.stage {
            // 1. A small positive slope is good enough.
            Stage::First if is_reduced => self.walk.end_here(Termination::SlopeReduced),
            // 2. Grow while the slope is negative.
            Stage::First | Stage::Growing if slope < 0.0 => self.walk.grow(),
            Stage::Growing => self.walk.end_grown(slope, Termination::SignChange),
            // 3. Shrink until it is.
            Stage::Shrinking if slope < 0.0 => self.walk.end_here(Termination::SignChange),
            Stage::First | Stage::Shrinking => self.walk.shrink(slope),
        }
    }

    fn take_back(&mut self) {
        self.walk.take_back();
    }

    fn reset(&mut self) {
        self.walk.forget();
    }
}

saved!(InexactGols: overshoot, walk; |saved| {
    InexactGols::default().with_overshoot(saved.overshoot)?;
    saved.walk.check()
});
