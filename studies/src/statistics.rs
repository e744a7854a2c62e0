//! Means, deviations, quantiles and bootstrap intervals.

use gols::statistics::Moments;
use gols::{Error, MiniBatches};

/// The mean; NaN without values.
pub fn mean(values: impl IntoIterator<Item = f64>) -> f64 {
    values.into_iter().collect::<Moments>().mean()
}

/// Mean and standard deviation; the deviation is 0 for a single value.
pub fn mean_and_sd(values: impl IntoIterator<Item = f64>) -> (f64, f64) {
    let moments: Moments = values.into_iter().collect();
    let sd = moments.standard_deviation();
    (moments.mean(), if moments.count() < 2 { 0.0 } else { sd })
}

fn sorted(values: impl IntoIterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values
}

/// The quantile, linear between values, infinity among them allowed; NaN without values.
pub fn quantile(values: impl IntoIterator<Item = f64>, share: f64) -> f64 {
    let values = sorted(values);
    let place = share * values.len().saturating_sub(1) as f64;
    let (below, above) = (place.floor() as usize, place.ceil() as usize);
    match (values.get(below), values.get(above)) {
        (Some(low), Some(high)) if low == high || below == above => *low,
        (Some(low), Some(high)) => low + (high - low) * (place - place.floor()),
        _ => f64::NAN,
    }
}

/// The quantile at 1/2: between the two middle values of an even number.
pub fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    quantile(values, 0.5)
}

/// The value in the middle, of an even number the upper one of the two; NaN without values.
pub fn upper_median(values: impl IntoIterator<Item = f64>) -> f64 {
    let values = sorted(values);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The share of values for which this holds; NaN without values.
pub fn share(values: &[f64], holds: impl Fn(f64) -> bool) -> f64 {
    values.iter().filter(|&&value| holds(value)).count() as f64 / values.len() as f64
}

/// Samples of runs with replacement that a bootstrap interval is made of.
const RESAMPLES: usize = 1000;

/// The 95 % bootstrap interval of a statistic over runs: `statistic` is given run numbers drawn with
/// replacement. The draws are seeded, so the interval is the same every time.
pub fn bootstrap(runs: usize, statistic: impl Fn(&[usize]) -> f64) -> Result<[f64; 2], Error> {
    let mut draws = MiniBatches::with_replacement(runs, runs, 1)?;
    let values: Vec<f64> = (0..RESAMPLES).map(|_| statistic(draws.draw())).collect();
    Ok([0.025, 0.975].map(|share| quantile(values.iter().copied(), share)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_lie_between_values_and_may_be_infinite() {
        assert_eq!(quantile([4.0, 1.0, 2.0, 3.0], 0.5), 2.5);
        assert_eq!(quantile((0..=20).rev().map(f64::from), 0.05), 1.0);
        assert_eq!(median([1.0, f64::INFINITY, f64::INFINITY]), f64::INFINITY);
        assert_eq!(median([1.0, 2.0, f64::INFINITY]), 2.0);
        assert_eq!(upper_median([4.0, 1.0, 2.0, 3.0]), 3.0);
        assert!(median([]).is_nan() && upper_median([]).is_nan());
    }

    #[test]
    fn the_interval_of_a_mean_has_the_width_of_its_standard_error() {
        // 100 values 0..99: sd 28.9, standard error 2.89; 2 * 1.96 * 2.89 = 11.3, and the ends of a
        // bootstrap interval from 1000 samples scatter by about 0.1 standard errors each.
        let runs = 100;
        let interval = bootstrap(runs, |draw| mean(draw.iter().map(|&run| run as f64))).unwrap();
        let width = interval[1] - interval[0];
        assert!((width - 11.3).abs() < 1.5, "{interval:?}");
        assert!(interval[0] < 49.5 && 49.5 < interval[1], "{interval:?}");
    }

    #[test]
    fn one_run_has_an_interval_of_no_width() {
        assert_eq!(bootstrap(1, |draw| draw.len() as f64).unwrap(), [1.0, 1.0]);
    }
}
