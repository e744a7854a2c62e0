//! Search directions against a program of its own.
//!
//! `oracles/directions.json` was computed in double precision by plain loops over the formulas as the papers
//! print them: bias correction before the root, Sutskever's momentum on θ and v, L-BFGS by dense updates of the
//! inverse Hessian (Nocedal and Wright, equation 6.17) on γ I.

use gols::direction::{
    Adadelta, Adagrad, Adam, AdamW, Direction, HeavyBall, Lbfgs, Nesterov, RmsProp, SteepestDescent,
};
use gols::search::{Armijo, BacktrackingGols, FixedStep, InexactGols, InitialStep, Termination};
use gols::{Descent, Error, SliceModel, SliceObjective, Slices, VectorSpace};
use serde_json::Value;

use super::Rule;
use crate::common::probe::Recorder;

fn oracle() -> Value {
    serde_json::from_str(include_str!("../../oracles/directions.json")).unwrap()
}

fn rows(value: &Value) -> Vec<Vec<f64>> {
    serde_json::from_value(value.clone()).unwrap()
}

/// The rules do a dozen operations an iteration, in another order than the oracle's, on numbers that they
/// carry on through at most 60 iterations: some hundred roundings, and some cancellation.
const TOLERANCE: f64 = 1e-12;

#[track_caller]
fn assert_close(found: &[f64], expected: &[f64]) {
    for (found, expected) in found.iter().zip(expected) {
        let error = (found - expected).abs();
        assert!(error <= TOLERANCE * (1.0 + expected.abs()), "{found} is not {expected}");
    }
}

/// Feeds the oracle's gradients to a rule, and compares its directions.
#[track_caller]
fn check_sequence<O, D>(space: &O, mut rule: D, name: &str)
where
    O: VectorSpace<Vector = Vec<f64>, Error = Error>,
    D: Direction<O>,
{
    let oracle = oracle();
    let mut d = space.zeros().unwrap();
    // Twice: a reset rule is as new, whatever it was last told.
    for _ in 0..2 {
        let directions = rows(&oracle[name]);
        assert_eq!(directions.len(), 8);
        for (gradient, expected) in rows(&oracle["gradients"]).iter().zip(&directions) {
            rule.update(space, gradient, &mut d).unwrap();
            assert_close(&d, expected);
        }
        rule.update(space, &vec![f64::NAN; 3], &mut d).unwrap();
        rule.reset();
    }
}

#[test]
fn the_directions_are_those_of_the_papers() {
    let x: Vec<f64> = serde_json::from_value(oracle()["parameters"].clone()).unwrap();
    let space = SliceObjective::from_fn(x, |_, _| 0.0).unwrap();
    check_sequence(&space, HeavyBall::default(), "heavy_ball");
    check_sequence(&space, Nesterov::default(), "nesterov");
    check_sequence(&space, Adagrad::default(), "adagrad");
    check_sequence(&space, RmsProp::default(), "rms_prop");
    check_sequence(&space, Adadelta::default(), "adadelta");
    check_sequence(&space, Adam::default(), "adam");
    check_sequence(&space, AdamW::default(), "adam_w");
    check_sequence(&space, AdamW::default().with_weight_decay(0.0).unwrap(), "adam");
}

/// g(x) = (x₀ − 0.3, 4 x₁ + x₀, x₂³), from (1, −0.5, 0.7); no gradient of a loss, which is not asked for.
fn field() -> Descent<SliceObjective<f64, impl SliceModel<f64, Error = Error>>> {
    let objective = SliceObjective::from_fn(vec![1.0, -0.5, 0.7], |x: &[f64], gradient| {
        gradient.copy_from_slice(&[x[0] - 0.3, 4.0 * x[1] + x[0], x[2].powi(3)]);
        0.0
    });
    Descent::new(objective.unwrap()).unwrap()
}

#[test]
fn adam_with_a_fixed_step_and_any_slope_is_the_textbooks() {
    // On 21 of these 60 steps the slope along Adam's direction is positive: the textbook goes on.
    let rate = Recorder::new(FixedStep::new(0.1).unwrap());
    let mut adam = field().along(Adam::default()).with_search(rate).with_any_slope(true);
    let mut climbs = 0;
    for expected in rows(&oracle()["adam_run"]) {
        let iteration = adam.step().unwrap();
        assert_eq!(iteration.step.termination, Termination::FixedStep);
        assert_close(adam.objective().parameters(), &expected);
        assert!(!iteration.fell_back);
        climbs += u32::from(iteration.slope > 0.0);
    }
    assert_eq!((adam.line_search().origins.len(), climbs), (60, 21));
}

#[test]
fn adam_is_the_textbooks_while_it_descends() {
    let mut adam = field().along(Adam::default()).with_search(FixedStep::new(0.1).unwrap());
    for expected in rows(&oracle()["adam_run"]).iter().take(8) {
        assert!(adam.step().unwrap().slope < 0.0);
        assert_close(adam.objective().parameters(), expected);
    }
}

