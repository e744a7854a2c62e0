//! Entrants of known errors.

use std::sync::Arc;

use super::*;
use crate::methods::find;
use crate::problem::{Data, Problem};
use crate::record::tests::record;

/// Results on one problem: each method's final errors, run by run, at a cost of 100.
pub fn results(methods: &[(&str, &[f64])]) -> Results {
    let data = Arc::new(Data::load(None, "iris").unwrap());
    let problems = vec![Problem { data, layers: 1 }];
    let mut records = Vec::new();
    for (method, errors) in methods {
        for (run, error) in errors.iter().enumerate() {
            let mut record = record(method, run, [20.0, *error]);
            record.key.problem = "iris".to_owned();
            records.push(record);
        }
    }
    let runs = methods[0].1.len();
    let methods = methods.iter().map(|(method, _)| find(method).unwrap()).collect();
    Results::new(problems, methods, runs, records)
}

/// The constant steps with these final errors each, and another method.
fn grid(fixed: [f64; 7], other: (&'static str, f64)) -> Results {
    let errors = fixed.map(|error| [error]);
    let grid = FIXED.iter().zip(&errors).map(|(name, errors)| (*name, &errors[..]));
    let other_error = [other.1];
    let mut methods: Vec<(&str, &[f64])> = grid.collect();
    methods.push((other.0, &other_error));
    results(&methods)
}

fn counts(results: &Results, one: &str, other: &str, floor: f64) -> Counts {
    let comparison = Comparison::new(results, true);
    let named = |name: &str| comparison.entrants.iter().find(|e| e.name == name).unwrap();
    comparison.counts(named(one), named(other), &[0], floor)
}

#[test]
fn the_best_constant_step_is_the_one_with_the_least_mean_error() {
    let results = grid([9.0, 8.0, 5.0, 2.0, f64::NAN, 12.0, 12.0], ("SLS", 2.1));
    let comparison = Comparison::new(&results, true);
    let best = comparison.entrants.iter().find(|e| e.name == BEST_CONSTANT).unwrap();
    assert_eq!(best.best(0, &[0]), (2.0, 3));
    assert_eq!(best.runs(0).next().unwrap().0.key.method, "Fixed1e-1");
    // 2.1 is not ahead of 2.0, but within 10 % of it.
    let found = counts(&results, "SLS", BEST_CONSTANT, 0.0);
    assert_eq!(found, Counts { ahead: 0, tied: 0, within: 1 });
}

#[test]
fn a_grid_that_is_paid_has_a_seventh_of_the_cost_for_each_rate() {
    let results = grid([9.0, 8.0, 5.0, 2.0, 12.0, 12.0, 12.0], ("SLS", 15.0));
    let comparison = Comparison::new(&results, true);
    let paid = comparison.entrants.iter().find(|e| e.name == CONSTANT_WITH_GRID).unwrap();
    // A seventh of the way from 20 to 2.
    assert!((paid.best(0, &[0]).0 - (20.0 - 18.0 / 7.0)).abs() < 1e-12);
    assert_eq!(counts(&results, "SLS", CONSTANT_WITH_GRID, 0.0).ahead, 1);
}

#[test]
fn errors_below_the_floor_are_equal_with_it_and_differ_without() {
    let results = grid([9.0, 1e-9, 5.0, 2.0, 12.0, 12.0, 12.0], ("SLS", 1e-4));
    let with = counts(&results, "SLS", BEST_CONSTANT, FLOOR);
    assert_eq!(with, Counts { ahead: 0, tied: 1, within: 1 });
    let without = counts(&results, "SLS", BEST_CONSTANT, 0.0);
    assert_eq!(without, Counts { ahead: 0, tied: 0, within: 0 });
    assert_eq!(counts(&results, BEST_CONSTANT, "SLS", 0.0).ahead, 1);
}

#[test]
fn a_divergence_is_behind_everything_and_within_10_percent_of_nothing() {
    let results = results(&[("SLS", &[1.0, f64::NAN]), ("DoG", &[19.0, 19.0])]);
    let comparison = Comparison::new(&results, true);
    let [sls, dog] = &comparison.entrants[..] else { panic!("two methods, no grid") };
    let found = comparison.counts(sls, dog, &[0, 1], FLOOR);
    assert_eq!(found, Counts { ahead: 0, tied: 0, within: 0 });
    let found = comparison.counts(sls, dog, &[0], FLOOR);
    assert_eq!(found, Counts { ahead: 1, tied: 0, within: 1 });
    assert_eq!(comparison.counts(sls, sls, &[1], FLOOR).within, 0);
}

#[test]
fn equals_share_their_ranks() {
    let results = results(&[("SLS", &[1e-5]), ("DoG", &[3.0]), ("Prodigy", &[0.0])]);
    let comparison = Comparison::new(&results, true);
    assert_eq!(comparison.ranks(&comparison.on_one_run(), &[0]), [1.5, 3.0, 1.5]);
}

#[test]
fn where_runs_have_no_common_cost_they_are_compared_where_the_first_ended() {
    let ended = results(&[("SLS", &[10.0]), ("DoG", &[0.0])]);
    let mut records = ["SLS", "DoG"].map(|name| ended.cell(0, name).unwrap().runs[0].clone());
    records[1].curve[1].cost = 400;
    let results = Results::new(ended.problems.clone(), ended.methods.clone(), 1, records.into());
    let comparison = Comparison::new(&results, false);
    // A quarter of the way from 20 to 0.
    assert_eq!(comparison.entrants[1].best(0, &[0]).0, 15.0);
    assert_eq!(comparison.entrants[0].best(0, &[0]).0, 10.0);
}
