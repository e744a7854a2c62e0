//! The gradient-only search for a slope of a given share.

use super::walk::{Stage, Walk, walk_setters};
use super::{
    InitialStep, LineSearch, Origin, Request, StepBounds, Termination, too_far_if_not_finite,
};
use crate::error::Error;
use crate::saved::saved;

/// The threshold form of an inexact gradient-only search: it looks for F'(a) = c |F'(0)|, not 0.
///
/// [`InexactGols`](super::InexactGols) takes any positive slope below c |F'(0)| at once and else
/// steps over a change of sign; here the one number c is both. With c = 0 it steps over the sign
/// change, with c > 0 past it, with c < 0 it stops short of it: F'(a) ≥ −|c| |F'(0)| is the
/// curvature condition of Wolfe's rules (Nocedal and Wright, equation 3.6b). As it accepts nothing
/// at once, it costs at least two slopes a search, unless the first is at an end of \[lo, hi\].
///
/// With T = c |F'(0)| and \[lo, hi\] the [`StepBounds`] along d:
///
/// 1. First trial: a = the remembered step (at first lo), clamped to \[lo, hi\].
/// 2. If F'(a) < T, grow: a ← min(factor · a, hi) until F'(a) ≥ T; done there,
///    [`ThresholdCrossed`](Termination::ThresholdCrossed). F'(hi) < T: done at hi,
///    [`MaxStep`](Termination::MaxStep). A slope that is not finite: done at the last finite step,
///    `ThresholdCrossed`.
/// 3. Else shrink: a ← max(a / factor, lo) until F'(a) < T; done there, `ThresholdCrossed`. At lo:
///    [`MinStep`](Termination::MinStep), or length 0 and [`NonFinite`](Termination::NonFinite) if
///    the last slope was not finite.
///
/// A slope of exactly 0 is a plane of dead ReLUs and counts as past the threshold, whatever c. A
/// search that runs out of budget ends at the last step whose slope was finite.
///
/// | setting | meaning | default | range |
/// |---|---|---|---|
/// | `threshold` | c: the share of \|F'(0)\| that is looked for | 0: the sign change | (−1, 1\] |
/// | `factor` | growth and shrinkage of the trial (as \[LR\] 2.3) | 2 | (1, ∞) |
/// | `max_evaluations` | most requests a search | 100 | ≥ 1 |
/// | `bounds` | the limits on a step | displacements from 1e-8 to 1 | |
/// | `previous` | the remembered step | none: start at lo | (0, ∞) |
/// | `initial_step` | how the first trial follows from it | [`InitialStep::Previous`] | |
///
/// ```
/// use gols::search::{LineSearch, Origin, Request, Step, Termination, ThresholdGols};
///
/// let mut search = ThresholdGols::default().with_threshold(0.5)?.with_previous(0.2)?;
/// // F(α) = (α - 0.3)² along a direction of length 1: T = 0.3.
/// assert_eq!(search.start(Origin::new(-0.6, 1.0)), Request::Slope(0.2));
/// assert_eq!(search.resume(-0.2), Request::Slope(0.4));
/// assert_eq!(search.resume(0.2), Request::Slope(0.8));
/// // 1.0 is past 0.3.
/// let step = Step { length: 0.8, termination: Termination::ThresholdCrossed };
/// assert_eq!(search.resume(1.0), Request::Done(step));
/// # Ok::<(), gols::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ThresholdGols {
    threshold: f64,
    walk: Walk,
}

impl Default for ThresholdGols {
    /// Threshold 0, factor 2, at most 100 requests, displacements from 1e-8 to 1, no remembered
    /// step.
    fn default() -> Self {
        Self { threshold: 0.0, walk: Walk::new(InitialStep::Previous, 2.0).of_displacements() }
    }
}

walk_setters!(ThresholdGols, "Sets the factor by which the trial step grows and shrinks.");

impl ThresholdGols {
    /// Sets c, the slope that is looked for, as a share of |F'(0)|.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is not in (−1, 1\].
    pub fn with_threshold(self, threshold: f64) -> Result<Self, Error> {
        let valid = threshold > -1.0 && threshold <= 1.0;
        Error::check("threshold", threshold, valid, "in (-1, 1]")?;
        Ok(Self { threshold, ..self })
    }
}

impl LineSearch for ThresholdGols {
    fn start(&mut self, origin: Origin) -> Request {
        // 1. The first trial.
        self.walk.start(origin)
    }

    fn resume(&mut self, answer: f64) -> Request {
        let slope = too_far_if_not_finite(answer);
        let threshold = self.threshold * self.walk.trial.origin_slope.abs();
        let is_past = slope == 0.0 || slope >= threshold;
        match self.walk.trial.stage {
            // 2. Grow until the slope is past the threshold.
            Stage::First | Stage::Growing if !is_past => self.walk.grow(),
            Stage::Growing => self.walk.end_grown(slope, Termination::ThresholdCrossed),
            // 3. Shrink until it is not.
            Stage::Shrinking if !is_past => self.walk.end_here(Termination::ThresholdCrossed),
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

saved!(ThresholdGols: threshold, walk; |saved| {
    ThresholdGols::default().with_threshold(saved.threshold)?;
    saved.walk.check()
});
