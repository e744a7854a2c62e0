//! Where the candidates of a line lie.

use alloc::vec;
use alloc::vec::Vec;

use crate::error::Error;
#[cfg(not(feature = "std"))]
use crate::float::Float as _;

/// Counts of numbers in equal bins of \[low, high\].
///
/// Bin i holds lowᵢ < x ≤ lowᵢ₊₁, the first bin `low` as well, for the steps of
/// [`Grid::increments`](crate::landscape::Grid::increments) end at `high`.
///
/// ```
/// use gols::statistics::Histogram;
///
/// let mut histogram = Histogram::new(-2.0, 2.0, 4)?;
/// histogram.extend([-2.0, -1.5, 0.0, 0.5, 2.0, 7.0]);
/// assert_eq!(histogram.counts(), [2, 1, 1, 1]);
/// assert_eq!(histogram.outside(), 1);
/// # Ok::<(), gols::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Histogram {
    low: f64,
    high: f64,
    counts: Vec<u64>,
    outside: u64,
}

impl Histogram {
    /// An empty histogram with this many `bins`.
    ///
    /// # Errors
    /// [`Error::Setting`] if `low` is not less than `high`, one of them is not finite, or `bins` is 0.
    pub fn new(low: f64, high: f64, bins: usize) -> Result<Self, Error> {
        let finite = low.is_finite() && (high - low).is_finite();
        let expected = "finite and less than high";
        Error::check("low", low, low < high && finite, expected)?;
        Error::check_count("bins", bins)?;
        Ok(Self { low, high, counts: vec![0; bins], outside: 0 })
    }

    /// Counts one more number.
    pub fn add(&mut self, value: f64) {
        // Written so that NaN lies outside.
        if !(value >= self.low && value <= self.high) {
            self.outside += 1;
            return;
        }
        let bins = self.counts.len();
        let place = (value - self.low) / (self.high - self.low) * bins as f64;
        self.counts[(place.ceil() as usize).clamp(1, bins) - 1] += 1;
    }

    /// The counts, bin by bin.
    #[must_use]
    pub fn counts(&self) -> &[u64] {
        &self.counts
    }

    /// How many numbers lay outside, or were NaN.
    #[must_use]
    pub fn outside(&self) -> u64 {
        self.outside
    }

    /// The bins as (lower edge, upper edge, count).
    pub fn bins(&self) -> impl Iterator<Item = (f64, f64, u64)> + '_ {
        let count = self.counts.len() as f64;
        let edge = move |i: usize| self.low + (self.high - self.low) * i as f64 / count;
        let bins = self.counts.iter().enumerate();
        bins.map(move |(i, &n)| (edge(i), edge(i + 1), n))
    }
}

impl Extend<f64> for Histogram {
    fn extend<I: IntoIterator<Item = f64>>(&mut self, values: I) {
        values.into_iter().for_each(|value| self.add(value));
    }
}
