//! The walk of trial steps that the inexact searches share.

use super::limits::Limits;
use super::{InitialStep, Origin, Request, Termination, done};
#[cfg(feature = "serde")]
use crate::error::Error;

/// Trials that grow or shrink within the limits, from the step that the last search remembered.
///
/// A search reads the answer at [`Trial::step`], and grows, shrinks or ends.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Walk {
    pub factor: f64,
    pub initial_step: InitialStep,
    pub limits: Limits,
    pub previous: Previous,
    /// What was remembered when the last search began.
    before: Previous,
    pub trial: Trial,
    asks_losses: bool,
}

/// What a search remembers of the last one.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Previous {
    pub step: Option<f64>,
    /// F'(0) of the search that ended at `step`, if that was the last search from a usable origin.
    pub slope: Option<f64>,
}

/// The step under test, and the line it lies on.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Trial {
    pub stage: Stage,
    pub step: f64,
    /// Where a search ends that may ask no more: the last step that it can answer for, 0 at first.
    pub last: f64,
    pub lo: f64,
    pub hi: f64,
    /// F'(0).
    pub origin_slope: f64,
}

/// How the trial came about.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) enum Stage {
    #[default]
    First,
    Growing,
    Shrinking,
}

impl Walk {
    /// A walk of slopes, of at most 100 requests.
    pub(super) fn new(initial_step: InitialStep, factor: f64) -> Self {
        Self {
            factor,
            initial_step,
            limits: Limits::new(100),
            previous: Previous::default(),
            before: Previous::default(),
            trial: Trial::default(),
            asks_losses: false,
        }
    }

    /// The same walk with bounds on displacements alone.
    pub(super) fn of_displacements(self) -> Self {
        Self { limits: Limits::of_displacements(100), ..self }
    }

    /// The same walk of losses.
    pub(super) fn over_losses(self) -> Self {
        Self { asks_losses: true, ..self }
    }

    /// Asks at the first trial, if the origin can be left.
    pub(super) fn start(&mut self, origin: Origin) -> Request {
        self.before = self.previous;
        if let Some(termination) = origin.unusable() {
            return done(0.0, termination);
        }
        let (mut lo, hi) = self.limits.start(origin);
        if let Previous { step: Some(found), slope: Some(_) } = self.previous {
            // What a search has found it may find again, however small.
            lo = lo.min(found);
        }
        let step = self.initial_step.first_trial(self.previous, origin, lo, hi);
        // Should this search fail, the next arrival slope belongs to another step.
        self.previous.slope = None;
        self.trial =
            Trial { stage: Stage::First, step, last: 0.0, lo, hi, origin_slope: origin.slope };
        self.ask()
    }

    /// Asks at the trial, or ends at the last one if too much was asked.
    pub(super) fn ask(&mut self) -> Request {
        let Trial { step, last, .. } = self.trial;
        if !self.limits.allow() {
            return self.end(last, Termination::Budget);
        }
        if self.asks_losses { Request::Loss(step) } else { Request::Slope(step) }
    }

    /// Whether a slope is positive, but smaller than this share of |F'(0)|.
    pub(super) fn is_reduced(&self, slope: f64, share: f64) -> bool {
        0.0 < slope && slope < share * self.trial.origin_slope.abs()
    }

    /// Asks at a step that is larger by the factor, unless the trial is the largest.
    pub(super) fn grow(&mut self) -> Request {
        self.grow_by(self.factor)
    }

    pub(super) fn grow_by(&mut self, growth: f64) -> Request {
        let Trial { step, hi, .. } = self.trial;
        if step >= hi {
            return self.end(step, Termination::MaxStep);
        }
        self.try_next(Stage::Growing, (step * growth).min(hi), step)
    }

    /// Asks at a larger first trial, if there is one: the trial changed nothing.
    pub(super) fn lengthen(&mut self) -> Option<Request> {
        let Trial { step, hi, .. } = self.trial;
        let longer = (step * self.factor).min(hi);
        (longer > step).then(|| self.try_next(Stage::First, longer, 0.0))
    }

