//! The gradient-only search for a slope of a given share.

use super::first_trial::Memory;
use super::ledger::Ledger;
use super::{
    FirstTrial, LineSearch, Origin, Request, StepBounds, Termination, too_far_if_not_finite,
};
use crate::error::Error;

/// The threshold form of an inexact gradient-only search: it looks for F'(a) = c |F'(0)|, not 0.
///
/// [`InexactGols`](crate::InexactGols) takes any positive slope below c |F'(0)| at once and else steps over
/// a change of sign; here the one number c is both. With c = 0 it steps over the sign change, with c > 0 past
/// it, with c < 0 it stops short of it: F'(a) ≥ −|c| |F'(0)| is the curvature condition of Wolfe's rules
/// (Nocedal and Wright, equation 3.6b). As it accepts nothing at once, it costs at least two slopes
/// a search, unless the first is at an end of \[lo, hi\].
///
/// With T = c |F'(0)| and \[lo, hi\] the [`StepBounds`] along d:
///
/// 1. First trial: a = the remembered step (at first lo), clamped to \[lo, hi\].
/// 2. If F'(a) < T, grow: a ← min(factor · a, hi) until F'(a) ≥ T; done there,
///    [`ThresholdCrossed`](Termination::ThresholdCrossed). F'(hi) < T: done at hi,
///    [`MaxStep`](Termination::MaxStep). A slope that is not finite: done at the last finite step,
///    `ThresholdCrossed`.
/// 3. Else shrink: a ← max(a / factor, lo) until F'(a) < T; done there, `ThresholdCrossed`. At lo:
///    [`MinStep`](Termination::MinStep), or length 0 and [`NonFinite`](Termination::NonFinite) if the last
///    slope was not finite.
///
/// A slope of exactly 0 is a plane of dead ReLUs and counts as past the threshold, whatever c. A search that
/// runs out of budget ends at the last step it evaluated.
///
/// | setting | meaning | default | range |
/// |---|---|---|---|
/// | `threshold` | c: the slope that is looked for, as a share of \|F'(0)\| | 0.9 (\[LR\]'s overshoot) | (−1, 1\] |
/// | `factor` | growth and shrinkage of the trial (as \[LR\] 2.3) | 2 | (1, ∞) |
/// | `budget` | most requests a search | 100 | ≥ 1 |
/// | `bounds` | the limits on a step (\[LR\] 2.3) | [`StepBounds::default`] | |
/// | `previous` | the remembered step | none: start at lo | (0, ∞) |
/// | `first_trial` | how the first trial follows from it | [`FirstTrial::Previous`] | |
///
/// ```
/// use gols::{LineSearch, Origin, Request, Termination, ThresholdGols};
///
/// let mut search = ThresholdGols::default().with_threshold(0.5)?.with_previous(0.2)?;
/// // F(α) = (α - 0.3)² along a direction of length 1: T = 0.3.
/// assert_eq!(search.start(Origin::new(-0.6, 1.0)), Request::Slope(0.2));
/// assert_eq!(search.resume(-0.2), Request::Slope(0.4));
/// assert_eq!(search.resume(0.2), Request::Slope(0.8));
/// let Request::Done(step) = search.resume(1.0) else { unreachable!("1.0 is past 0.3") };
/// assert_eq!((step.length, step.termination), (0.8, Termination::ThresholdCrossed));
/// # Ok::<(), gols::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ThresholdGols {
    threshold: f64,
    factor: f64,
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
    Growing { last: f64, trial: Trial },
    Shrinking(Trial),
}

/// A step under test, with what the rules compare it to.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Trial {
    step: f64,
    lo: f64,
    hi: f64,
    threshold: f64,
}

impl Trial {
    /// Whether this slope is past the threshold: NaN and infinities came in as +∞.
    fn is_past(&self, slope: f64) -> bool {
        slope == 0.0 || slope >= self.threshold
    }
}

impl Default for ThresholdGols {
    /// Threshold 0.9, factor 2, budget 100, default bounds, no remembered step.
    fn default() -> Self {
        Self {
            threshold: 0.9,
            factor: 2.0,
            bounds: StepBounds::default(),
            memory: Memory::new(FirstTrial::Previous),
            ledger: Ledger::new(100),
            phase: Phase::Idle,
        }
    }
}

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

    /// Sets the factor by which the trial step grows and shrinks.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is not greater than 1 and finite.
    pub fn with_factor(self, factor: f64) -> Result<Self, Error> {
        Error::check_factor(factor)?;
        Ok(Self { factor, ..self })
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

    /// 2. Asks for a larger step, unless `trial` is the largest.
    fn grow(&mut self, trial: Trial) -> Request {
        if trial.step >= trial.hi {
            return self.end(trial.step, Termination::MaxStep);
        }
        let step = (trial.step * self.factor).min(trial.hi);
        self.phase = Phase::Growing { last: trial.step, trial: Trial { step, ..trial } };
        self.ledger.slope(step, trial.step)
    }

    fn grown(&mut self, slope: f64, last: f64, trial: Trial) -> Request {
        if slope == f64::INFINITY {
            self.end(last, Termination::ThresholdCrossed)
        } else if trial.is_past(slope) {
            self.end(trial.step, Termination::ThresholdCrossed)
        } else {
            self.grow(trial)
        }
    }

    /// 3. Asks for a smaller step, unless `trial`, whose slope this is, is the smallest.
    fn shrink(&mut self, slope: f64, trial: Trial) -> Request {
        if trial.step > trial.lo {
            let step = (trial.step / self.factor).max(trial.lo);
            self.phase = Phase::Shrinking(Trial { step, ..trial });
            self.ledger.slope(step, trial.step)
        } else if slope == f64::INFINITY {
            self.end(0.0, Termination::NonFinite)
        } else {
            self.end(trial.step, Termination::MinStep)
        }
    }

    fn end(&mut self, length: f64, termination: Termination) -> Request {
        self.memory.remember(length, termination);
        self.ledger.close(length, termination)
    }
}

impl LineSearch for ThresholdGols {
    fn start(&mut self, origin: Origin) -> Request {
        self.ledger.open();
        if let Some(termination) = origin.unusable() {
            return self.end(0.0, termination);
        }
        let (lo, hi) = self.bounds.limits(origin.direction_norm);
        // 1. The first trial.
        let step = self.memory.first_trial(origin, lo, hi);
        let threshold = self.threshold * origin.slope.abs();
        self.phase = Phase::First(Trial { step, lo, hi, threshold });
        self.ledger.slope(step, 0.0)
    }

    fn resume(&mut self, answer: f64) -> Request {
        if let Some(end) = self.ledger.end() {
            return end;
        }
        let slope = too_far_if_not_finite(answer);
        match self.phase {
            Phase::Idle => self.ledger.close(0.0, Termination::Budget),
            Phase::First(trial) if trial.is_past(slope) => self.shrink(slope, trial),
            Phase::First(trial) => self.grow(trial),
            Phase::Growing { last, trial } => self.grown(slope, last, trial),
            Phase::Shrinking(trial) if trial.is_past(slope) => self.shrink(slope, trial),
            Phase::Shrinking(trial) => self.end(trial.step, Termination::ThresholdCrossed),
        }
    }

    fn reset(&mut self) {
        self.memory.forget();
        self.phase = Phase::Idle;
        self.ledger.reset();
    }
}
