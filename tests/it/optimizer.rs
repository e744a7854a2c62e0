//! The optimizer without a rate, against the plain loops it was recorded from.

use gols::direction::SteepestDescent;
use gols::search::{AmortizedGols, Termination};
use gols::{Error, MiniBatches, Optimizer, SliceObjective, Update};
use serde_json::Value;

use crate::common::normal;
use crate::common::probe::{Call, Fault, Probe};

const RUNS: &str = include_str!("../oracles/optimizer.json");
const TWIN: &str = include_str!("../oracles/optimizer_runs.json");

/// Numbers; "nan" stands for itself.
fn numbers(list: &Value) -> Vec<f64> {
    let cells = list.as_array().expect("a list").iter();
    cells.map(|cell| cell.as_f64().unwrap_or(f64::NAN)).collect()
}

fn close(found: f64, expected: f64, tolerance: f64) -> bool {
    (found - expected).abs() <= tolerance * expected.abs().max(1e-300)
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
    tolerance: f64,
    mut step: impl FnMut(&mut Space, &Vec<f64>) -> (Update, Option<f64>),
) -> Space {
    let name = run["name"].as_str().unwrap();
    let mut parameters = space(numbers(&run["start"]));
    for (t, row) in run["steps"].as_array().unwrap().iter().enumerate() {
        for (found, expected) in parameters.parameters().iter().zip(numbers(&row["y"])) {
            assert!(
                close(*found, expected, tolerance),
                "{name}, step {t}: y is {found}, not {expected}"
            );
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
                assert!(
                    close(found, expected, tolerance),
                    "{name}, step {t}: α is {found}, not {expected}"
                );
            }
            (found, expected) => assert_eq!(found, expected, "{name}, step {t}"),
        }
    }
    parameters
}

fn finish(run: &Value, tolerance: f64, end: &Space, average: &[f64]) {
    for (found, expected) in end.parameters().iter().zip(numbers(&run["end"])) {
        assert!(
            close(*found, expected, tolerance),
            "{}: ends at {found}, not {expected}",
            run["name"]
        );
    }
    for (found, expected) in average.iter().zip(numbers(&run["average"])) {
        assert!(
            close(*found, expected, tolerance),
            "{}: the mean is {found}, not {expected}",
            run["name"]
        );
    }
}

