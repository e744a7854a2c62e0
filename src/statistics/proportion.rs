//! A probability, from trials.

use crate::error::Error;
#[cfg(not(feature = "std"))]
use crate::float::Float as _;

/// How many of some independent trials succeeded.
///
/// ```
/// use gols::statistics::Proportion;
///
/// let proportion = Proportion::new(0, 100)?;
/// assert_eq!(proportion.estimate(), 0.0);
/// let (low, high) = proportion.interval(1.96);
/// assert!(low == 0.0 && (high - 0.037).abs() < 0.001); // none of 100 does not prove "never"
/// # Ok::<(), gols::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proportion {
    successes: u64,
    trials: u64,
}

impl Proportion {
    /// `successes` of `trials`.
    ///
    /// # Errors
    /// [`Error::Setting`] if there were no trials, or more successes than trials.
    pub fn new(successes: u64, trials: u64) -> Result<Self, Error> {
        Error::check("trials", trials as f64, trials > 0, "at least 1")?;
        let expected = "at most the number of trials";
        Error::check("successes", successes as f64, successes <= trials, expected)?;
        Ok(Self { successes, trials })
    }

    /// The trials that succeeded.
    #[must_use]
    pub fn successes(&self) -> u64 {
        self.successes
    }

    /// The trials.
    #[must_use]
    pub fn trials(&self) -> u64 {
        self.trials
    }

    /// The estimated probability, successes / trials.
    #[must_use]
    pub fn estimate(&self) -> f64 {
        self.successes as f64 / self.trials as f64
    }

    /// Wilson's score interval for the probability, at `z` standard deviations (1.96 for 95 %). It
    /// stays within \[0, 1\] and has a width even if all or no trials succeeded.
    ///
    /// (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n), with p the estimate and n the trials.
    #[must_use]
    pub fn interval(&self, z: f64) -> (f64, f64) {
        let (p, n) = (self.estimate(), self.trials as f64);
        let shrink = 1.0 + z * z / n;
        let middle = (p + z * z / (2.0 * n)) / shrink;
        let half = z / shrink * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
        ((middle - half).max(0.0), (middle + half).min(1.0))
    }
}
