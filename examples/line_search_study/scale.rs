//! Axes: linear, or logarithmic with powers of ten.

use std::ops::Range;

use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};

/// An axis from `low` to `high`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    low: f64,
    high: f64,
    is_log: bool,
}

impl Scale {
    pub fn linear(low: f64, high: f64) -> Self {
        Self { low, high: if high > low { high } else { low + 1.0 }, is_log: false }
    }

    /// Whole decades about positive values.
    pub fn log(low: f64, high: f64) -> Self {
        let low = low.max(1e-300);
        let (first, last) = (low.log10().floor(), high.max(low).log10().ceil());
        let last = last.max(first + 1.0);
        Self { low: 10.0_f64.powf(first), high: 10.0_f64.powf(last), is_log: true }
    }

    /// The value, moved onto the axis if it lies beyond an end.
    pub fn clamp(&self, value: f64) -> f64 {
        value.clamp(self.low, self.high)
    }

    fn bend(&self, value: f64) -> f64 {
        if self.is_log { value.max(1e-300).log10() } else { value }
    }
}

impl Ranged for Scale {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, limit: (i32, i32)) -> i32 {
        let [low, high, at] = [self.low, self.high, *value].map(|value| self.bend(value));
        let place = ((at - low) / (high - low)).clamp(0.0, 1.0);
        limit.0 + (place * f64::from(limit.1 - limit.0)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        let most = hint.max_num_points().clamp(2, 8);
        if !self.is_log {
            let linear: plotters::coord::types::RangedCoordf64 = (self.low..self.high).into();
            return linear.key_points(most);
        }
        let [first, last] = [self.low, self.high].map(|end| end.log10().round() as i32);
        let stride = ((last - first) as usize + 1).div_ceil(most);
        (first..=last).step_by(stride).map(|power| 10.0_f64.powi(power)).collect()
    }

    fn range(&self) -> Range<f64> {
        self.low..self.high
    }
}

impl ValueFormatter<f64> for Scale {
    fn format(value: &f64) -> String {
        match value.abs() {
            0.0 => "0".to_owned(),
            size if (0.01..10_000.0).contains(&size) => format!("{}", (value * 1e4).round() / 1e4),
            _ => format!("{value:.0e}"),
        }
    }
}