    /// Ends at a trial that has grown enough, or at the last one if its answer is not finite.
    pub(super) fn end_grown(&mut self, answer: f64, termination: Termination) -> Request {
        let Trial { step, last, .. } = self.trial;
        self.end(if answer == f64::INFINITY { last } else { step }, termination)
    }

    /// Asks at a step that is smaller by the factor, unless the trial, whose answer this is, is the
    /// smallest.
    pub(super) fn shrink(&mut self, answer: f64) -> Request {
        self.shrink_to(self.trial.step / self.factor, answer)
    }

    pub(super) fn shrink_to(&mut self, smaller: f64, answer: f64) -> Request {
        let Trial { step, last, lo, .. } = self.trial;
        if step > lo {
            // A slope that is finite is a step too far, but one to answer for; a loss that was
            // refused, or an answer that is not finite, is none.
            let is_usable = answer.is_finite() && !self.asks_losses;
            self.try_next(Stage::Shrinking, smaller.max(lo), if is_usable { step } else { last })
        } else if answer == f64::INFINITY {
            self.end(0.0, Termination::NonFinite)
        } else {
            self.end(step, Termination::MinStep)
        }
    }

    fn try_next(&mut self, stage: Stage, step: f64, last: f64) -> Request {
        self.trial = Trial { stage, step, last, ..self.trial };
        self.ask()
    }

    /// Ends at the trial.
    pub(super) fn end_here(&mut self, termination: Termination) -> Request {
        self.end(self.trial.step, termination)
    }

    /// Ends, and remembers the step of a success.
    pub(super) fn end(&mut self, length: f64, termination: Termination) -> Request {
        if termination.is_success() {
            let slope = Some(self.trial.origin_slope);
            self.previous = Previous { step: Some(length), slope };
        }
        done(length, termination)
    }

    /// Remembers what it did before the last search.
    pub(super) fn take_back(&mut self) {
        self.previous = self.before;
    }

    /// Whether the settings, and what is remembered, are such as the setters take.
    #[cfg(feature = "serde")]
    pub(super) fn check(&self) -> Result<(), Error> {
        Error::check_factor(self.factor)?;
        Error::check_count("max_evaluations", self.limits.max_evaluations)?;
        self.initial_step.checked()?;
        Error::check_positive("previous", self.previous.step.unwrap_or(1.0))
    }

    /// Forgets the remembered step.
    pub(super) fn forget(&mut self) {
        (self.previous, self.before) = (Previous::default(), Previous::default());
    }
}

/// The setters of a search that keeps its [`Walk`] in the field `walk`; `$factor` says what the
/// factor does.
macro_rules! walk_setters {
    ($search:ident, $factor:literal) => {
        $crate::search::limits::limit_setters!($search, walk.limits);

        impl $search {
            #[doc = $factor]
            ///
            /// # Errors
            /// [`Error::Setting`] if it is not greater than 1 and finite.
            pub fn with_factor(mut self, factor: f64) -> Result<Self, Error> {
                Error::check_factor(factor)?;
                self.walk.factor = factor;
                Ok(self)
            }

            /// Sets the remembered step, from which the next search starts;
            /// [`reset`](LineSearch::reset) forgets it.
            ///
            /// # Errors
            /// [`Error::Setting`] if it is not positive and finite.
            pub fn with_previous(mut self, previous: f64) -> Result<Self, Error> {
                Error::check_positive("previous", previous)?;
                self.walk.previous.step = Some(previous);
                self.walk.previous.slope = None;
                Ok(self)
            }

            /// Sets how the first trial follows from the remembered step and the last slopes.
            ///
            /// # Errors
            /// [`Error::Setting`] if the number in it is not positive and finite.
            pub fn with_initial_step(mut self, initial_step: InitialStep) -> Result<Self, Error> {
                self.walk.initial_step = initial_step.checked()?;
                Ok(self)
            }

            /// The remembered step length.
            #[must_use]
            pub fn previous(&self) -> Option<f64> {
                self.walk.previous.step
            }
        }
    };
}
pub(super) use walk_setters;
