//! The gradient-only search by secants: a quadratic through two slopes.

use super::first_trial::Memory;
use super::ledger::Ledger;
use super::{
    FirstTrial, LineSearch, Origin, Request, StepBounds, Termination, too_far_if_not_finite,
};
use crate::error::Error;

/// The quadratic through two slopes: each trial is where the secant of F'(0) and the last slope is 0.
///
/// F'(0) and F'(a) determine a parabola whose minimum lies at
///
/// a F'(0) / (F'(0) − F'(a)),  if F'(a) > F'(0)
///
/// (Nocedal and Wright, section 3.5, with slopes for losses). Where [`InexactGols`](crate::InexactGols)
/// doubles or halves, this goes where the slopes point, within limits, because slopes of different
/// mini-batches point anywhere at times. On a parabola and one batch it is exact.
///
/// With c the overshoot, tol = c |F'(0)| and \[lo, hi\] the [`StepBounds`] along d:
///
/// 1. First trial: a = the remembered step (at first lo), clamped to \[lo, hi\]. If 0 < F'(a) < tol,
///    done: [`SlopeReduced`](Termination::SlopeReduced). (Not where F'(a) is negative and small: on a new
///    mini-batch it is, however short the step, for F'(0) = −|g|² is the slope on the very batch
///    that d came from.)
/// 2. F'(a) < 0: the secant's step, but at least `factor` and at most `limit` times a, and at most hi; `limit`
///    times a if F'(a) ≤ F'(0). F'(hi) < 0: done at hi, [`MaxStep`](Termination::MaxStep).
/// 3. F'(a) ≥ tol: the secant's step, but at least a / limit and lo; a / limit where F'(a) is 0 (a plane of dead
///    ReLUs) or not finite. At lo: [`MinStep`](Termination::MinStep), or length 0 and
///    [`NonFinite`](Termination::NonFinite) if the last slope was not finite.
/// 4. The new a is accepted if 0 < |F'(a)| < tol, or F'(a) = 0 where the secant said so: `SlopeReduced`; or if the sign of F' differs from the last
///    one's: [`SignChange`](Termination::SignChange). Growing into a slope that is not finite: done at the
///    last finite step, `SignChange`. Else 2 or 3 again.
///
/// A search that runs out of budget ends at the last step it evaluated.
///
/// | setting | meaning | default | range |
/// |---|---|---|---|
/// | `overshoot` | c: the share of \|F'(0)\| that a slope may keep (as \[LR\] 2.3) | 0.9 | (0, 1] |
/// | `factor` | least growth of the trial | 1.5 | (1, ∞) |
/// | `limit` | most growth and shrinkage of the trial | 10 | ≥ factor |
/// | `budget` | most requests a search | 100 | ≥ 1 |
/// | `bounds` | the limits on a step (\[LR\] 2.3) | [`StepBounds::default`] | |
/// | `previous` | the remembered step | none: start at lo | (0, ∞) |
/// | `first_trial` | how the first trial follows from it | [`FirstTrial::Previous`] | |
///
/// ```
/// use gols::{LineSearch, Origin, Request, SecantGols};
///
/// let mut search = SecantGols::default().with_previous(0.125)?;
/// // F(α) = (α - 0.5)² along a direction of length 1: one secant finds the minimum.
/// assert_eq!(search.start(Origin::new(-1.0, 1.0)), Request::Slope(0.125));
/// assert_eq!(search.resume(-0.75), Request::Slope(0.5));
/// let Request::Done(step) = search.resume(1e-17) else { unreachable!("the slope is small") };
/// assert_eq!(step.length, 0.5);
/// # Ok::<(), gols::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct SecantGols {
    overshoot: f64,
    factor: f64,
    limit: f64,
    bounds: StepBounds,
    memory: Memory,
    ledger: Ledger,
    phase: Phase,
}

/// Where a search stands; each phase awaits the slope at its `trial`.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Phase {
    Idle,
    First(Trial),
    Growing {
        last: f64,
        trial: Trial,
    },
    /// `is_zero`: whether the trial is where a secant is 0.
    Shrinking {
        is_zero: bool,
        trial: Trial,
    },
}

/// A step under test, with what the rules compare it to.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Trial {
    step: f64,
    lo: f64,
    hi: f64,
    tolerance: f64,
    origin_slope: f64,
}

impl Trial {
    /// The zero of the secant through F'(0) and this slope, as a multiple of the trial; infinite if there is
    /// none ahead.
    fn secant(&self, slope: f64) -> f64 {
        if slope > self.origin_slope {
            self.origin_slope / (self.origin_slope - slope)
        } else {
            f64::INFINITY
        }
    }
}

impl Default for SecantGols {
    /// Overshoot 0.9, factor 1.5, limit 10, budget 100, default bounds, no remembered step.
    fn default() -> Self {
        Self {
            overshoot: 0.9,
            factor: 1.5,
            limit: 10.0,
            bounds: StepBounds::default(),
            memory: Memory::new(FirstTrial::Previous),
            ledger: Ledger::new(100),
            phase: Phase::Idle,
        }
    }
}

impl SecantGols {
    /// Sets the share c of |F'(0)| below which a slope is accepted.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is not in (0, 1].
    pub fn with_overshoot(self, overshoot: f64) -> Result<Self, Error> {
        Error::check("overshoot", overshoot, overshoot > 0.0 && overshoot <= 1.0, "in (0, 1]")?;
        Ok(Self { overshoot, ..self })
    }

