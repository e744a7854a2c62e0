//! The gradient-only search by secants: a quadratic through two slopes.

use super::walk::{Stage, Trial, Walk, walk_setters};
use super::{
    InitialStep, LineSearch, Origin, Request, StepBounds, Termination, too_far_if_not_finite,
};
use crate::error::Error;
use crate::saved::saved;

/// The quadratic through two slopes: each trial is where the secant of F'(0) and the last slope is
/// 0.
///
/// F'(0) and F'(a) determine a parabola whose minimum lies at
///
/// a F'(0) / (F'(0) − F'(a)),  if F'(a) > F'(0)
///
/// (Nocedal and Wright, section 3.5, with slopes for losses). Where
/// [`InexactGols`](super::InexactGols) doubles or halves, this goes where the slopes point, within
/// limits, because slopes of different mini-batches point anywhere at times. On a parabola and one
/// batch it is exact.
///
/// With c the overshoot, tol = c |F'(0)| and \[lo, hi\] the [`StepBounds`] along d:
///
/// 1. First trial: a = the remembered step (at first lo), clamped to \[lo, hi\]. If 0 < F'(a) <
///    tol, done: [`SlopeReduced`](Termination::SlopeReduced). (Not where F'(a) is negative and
///    small: on a new mini-batch it is, however short the step, for F'(0) = −|g|² is the slope on
///    the very batch that d came from.)
/// 2. F'(a) < 0: the secant's step, but at least `factor` and at most `limit` times a, and at most
///    hi; `limit` times a if F'(a) ≤ F'(0). F'(hi) < 0: done at hi,
///    [`MaxStep`](Termination::MaxStep).
/// 3. F'(a) ≥ tol: the secant's step, but at least a / limit and lo; a / limit where F'(a) is 0 (a
///    plane of dead ReLUs) or not finite. At lo: [`MinStep`](Termination::MinStep), or length 0 and
///    [`NonFinite`](Termination::NonFinite) if the last slope was not finite.
/// 4. The new a is accepted if 0 < |F'(a)| < tol, or F'(a) = 0 where the secant said so:
///    `SlopeReduced`; or if the sign of F' differs from the last one's:
///    [`SignChange`](Termination::SignChange). Growing into a slope that is not finite: done at the
///    last finite step, `SignChange`. Else 2 or 3 again.
///
/// A search that runs out of budget ends at the last step whose slope was finite.
///
/// | setting | meaning | default | range |
/// |---|---|---|---|
/// | `overshoot` | c: the share of \|F'(0)\| that a slope may keep (as \[LR\] 2.3) | 0.9 | (0, 1] |
/// | `factor` | least growth of the trial | 1.5 | (1, ∞) |
/// | `limit` | most growth and shrinkage of the trial; `factor`, if that is larger | 10 | (1, ∞) |
/// | `max_evaluations` | most requests a search | 100 | ≥ 1 |
/// | `bounds` | the limits on a step | displacements from 1e-8 to 1 | |
/// | `previous` | the remembered step | none: start at lo | (0, ∞) |
/// | `initial_step` | how the first trial follows from it | [`InitialStep::Previous`] | |
///
/// ```
/// use gols::search::{LineSearch, Origin, Request, SecantGols};
///
/// let mut search = SecantGols::default().with_previous(0.125)?;
/// // F(α) = (α - 0.5)² along a direction of length 1: one secant finds the minimum.
/// assert_eq!(search.start(Origin::new(-1.0, 1.0)), Request::Slope(0.125));
/// assert_eq!(search.resume(-0.75), Request::Slope(0.5));
/// assert!(matches!(search.resume(1e-17), Request::Done(step) if step.length == 0.5));
/// # Ok::<(), gols::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct SecantGols {
    overshoot: f64,
    limit: f64,
    walk: Walk,
    /// Whether the trial is where a secant is 0, and not at a limit.
    is_zero: bool,
}

impl Default for SecantGols {
    /// Overshoot 0.9, factor 1.5, limit 10, at most 100 requests, displacements from 1e-8 to 1, no remembered
    /// step.
    fn default() -> Self {
        let walk = Walk::new(InitialStep::Previous, 1.5).of_displacements();
        Self { overshoot: 0.9, limit: 10.0, walk, is_zero: false }
    }
}

walk_setters!(SecantGols, "Sets the least factor by which the trial step grows.");

impl SecantGols {
    /// Sets the share c of |F'(0)| below which a slope is accepted.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is not in (0, 1].
    pub fn with_overshoot(self, overshoot: f64) -> Result<Self, Error> {
        Error::check("overshoot", overshoot, overshoot > 0.0 && overshoot <= 1.0, "in (0, 1]")?;
        Ok(Self { overshoot, ..self })
    }

    /// Sets the most by which the trial step grows or shrinks in one go. A larger factor counts for
    /// it.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is not greater than 1 and finite.
    pub fn with_limit(self, limit: f64) -> Result<Self, Error> {
        let valid = limit > 1.0 && limit.is_finite();
        Error::check("limit", limit, valid, "greater than 1 and finite")?;
        Ok(Self { limit, ..self })
    }

    /// The zero of the secant through F'(0) and this slope, as a multiple of the trial; infinite if
    /// there is none ahead.
    fn secant(&self, slope: f64) -> f64 {
        let Trial { origin_slope, .. } = self.walk.trial;
        if slope > origin_slope { origin_slope / (origin_slope - slope) } else { f64::INFINITY }
    }

    /// 2. Grows to the zero of the secant, within the limits.
    fn grow(&mut self, slope: f64) -> Request {
        let least = self.walk.factor;
        self.walk.grow_by(self.secant(slope).clamp(least, self.limit.max(least)))
    }

    /// 3. Shrinks to the zero of the secant, within the limits.
    fn shrink(&mut self, slope: f64) -> Request {
        let least = 1.0 / self.limit.max(self.walk.factor);
        let secant = if slope == 0.0 { 0.0 } else { self.secant(slope) };
        self.is_zero = secant > least;
        self.walk.shrink_to(self.walk.trial.step * secant.max(least), slope)
    }
}

impl LineSearch for SecantGols {
    fn start(&mut self, origin: Origin) -> Request {
        self.walk.start(origin)
    }

    fn resume(&mut self, answer: f64) -> Request {
        let slope = too_far_if_not_finite(answer);
        let is_found = slope == 0.0 && self.is_zero;
        let is_reduced = is_found || self.walk.is_reduced(slope.abs(), self.overshoot);
        match self.walk.trial.stage {
            // 1. Only a positive slope is accepted at once.
            Stage::First if slope > 0.0 && is_reduced => {
                self.walk.end_here(Termination::SlopeReduced)
            }
            // 4. A change of sign, or a slope that is small.
            Stage::Growing if slope >= 0.0 => self.walk.end_grown(slope, Termination::SignChange),
            Stage::Shrinking if slope < 0.0 => self.walk.end_here(Termination::SignChange),
            Stage::Growing | Stage::Shrinking if is_reduced => {
                self.walk.end_here(Termination::SlopeReduced)
            }
            // 2. and 3.
            _ if slope < 0.0 => self.grow(slope),
            _ => self.shrink(slope),
        }
    }

    fn take_back(&mut self) {
        self.walk.take_back();
    }

    fn reset(&mut self) {
        self.walk.forget();
    }
}

saved!(SecantGols: overshoot, limit, walk, is_zero; |saved| {
    SecantGols::default().with_overshoot(saved.overshoot)?.with_limit(saved.limit)?;
    saved.walk.check()
});
