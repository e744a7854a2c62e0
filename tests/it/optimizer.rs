//! The optimizer without a rate, against the plain loops it was recorded from.

use gols::direction::SteepestDescent;
use gols::search::{AmortizedGols, Termination};
use gols::{Optimizer, SliceObjective, Update};
use serde_json::Value;

const RUNS: &str = include_str!("../oracles/optimizer.json");

/// Numbers; "nan" stands for itself.
fn numbers(list: &Value) -> Vec<f64> {
    let cells = list.as_array().expect("a list").iter();
    cells.map(|cell| cell.as_f64().unwrap_or(f64::NAN)).collect()
}

fn close(found: f64, expected: f64) -> bool {
    (found - expected).abs() <= 1e-12 * expected.abs().max(1e-300)
}

/// The settings of a recorded run, by their names in the record.
fn search(settings: &Value) -> AmortizedGols {
    let plain = AmortizedGols::default().with_safeguards(false);
    let mut search = plain.with_least_threshold(1.0).unwrap();
    for (name, value) in settings.as_object().expect("settings") {
        let value = value.as_f64();
        search = match (name.as_str(), value) {
            ("c", Some(c)) => search.with_threshold(c).unwrap(),
            ("m", Some(m)) => search.with_averaging(m).unwrap(),
            ("growth", Some(growth)) => search.with_growth(growth).unwrap(),
            ("ramp", Some(ramp)) => search.with_ramp(ramp).unwrap(),
            ("start", Some(start)) => search.with_initial_displacement(start).unwrap(),
            ("cap", Some(cap)) => search.with_max_displacement(cap).unwrap(),
            _ => search,
        };
    }
    search
}

type Space = SliceObjective<f64, Box<dyn gols::SliceModel<f64, Error = gols::Error>>>;

struct Nothing;

impl gols::SliceModel<f64> for Nothing {
    type Error = gols::Error;

    fn loss_and_gradient(
        &mut self,
        _x: &[f64],
        _rows: &[usize],
        _gradient: &mut [f64],
    ) -> Result<f64, gols::Error> {
        Ok(0.0)
    }
}

fn space(x0: Vec<f64>) -> Space {
    SliceObjective::new(x0, None, Box::new(Nothing) as Box<_>).unwrap()
}

/// Feeds a recorded run's gradients to a step of any optimizer, and compares what comes out.
fn replay(
    run: &Value,
    mut step: impl FnMut(&mut Space, &Vec<f64>) -> (Update, Option<f64>),
) -> Space {
    let name = run["name"].as_str().unwrap();
    let mut parameters = space(numbers(&run["start"]));
    for (t, row) in run["steps"].as_array().unwrap().iter().enumerate() {
        for (found, expected) in parameters.parameters().iter().zip(numbers(&row["y"])) {
            assert!(close(*found, expected), "{name}, step {t}: y is {found}, not {expected}");
        }
        let (update, alpha) = step(&mut parameters, &numbers(&row["g"]));
        let outcome = match update.step.termination {
            Termination::NonFinite => "skipped",
            Termination::Stationary => "stationary",
            _ => "moved",
        };
        assert_eq!(outcome, row["outcome"], "{name}, step {t}");
        match (alpha, row["alpha"].as_f64()) {
            (Some(found), Some(expected)) => {
                assert!(close(found, expected), "{name}, step {t}: α is {found}, not {expected}");
            }
            (found, expected) => assert_eq!(found, expected, "{name}, step {t}"),
        }
    }
    parameters
}

fn finish(run: &Value, end: &Space, average: &[f64]) {
    for (found, expected) in end.parameters().iter().zip(numbers(&run["end"])) {
        assert!(close(*found, expected), "{}: ends at {found}, not {expected}", run["name"]);
    }
    for (found, expected) in average.iter().zip(numbers(&run["average"])) {
        assert!(close(*found, expected), "{}: the mean is {found}, not {expected}", run["name"]);
    }
}

#[test]
fn the_recorded_runs_replay() {
    let runs: Value = serde_json::from_str(RUNS).unwrap();
    for run in runs.as_array().unwrap() {
        let settings = &run["settings"];
        let is_adam = settings["adam"].as_bool().unwrap_or(true);
        let start = space(numbers(&run["start"]));
        let optimizer = Optimizer::new(&start)
            .unwrap()
            .with_search(search(settings))
            .with_averaging(settings["beta"].as_f64().unwrap_or(0.9))
            .unwrap()
            .with_recency(settings["recency"].as_f64().unwrap_or(2.0))
            .unwrap();
        let (mut along_adam, mut along_g) = (optimizer.clone(), optimizer.along(SteepestDescent));
        let mut end = replay(run, |parameters, g| match is_adam {
            true => {
                let update = along_adam.step(parameters, g).unwrap();
                (update, along_adam.search().previous())
            }
            false => {
                let update = along_g.step(parameters, g).unwrap();
                (update, along_g.search().previous())
            }
        });
        let look = |parameters: &mut Space| parameters.parameters().to_vec();
        let average = match is_adam {
            true => along_adam.averaged(&mut end, look).unwrap(),
            false => along_g.averaged(&mut end, look).unwrap(),
        };
        finish(run, &end, &average);
    }
}
