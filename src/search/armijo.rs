//! ARLS: the inexact line search by function value, by Armijo's rule.

use super::first_trial::Memory;
use super::ledger::Ledger;
use super::{
    FirstTrial, LineSearch, Origin, Request, StepBounds, Termination, too_far_if_not_finite,
};
use crate::error::Error;

/// ARLS, a line search by Armijo's rule (\[LR\] 2.3): the textbook's, for comparison.
///
/// It takes the largest step it can find that decreases the loss sufficiently:
///
/// F(a) ≤ F(0) + p a F'(0),  0 < p < 1.
///
/// With dynamic sub-sampling F(a) and F(0) come from different mini-batches. A batch that happens to
/// be harder refuses every step, and the search shrinks to the smallest one (\[LR\] 4.3: steps near 1e-8).
///
/// With \[lo, hi\] the [`StepBounds`] along d:
///
/// 1. First trial: a = the remembered step (at first lo), clamped to \[lo, hi\].
/// 2. Accepted: a ← min(factor · a, hi) until rejected; done at the last accepted,
///    [`SufficientDecrease`](Termination::SufficientDecrease), or [`MaxStep`](Termination::MaxStep) at hi.
/// 3. Rejected: a ← max(a / factor, lo) until accepted; done there, `SufficientDecrease`. Rejected at lo:
///    [`MinStep`](Termination::MinStep), or length 0 and [`NonFinite`](Termination::NonFinite) if that
///    loss was not finite.
///
/// F(0) is the origin's loss (NaN accepts nothing), else asked for once; with [`ReferenceLoss::Resampled`] it is asked for
/// again before every test. It never asks for a slope. Out of budget it ends at the last step that was
/// accepted, or, while shrinking, at the last that was tested. Steps of successes, `MinStep` and
/// `MaxStep` are remembered.
///
/// | setting | meaning | default | range |
/// |---|---|---|---|
/// | `sufficient_decrease` | p: the share of the predicted decrease that is asked for (\[LR\] 2.3) | 0.2 | (0, 1) |
/// | `factor` | growth and shrinkage of the trial (\[LR\] 2.3) | 2 | (1, ∞) |
/// | `budget` | most requests a search | 100 | ≥ 1 |
/// | `reference` | whether F(0) is stored or asked for anew | [`ReferenceLoss::Once`] | |
/// | `bounds` | the limits on a step (\[LR\] 2.3) | [`StepBounds::default`] | |
/// | `previous` | the remembered step | none: start at lo | (0, ∞) |
/// | `first_trial` | how the first trial follows from it | [`FirstTrial::Previous`] | |
///
/// ```
/// use gols::{Armijo, LineSearch, Origin, Request};
///
/// let mut search = Armijo::default().with_previous(0.1)?;
/// // F(α) = (α - 0.3)² along a direction of length 1; F(0) = 0.09.
/// let mut request = search.start(Origin::new(-0.6, 1.0).with_loss(0.09));
/// while let Request::Loss(alpha) = request {
///     request = search.resume((alpha - 0.3).powi(2));
/// }
/// let Request::Done(step) = request else { unreachable!("Armijo asks for losses only") };
/// assert_eq!(step.length, 0.4);
/// # Ok::<(), gols::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Armijo {
    sufficient_decrease: f64,
    factor: f64,
    reference: ReferenceLoss,
    bounds: StepBounds,
    memory: Memory,
    ledger: Ledger,
    rule: Rule,
    phase: Phase,
}

/// Where [`Armijo`] takes F(0) from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ReferenceLoss {
    /// One F(0) a search: the origin's loss if it is known, else one request. The textbook's way.
    #[default]
    Once,
    /// A new F(0) before every test, on a new mini-batch if sub-sampling is dynamic. It is how the
    /// runs of \[LR\] stalled.
    Resampled,
}

/// The rule of one search: F(a) ≤ `reference` + `sufficient_decrease` · a · `slope`, in \[lo, hi\].
#[derive(Debug, Clone, Copy, PartialEq)]
struct Rule {
    reference: Option<f64>,
    sufficient_decrease: f64,
    slope: f64,
    lo: f64,
    hi: f64,
}

