//! Entrants of known errors.

use std::sync::Arc;

use super::*;
use crate::methods::FIXED;
use crate::problem::{Data, Problem};
use crate::record::tests::record;
use gols_studies::catalogue::IRIS;

/// Results on one problem: each method's final errors, run by run, at a cost of 100.
pub(crate) fn results(methods: &[(Method, &[f64])]) -> Results {
    let data = Arc::new(Data::load(None, IRIS).unwrap());
    let problems = vec![Problem { data, layers: 1 }];
    let mut records = Vec::new();
    for (method, errors) in methods {
        for (run, error) in errors.iter().enumerate() {
            let mut record = record(*method, run, [20.0, *error]);
            record.key.problem = IRIS.to_owned();
            records.push(record);
        }
    }
    let runs = methods[0].1.len();
    Results::new(problems, methods.iter().map(|(method, _)| *method).collect(), runs, records)
}

/// The constant steps with these final errors each, and SLS.
fn grid(fixed: [f64; 7], sls: f64) -> Results {
    let (errors, sls) = (fixed.map(|error| [error]), [sls]);
    let grid = FIXED.into_iter().zip(errors.iter().map(|errors| &errors[..]));
    results(&grid.chain([(Method::Sls, &sls[..])]).collect::<Vec<_>>())
}

fn named<'a>(comparison: &'a Comparison<'a>, name: Name) -> &'a Entrant<'a> {
    comparison.entrants.iter().find(|entrant| entrant.name == name).unwrap()
}

fn counts(results: &Results, one: Name, other: Name, floor: f64) -> Counts {
    let comparison = Comparison::new(results, true);
    comparison.counts(named(&comparison, one), named(&comparison, other), &[0], floor)
}

const SLS: Name = Name::Of(Method::Sls);

#[test]
fn the_best_constant_step_is_the_one_with_the_least_mean_error() {
    let results = grid([9.0, 8.0, 5.0, 2.0, f64::NAN, 12.0, 12.0], 2.1);
    let comparison = Comparison::new(&results, true);
    let best = named(&comparison, Name::BestConstant);
    assert_eq!(best.error(0, &[0]), 2.0);
    assert_eq!(best.runs(0)[0].0.key.method, FIXED[3]);
    // 2.1 is not ahead of 2.0, but within 10 % of it.
    let found = counts(&results, SLS, Name::BestConstant, 0.0);
    assert_eq!(found, Counts { ahead: 0, tied: 0, within: 1 });
}

#[test]
fn a_grid_that_is_paid_has_a_seventh_of_the_cost_for_each_rate() {
    let results = grid([9.0, 8.0, 5.0, 2.0, 12.0, 12.0, 12.0], 15.0);
    let comparison = Comparison::new(&results, true);
    let paid = named(&comparison, Name::ConstantGridPaid);
    // A seventh of the way from 20 to 2.
    assert!((paid.error(0, &[0]) - (20.0 - 18.0 / 7.0)).abs() < 1e-12);
    assert_eq!(counts(&results, SLS, Name::ConstantGridPaid, 0.0).ahead, 1);
}

#[test]
fn errors_below_the_floor_are_equal_with_it_and_differ_without() {
    let results = grid([9.0, 1e-9, 5.0, 2.0, 12.0, 12.0, 12.0], 1e-4);
    let with = counts(&results, SLS, Name::BestConstant, FLOOR);
    assert_eq!(with, Counts { ahead: 0, tied: 1, within: 1 });
    let without = counts(&results, SLS, Name::BestConstant, 0.0);
    assert_eq!(without, Counts { ahead: 0, tied: 0, within: 0 });
    assert_eq!(counts(&results, Name::BestConstant, SLS, 0.0).ahead, 1);
}

#[test]
fn a_divergence_is_behind_everything_and_within_10_percent_of_nothing() {
    let results = results(&[(Method::Sls, &[1.0, f64::NAN]), (Method::Dog, &[19.0, 19.0])]);
    let comparison = Comparison::new(&results, true);
    let [dog, sls] = [Name::Of(Method::Dog), SLS].map(|name| named(&comparison, name));
    let found = comparison.counts(sls, dog, &[0, 1], FLOOR);
    assert_eq!(found, Counts { ahead: 0, tied: 0, within: 0 });
    let found = comparison.counts(sls, dog, &[0], FLOOR);
    assert_eq!(found, Counts { ahead: 1, tied: 0, within: 1 });
    assert_eq!(comparison.counts(sls, sls, &[1], FLOOR).within, 0);
}

#[test]
fn equals_share_their_ranks() {
    let results =
        results(&[(Method::Sls, &[1e-5]), (Method::Dog, &[3.0]), (Method::Prodigy, &[0.0])]);
    let comparison = Comparison::new(&results, true);
    assert_eq!(comparison.ranks(&comparison.on_one_run(), &[0]), [1.5, 3.0, 1.5]);
}

#[test]
fn where_runs_have_no_common_cost_they_are_compared_where_the_first_ended() {
    let methods = [Method::Sls, Method::Dog];
    let ended = results(&[(Method::Sls, &[10.0]), (Method::Dog, &[0.0])]);
    let mut records = methods.map(|method| ended.cell(0, method).unwrap().runs[0].clone());
    records[1].curve[1].cost = 400;
    let results = Results::new(ended.problems.clone(), methods.into(), 1, records.into());
    let comparison = Comparison::new(&results, false);
    // A quarter of the way from 20 to 0.
    assert_eq!(comparison.entrants[1].error(0, &[0]), 15.0);
    assert_eq!(comparison.entrants[0].error(0, &[0]), 10.0);
}
