//! Moments, histograms and proportions.

use gols::Error;
use gols::statistics::{Histogram, Moments, Proportion};
use proptest::prelude::*;

use crate::common::config;

proptest! {
    #![proptest_config(config(256))]

    #[test]
    fn mean_and_deviation_in_one_pass_agree_with_two_passes(
        values in prop::collection::vec(-1e3..1e3_f64, 2..200),
        offset in prop::sample::select(vec![0.0, 1e6, 1e9]),
        cut in 0..200_usize,
    ) {
        let values: Vec<f64> = values.iter().map(|value| value + offset).collect();
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
        let sd = (squares / (n - 1.0)).sqrt();
        let (first, second) = values.split_at(cut.min(values.len()));
        let merged = Moments::from_iter(first.iter().copied())
            .merge(second.iter().copied().collect());
        for moments in [values.iter().copied().collect::<Moments>(), merged] {
            // Rounding: n additions of numbers as large as the mean, each wrong by 1e-16 of it. The sum
            // of squares of numbers at 1e9 would have lost 18 of 16 digits.
            let rounding = 1e-13 * (offset + 1e3);
            prop_assert!((moments.mean() - mean).abs() <= rounding);
            prop_assert!((moments.standard_deviation() - sd).abs() <= 10.0 * rounding);
        }
    }

    #[test]
    fn a_histogram_loses_no_number(
        values in prop::collection::vec(-3.0..3.0_f64, 0..100),
        bins in 1..20_usize,
    ) {
        let mut histogram = Histogram::new(-2.0, 2.0, bins).unwrap();
        histogram.extend(values.iter().copied());
        let inside = values.iter().filter(|value| value.abs() <= 2.0).count() as u64;
        prop_assert_eq!(histogram.counts().iter().sum::<u64>(), inside);
        prop_assert_eq!(histogram.outside(), values.len() as u64 - inside);
        for (low, high, count) in histogram.bins() {
            let held = values.iter().filter(|&&v| v > low + 1e-12 && v <= high - 1e-12).count();
            prop_assert!(held as u64 <= count);
        }
    }
}

#[test]
fn a_wilson_interval_agrees_with_its_published_example() {
    // Newcombe (1998), table I: 81 of 263 at 95 %: 0.2553 to 0.3662; 0 of 20: 0 to 0.1611.
    let (low, high) = Proportion::new(81, 263).unwrap().interval(1.959_964);
    assert!((low - 0.2553).abs() < 5e-5 && (high - 0.3662).abs() < 5e-5, "{low} {high}");
    let (low, high) = Proportion::new(0, 20).unwrap().interval(1.959_964);
    assert!(low == 0.0 && (high - 0.1611).abs() < 5e-5, "{low} {high}");
}

#[test]
fn bad_ranges_and_counts_are_refused_by_name() {
    let setting = |error: Error, name: &str| match error {
        Error::Setting { setting, .. } => assert_eq!(setting, name),
        other => panic!("{other:?}"),
    };
    for (low, high) in [(1.0, -1.0), (1.0, 1.0), (f64::NAN, 1.0), (0.0, f64::INFINITY)] {
        setting(Histogram::new(low, high, 5).unwrap_err(), "low");
    }
    setting(Histogram::new(0.0, 1.0, 0).unwrap_err(), "bins");
    setting(Proportion::new(0, 0).unwrap_err(), "trials");
    setting(Proportion::new(2, 1).unwrap_err(), "successes");
}
