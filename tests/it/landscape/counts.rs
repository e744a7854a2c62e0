//! Counting minima and sign changes.

use gols::landscape::{local_minima, sign_changes};
use proptest::prelude::*;

use crate::common::config;

/// Samples with many ties, zeros and non-finite values, or with none.
fn samples() -> impl Strategy<Value = Vec<f64>> {
    let coarse = prop::sample::select(vec![
        -2.0,
        -1.0,
        -0.0,
        0.0,
        1.0,
        2.0,
        5e-324,
        -5e-324,
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
    ]);
    prop_oneof![
        prop::collection::vec(coarse, 0..60),
        prop::collection::vec(prop::num::f64::ANY, 0..60),
        prop::collection::vec(-1.0..1.0_f64, 0..60),
    ]
}

/// Whole numbers, to which any whole constant is added exactly.
fn whole_samples() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec((-9..9_i32).prop_map(f64::from), 0..60)
}

fn minima_by_brute_force(losses: &[f64]) -> Vec<usize> {
    let mut found = Vec::new();
    for index in 0..losses.len() {
        if index == 0 || index == losses.len() - 1 {
            continue;
        }
        if losses[index] < losses[index - 1] && losses[index] < losses[index + 1] {
            found.push(index);
        }
    }
    found
}

fn changes_by_brute_force(slopes: &[f64]) -> Vec<usize> {
    let mut found = Vec::new();
    let mut before = 0.0;
    for (index, &slope) in slopes.iter().enumerate() {
        if slope > 0.0 && before < 0.0 {
            found.push(index);
        }
        before = slope;
    }
    found
}

fn has_neighbours(indices: &[usize]) -> bool {
    indices.windows(2).any(|pair| pair[1] <= pair[0] + 1)
}

proptest! {
    #![proptest_config(config(400))]

    #[test]
    fn local_minima_are_those_of_brute_force(losses in samples()) {
        prop_assert_eq!(local_minima(&losses), minima_by_brute_force(&losses));
    }

    #[test]
    fn sign_changes_are_those_of_brute_force(slopes in samples()) {
        prop_assert_eq!(sign_changes(&slopes), changes_by_brute_force(&slopes));
    }

    #[test]
    fn no_two_neighbours_are_found_and_at_most_half_the_points(values in samples()) {
        let (minima, changes) = (local_minima(&values), sign_changes(&values));
        prop_assert!(!has_neighbours(&minima) && !has_neighbours(&changes));
        prop_assert!(2 * minima.len() < values.len().max(1));
        prop_assert!(2 * changes.len() <= values.len());
    }

    #[test]
    fn positive_scaling_changes_neither(values in whole_samples(), scale in 1e-9..1e9_f64) {
        // Whole numbers below 10 stay in order and keep their signs and ties under any such factor.
        let scaled: Vec<f64> = values.iter().map(|value| scale * value).collect();
        prop_assert_eq!(local_minima(&scaled), local_minima(&values));
        prop_assert_eq!(sign_changes(&scaled), sign_changes(&values));
    }

    #[test]
    fn an_added_constant_does_not_change_the_minima(values in whole_samples(), constant in -1_000_000..1_000_000) {
        let shifted: Vec<f64> = values.iter().map(|value| value + f64::from(constant)).collect();
        prop_assert_eq!(local_minima(&shifted), local_minima(&values));
    }

    #[test]
    fn the_sign_changes_of_differences_are_the_minima(losses in whole_samples()) {
        // Where a sampled loss has a minimum at n, its differences change sign from n − 1 to n.
        let differences: Vec<f64> = losses.windows(2).map(|pair| pair[1] - pair[0]).collect();
        prop_assert_eq!(sign_changes(&differences), local_minima(&losses));
    }
}

#[test]
fn half_the_points_can_be_reached() {
    let waves = [-1.0, 1.0, -1.0, 1.0, -1.0, 1.0];
    assert_eq!(sign_changes(&waves), [1, 3, 5]);
    assert_eq!(local_minima(&waves), [2, 4]);
    assert_eq!(local_minima(&[1.0, -1.0, 1.0, -1.0, 1.0]), [1, 3]);
}

#[test]
fn short_samples_have_none() {
    for values in [&[][..], &[1.0], &[-1.0]] {
        assert!(sign_changes(values).is_empty() && local_minima(values).is_empty());
    }
    assert_eq!(sign_changes(&[-1.0, 1.0]), [1]);
    assert!(local_minima(&[-1.0, 1.0]).is_empty());
}