/// What is being tested, whether F(0) must come first, and the step to fall back on.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Test {
    stage: Stage,
    trial: f64,
    settled: f64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Stage {
    First,
    Growing,
    Shrinking,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Phase {
    Idle,
    /// Awaits F(0).
    Reference(Test),
    /// Awaits the loss at the trial.
    Trial(Test),
}

const NO_RULE: Rule =
    Rule { reference: None, sufficient_decrease: 0.0, slope: 0.0, lo: 0.0, hi: 0.0 };

impl Default for Armijo {
    /// Sufficient decrease 0.2, factor 2, budget 100, F(0) once, default bounds, no remembered step.
    fn default() -> Self {
        Self {
            sufficient_decrease: 0.2,
            factor: 2.0,
            reference: ReferenceLoss::Once,
            bounds: StepBounds::default(),
            memory: Memory::new(FirstTrial::Previous),
            ledger: Ledger::new(100),
            rule: NO_RULE,
            phase: Phase::Idle,
        }
    }
}

impl Armijo {
    /// Sets p, the share of the decrease predicted by the slope that a step must achieve.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is not in (0, 1).
    pub fn with_sufficient_decrease(self, sufficient_decrease: f64) -> Result<Self, Error> {
        let valid = sufficient_decrease > 0.0 && sufficient_decrease < 1.0;
        Error::check("sufficient_decrease", sufficient_decrease, valid, "in (0, 1)")?;
        Ok(Self { sufficient_decrease, ..self })
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

    /// Sets where F(0) is taken from.
    #[must_use]
    pub fn with_reference(self, reference: ReferenceLoss) -> Self {
        Self { reference, ..self }
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

    /// Asks for what the test of `trial` needs: F(0) first, if it is not stored.
    fn test(&mut self, stage: Stage, trial: f64, settled: f64) -> Request {
        let test = Test { stage, trial, settled };
        if self.reference == ReferenceLoss::Resampled || self.rule.reference.is_none() {
            self.phase = Phase::Reference(test);
            return self.ledger.loss(0.0, settled);
        }
        self.phase = Phase::Trial(test);
        self.ledger.loss(trial, settled)
    }

    fn tested(&mut self, loss: f64, test: Test) -> Request {
        let Test { stage, trial, settled } = test;
        let accepted = self.rule.accepts(trial, loss);
        match (stage, accepted) {
            (Stage::First | Stage::Growing, true) => self.grow(trial),
            (Stage::Growing, false) => self.end(settled, Termination::SufficientDecrease),
            (Stage::Shrinking, true) => self.end(trial, Termination::SufficientDecrease),
            (Stage::First | Stage::Shrinking, false) => self.shrink(trial, loss),
        }
    }

    /// 2. Tests a larger step than the accepted one, unless it is the largest.
    fn grow(&mut self, accepted: f64) -> Request {
        if accepted >= self.rule.hi {
            return self.end(accepted, Termination::MaxStep);
        }
        let trial = (accepted * self.factor).min(self.rule.hi);
        self.test(Stage::Growing, trial, accepted)
    }

    /// 3. Tests a smaller step than the rejected one, unless it is the smallest.
    fn shrink(&mut self, rejected: f64, loss: f64) -> Request {
        if rejected > self.rule.lo {
            let trial = (rejected / self.factor).max(self.rule.lo);
            self.test(Stage::Shrinking, trial, rejected)
        } else if loss.is_finite() {
            self.end(rejected, Termination::MinStep)
        } else {
            self.end(0.0, Termination::NonFinite)
        }
    }

    fn end(&mut self, length: f64, termination: Termination) -> Request {
        self.memory.remember(length, termination);
        self.ledger.close(length, termination)
    }
}

impl Rule {
    fn accepts(&self, step: f64, loss: f64) -> bool {
        self.reference.is_some_and(|reference| {
            let allowance = self.sufficient_decrease * step * self.slope;
            loss.is_finite() && loss <= reference + allowance
        })
    }
}

impl LineSearch for Armijo {
    fn start(&mut self, origin: Origin) -> Request {
        self.ledger.open();
        if let Some(termination) = origin.unusable() {
            return self.end(0.0, termination);
        }
        let (lo, hi) = self.bounds.limits(origin.direction_norm);
        let Self { sufficient_decrease, .. } = *self;
        let Origin { slope, loss: reference, .. } = origin;
        self.rule = Rule { reference, sufficient_decrease, slope, lo, hi };
        // 1. Start from the remembered step, unless told otherwise.
        let trial = self.memory.first_trial(origin, lo, hi);
        self.test(Stage::First, trial, 0.0)
    }

    fn resume(&mut self, answer: f64) -> Request {
        if let Some(end) = self.ledger.end() {
            return end;
        }
        let loss = too_far_if_not_finite(answer);
        match self.phase {
            Phase::Idle => self.ledger.close(0.0, Termination::Budget),
            Phase::Reference(test) => {
                self.rule.reference = Some(loss);
                self.phase = Phase::Trial(test);
                self.ledger.loss(test.trial, test.settled)
            }
            Phase::Trial(test) => self.tested(loss, test),
        }
    }

    fn reset(&mut self) {
        self.memory.forget();
        self.rule = NO_RULE;
        self.phase = Phase::Idle;
        self.ledger.reset();
    }
}
