//! Where a line or a plane is sampled.

use alloc::vec::Vec;

use crate::error::Error;

/// Steps α along a direction, in rising order.
///
/// ```
/// use gols::landscape::Grid;
///
/// let grid = Grid::new(-1.0, 1.0, 5)?; // both ends
/// assert_eq!(grid.steps(), [-1.0, -0.5, 0.0, 0.5, 1.0]);
///
/// let grid = Grid::increments(-20.0, 20.0, 100)?; // \[VG\]: the lower end is left out
/// assert_eq!((grid.steps()[0], grid.steps()[99]), (-19.6, 20.0));
/// # Ok::<(), gols::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Grid {
    low: f64,
    high: f64,
    steps: Vec<f64>,
}

impl Grid {
    /// `points` equally spaced steps from `low` to `high`, both included:
    /// αₙ = low + n (high − low) / (points − 1), n = 0..points − 1.
    ///
    /// # Errors
    /// [`Error::Setting`] if `low` is not less than `high` or one of them is not finite,
    /// [`Error::Empty`] if `points` is 0, [`Error::Setting`] if it is 1.
    pub fn new(low: f64, high: f64, points: usize) -> Result<Self, Error> {
        Self::check(low, high, points)?;
        Error::check("points", points as f64, points > 1, "at least 2: both ends")?;
        let step = |n| at(low, high, n, points - 1);
        let steps = (0..points).map(step).collect();
        Ok(Self { low, high, steps })
    }

    /// `count` equal increments up from `low`, the last one ending at `high`:
    /// αₙ = low + n (high − low) / count, n = 1..count (\[VG\] 2.4, with count = 100).
    ///
    /// # Errors
    /// [`Error::Setting`] if `low` is not less than `high` or one of them is not finite,
    /// [`Error::Empty`] if `count` is 0.
    pub fn increments(low: f64, high: f64, count: usize) -> Result<Self, Error> {
        Self::check(low, high, count)?;
        let steps = (1..=count).map(|n| at(low, high, n, count)).collect();
        Ok(Self { low, high, steps })
    }

    fn check(low: f64, high: f64, count: usize) -> Result<(), Error> {
        let finite = low.is_finite() && (high - low).is_finite();
        let expected = "finite and less than high";
        Error::check("low", low, low < high && finite, expected)?;
        if count == 0 {
            return Err(Error::Empty { what: "the grid" });
        }
        Ok(())
    }

    /// The same grid stretched about 0, as along a diagonal, which is √2 longer.
    ///
    /// # Errors
    /// [`Error::Setting`] if `factor` is not positive and finite.
    pub fn scaled(&self, factor: f64) -> Result<Self, Error> {
        Error::check_positive("factor", factor)?;
        Ok(Self {
            low: self.low * factor,
            high: self.high * factor,
            steps: self.steps.iter().map(|step| step * factor).collect(),
        })
    }

    /// The steps, rising.
    #[must_use]
    pub fn steps(&self) -> &[f64] {
        &self.steps
    }

    /// The lower end of the range.
    #[must_use]
    pub fn low(&self) -> f64 {
        self.low
    }

    /// The upper end of the range.
    #[must_use]
    pub fn high(&self) -> f64 {
        self.high
    }

    /// Half of the range, (high − low) / 2.
    #[must_use]
    pub fn half_range(&self) -> f64 {
        (self.high - self.low) / 2.0
    }
}

/// low + n (high − low) / count, weighted so that both ends are exact and symmetric ranges give
/// symmetric steps.
fn at(low: f64, high: f64, n: usize, count: usize) -> f64 {
    (low * (count - n) as f64 + high * n as f64) / count as f64
}
