//! The limits of one search: where its steps may lie, and how often it may ask.

use super::{Origin, StepBounds};

/// The bounds on a step and the number of requests, counted from the start of each search.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Limits {
    pub bounds: StepBounds,
    pub max_evaluations: usize,
    asked: usize,
}

impl Limits {
    /// The default bounds, and at most this many requests a search.
    pub(super) fn new(max_evaluations: usize) -> Self {
        Self { bounds: StepBounds::default(), max_evaluations, asked: 0 }
    }

    /// The same with bounds on displacements alone.
    pub(super) fn of_displacements(max_evaluations: usize) -> Self {
        Self { bounds: StepBounds::DISPLACEMENTS, ..Self::new(max_evaluations) }
    }

    /// Begins a search, in \[lo, hi\] along the direction.
    pub(super) fn start(&mut self, origin: Origin) -> (f64, f64) {
        self.asked = 0;
        self.bounds.limits(origin.direction_norm)
    }

    /// The length at which a bracket is short enough: this tolerance, but well below the largest step
    /// where that is tiny beside the first bracket.
    pub(super) fn tolerance(tolerance: f64, first_bracket: f64, hi: f64) -> f64 {
        if hi < 2e-6 * first_bracket { tolerance.min(1e-7 * hi) } else { tolerance }
    }

    /// Counts one more request, if there may be one.
    pub(super) fn allow(&mut self) -> bool {
        let is_allowed = self.asked < self.max_evaluations;
        self.asked += usize::from(is_allowed);
        is_allowed
    }
}

/// The setters of a search that keeps its [`Limits`] in this field.
macro_rules! limit_setters {
    ($search:ident, $($limits:ident).+) => {
        impl $search {
            /// Sets the limits on a step.
            #[must_use]
            pub fn with_bounds(mut self, bounds: StepBounds) -> Self {
                self.$($limits).+.bounds = bounds;
                self
            }

            /// Sets the most requests that a search may make.
            ///
            /// # Errors
            /// [`Error::Setting`] if it is 0.
            #[doc(alias = "budget")]
            pub fn with_max_evaluations(mut self, max_evaluations: usize) -> Result<Self, Error> {
                let (value, valid) = (max_evaluations as f64, max_evaluations > 0);
                Error::check("max_evaluations", value, valid, "at least 1")?;
                self.$($limits).+.max_evaluations = max_evaluations;
                Ok(self)
            }
        }
    };
}
pub(super) use limit_setters;
