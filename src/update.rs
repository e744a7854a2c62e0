//! What an update of the optimizer did.

use crate::search::Step;

/// What one update of an [`Optimizer`](crate::Optimizer) did: what people log.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Update {
    /// The step length α along the direction, and where it came from. Length 0 where nothing moved:
    /// [`Termination::NonFinite`](crate::search::Termination::NonFinite) for a gradient that is not finite, [`Termination::Stationary`](crate::search::Termination::Stationary) for one
    /// of 0.
    pub step: Step,
    /// The slope g·d at the start of this step.
    pub slope: f64,
    /// The slope g·d₋ where the last step led, from the second step on.
    pub arrival_slope: Option<f64>,
    /// How far z moved, α |d|, in units of the parameters.
    pub displacement: f64,
    /// |g|, the gradient's norm.
    pub gradient_norm: f64,
}