#[test]
fn the_heavy_ball_with_a_fixed_step_and_any_slope_is_the_textbooks() {
    let rate = FixedStep::new(0.05).unwrap();
    let mut ball = field().along(HeavyBall::default()).with_search(rate).with_any_slope(true);
    let (mut x, mut v) = ([1.0, -0.5, 0.7_f64], [0.0; 3]);
    let mut climbs = 0;
    for _ in 0..60 {
        let g = [x[0] - 0.3, 4.0 * x[1] + x[0], x[2].powi(3)];
        for i in 0..3 {
            v[i] = 0.9 * v[i] + g[i];
            x[i] -= 0.05 * v[i];
        }
        climbs += u32::from(ball.step().unwrap().slope > 0.0);
        assert_close(ball.objective().parameters(), &x);
    }
    assert!(climbs > 5, "{climbs}");
}

#[test]
fn nesterovs_points_are_sutskevers_look_ahead() {
    let rate = FixedStep::new(0.05).unwrap();
    let mut rule = field().along(Nesterov::default()).with_search(rate).with_any_slope(true);
    for expected in rows(&oracle()["sutskever_look_ahead"]) {
        assert_close(rule.objective().parameters(), &expected);
        rule.step().unwrap();
    }
}

#[test]
fn l_bfgs_is_the_dense_update_of_its_pairs() {
    let space = Slices::new(3);
    let mut skipped = 0;
    for run in oracle()["l_bfgs"].as_array().unwrap() {
        let memory = run["memory"].as_u64().unwrap() as usize;
        let length = run["length"].as_f64().unwrap();
        let mut rule = Lbfgs::default().with_history_size(memory).unwrap();
        let mut d = space.zeros().unwrap();
        let (gradients, directions) = (rows(&run["gradients"]), rows(&run["directions"]));
        for (index, (gradient, expected)) in gradients.iter().zip(&directions).enumerate() {
            rule.update(&space, gradient, &mut d).unwrap();
            assert_close(&d, expected);
            assert_eq!(rule.pairs() as u64, run["pairs"][index].as_u64().unwrap());
            skipped += usize::from(rule.pairs() < index.min(memory));
            rule.accepted(&space, length, &d).unwrap();
        }
    }
    assert!(skipped > 0, "the oracle's function is concave in places");
}

/// The loss ½ (x₀² + 1000 x₁² + 10 x₂²) after 60 steps from (1, 1, 1).
macro_rules! parabola_after {
    ($rule:expr, $search:expr) => {{
        let loss = |x: &[f64]| 0.5 * (x[0] * x[0] + 1e3 * x[1] * x[1] + 10.0 * x[2] * x[2]);
        let objective = SliceObjective::from_fn(vec![1.0; 3], |x, gradient| {
            gradient.copy_from_slice(&[x[0], 1e3 * x[1], 10.0 * x[2]]);
            loss(x)
        });
        let descent = Descent::new(objective.unwrap()).unwrap();
        let mut descent = descent.along($rule).with_search($search);
        descent.run(60).unwrap();
        loss(descent.objective().parameters())
    }};
}

#[test]
fn l_bfgs_ends_on_a_parabola_that_steepest_descent_crawls_on() {
    let unit = InitialStep::Constant(1.0);
    let backtracking = BacktrackingGols::default().with_initial_step(unit).unwrap();
    assert!(parabola_after!(Lbfgs::default(), backtracking) < 1e-20);
    let armijo = Armijo::default().with_initial_step(unit).unwrap();
    assert!(parabola_after!(Lbfgs::default(), armijo) < 1e-20);
    assert!(parabola_after!(SteepestDescent, InexactGols::default()) > 1e-6);
}

#[test]
fn single_precision_follows_double_precision() {
    let wide = SliceObjective::from_fn(vec![0.5, -0.25, 2.0], |_, _| 0.0).unwrap();
    let narrow = SliceObjective::from_fn(vec![0.5_f32, -0.25, 2.0], |_, _| 0.0).unwrap();
    for (mut rule, mut twin) in Rule::all().into_iter().zip(Rule::all()) {
        let (mut d, mut e) = (narrow.zeros().unwrap(), wide.zeros().unwrap());
        for gradient in rows(&oracle()["gradients"]) {
            let short: Vec<f32> = gradient.iter().map(|g| *g as f32).collect();
            rule.update(&narrow, &short, &mut d).unwrap();
            twin.update(&wide, &gradient, &mut e).unwrap();
            // A dozen operations an iteration, each within 2⁻²⁴, over 8 iterations; L-BFGS is told no step.
            for (d, e) in d.iter().zip(&e) {
                assert!((f64::from(*d) - e).abs() <= 2e-5 * (1e-2 + e.abs()), "{rule:?}: {d} {e}");
            }
        }
    }
}
