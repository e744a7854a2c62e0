//! Summaries of a few numbers.

use gols::landscape::Moments;

/// Mean, standard deviation and the 5th and 95th percentile of numbers, one a start.
#[derive(Debug, Clone, Copy)]
pub struct Summary {
    pub mean: f64,
    pub sd: f64,
    pub p05: f64,
    pub p95: f64,
    pub count: usize,
}

impl Summary {
    pub fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let moments: Moments = values.iter().copied().collect();
        Self {
            mean: moments.mean(),
            sd: moments.standard_deviation(),
            p05: quantile(&values, 0.05),
            p95: quantile(&values, 0.95),
            count: values.len(),
        }
    }
}

/// The quantile of rising values, linear between them; NaN if there are none.
fn quantile(rising: &[f64], share: f64) -> f64 {
    let place = share * rising.len().saturating_sub(1) as f64;
    let (below, above) = (place.floor() as usize, place.ceil() as usize);
    match (rising.get(below), rising.get(above)) {
        (Some(low), Some(high)) => low + (high - low) * (place - place.floor()),
        _ => f64::NAN,
    }
}

/// The share of values for which this holds; NaN if there are none.
pub fn share(values: &[f64], holds: impl Fn(f64) -> bool) -> f64 {
    values.iter().filter(|&&value| holds(value)).count() as f64 / values.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_lie_between_the_values_around_them() {
        let summary = Summary::of((0..=20).rev().map(f64::from));
        assert_eq!((summary.p05, summary.p95, summary.mean), (1.0, 19.0, 10.0));
        let summary = Summary::of([3.0]);
        assert_eq!((summary.p05, summary.p95, summary.mean, summary.count), (3.0, 3.0, 3.0, 1));
        assert!(summary.sd.is_nan());
        assert!(Summary::of([]).p05.is_nan());
    }
}