#[test]
fn the_recorded_runs_replay() {
    let runs: Value = serde_json::from_str(RUNS).unwrap();
    for run in runs.as_array().unwrap() {
        let settings = &run["settings"];
        let is_adam = settings["adam"].as_bool().unwrap_or(true);
        let start = space(numbers(&run["start"]));
        let recency = settings["recency"].as_f64().unwrap_or(2.0);
        let optimizer = Optimizer::new(&start)
            .unwrap()
            .with_search(search(settings))
            .with_averaging(settings["beta"].as_f64().unwrap_or(0.9))
            .unwrap()
            .with_delay(0.0)
            .unwrap()
            .with_recency(recency, recency)
            .unwrap()
            .with_reach(f64::INFINITY)
            .unwrap();
        let (mut along_adam, mut along_g) = (optimizer.clone(), optimizer.along(SteepestDescent));
        let mut end = replay(run, 1e-12, |parameters, g| match is_adam {
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
        finish(run, 1e-12, &end, &average);
    }
}

#[test]
fn the_runs_of_its_twin_replay() {
    // Made by studies/twins/optimizer.py, which keeps z and x where this keeps their difference: the
    // difference of rounding, 1e-16 an update, grows while z travels by up to a factor of 1.7 an update, for 20 or so.
    let runs: Value = serde_json::from_str(TWIN).unwrap();
    for run in runs.as_array().unwrap() {
        let start = space(numbers(&run["start"]));
        let optimizer = Optimizer::new(&start).unwrap();
        let (mut along_adam, mut along_g) = (optimizer.clone(), optimizer.along(SteepestDescent));
        let is_adam = run["adam"].as_bool().unwrap();
        let mut end = replay(run, 1e-8, |parameters, g| match is_adam {
            true => (along_adam.step(parameters, g).unwrap(), along_adam.search().previous()),
            false => (along_g.step(parameters, g).unwrap(), along_g.search().previous()),
        });
        let look = |parameters: &mut Space| parameters.parameters().to_vec();
        let average = match is_adam {
            true => along_adam.averaged(&mut end, look).unwrap(),
            false => along_g.averaged(&mut end, look).unwrap(),
        };
        finish(run, 1e-8, &end, &average);
    }
}

/// A regression of scale, with its loss times `scale` and its weights in `units`: 500 rows of 20 inputs
/// u ~ N(0, 1), targets Σ i uᵢ + 0.001 N(0, 1), batches of 10. Also a sum of the loss over all rows.
fn regression(
    scale: f64,
    units: f64,
) -> (SliceObjective<f64, impl gols::SliceModel<f64, Error = Error>>, impl Fn(&[f64]) -> f64) {
    let (rows, weights) = (500, 20);
    let (inputs, noise) = (normal(rows * weights, 1), normal(rows, 2));
    let error = move |x: &[f64], row: usize| {
        let inputs = &inputs[row * weights..][..weights];
        let output = inputs.iter().zip(x).enumerate();
        let off = output.map(|(i, (u, x))| u * (x / units - (i + 1) as f64)).sum::<f64>();
        (off - 1e-3 * noise[row], inputs.to_vec())
    };
    let all = error.clone();
    let mean = move |x: &[f64]| {
        (0..rows).map(|row| 0.5 * all(x, row).0.powi(2)).sum::<f64>() / rows as f64
    };
    let model = move |x: &[f64], batch: &[usize], gradient: &mut [f64]| {
        gradient.fill(0.0);
        let mut loss = 0.0;
        for &row in batch {
            let (off, inputs) = error(x, row);
            let share = scale * off / batch.len() as f64;
            gradient.iter_mut().zip(&inputs).for_each(|(g, u)| *g += share * u / units);
            loss += 0.5 * share * off;
        }
        loss
    };
    let batches = MiniBatches::new(rows, 10, 1).unwrap();
    (SliceObjective::from_batches(vec![0.0; weights], batches, model).unwrap(), mean)
}

#[test]
fn a_regression_of_scale_ends_at_the_floor_of_its_noise_whatever_the_units() {
    // The noise leaves ½ · 1e-6 · (500 − 20) / 500 = 4.8e-7.
    for units in [1e-3, 1.0, 1e3] {
        let (mut objective, mean) = regression(1.0, units);
        let mut optimizer = Optimizer::new(&objective).unwrap();
        optimizer.train(&mut objective, 5000).unwrap();
        optimizer.finish(&mut objective).unwrap();
        let loss = mean(objective.parameters());
        assert!(loss < 1e-6, "in units of {units}: {loss:e}");
    }
}

#[test]
fn the_path_is_the_same_whatever_the_loss_is_multiplied_by() {
    let path = |scale: f64| {
        let (mut objective, _) = regression(scale, 1.0);
        let mut optimizer = Optimizer::new(&objective).unwrap().along(SteepestDescent);
        optimizer.train(&mut objective, 60).unwrap();
        objective.parameters().to_vec()
    };
    let plain = path(1.0);
    // Powers of two change no bit of a mantissa.
    assert_eq!(plain, path(0.5_f64.powi(20)));
    assert_eq!(plain, path(2.0_f64.powi(20)));
    // Others change the last one at each of 60 updates, each of which may double what is off before it.
    let near = |(a, b): (&f64, &f64)| (a - b).abs() <= 1e-8 * a.abs();
    assert!(plain.iter().zip(&path(1e6)).all(near));
}

#[test]
fn a_mean_that_lags_behind_comes_to_weigh_late_positions_more() {
    // Downhill for ever: every position is behind the last.
    let mut slope = space(vec![0.0]);
    let mut optimizer = Optimizer::new(&slope).unwrap();
    for _ in 0..300 {
        optimizer.step(&mut slope, &vec![1.0]).unwrap();
    }
    assert_eq!((optimizer.agreement(), optimizer.recency()), (Some(-1.0), 30.0));
    // About a minimum z circles, and every slope between the mean and z rises.
    let (mut objective, _) = regression(1.0, 1.0);
    let mut optimizer = Optimizer::new(&objective).unwrap();
    optimizer.train(&mut objective, 2000).unwrap();
    assert!(optimizer.recency() == 2.0 && optimizer.agreement().unwrap() > 0.9);
}

#[test]
fn gradients_that_are_not_finite_or_zero_change_nothing_but_the_step_length() {
    let mut parameters = space(vec![1.0, -2.0]);
    let mut optimizer = Optimizer::new(&parameters).unwrap();
    for _ in 0..40 {
        let gradient = parameters.parameters().to_vec();
        optimizer.step(&mut parameters, &gradient).unwrap();
    }
    let (mut other, mut undisturbed) = (space(parameters.parameters().to_vec()), optimizer.clone());
    let before = optimizer.search().previous().unwrap();
    for gradient in [vec![0.0, 0.0], vec![f64::NAN, 1.0], vec![1.0, f64::INFINITY]] {
        let update = optimizer.step(&mut parameters, &gradient).unwrap();
        assert_eq!((update.step.length, update.displacement), (0.0, 0.0));
        assert_eq!(parameters.parameters(), other.parameters());
    }
    let shrunk = optimizer.search().previous().unwrap();
    assert!((shrunk / before - (-0.2_f64).exp()).abs() < 1e-12, "{shrunk} after {before}");
    let gradient = other.parameters().to_vec();
    let expected = undisturbed.step(&mut other, &gradient).unwrap();
    let update = optimizer.step(&mut parameters, &gradient).unwrap();
    assert_eq!((update.slope, update.arrival_slope), (expected.slope, expected.arrival_slope));
}

#[test]
fn what_finish_leaves_is_what_averaged_shows_and_training_goes_on_from_there() {
    let (mut objective, mean) = regression(1.0, 1.0);
    let mut optimizer = Optimizer::new(&objective).unwrap();
    optimizer.train(&mut objective, 500).unwrap();
    let look = |objective: &mut _| SliceObjective::parameters(objective).to_vec();
    let x = optimizer.averaged(&mut objective, look).unwrap();
    optimizer.finish(&mut objective).unwrap();
    assert_eq!(objective.parameters(), x);
    let before = mean(&x);
    optimizer.train(&mut objective, 4500).unwrap();
    optimizer.finish(&mut objective).unwrap();
    assert!(mean(objective.parameters()) < 0.1 * before);
}

#[test]
fn settings_out_of_range_are_refused() {
    let optimizer = || Optimizer::new(&space(vec![1.0])).unwrap();
    for value in [-0.1, 1.0, f64::NAN] {
        assert!(optimizer().with_averaging(value).is_err(), "{value}");
    }
    for value in [-1.0, f64::INFINITY, f64::NAN] {
        assert!(optimizer().with_delay(value).is_err(), "{value}");
        assert!(optimizer().with_recency(value, value).is_err(), "{value}");
    }
    assert!(optimizer().with_recency(3.0, 2.0).is_err());
    for value in [0.0, -1.0, f64::NAN] {
        assert!(optimizer().with_reach(value).is_err(), "{value}");
    }
}

#[test]
fn a_step_that_failed_is_remembered_nowhere() {
    let gradient_at = |probe: &Probe| -> Vec<f64> {
        probe.x.iter().zip(probe.curvatures).map(|(x, c)| c * (x - 0.5)).collect()
    };
    for call in [Call::Products, Call::SquaresOnto, Call::DivideByRoot, Call::CopyTo, Call::Follow]
    {
        let mut probe = Probe::new(0.0);
        let mut optimizer = Optimizer::new(&probe).unwrap();
        for _ in 0..10 {
            let gradient = gradient_at(&probe);
            optimizer.step(&mut probe, &gradient).unwrap();
        }
        let gradient = gradient_at(&probe);
        let state = |optimizer: &Optimizer<Vec<f64>>| {
            let search = optimizer.search();
            let mean = (optimizer.updates(), optimizer.recency(), optimizer.agreement());
            (search.previous(), search.mean_ratio(), mean)
        };
        let (before, bits) = (state(&optimizer), probe.bits());
        probe.arm(call, 1, Fault::Error);
        optimizer.step(&mut probe, &gradient).unwrap_err();
        assert_eq!(state(&optimizer), before, "{call:?}");
        assert_eq!(probe.bits(), bits, "{call:?}");
        // Tried again it is a step as any other.
        let update = optimizer.step(&mut probe, &gradient).unwrap();
        assert!(update.displacement > 0.0 && optimizer.updates() == 11, "{call:?}");
    }
}
