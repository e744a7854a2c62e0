//! The interval in which a step length must lie.

use crate::error::Error;
use crate::saved::saved;

/// Limits on a step length: on α itself, and on the displacement |α d|.
///
/// Along a direction d the searches stay within \[lo, hi\] with
///
/// hi = min(max, max_displacement / |d|),  lo = min(max(min, min_displacement / |d|), hi),
///
/// and lo at most a tenth of the way to the cap, so that a long direction leaves room between them.
///
/// | limit | meaning | \[LR\]'s searches | the others | range |
/// |---|---|---|---|---|
/// | `min` | smallest α, a multiple of d | 1e-8 (\[LR\] 2.3) | none | (0, max] |
/// | `max` | largest α, a multiple of d | 1e7 (\[LR\] 2.3) | none | \[min, ∞) |
/// | `min_displacement` | shortest way \|x − x₀\| of one step | none | 1e-8 | (0, max_displacement) |
/// | `max_displacement` | longest way \|x − x₀\| of one step | 1 (\[LR\] 2.3) | 1 | (0, ∞), or none |
///
/// Absolute limits on α are \[LR\]'s: they hold where gradients are neither tiny nor huge. The searches
/// beyond the paper bound displacements alone, so that a loss times a constant changes nothing.
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
/// assert_eq!(StepBounds::displacements(1e-6, 1.0)?.limits(2.0), (5e-7, 0.5));
/// assert!(StepBounds::new(1.0, 0.1, None).is_err());
/// # Ok::<(), gols::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StepBounds {
    min: f64,
    max: f64,
    /// 0 is none.
    min_displacement: f64,
    max_displacement: Option<f64>,
}

/// The most that lo may be of the way to the cap.
const ROOM: f64 = 0.1;

impl Default for StepBounds {
    /// \[1e-8, 1e7\] with displacements up to 1 (\[LR\] 2.3).
    fn default() -> Self {
        Self { min: 1e-8, max: 1e7, min_displacement: 0.0, max_displacement: Some(1.0) }
    }
}

impl StepBounds {
    /// What searches beyond \[LR\] begin with: displacements from 1e-8 to 1.
    pub(super) const DISPLACEMENTS: Self = Self {
        min: f64::MIN_POSITIVE,
        max: f64::MAX,
        min_displacement: 1e-8,
        max_displacement: Some(1.0),
    };

    /// Bounds `min ≤ α ≤ max` and `α |d| ≤ max_displacement`; `None` lifts the cap.
    ///
    /// # Errors
    /// [`Error::Setting`] if a limit is not positive and finite, or `min` exceeds `max`.
    pub fn new(min: f64, max: f64, max_displacement: Option<f64>) -> Result<Self, Error> {
        Error::check_positive("max", max)?;
        Error::check("min", min, min > 0.0 && min <= max, "positive and at most max")?;
        let bounds = Self { min, max, min_displacement: 0.0, max_displacement: None };
        max_displacement.map_or(Ok(bounds), |most| bounds.with_max_displacement(most))
    }

    /// Bounds `least ≤ α |d| ≤ most` on the displacement alone, in units of the parameters.
    ///
    /// # Errors
    /// [`Error::Setting`] if one of them is not positive and finite, or `least` is not below `most`.
    pub fn displacements(least: f64, most: f64) -> Result<Self, Error> {
        Error::check_positive("max_displacement", most)?;
        let valid = least > 0.0 && least < most;
        Error::check("min_displacement", least, valid, "positive and below max_displacement")?;
        let max_displacement = Some(most);
        Ok(Self { min_displacement: least, max_displacement, ..Self::DISPLACEMENTS })
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
        let along = |displacement: f64| match direction_norm {
            norm if norm > 0.0 => displacement / norm,
            _ => f64::INFINITY,
        };
        let cap = self.max_displacement.map_or(f64::INFINITY, along);
        let hi = self.max.min(cap);
        let least = match self.min_displacement {
            0.0 => self.min,
            displacement => self.min.max(along(displacement)),
        };
        (least.min(ROOM * cap).min(hi), hi)
    }
}

saved!(StepBounds: min, max, min_displacement, max_displacement; |saved| {
    let least = saved.min_displacement;
    Error::check("min_displacement", least, least >= 0.0 && least.is_finite(), "finite")?;
    StepBounds::new(saved.min, saved.max, saved.max_displacement)
});
