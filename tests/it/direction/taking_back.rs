//! What a rule, a search and the parameters keep of a step that did not happen: nothing.

use gols::direction::HeavyBall;
use gols::search::{FixedStep, LineSearch, Step, Termination, all};
use gols::{Descent, Iteration};

use super::Rule;
use crate::common::probe::{Call, Fault, Probe};

type Trained = Descent<Probe, Rule<Vec<f64>>, Box<dyn LineSearch>>;

/// Along the rule and by the search of these numbers, on mini-batches so noisy that momentum climbs.
fn descent(rule: usize, search: usize) -> Trained {
    let rule = Rule::all().into_iter().nth(rule).unwrap();
    let (_, search) = all().into_iter().nth(search).unwrap();
    Descent::new(Probe::new(1.5)).unwrap().along(rule).with_search(search)
}

fn steps(descent: &mut Trained, count: usize) -> Vec<(Iteration, Vec<u64>)> {
    (0..count).map(|_| (descent.step().unwrap(), descent.objective().bits())).collect()
}

const CALLS: [Call; 17] = [
    Call::Resample,
    Call::LossAndGradient,
    Call::Synchronize,
    Call::Products,
    Call::Dot,
    Call::Axpby,
    Call::AddSquares,
    Call::SquaresOnto,
    Call::DivideByRoot,
    Call::MultiplyByRoot,
    Call::AddTo,
    Call::Anchor,
    Call::MoveTo,
    Call::Loss,
    Call::Slope,
    Call::HasMoved,
    Call::Confirm,
];

/// Fails in the `count`th such call of the step after `before` steps, and tries again on the same
/// mini-batches. Whether there was such a call.
fn fails_and_goes_on(
    (rule, search): (usize, usize),
    (call, count): (Call, usize),
    before: usize,
    expected: &[(Iteration, Vec<u64>)],
) -> bool {
    let mut descent = descent(rule, search);
    steps(&mut descent, before);
    let (batch, start) = (descent.objective().batch, descent.objective().bits());
    descent.objective_mut().arm(call, count, Fault::Error);
    if descent.step().is_ok() {
        return false;
    }
    let case = format!("{:?}, search {search}, {call} {count}", descent.direction_rule());
    assert_eq!(descent.objective().bits(), start, "{case}");
    descent.objective_mut().disarm();
    descent.objective_mut().batch = batch;
    assert_eq!(steps(&mut descent, expected.len()), expected, "{case}, step {before}");
    true
}

#[test]
fn a_step_that_failed_and_is_tried_again_is_the_step_without_the_fault() {
    let (mut failures, mut falls) = (0, 0);
    for rule in 0..Rule::<Vec<f64>>::all().len() {
        for search in 0..all().len() {
            let expected = steps(&mut descent(rule, search), 9);
            for before in 0..6 {
                let expected = &expected[before..before + 4];
                falls += usize::from(expected[0].0.fell_back);
                for call in CALLS {
                    let fails = |&count: &usize| {
                        fails_and_goes_on((rule, search), (call, count), before, expected)
                    };
                    failures += [1, 2, 4].iter().take_while(|count| fails(count)).count();
                }
            }
        }
    }
    assert!(failures > 7000 && falls > 15, "{failures} failures, {falls} falls back");
}

#[test]
fn one_gradient_of_nan_after_500_steps_leaves_what_a_rule_keeps_as_it_was() {
    for rule in Rule::all() {
        // A search that asks, whose steps are tested and stay.
        let mut descent = Descent::new(Probe::new(0.5)).unwrap().along(rule);
        descent.run(500).unwrap();
        let kept = format!("{:?}", descent.direction_rule());
        let mut twin = descent.clone();
        descent.objective_mut().arm(Call::LossAndGradient, 1, Fault::Nan);
        let spoilt = descent.step().unwrap();
        assert_eq!(spoilt.step, Step { length: 0.0, termination: Termination::NonFinite });
        assert!(!spoilt.moved && spoilt.slope.is_nan());
        assert_eq!(format!("{:?}", descent.direction_rule()), kept);
        // The next batch gives what it would have given without.
        twin.objective_mut().batch += 1;
        assert_eq!(descent.step().unwrap(), twin.step().unwrap(), "{kept}");
        assert_eq!(descent.objective().bits(), twin.objective().bits());
    }
}

#[test]
fn an_untested_step_that_led_to_nan_is_no_update_either() {
    for rule in Rule::all() {
        let rate = FixedStep::new(0.01).unwrap();
        let mut descent = Descent::new(Probe::new(0.0))
            .unwrap()
            .along(rule)
            .with_search(rate)
            .with_any_slope(true);
        descent.run(5).unwrap();
        let mut twin = descent.clone();
        descent.step().unwrap();
        descent.objective_mut().arm(Call::LossAndGradient, 1, Fault::Nan);
        assert!(descent.step().unwrap().moved, "back to where the step began");
        assert_eq!(descent.objective().bits(), twin.objective().bits());
        twin.objective_mut().batch = descent.objective().batch;
        for _ in 0..3 {
            let (found, expected) = (descent.step().unwrap(), twin.step().unwrap());
            assert_eq!(found, expected, "{:?}", descent.direction_rule());
        }
    }
}

#[test]
fn the_clone_of_a_used_ball_rolls_on_in_another_descent() {
    let mut used = Descent::new(Probe::new(0.0)).unwrap().along(HeavyBall::default());
    used.run(1).unwrap();
    let v: Vec<f64> = used.direction().iter().map(|d| -d).collect();
    let probe = Probe::new(0.0);
    let g = probe.gradient_at(&probe.x);
    let mut other = Descent::new(probe).unwrap().along(used.direction_rule().clone());
    other.step().unwrap();
    let expected: Vec<f64> = v.iter().zip(&g).map(|(v, g)| -(0.9 * v + g)).collect();
    assert_eq!(other.direction(), &expected);
}