    /// Sets the least factor by which the trial step grows.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is not greater than 1 and at most the limit.
    pub fn with_factor(self, factor: f64) -> Result<Self, Error> {
        let valid = factor > 1.0 && factor <= self.limit;
        Error::check("factor", factor, valid, "greater than 1 and at most limit")?;
        Ok(Self { factor, ..self })
    }

    /// Sets the most by which the trial step grows or shrinks in one go.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is smaller than the factor, or not finite.
    pub fn with_limit(self, limit: f64) -> Result<Self, Error> {
        let valid = limit >= self.factor && limit.is_finite();
        Error::check("limit", limit, valid, "at least factor and finite")?;
        Ok(Self { limit, ..self })
    }

    /// Sets the most requests a search may make.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is 0.
    pub fn with_budget(self, budget: usize) -> Result<Self, Error> {
        Error::check_count("budget", budget)?;
        Ok(Self { ledger: Ledger::new(budget), ..self })
    }

    /// Sets the remembered step, from which the next search starts; [`reset`](LineSearch::reset)
    /// forgets it.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is not positive and finite.
    pub fn with_previous(self, previous: f64) -> Result<Self, Error> {
        Ok(Self { memory: self.memory.with_step(previous)?, ..self })
    }

    /// Sets how the first trial follows from the remembered step and the last slopes.
    ///
    /// # Errors
    /// [`Error::Setting`] if the policy's number is not positive and finite.
    pub fn with_first_trial(self, policy: FirstTrial) -> Result<Self, Error> {
        Ok(Self { memory: self.memory.with_policy(policy)?, ..self })
    }

    /// Sets the limits on a step.
    #[must_use]
    pub fn with_bounds(self, bounds: StepBounds) -> Self {
        Self { bounds, ..self }
    }

    /// The remembered step length, from which the next search starts.
    #[must_use]
    pub fn previous(&self) -> Option<f64> {
        self.memory.step()
    }

    /// 1. Only a positive slope is accepted at once.
    fn first(&mut self, slope: f64, trial: Trial) -> Request {
        if 0.0 < slope && slope < trial.tolerance {
            self.end(trial.step, Termination::SlopeReduced)
        } else if slope < 0.0 {
            self.grow(slope, trial)
        } else {
            self.shrink(slope, trial)
        }
    }

    /// 2. Asks for a larger step, unless `trial`, whose slope this is, is the largest.
    fn grow(&mut self, slope: f64, trial: Trial) -> Request {
        if trial.step >= trial.hi {
            return self.end(trial.step, Termination::MaxStep);
        }
        let growth = trial.secant(slope).clamp(self.factor, self.limit);
        let step = (trial.step * growth).min(trial.hi);
        self.phase = Phase::Growing { last: trial.step, trial: Trial { step, ..trial } };
        self.ledger.slope(step, trial.step)
    }

    /// 3. Asks for a smaller step, unless `trial`, whose slope this is, is the smallest.
    fn shrink(&mut self, slope: f64, trial: Trial) -> Request {
        if trial.step <= trial.lo {
            return match slope == f64::INFINITY {
                true => self.end(0.0, Termination::NonFinite),
                false => self.end(trial.step, Termination::MinStep),
            };
        }
        let least = 1.0 / self.limit;
        let secant = if slope == 0.0 { 0.0 } else { trial.secant(slope) };
        let step = (trial.step * secant.max(least)).max(trial.lo);
        self.phase = Phase::Shrinking { is_zero: secant > least, trial: Trial { step, ..trial } };
        self.ledger.slope(step, trial.step)
    }

    /// 4. The slope after growing.
    fn grown(&mut self, slope: f64, last: f64, trial: Trial) -> Request {
        if slope == f64::INFINITY {
            self.end(last, Termination::SignChange)
        } else if slope >= 0.0 {
            self.end(trial.step, Termination::SignChange)
        } else if -slope < trial.tolerance {
            self.end(trial.step, Termination::SlopeReduced)
        } else {
            self.grow(slope, trial)
        }
    }

    /// 4. The slope after shrinking.
    fn shrunk(&mut self, slope: f64, is_zero: bool, trial: Trial) -> Request {
        if slope < 0.0 {
            self.end(trial.step, Termination::SignChange)
        } else if slope < trial.tolerance && (slope > 0.0 || is_zero) {
            self.end(trial.step, Termination::SlopeReduced)
        } else {
            self.shrink(slope, trial)
        }
    }

    fn end(&mut self, length: f64, termination: Termination) -> Request {
        self.memory.remember(length, termination);
        self.ledger.close(length, termination)
    }
}

impl LineSearch for SecantGols {
    fn start(&mut self, origin: Origin) -> Request {
        self.ledger.open();
        if let Some(termination) = origin.unusable() {
            return self.end(0.0, termination);
        }
        let (lo, hi) = self.bounds.limits(origin.direction_norm);
        let step = self.memory.first_trial(origin, lo, hi);
        let tolerance = self.overshoot * origin.slope.abs();
        let origin_slope = origin.slope;
        self.phase = Phase::First(Trial { step, lo, hi, tolerance, origin_slope });
        self.ledger.slope(step, 0.0)
    }

    fn resume(&mut self, answer: f64) -> Request {
        if let Some(end) = self.ledger.end() {
            return end;
        }
        let slope = too_far_if_not_finite(answer);
        match self.phase {
            Phase::Idle => self.ledger.close(0.0, Termination::Budget),
            Phase::First(trial) => self.first(slope, trial),
            Phase::Growing { last, trial } => self.grown(slope, last, trial),
            Phase::Shrinking { is_zero, trial } => self.shrunk(slope, is_zero, trial),
        }
    }

    fn reset(&mut self) {
        self.memory.forget();
        self.phase = Phase::Idle;
        self.ledger.reset();
    }
}
