//! I-GOLS: the inexact gradient-only line search.

use super::first_trial::Memory;
use super::ledger::Ledger;
use super::{
    FirstTrial, LineSearch, Origin, Request, StepBounds, Termination, too_far_if_not_finite,
};
use crate::error::Error;

/// I-GOLS, the inexact gradient-only line search (\[LR\] 2.3 and appendix C): the paper's choice.
///
/// It steps over a sign change of the slope from negative to positive, starting from the step length
/// of the last search and growing or shrinking it by a constant factor. It never asks for a loss, so
/// the jumps of the loss between mini-batches cannot mislead it, and it costs about one to two slopes
/// a search once its remembered step fits.
///
/// With c the overshoot, tol = c |F'(0)| and \[lo, hi\] the [`StepBounds`] along d:
///
/// 1. First trial: a = the remembered step (at first lo), clamped to \[lo, hi\]. If 0 < F'(a) < tol,
///    done: [`SlopeReduced`](Termination::SlopeReduced).
/// 2. If F'(a) < 0, grow: a ← min(factor · a, hi) until F'(a) ≥ 0; done there,
///    [`SignChange`](Termination::SignChange). F'(hi) < 0: done at hi,
///    [`MaxStep`](Termination::MaxStep). A slope that is not finite: done at the last finite step,
///    `SignChange`.
/// 3. Else shrink: a ← max(a / factor, lo) until F'(a) < 0; done there, `SignChange`. At lo:
///    [`MinStep`](Termination::MinStep), or length 0 and [`NonFinite`](Termination::NonFinite) if the
///    last slope was not finite.
///
/// A slope of exactly 0 counts as positive: it is what a plane of dead ReLUs answers, and walking on
/// across it would be blind. A search that runs out of budget ends at the last step it evaluated.
/// Steps of successes, `MinStep` and `MaxStep` are remembered.
///
/// | setting | meaning | default | range |
/// |---|---|---|---|
/// | `overshoot` | c: the share of \|F'(0)\| that a positive slope may keep (\[LR\] 2.3, there r) | 0.9 | (0, 1] |
/// | `factor` | growth and shrinkage of the trial (\[LR\] 2.3) | 2 | (1, ∞) |
/// | `budget` | most requests a search | 100 | ≥ 1 |
/// | `bounds` | the limits on a step (\[LR\] 2.3) | [`StepBounds::default`] | |
/// | `previous` | the remembered step | none: start at lo | (0, ∞) |
/// | `first_trial` | how the first trial follows from it | [`FirstTrial::Previous`] | |
///
/// ```
/// use gols::{InexactGols, LineSearch, Origin, Request};
///
/// let mut search = InexactGols::default().with_previous(0.1)?;
/// // F(α) = (α - 0.3)² along a direction of length 1.
/// assert_eq!(search.start(Origin::new(-0.6, 1.0)), Request::Slope(0.1));
/// assert_eq!(search.resume(-0.4), Request::Slope(0.2));
/// assert_eq!(search.resume(-0.2), Request::Slope(0.4));
/// let Request::Done(step) = search.resume(0.2) else { unreachable!("the sign has changed") };
/// assert_eq!(step.length, 0.4);
/// assert_eq!(search.previous(), Some(0.4));
/// # Ok::<(), gols::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct InexactGols {
    overshoot: f64,
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
    tolerance: f64,
}

impl Default for InexactGols {
    /// Overshoot 0.9, factor 2, budget 100, default bounds, no remembered step.
    fn default() -> Self {
        Self {
            overshoot: 0.9,
            factor: 2.0,
            bounds: StepBounds::default(),
            memory: Memory::new(FirstTrial::Previous),
            ledger: Ledger::new(100),
            phase: Phase::Idle,
        }
    }
}

impl InexactGols {
    /// Sets the share c of |F'(0)| below which a positive slope is accepted at once.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is not in (0, 1].
    pub fn with_overshoot(self, overshoot: f64) -> Result<Self, Error> {
        Error::check("overshoot", overshoot, overshoot > 0.0 && overshoot <= 1.0, "in (0, 1]")?;
        Ok(Self { overshoot, ..self })
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

    fn first(&mut self, slope: f64, trial: Trial) -> Request {
        // 1. A small positive slope is good enough.
        if 0.0 < slope && slope < trial.tolerance {
            self.end(trial.step, Termination::SlopeReduced)
        } else if slope < 0.0 {
            self.grow(trial)
        } else {
            self.shrink(slope, trial)
        }
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
            self.end(last, Termination::SignChange)
        } else if slope >= 0.0 {
            self.end(trial.step, Termination::SignChange)
        } else {
            self.grow(trial)
        }
    }

    /// 3. Asks for a smaller step, unless `trial`, whose slope this is, is the smallest.
    fn shrink(&mut self, slope: f64, trial: Trial) -> Request {
        if trial.step <= trial.lo {
            return if slope == f64::INFINITY {
                self.end(0.0, Termination::NonFinite)
            } else {
                self.end(trial.step, Termination::MinStep)
            };
        }
        let step = (trial.step / self.factor).max(trial.lo);
        self.phase = Phase::Shrinking(Trial { step, ..trial });
        self.ledger.slope(step, trial.step)
    }

    fn shrunk(&mut self, slope: f64, trial: Trial) -> Request {
        if slope < 0.0 {
            self.end(trial.step, Termination::SignChange)
        } else {
            self.shrink(slope, trial)
        }
    }

    fn end(&mut self, length: f64, termination: Termination) -> Request {
        self.memory.remember(length, termination);
        self.ledger.close(length, termination)
    }
}

impl LineSearch for InexactGols {
    fn start(&mut self, origin: Origin) -> Request {
        self.ledger.open();
        if let Some(termination) = origin.unusable() {
            return self.end(0.0, termination);
        }
        let (lo, hi) = self.bounds.limits(origin.direction_norm);
        let step = self.memory.first_trial(origin, lo, hi);
        let tolerance = self.overshoot * origin.slope.abs();
        self.phase = Phase::First(Trial { step, lo, hi, tolerance });
        self.ledger.slope(step, 0.0)
    }

    fn resume(&mut self, answer: f64) -> Request {
        if let Some(end) = self.ledger.end() {
            return end;
        }
        let slope = too_far_if_not_finite(answer);
        match self.phase {
            Phase::Idle => self.end(0.0, Termination::Budget),
            Phase::First(trial) => self.first(slope, trial),
            Phase::Growing { last, trial } => self.grown(slope, last, trial),
            Phase::Shrinking(trial) => self.shrunk(slope, trial),
        }
    }

    fn reset(&mut self) {
        self.memory.forget();
        self.phase = Phase::Idle;
        self.ledger.reset();
    }
}
