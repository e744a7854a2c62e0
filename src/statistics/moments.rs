//! Mean and standard deviation in one pass.

#[cfg(not(feature = "std"))]
use crate::float::Float as _;

/// The mean and the standard deviation of numbers that are seen once and not kept.
///
/// Welford's recurrence, which stays accurate where the sum of squares does not (numbers that differ
/// little from a large mean), and the merging of two halves by Chan, Golub and LeVeque:
///
/// 1. n ← n + 1, δ = x − m
/// 2. m ← m + δ / n
/// 3. S ← S + δ (x − m), so that S = Σ (xᵢ − m)²
///
/// ```
/// use gols::statistics::Moments;
///
/// let moments: Moments = [2.0, 4.0, 9.0].into_iter().collect();
/// assert_eq!(moments.mean(), 5.0);
/// assert_eq!(moments.variance(), 13.0);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Moments {
    count: u64,
    mean: f64,
    squares: f64,
}

impl Moments {
    /// Takes in one more number.
    pub fn add(&mut self, value: f64) {
        // 1. to 3.
        self.count += 1;
        let difference = value - self.mean;
        self.mean += difference / self.count as f64;
        self.squares += difference * (value - self.mean);
    }

    /// The moments of both sets of numbers together.
    #[must_use]
    pub fn merge(self, other: Self) -> Self {
        let count = self.count + other.count;
        if count == 0 {
            return self;
        }
        let share = other.count as f64 / count as f64;
        let difference = other.mean - self.mean;
        let between = difference * difference * share * self.count as f64;
        Self {
            count,
            mean: self.mean + difference * share,
            squares: self.squares + other.squares + between,
        }
    }

    /// How many numbers there were.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The mean; NaN if there were no numbers.
    #[must_use]
    pub fn mean(&self) -> f64 {
        if self.count == 0 { f64::NAN } else { self.mean }
    }

    /// The sample variance Σ (xᵢ − m)² / (n − 1); NaN if there were fewer than two numbers.
    #[must_use]
    pub fn variance(&self) -> f64 {
        match self.count {
            0 | 1 => f64::NAN,
            count => self.squares / (count - 1) as f64,
        }
    }

    /// The sample standard deviation, the variance's square root; NaN if there were fewer than two
    /// numbers.
    #[must_use]
    pub fn standard_deviation(&self) -> f64 {
        self.variance().sqrt()
    }

    /// The standard deviation of the mean, sd / √n; NaN if there were fewer than two numbers.
    #[must_use]
    pub fn standard_error(&self) -> f64 {
        (self.variance() / self.count as f64).sqrt()
    }
}

impl Extend<f64> for Moments {
    fn extend<I: IntoIterator<Item = f64>>(&mut self, values: I) {
        values.into_iter().for_each(|value| self.add(value));
    }
}

impl FromIterator<f64> for Moments {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        let mut moments = Self::default();
        moments.extend(values);
        moments
    }
}
