//! ARLS: the inexact line search by function value, by Armijo's rule.

use super::walk::{Stage, Trial, Walk, walk_setters};
use super::{
    InitialStep, LineSearch, Origin, Request, StepBounds, Termination, too_far_if_not_finite,
};
use crate::error::Error;
use crate::saved::saved;

/// ARLS, a line search by Armijo's rule (\[LR\] 2.3): the textbook's, for comparison.
///
/// It takes the largest step it can find that decreases the loss sufficiently:
///
/// F(a) ≤ F(0) + p a F'(0),  0 < p < 1.
///
/// With dynamic sub-sampling F(a) and F(0) come from different mini-batches. A batch that happens
/// to be harder refuses every step, and the search shrinks to the smallest one (\[LR\] 4.3: steps
/// near 1e-8).
///
/// With \[lo, hi\] the [`StepBounds`] along d:
///
/// 1. First trial: a = the remembered step (at first lo), clamped to \[lo, hi\]. If F(a) is F(0) to
///    the bit, the parameters have not moved: a ← min(factor · a, hi), and again.
/// 2. Accepted: a ← min(factor · a, hi) until rejected; done at the last accepted,
///    [`SufficientDecrease`](Termination::SufficientDecrease), or [`MaxStep`](Termination::MaxStep)
///    at hi.
/// 3. Rejected: a ← max(a / factor, lo) until accepted; done there, `SufficientDecrease`. Rejected
///    at lo: [`MinStep`](Termination::MinStep), or length 0 and
///    [`NonFinite`](Termination::NonFinite) if that loss was not finite.
///
/// F(0) is the origin's loss, else asked for once; one that is not finite ends the search at length 0,
/// [`NonFinite`](Termination::NonFinite). With [`ReferenceLoss::Resampled`] it is asked for again before
/// every test, and accepts nothing where it is not finite. It never asks for a slope. Out of budget it
/// ends at the last step that was accepted, or at 0. Steps of successes, `MinStep` and `MaxStep` are
/// remembered.
///
/// | setting | meaning | default | range |
/// |---|---|---|---|
/// | `sufficient_decrease` | p: the share of the predicted decrease (\[LR\] 2.3) | 0.2 | (0, 1) |
/// | `factor` | growth and shrinkage of the trial (\[LR\] 2.3) | 2 | (1, ∞) |
/// | `max_evaluations` | most requests a search | 100 | ≥ 1 |
/// | `reference` | whether F(0) is stored or asked for anew | [`ReferenceLoss::Once`] | |
/// | `bounds` | the limits on a step (\[LR\] 2.3) | [`StepBounds::default`] | |
/// | `previous` | the remembered step | none: start at lo | (0, ∞) |
/// | `initial_step` | how the first trial follows from it | [`InitialStep::Previous`] | |
///
/// ```
/// use gols::Error;
/// use gols::search::{Armijo, LineSearch, Origin};
///
/// let mut search = Armijo::default().with_previous(0.1)?;
/// // F(α) = (α - 0.3)² along a direction of length 1; F(0) = 0.09.
/// let origin = Origin::new(-0.6, 1.0).with_loss(0.09);
/// let step = search.run(origin, |request| Ok::<_, Error>((request.alpha() - 0.3).powi(2)))?;
/// assert_eq!(step.length, 0.4);
/// # Ok::<(), Error>(())
/// ```
#[doc(alias("ARLS", "backtracking"))]
#[derive(Debug, Clone, PartialEq)]
pub struct Armijo {
    sufficient_decrease: f64,
    reference: ReferenceLoss,
    walk: Walk,
    /// F(0), once it is known.
    reference_loss: Option<f64>,
    /// Whether F(0) was asked for, and not the loss at the trial.
    awaits_reference: bool,
}

/// Where [`Armijo`] takes F(0) from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum ReferenceLoss {
    /// One F(0) a search: the origin's loss if it is known, else one request. The textbook's way.
    #[default]
    Once,
    /// A new F(0) before every test, on a new mini-batch if sub-sampling is dynamic. It is how the
    /// runs of \[LR\] stalled.
    Resampled,
}

impl Default for Armijo {
    /// Sufficient decrease 0.2, factor 2, at most 100 requests, F(0) once, default bounds, no
    /// remembered step.
    fn default() -> Self {
        Self {
            sufficient_decrease: 0.2,
            reference: ReferenceLoss::Once,
            walk: Walk::new(InitialStep::Previous, 2.0).over_losses(),
            reference_loss: None,
            awaits_reference: false,
        }
    }
}

walk_setters!(Armijo, "Sets the factor by which the trial step grows and shrinks.");

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

    /// Sets where F(0) is taken from.
    #[must_use]
    pub fn with_reference(self, reference: ReferenceLoss) -> Self {
        Self { reference, ..self }
    }

    /// Asks for F(0) before the trial, if it is not stored.
    fn with_reference_first(&mut self, request: Request) -> Request {
        let is_missing =
            self.reference == ReferenceLoss::Resampled || self.reference_loss.is_none();
        self.awaits_reference = is_missing && matches!(request, Request::Loss(_));
        if self.awaits_reference { Request::Loss(0.0) } else { request }
    }

    /// Whether the trial decreases the loss sufficiently.
    fn accepts(&self, loss: f64) -> bool {
        let Trial { step, origin_slope, .. } = self.walk.trial;
        let allowance = self.sufficient_decrease * step * origin_slope;
        let reference = self.reference_loss.unwrap_or(f64::NAN);
        loss.is_finite() && loss <= reference + allowance
    }
}

impl LineSearch for Armijo {
    fn start(&mut self, origin: Origin) -> Request {
        self.reference_loss = origin.loss;
        if origin.unusable().is_none() && origin.loss.is_some_and(|loss| !loss.is_finite()) {
            return self.walk.end(0.0, Termination::NonFinite);
        }
        // 1. The first trial.
        let request = self.walk.start(origin);
        self.with_reference_first(request)
    }

    fn resume(&mut self, answer: f64) -> Request {
        let loss = too_far_if_not_finite(answer);
        if self.awaits_reference {
            self.awaits_reference = false;
            self.reference_loss = Some(answer).filter(|loss| loss.is_finite());
            return match (self.reference_loss, self.reference) {
                (None, ReferenceLoss::Once) => self.walk.end(0.0, Termination::NonFinite),
                _ => self.walk.ask(),
            };
        }
        let Trial { stage, last, .. } = self.walk.trial;
        if stage == Stage::First
            && Some(loss) == self.reference_loss
            && !self.accepts(loss)
            && let Some(request) = self.walk.lengthen()
        {
            return self.with_reference_first(request);
        }
        let request = match (stage, self.accepts(loss)) {
            // 2. Accepted: grow until rejected.
            (Stage::First | Stage::Growing, true) => self.walk.grow(),
            (Stage::Growing, false) => self.walk.end(last, Termination::SufficientDecrease),
            // 3. Rejected: shrink until accepted.
            (Stage::Shrinking, true) => self.walk.end_here(Termination::SufficientDecrease),
            (Stage::First | Stage::Shrinking, false) => self.walk.shrink(loss),
        };
        self.with_reference_first(request)
    }

    fn take_back(&mut self) {
        self.walk.take_back();
    }

    fn reset(&mut self) {
        self.walk.forget();
    }
}

saved!(Armijo: sufficient_decrease, reference, walk, reference_loss, awaits_reference; |saved| {
    Armijo::default().with_sufficient_decrease(saved.sufficient_decrease)?;
    saved.walk.check()
});
