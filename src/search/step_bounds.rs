//! The interval in which a step length must lie.

use crate::error::Error;

/// Limits on a step length: a smallest and a largest α, and a cap on the displacement |α d|.
///
/// Along a direction d the searches stay within \[lo, hi\] with
///
/// hi = min(max, max_displacement / |d|),  lo = min(min, hi).
///
/// | limit | meaning | default | range |
/// |---|---|---|---|
/// | `min` | smallest α, a multiple of d | 1e-8 (\[LR\] 2.3) | (0, max] |
/// | `max` | largest α, a multiple of d | 1e7 (\[LR\] 2.3) | \[min, ∞) |
/// | `max_displacement` | longest way \|x − x₀\| of one step | 1 (\[LR\] 2.3) | (0, ∞), or none |
///
/// The cap on the displacement is what keeps an inexact search from running away over a flat plane:
/// without it, training by [`InexactGols`](super::InexactGols) diverges.
///
/// ```
/// use gols::search::StepBounds;
///
/// let bounds = StepBounds::default().with_max_displacement(0.5)?;
/// assert_eq!(bounds.limits(2.0), (1e-8, 0.25));
/// assert_eq!(bounds.without_cap().limits(2.0), (1e-8, 1e7));
/// assert!(StepBounds::new(1.0, 0.1, None).is_err());
/// # Ok::<(), gols::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StepBounds {
    min: f64,
    max: f64,
    max_displacement: Option<f64>,
}

impl Default for StepBounds {
    /// \[1e-8, 1e7\] with displacements up to 1 (\[LR\] 2.3).
    fn default() -> Self {
        Self { min: 1e-8, max: 1e7, max_displacement: Some(1.0) }
    }
}

impl StepBounds {
    /// Bounds `min ≤ α ≤ max` and `α |d| ≤ max_displacement`; `None` lifts the cap.
    ///
    /// # Errors
    /// [`Error::Setting`] if a limit is not positive and finite, or `min` exceeds `max`.
    pub fn new(min: f64, max: f64, max_displacement: Option<f64>) -> Result<Self, Error> {
        Error::check_positive("max", max)?;
        Error::check("min", min, min > 0.0 && min <= max, "positive and at most max")?;
        let bounds = Self { min, max, max_displacement: None };
        max_displacement.map_or(Ok(bounds), |most| bounds.with_max_displacement(most))
    }

    /// The same bounds with this cap on the displacement α |d|, in units of the parameters.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is not positive and finite.
    pub fn with_max_displacement(self, max_displacement: f64) -> Result<Self, Error> {
        Error::check_positive("max_displacement", max_displacement)?;
        Ok(Self { max_displacement: Some(max_displacement), ..self })
    }

    /// The same bounds without a cap on the displacement.
    #[must_use]
    pub fn without_cap(self) -> Self {
        Self { max_displacement: None, ..self }
    }

    /// The smallest step length.
    #[must_use]
    pub fn min(&self) -> f64 {
        self.min
    }

    /// The largest step length.
    #[must_use]
    pub fn max(&self) -> f64 {
        self.max
    }

    /// The longest displacement |α d|, if there is a cap.
    #[must_use]
    pub fn max_displacement(&self) -> Option<f64> {
        self.max_displacement
    }

    /// The interval (lo, hi) along a direction of this norm |d| ≥ 0, with 0 < lo ≤ hi < ∞ (or
    /// both 0, should max_displacement / |d| be too small for an f64).
    ///
    /// A norm of 0 puts no cap on the step.
    #[must_use]
    pub fn limits(&self, direction_norm: f64) -> (f64, f64) {
        let hi = match self.max_displacement {
            Some(displacement) if direction_norm > 0.0 => {
                self.max.min(displacement / direction_norm)
            }
            _ => self.max,
        };
        (self.min.min(hi), hi)
    }
}
