//! Gradient-only backtracking from the largest step.

use super::walk::{Stage, Trial, Walk, walk_setters};
use super::{
    InitialStep, LineSearch, Origin, Request, StepBounds, Termination, too_far_if_not_finite,
};
use crate::error::Error;
use crate::saved::saved;

/// Backtracking on the slope: the first step down from the cap that does not overshoot much.
///
/// The textbook's backtracking (Nocedal and Wright, algorithm 3.1) with its test of the loss
/// replaced by one of the slope, which survives re-sampling. It never grows: how far it may go is
/// the business of the first trial, the cap of the [`StepBounds`] unless told otherwise, so it
/// suits problems whose cap is about right, and costs log₂(hi / α) slopes a search where it is not.
///
/// With c the overshoot and \[lo, hi\] the [`StepBounds`] along d:
///
/// 1. First trial: a = hi; or by another [`InitialStep`], such as twice the remembered step, from
///    which it can recover what it shrank.
/// 2. F'(a) < 0: done; [`MaxStep`](Termination::MaxStep) if a = hi,
///    [`StillDescending`](Termination::StillDescending) if it is another first trial, else
///    [`SignChange`](Termination::SignChange). 0 < F'(a) < c |F'(0)|: done,
///    [`SlopeReduced`](Termination::SlopeReduced).
/// 3. Else a ← max(a / factor, lo), and again 2. At lo: [`MinStep`](Termination::MinStep), or
///    length 0 and [`NonFinite`](Termination::NonFinite) if the last slope was not finite.
///
/// A slope of exactly 0 is a plane of dead ReLUs and counts as too far. A search that runs out of
/// budget ends at the last step whose slope was finite.
///
/// | setting | meaning | default | range |
/// |---|---|---|---|
/// | `overshoot` | c: the share of \|F'(0)\| that a slope may keep | 0.9 | \[0, 1\] |
/// | `factor` | shrinkage of the trial | 2 | (1, ∞) |
/// | `initial_step` | where it starts | [`InitialStep::Largest`] | |
/// | `max_evaluations` | most requests a search | 100 | ≥ 1 |
/// | `bounds` | the limits on a step | displacements from 1e-8 to 1 | |
/// | `previous` | the remembered step | none | (0, ∞) |
///
/// ```
/// use gols::search::{BacktrackingGols, LineSearch, Origin, Request, Step, Termination};
///
/// let mut search = BacktrackingGols::default();
/// // F(α) = (α - 0.3)² along a direction of length 1, so that the cap is at 1.
/// assert_eq!(search.start(Origin::new(-0.6, 1.0)), Request::Slope(1.0));
/// assert_eq!(search.resume(1.4), Request::Slope(0.5));
/// // 0.4 is below 0.9 · 0.6.
/// let step = Step { length: 0.5, termination: Termination::SlopeReduced };
/// assert_eq!(search.resume(0.4), Request::Done(step));
/// ```
#[doc(alias = "backtracking")]
#[derive(Debug, Clone, PartialEq)]
pub struct BacktrackingGols {
    overshoot: f64,
    walk: Walk,
}

impl Default for BacktrackingGols {
    /// Overshoot 0.9, factor 2, from the largest step, at most 100 requests, displacements from 1e-8 to 1.
    fn default() -> Self {
        Self { overshoot: 0.9, walk: Walk::new(InitialStep::Largest, 2.0).of_displacements() }
    }
}

walk_setters!(BacktrackingGols, "Sets the factor by which the trial step shrinks.");

impl BacktrackingGols {
    /// Sets the share c of |F'(0)| below which a positive slope is accepted; 0 accepts none.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is not in \[0, 1\].
    pub fn with_overshoot(self, overshoot: f64) -> Result<Self, Error> {
        let valid = (0.0..=1.0).contains(&overshoot);
        Error::check("overshoot", overshoot, valid, "in [0, 1]")?;
        Ok(Self { overshoot, ..self })
    }
}

impl LineSearch for BacktrackingGols {
    fn start(&mut self, origin: Origin) -> Request {
        // 1. The first trial.
        self.walk.start(origin)
    }

    fn resume(&mut self, answer: f64) -> Request {
        let slope = too_far_if_not_finite(answer);
        let Trial { stage, step, hi, .. } = self.walk.trial;
        // 2. Take the trial, unless it overshoots.
        if slope < 0.0 {
            self.walk.end_here(match stage {
                Stage::First if step >= hi => Termination::MaxStep,
                Stage::First => Termination::StillDescending,
                _ => Termination::SignChange,
            })
        } else if self.walk.is_reduced(slope, self.overshoot) {
            self.walk.end_here(Termination::SlopeReduced)
        } else {
            // 3. Else shrink.
            self.walk.shrink(slope)
        }
    }

    fn take_back(&mut self) {
        self.walk.take_back();
    }

    fn reset(&mut self) {
        self.walk.forget();
    }
}

saved!(BacktrackingGols: overshoot, walk; |saved| {
    BacktrackingGols::default().with_overshoot(saved.overshoot)?;
    saved.walk.check()
});
