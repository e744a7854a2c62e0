//! Scales of axes and colours: linear, logarithmic, and linear about 0 with logarithmic arms.

use std::ops::Range;

use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};

/// How values become places between the two ends of an axis or of a colour bar.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    pub low: f64,
    pub high: f64,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Linear,
    Log,
    /// Logarithmic between two powers of ten.
    Decades,
    /// asinh(v / width): linear within the width, logarithmic beyond.
    Symmetric(f64),
}

/// Losses that span more than this factor are drawn on a logarithmic scale.
const LOG_FROM: f64 = 300.0;

impl Scale {
    pub fn linear(low: f64, high: f64) -> Self {
        let high = if high > low { high } else { low + 1.0 };
        Self { low, high, kind: Kind::Linear }
    }

    /// Whole decades about positive values.
    pub fn decades(low: f64, high: f64) -> Self {
        let low = low.max(1e-300);
        let (first, last) = (low.log10().floor(), high.max(low).log10().ceil());
        let [low, high] = [first, last.max(first + 1.0)].map(|power| 10.0_f64.powf(power));
        Self { low, high, kind: Kind::Decades }
    }

    /// For losses, which are positive: from the least to the greatest, logarithmic if far apart.
    pub fn of_losses(values: impl IntoIterator<Item = f64>) -> Self {
        let (low, high) = ends(values);
        if low > 0.0 && high / low > LOG_FROM {
            return Self { low, high, kind: Kind::Log };
        }
        let margin = 0.03 * (high - low);
        Self::linear(low - margin, high + margin)
    }

    /// For slopes and differences: 0 in the middle, so that a sign is a side.
    pub fn of_slopes(values: impl IntoIterator<Item = f64>) -> Self {
        let mut sizes: Vec<f64> =
            values.into_iter().map(f64::abs).filter(|v| v.is_finite() && *v > 0.0).collect();
        if sizes.is_empty() {
            return Self::linear(-1.0, 1.0);
        }
        sizes.sort_by(f64::total_cmp);
        let most = sizes.last().copied().unwrap_or(1.0);
        let quarter = sizes.get(sizes.len() / 4).copied().unwrap_or(0.0).max(most * 1e-6);
        let kind = if most / quarter > LOG_FROM { Kind::Symmetric(quarter) } else { Kind::Linear };
        Self { low: -most, high: most, kind }
    }

    /// For curves of slopes: as [`of_slopes`](Self::of_slopes), but only as far as the values reach.
    pub fn of_slope_curves(values: impl IntoIterator<Item = f64>) -> Self {
        let values: Vec<f64> = values.into_iter().collect();
        let both_ways = Self::of_slopes(values.iter().copied());
        let (low, high) = ends(values);
        let margin = 0.03 * (high - low);
        match both_ways.kind {
            Kind::Linear => Self::linear(low - margin, high + margin),
            _ => both_ways,
        }
    }

    /// The same scale from 0 to its upper end, for deviations.
    pub fn of_deviations(values: impl IntoIterator<Item = f64>) -> Self {
        let scale = Self::of_slopes(values);
        Self { low: 0.0, ..scale }
    }

    /// A value's place, 0 at the low end, 1 at the high end, and not beyond.
    pub fn place(&self, value: f64) -> f64 {
        let [low, high, at] = [self.low, self.high, value].map(|v| self.bend(v));
        ((at - low) / (high - low)).clamp(0.0, 1.0)
    }

    /// What to add to a label, so that nobody takes the scale for a linear one.
    pub fn note(&self) -> &'static str {
        match self.kind {
            Kind::Linear | Kind::Decades => "",
            Kind::Log => ", log scale",
            Kind::Symmetric(_) => ", log scale both ways",
        }
    }

    fn bend(&self, value: f64) -> f64 {
        match self.kind {
            Kind::Linear => value,
            Kind::Log | Kind::Decades => value.max(1e-300).log10(),
            Kind::Symmetric(width) => (value / width).asinh(),
        }
    }

    fn powers(&self, smallest: f64, most_ticks: usize) -> Vec<f64> {
        let first = smallest.log10().ceil() as i32;
        let last = self.high.abs().max(self.low.abs()).log10().floor() as i32;
        let count = (last - first + 1).max(1) as usize;
        let stride = count.div_ceil(most_ticks.max(1));
        (first..=last).rev().step_by(stride).map(|power| 10.0_f64.powi(power)).collect()
    }
}

