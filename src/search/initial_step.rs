//! Where a search begins: the first trial step, from what the last search found.

use super::Origin;
use super::walk::Previous;
use crate::error::Error;

/// The rule by which a search chooses its first trial step, before it is clamped to \[lo, hi\].
///
/// With α₋ the remembered step, F'₋(0) the slope at the start of the search that found it, F'(0)
/// the slope now and A the [arrival slope](Origin::arrival_slope), the slope along the last
/// direction where the last step led, which costs nothing:
///
/// | policy | first trial | source |
/// |---|---|---|
/// | `Previous` | α₋ | \[LR\] 2.3; the default of most searches |
/// | `PreviousTimes(k)` | k α₋, 0 < k < ∞ | Hager and Zhang's I2 without a condition |
/// | `SlopeRatio` | α₋ F'₋(0) / F'(0): the first-order change as before | Nocedal and Wright 3.5 |
/// | `Secant` | α₋ F'₋(0) / (F'₋(0) − A): the zero of the last line's slope | the secant method |
/// | `HagerZhang` | the secant's step if A > F'₋(0), else ψ₂ α₋, ψ₂ = 2 | CG_DESCENT, I1 and I2 |
/// | `Constant(a)` | a, 0 < a < ∞: 1 suits directions of Newton's kind | Nocedal and Wright 3.5 |
/// | `Largest` | hi | backtracking from the cap |
///
/// Before the first step is remembered it is lo, but for `Constant` and `Largest`. Where a policy
/// lacks a slope (after [`with_previous`](super::InexactGols::with_previous), after a step of
/// length 0, outside of [`Descent`](crate::Descent)), it is α₋, or 2 α₋ for `HagerZhang`. The
/// secant exists if A > F'₋(0), and moves by a factor of at most 10; else `Secant` stays at α₋.
///
/// `HagerZhang` is the gradient-only part of CG_DESCENT's initial step (Hager and Zhang 2005,
/// section 4): its I1 interpolates a loss at ψ₁ α₋, for which the free arrival slope stands in
/// here, and I2 is ψ₂ α₋; its I0, from the sizes of x and of the loss, is left to
/// [`with_previous`](super::InexactGols::with_previous).
///
/// ```
/// use gols::search::{InexactGols, InitialStep, LineSearch, Origin, Request};
///
/// let mut search = InexactGols::default()
///     .with_previous(0.1)?
///     .with_initial_step(InitialStep::PreviousTimes(3.0))?;
/// assert_eq!(search.start(Origin::new(-1.0, 1.0)), Request::Slope(3.0 * 0.1));
/// # Ok::<(), gols::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum InitialStep {
    /// The remembered step.
    #[default]
    Previous,
    /// A multiple of the remembered step.
    PreviousTimes(f64),
    /// The step with the same first-order change of the loss as the remembered one.
    SlopeRatio,
    /// The zero of the line through the slopes at both ends of the last step.
    Secant,
    /// The zero of that line if the slope increased along the last step, else twice the remembered
    /// step.
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

impl InitialStep {
    pub(super) fn checked(self) -> Result<Self, Error> {
        if let Self::PreviousTimes(number) | Self::Constant(number) = self {
            Error::check_positive("initial_step", number)?;
        }
        Ok(self)
    }

    /// The first trial of a search from a usable origin, in \[lo, hi\].
    pub(super) fn first_trial(self, previous: Previous, origin: Origin, lo: f64, hi: f64) -> f64 {
        let last_slope = previous.slope;
        let secant = last_slope.and_then(|slope| secant(slope, origin.arrival_slope?));
        let trial = match (self, previous.step) {
            (Self::Largest, _) => hi,
            (Self::Constant(step), _) => step,
            (_, None) => lo,
            (Self::Previous, Some(step)) => step,
            (Self::PreviousTimes(factor), Some(step)) => step * factor,
            (Self::SlopeRatio, Some(step)) => {
                step * last_slope.map_or(1.0, |slope| slope / origin.slope)
            }
            (Self::Secant, Some(step)) => step * secant.unwrap_or(1.0),
            (Self::HagerZhang, Some(step)) => step * secant.unwrap_or(PSI_2),
        };
        trial.max(lo).min(hi)
    }
}

/// The zero of the line through (0, `start`) and (1, `end`), if it rises: start < 0 < zero.
fn secant(start: f64, end: f64) -> Option<f64> {
    let is_rising = end.is_finite() && end > start;
    is_rising.then(|| (start / (start - end)).clamp(1.0 / SECANT_LIMIT, SECANT_LIMIT))
}
