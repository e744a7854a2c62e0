//! Gradient-only backtracking from the largest step.

use super::first_trial::Memory;
use super::ledger::Ledger;
use super::{
    FirstTrial, LineSearch, Origin, Request, StepBounds, Termination, too_far_if_not_finite,
};
use crate::error::Error;

/// Backtracking on the slope: the first step down from the cap that does not overshoot much.
///
/// The textbook's backtracking (Nocedal and Wright, algorithm 3.1) with its test of the loss replaced by
/// one of the slope, which survives re-sampling. It never grows: how far it may go is the business of
/// the first trial, the cap of the [`StepBounds`] unless told otherwise, so it suits problems whose cap is
/// about right, and costs log₂(hi / α) slopes a search where it is not.
///
/// With c the overshoot and \[lo, hi\] the [`StepBounds`] along d:
///
/// 1. First trial: a = hi; or by another [`FirstTrial`], such as twice the remembered step, from which
///    it can recover what it shrank.
/// 2. F'(a) < 0: done; [`MaxStep`](Termination::MaxStep) if a = hi,
///    [`StillDescending`](Termination::StillDescending) if it is another first trial, else
///    [`SignChange`](Termination::SignChange). 0 < F'(a) < c |F'(0)|: done,
///    [`SlopeReduced`](Termination::SlopeReduced).
/// 3. Else a ← max(a / factor, lo), and again 2. At lo: [`MinStep`](Termination::MinStep), or length 0
///    and [`NonFinite`](Termination::NonFinite) if the last slope was not finite.
///
/// A slope of exactly 0 is a plane of dead ReLUs and counts as too far. A search that runs out of budget
/// ends at the last step it evaluated.
///
/// | setting | meaning | default | range |
/// |---|---|---|---|
/// | `overshoot` | c: the share of \|F'(0)\| that a positive slope may keep (as \[LR\] 2.3) | 0.9 | \[0, 1\] |
/// | `factor` | shrinkage of the trial | 2 | (1, ∞) |
/// | `first_trial` | where it starts | [`FirstTrial::Largest`] | |
/// | `budget` | most requests a search | 100 | ≥ 1 |
/// | `bounds` | the limits on a step (\[LR\] 2.3) | [`StepBounds::default`] | |
/// | `previous` | the remembered step | none | (0, ∞) |
///
/// ```
/// use gols::{BacktrackingGols, LineSearch, Origin, Request, Termination};
///
/// let mut search = BacktrackingGols::default();
/// // F(α) = (α - 0.3)² along a direction of length 1, so that the cap is at 1.
/// assert_eq!(search.start(Origin::new(-0.6, 1.0)), Request::Slope(1.0));
/// assert_eq!(search.resume(1.4), Request::Slope(0.5));
/// let Request::Done(step) = search.resume(0.4) else { unreachable!("0.4 is below 0.9 · 0.6") };
/// assert_eq!((step.length, step.termination), (0.5, Termination::SlopeReduced));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct BacktrackingGols {
    overshoot: f64,
    factor: f64,
    bounds: StepBounds,
    memory: Memory,
    ledger: Ledger,
    phase: Phase,
}

/// Where a search stands; a phase other than idle awaits the slope at its trial.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Phase {
    Idle,
    Trial(Trial),
}

/// A step under test, with what the rules compare it to.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Trial {
    step: f64,
    is_first: bool,
    lo: f64,
    hi: f64,
    tolerance: f64,
}

impl Default for BacktrackingGols {
    /// Overshoot 0.9, factor 2, from the largest step, budget 100, default bounds.
    fn default() -> Self {
        Self {
            overshoot: 0.9,
            factor: 2.0,
            bounds: StepBounds::default(),
            memory: Memory::new(FirstTrial::Largest),
            ledger: Ledger::new(100),
            phase: Phase::Idle,
        }
    }
}

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

    /// Sets the factor by which the trial step shrinks.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is not greater than 1 and finite.
    pub fn with_factor(self, factor: f64) -> Result<Self, Error> {
        Error::check_factor(factor)?;
        Ok(Self { factor, ..self })
    }

    /// Sets where a search starts.
    ///
    /// # Errors
    /// [`Error::Setting`] if the policy's number is not positive and finite.
    pub fn with_first_trial(self, policy: FirstTrial) -> Result<Self, Error> {
        Ok(Self { memory: self.memory.with_policy(policy)?, ..self })
    }

    /// Sets the most requests a search may make.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is 0.
    pub fn with_budget(self, budget: usize) -> Result<Self, Error> {
        Error::check_count("budget", budget)?;
        Ok(Self { ledger: Ledger::new(budget), ..self })
    }

    /// Sets the remembered step, which matters to other first trials than the largest;
    /// [`reset`](LineSearch::reset) forgets it.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is not positive and finite.
    pub fn with_previous(self, previous: f64) -> Result<Self, Error> {
        Ok(Self { memory: self.memory.with_step(previous)?, ..self })
    }

    /// Sets the limits on a step.
    #[must_use]
    pub fn with_bounds(self, bounds: StepBounds) -> Self {
        Self { bounds, ..self }
    }

    /// The remembered step length.
    #[must_use]
    pub fn previous(&self) -> Option<f64> {
        self.memory.step()
    }

    /// 2. Takes the trial, unless it overshoots.
    fn test(&mut self, slope: f64, trial: Trial) -> Request {
        if slope < 0.0 {
            let termination = match trial.is_first {
                true if trial.step >= trial.hi => Termination::MaxStep,
                true => Termination::StillDescending,
                false => Termination::SignChange,
            };
            self.end(trial.step, termination)
        } else if 0.0 < slope && slope < trial.tolerance {
            self.end(trial.step, Termination::SlopeReduced)
        } else {
            self.shrink(slope, trial)
        }
    }

    /// 3. Asks for a smaller step, unless `trial`, whose slope this is, is the smallest.
    fn shrink(&mut self, slope: f64, trial: Trial) -> Request {
        if trial.step > trial.lo {
            let step = (trial.step / self.factor).max(trial.lo);
            self.phase = Phase::Trial(Trial { step, is_first: false, ..trial });
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

impl LineSearch for BacktrackingGols {
    fn start(&mut self, origin: Origin) -> Request {
        self.ledger.open();
        if let Some(termination) = origin.unusable() {
            return self.end(0.0, termination);
        }
        let (lo, hi) = self.bounds.limits(origin.direction_norm);
        // 1. The first trial.
        let step = self.memory.first_trial(origin, lo, hi);
        let tolerance = self.overshoot * origin.slope.abs();
        self.phase = Phase::Trial(Trial { step, is_first: true, lo, hi, tolerance });
        self.ledger.slope(step, 0.0)
    }

    fn resume(&mut self, answer: f64) -> Request {
        if let Some(end) = self.ledger.end() {
            return end;
        }
        match self.phase {
            Phase::Idle => self.ledger.close(0.0, Termination::Budget),
            Phase::Trial(trial) => self.test(too_far_if_not_finite(answer), trial),
        }
    }

    fn reset(&mut self) {
        self.memory.forget();
        self.phase = Phase::Idle;
        self.ledger.reset();
    }
}