/// The least and the greatest finite value; 0 and 1 if there are none.
fn ends(values: impl IntoIterator<Item = f64>) -> (f64, f64) {
    let finite = values.into_iter().filter(|value| value.is_finite());
    let both = finite.fold(None, |ends: Option<(f64, f64)>, value| match ends {
        None => Some((value, value)),
        Some((low, high)) => Some((low.min(value), high.max(value))),
    });
    both.unwrap_or((0.0, 1.0))
}

impl Ranged for Scale {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, limit: (i32, i32)) -> i32 {
        limit.0 + (self.place(*value) * f64::from(limit.1 - limit.0)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        let most = hint.max_num_points().clamp(2, 9);
        let mut points = match self.kind {
            Kind::Linear => {
                let linear: plotters::coord::types::RangedCoordf64 = (self.low..self.high).into();
                return linear.key_points(most);
            }
            Kind::Log => self.powers(self.low, most),
            Kind::Decades => {
                let [first, last] = [self.low, self.high].map(|end| end.log10().round() as i32);
                let stride = ((last - first) as usize + 1).div_ceil(most.min(8));
                return (first..=last).step_by(stride).map(|power| 10.0_f64.powi(power)).collect();
            }
            Kind::Symmetric(width) => {
                let arm = self.powers(width, most / 2);
                let below = arm.iter().map(|power| -power).filter(|_| self.low < 0.0);
                below.chain([0.0]).chain(arm.iter().copied()).collect()
            }
        };
        points.retain(|point| (self.low..=self.high).contains(point));
        points
    }

    fn range(&self) -> Range<f64> {
        self.low..self.high
    }
}

impl ValueFormatter<f64> for Scale {
    fn format(value: &f64) -> String {
        label(*value)
    }

    fn format_ext(&self, value: &f64) -> String {
        match self.kind {
            Kind::Decades if !(0.01..1e4).contains(value) => format!("{value:.0e}"),
            _ => label(*value),
        }
    }
}

/// A tick's label: short, without needless zeros.
fn label(value: f64) -> String {
    let size = value.abs();
    if size < 1e-12 {
        return "0".to_owned();
    }
    if !(1e-3..1e4).contains(&size) {
        return format!("{value:.0e}");
    }
    let text = format!("{value:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_of_slopes_has_zero_in_its_middle_however_far_apart_they_are() {
        for values in [vec![-1.0, 0.5, 3.0], vec![-1e-3, 2e-3, 1e-2, 5e4], vec![0.0, f64::NAN]] {
            let scale = Scale::of_slopes(values.clone());
            assert_eq!(scale.place(0.0), 0.5, "{values:?}");
            assert!(scale.place(1e-9) >= 0.5 && scale.place(-1e-9) <= 0.5);
        }
    }

    #[test]
    fn a_logarithmic_scale_ticks_at_powers_of_ten() {
        let scale = Scale::of_losses([0.5, 40.0, 2000.0]);
        assert_eq!(scale.note(), ", log scale");
        let ticks = scale.key_points(plotters::coord::ranged1d::BoldPoints(9));
        assert_eq!(ticks, [1000.0, 100.0, 10.0, 1.0]);
        assert!((scale.place(0.5), scale.place(2000.0)) == (0.0, 1.0));
        let scale = Scale::decades(2e-14, 0.05);
        assert_eq!((scale.low, scale.high, scale.note()), (1e-14, 0.1, ""));
        let ticks = scale.key_points(plotters::coord::ranged1d::BoldPoints(7));
        let labels: Vec<String> = ticks.iter().map(|tick| scale.format_ext(tick)).collect();
        assert_eq!(labels, ["1e-14", "1e-12", "1e-10", "1e-8", "1e-6", "1e-4", "0.01"]);
    }

    #[test]
    fn labels_have_no_needless_zeros() {
        let labels = [0.0, -20.0, 0.25, 1e-5, 40_000.0].map(label);
        assert_eq!(labels, ["0", "-20", "0.25", "1e-5", "4e4"]);
    }
}
