//! Where a search begins: the first trial step, from what the last search found.

use super::{Origin, Termination};
use crate::error::Error;

/// The rule by which a search chooses its first trial step, before it is clamped to \[lo, hi\].
///
/// With α₋ the remembered step, F'₋(0) the slope at the start of the search that found it, F'(0) the slope now
/// and A the [arrival slope](Origin::arrival_slope), the slope along the last direction where the last step
/// led, which costs nothing:
///
/// | policy | first trial | source |
/// |---|---|---|
/// | `Previous` | α₋ | \[LR\] 2.3; the default of most searches |
/// | `PreviousTimes(k)` | k α₋, 0 < k < ∞ | Hager and Zhang's I2 without a condition |
/// | `SlopeRatio` | α₋ F'₋(0) / F'(0): the same first-order change as before | Nocedal and Wright 3.5 |
/// | `Secant` | α₋ F'₋(0) / (F'₋(0) − A): where the last line's slope would be 0 | the secant method |
/// | `HagerZhang` | the secant's step if A > F'₋(0), else ψ₂ α₋ with ψ₂ = 2 | CG_DESCENT, I1 and I2 |
/// | `Constant(a)` | a, 0 < a < ∞: 1 suits directions of Newton's kind | Nocedal and Wright 3.5 |
/// | `Largest` | hi | backtracking from the cap |
///
/// Before the first step is remembered it is lo, but for `Constant` and `Largest`. Where a policy lacks a
/// slope (after [`with_previous`](crate::InexactGols::with_previous), after a step of length 0, outside of
/// [`Descent`](crate::Descent)), it is α₋, or 2 α₋ for `HagerZhang`. The secant exists if A > F'₋(0),
/// and moves by a factor of at most 10; else `Secant` stays at α₋.
///
/// `HagerZhang` is the gradient-only part of CG_DESCENT's initial step (Hager and Zhang 2005, section 4):
/// its I1 interpolates a loss at ψ₁ α₋, for which the free arrival slope stands in here, and I2 is ψ₂ α₋; its
/// I0, from the sizes of x and of the loss, is left to [`with_previous`](crate::InexactGols::with_previous).
///
/// ```
/// use gols::{FirstTrial, InexactGols, LineSearch, Origin, Request};
///
/// let mut search = InexactGols::default()
///     .with_previous(0.1)?
///     .with_first_trial(FirstTrial::PreviousTimes(3.0))?;
/// assert_eq!(search.start(Origin::new(-1.0, 1.0)), Request::Slope(3.0 * 0.1));
/// # Ok::<(), gols::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[non_exhaustive]
pub enum FirstTrial {
    /// The remembered step.
    #[default]
    Previous,
    /// A multiple of the remembered step.
    PreviousTimes(f64),
    /// The step with the same first-order change of the loss as the remembered one.
    SlopeRatio,
    /// The zero of the line through the slopes at both ends of the last step.
    Secant,
    /// The zero of that line if the slope increased along the last step, else twice the remembered step.
    HagerZhang,
    /// Always the same step.
    Constant(f64),
    /// The largest step that the bounds allow.
    Largest,
}

/// The longest move by the secant in one go, either way.
const SECANT_LIMIT: f64 = 10.0;
/// Hager and Zhang's growth of the last step.
const PSI_2: f64 = 2.0;

impl FirstTrial {
    fn check(self) -> Result<Self, Error> {
        match self {
            Self::PreviousTimes(k) => Error::check_positive("first_trial", k)?,
            Self::Constant(step) => Error::check_positive("first_trial", step)?,
            _ => {}
        }
        Ok(self)
    }
}

/// The step that a search remembers, with the slopes by which its policy changes it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Memory {
    policy: FirstTrial,
    step: Option<f64>,
    /// F'(0) of the search that ended at `step`, if that was the last search from a usable origin.
    slope: Option<f64>,
    /// F'(0) of the search under way.
    origin_slope: f64,
}

impl Memory {
    /// Nothing remembered.
    pub(super) const fn new(policy: FirstTrial) -> Self {
        Self { policy, step: None, slope: None, origin_slope: 0.0 }
    }

    /// The same memory with another policy.
    pub(super) fn with_policy(self, policy: FirstTrial) -> Result<Self, Error> {
        Ok(Self { policy: policy.check()?, ..self })
    }

    /// A memory of this step.
    pub(super) fn with_step(self, previous: f64) -> Result<Self, Error> {
        Error::check_positive("previous", previous)?;
        Ok(Self { step: Some(previous), slope: None, ..self })
    }

    /// The remembered step.
    pub(super) fn step(&self) -> Option<f64> {
        self.step
    }

    /// The first trial of a search from a usable origin, in \[lo, hi\].
    pub(super) fn first_trial(&mut self, origin: Origin, lo: f64, hi: f64) -> f64 {
        self.origin_slope = origin.slope;
        // Should this search fail, the next arrival slope belongs to another step than the remembered one.
        let last_slope = self.slope.take();
        let secant = last_slope.and_then(|slope| secant(slope, origin.arrival_slope?));
        let trial = match (self.policy, self.step) {
            (FirstTrial::Largest, _) => hi,
            (FirstTrial::Constant(step), _) => step,
            (_, None) => lo,
            (FirstTrial::Previous, Some(step)) => step,
            (FirstTrial::PreviousTimes(factor), Some(step)) => step * factor,
            (FirstTrial::SlopeRatio, Some(step)) => {
                step * last_slope.map_or(1.0, |slope| slope / origin.slope)
            }
            (FirstTrial::Secant, Some(step)) => step * secant.unwrap_or(1.0),
            (FirstTrial::HagerZhang, Some(step)) => step * secant.unwrap_or(PSI_2),
        };
        trial.max(lo).min(hi)
    }

    /// Remembers the end of a search, if it was a success.
    pub(super) fn remember(&mut self, length: f64, termination: Termination) {
        if termination.is_success() {
            self.step = Some(length);
            self.slope = Some(self.origin_slope);
        }
    }

    /// As new.
    pub(super) fn forget(&mut self) {
        *self = Self::new(self.policy);
    }
}

/// The zero of the line through (0, `start`) and (1, `end`), if it rises: start < 0 < zero.
fn secant(start: f64, end: f64) -> Option<f64> {
    let is_rising = end.is_finite() && end > start;
    is_rising.then(|| (start / (start - end)).clamp(1.0 / SECANT_LIMIT, SECANT_LIMIT))
}
