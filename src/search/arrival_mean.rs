//! The slopes at both ends of past steps, on average.

#[cfg(feature = "serde")]
use crate::error::Error;
#[cfg(not(feature = "std"))]
use crate::float::Float as _;

/// S and Q, the averages of arrival slopes and of the slopes that their steps started with.
///
/// Both start at 0, so that what they lack at first cancels in their ratio.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct ArrivalMean {
    arrival: f64,
    start: f64,
    /// ln G, of the geometric mean of the slopes at the start.
    ln_size: Option<f64>,
}

/// The weight of the past in ln G.
const SIZE_AVERAGING: f64 = 0.9;

impl ArrivalMean {
    /// Takes a step's slopes in; the past weighs `m`, in the measure of today's slopes if it is scaled.
    /// Slopes too large, or too small, to be averaged begin anew.
    pub(super) fn add(&mut self, arrival: f64, start: f64, m: f64, is_scaled: bool) {
        let past = m * if is_scaled { self.fall(start) } else { 1.0 };
        self.arrival = past * self.arrival + (1.0 - m) * arrival;
        self.start = past * self.start + (1.0 - m) * start;
        if !(self.arrival.is_finite() && self.start.is_finite() && self.start > 0.0) {
            (self.arrival, self.start) = (0.0, 0.0);
        }
    }

    /// G / G_before.
    fn fall(&mut self, start: f64) -> f64 {
        let before = self.ln_size.unwrap_or(start.ln());
        let now = SIZE_AVERAGING * before + (1.0 - SIZE_AVERAGING) * start.ln();
        self.ln_size = Some(now);
        (now - before).exp()
    }

    /// S / Q, once it is known.
    pub(super) fn ratio(&self) -> Option<f64> {
        (self.start > 0.0).then(|| (self.arrival / self.start).clamp(f64::MIN, f64::MAX))
    }

    /// Whether every number is one.
    #[cfg(feature = "serde")]
    pub(super) fn check(&self) -> Result<(), Error> {
        let numbers = [self.arrival, self.start, self.ln_size.unwrap_or(0.0)];
        let sum = numbers.iter().sum();
        Error::check("a mean of slopes", sum, numbers.iter().all(|n| n.is_finite()), "finite")
    }

    /// S as it would have been with steps longer by this factor: slopes rise along a line, linearly.
    pub(super) fn lengthen(&mut self, factor: f64) {
        self.arrival = factor * (self.arrival + self.start) - self.start;
    }
}
