//! What a descent makes of its direction rule: where it climbs, what it is told, when it is reset.

use gols::direction::{Direction, SteepestDescent};
use gols::search::Termination::NonFinite;
use gols::search::{FixedStep, LineSearch, Step, Termination, all};
use gols::{Descent, VectorSpace};

use super::{Setup, descent, dynamic, setups};
use crate::common::probe::{Call, Failure, Fault, Probe, Recorder, product};

/// d = `factor` · g, which climbs where the factor is positive; it keeps a diary, and fails on request.
#[derive(Default)]
struct Diary {
    factor: f64,
    steps: Vec<(f64, Vec<f64>)>,
    resets: usize,
    fails: bool,
}

impl Direction<Probe> for Diary {
    fn update(&mut self, space: &Probe, g: &Vec<f64>, d: &mut Vec<f64>) -> Result<(), Failure> {
        space.axpby(self.factor, g, 0.0, d)
    }

    fn accepted(&mut self, _: &Probe, length: f64, d: &Vec<f64>) -> Result<(), Failure> {
        if std::mem::take(&mut self.fails) {
            return Err(Failure(Call::Other));
        }
        self.steps.push((length, d.clone()));
        Ok(())
    }

    fn reset(&mut self) {
        self.resets += 1;
    }
}

type Recorded<D> = Descent<Probe, D, Recorder<Box<dyn LineSearch>>>;

fn recorded(search: Box<dyn LineSearch>, setup: Setup) -> Recorded<SteepestDescent> {
    descent(Probe::new(0.5), Recorder::new(search), setup)
}

fn along(factor: f64, search: Box<dyn LineSearch>, setup: Setup) -> Recorded<Diary> {
    recorded(search, setup).along(Diary { factor, ..Diary::default() })
}

#[test]
fn a_direction_that_climbs_is_reset_and_gives_way_to_steepest_descent_before_the_search() {
    for setup in setups() {
        for ((name, search), (_, twin)) in all().into_iter().zip(all()) {
            let mut ascent = along(1.0, search, setup);
            let mut twin = recorded(twin, setup);
            for step in 1..=5 {
                // It costs nothing: the gradient is there already.
                let mut iteration = ascent.step().unwrap();
                assert!(std::mem::take(&mut iteration.fell_back), "{name} {setup:?}");
                assert_eq!(iteration, twin.step().unwrap(), "{name} {setup:?}");
                assert_eq!(ascent.objective().bits(), twin.objective().bits());
                assert_eq!(ascent.direction(), twin.direction());
                assert_eq!(ascent.direction_rule().resets, step);
            }
            // The search was told of −g alone, once a step.
            assert_eq!(ascent.line_search().origins, twin.line_search().origins);
            // The rule was told the direction that was searched.
            assert_eq!(&ascent.direction_rule().steps[4].1, twin.direction());
        }
    }
}

#[test]
fn with_any_slope_a_direction_that_climbs_is_searched_as_if_it_descended() {
    let mut ascent = dynamic(0.0, Recorder::new(FixedStep::new(0.125).unwrap()))
        .along(Diary { factor: 1.0, ..Diary::default() })
        .with_any_slope(true);
    for step in 0..5 {
        let (x, g) = (&ascent.objective().x, ascent.objective().gradient_at(&ascent.objective().x));
        let expected: Vec<f64> = x.iter().zip(&g).map(|(x, g)| x + 0.125 * g).collect();
        let iteration = ascent.step().unwrap();
        assert_eq!(ascent.objective().x, expected);
        assert_eq!(iteration.step.termination, Termination::FixedStep);
        assert_eq!(iteration.slope, product(&g, &g), "the slope that is reported is the true one");
        assert_eq!(ascent.line_search().origins[step].slope, -iteration.slope);
    }
    assert_eq!((ascent.direction_rule().resets, ascent.direction_rule().steps.len()), (0, 5));
}

#[test]
fn a_level_direction_goes_nowhere_unless_any_slope_will_do() {
    /// d = (g₁, −g₀, 0), at a right angle to g.
    struct Across;
    impl Direction<Probe> for Across {
        fn update(&mut self, _: &Probe, g: &Vec<f64>, d: &mut Vec<f64>) -> Result<(), Failure> {
            *d = vec![g[1], -g[0], 0.0];
            Ok(())
        }
        fn reset(&mut self) {
            unreachable!("a level direction is no reason to forget")
        }
    }
    for (any_slope, length, termination) in
        [(false, 0.0, Termination::Stationary), (true, 0.5, Termination::FixedStep)]
    {
        let search = FixedStep::new(0.5).unwrap();
        let mut level = dynamic(0.0, search).along(Across).with_any_slope(any_slope);
        let iteration = level.step().unwrap();
        assert_eq!((iteration.slope, iteration.step.length), (0.0, length));
        assert_eq!(iteration.step.termination, termination);
    }
}

#[test]
fn a_gradient_of_nan_reaches_no_rule_and_takes_an_untested_step_back() {
    for any_slope in [false, true] {
        for (name, search) in all() {
            let mut descent = dynamic(0.0, search)
                .along(Diary { factor: -1.0, ..Diary::default() })
                .with_any_slope(any_slope);
            let start = descent.objective().bits();
            let is_tested = descent.step().unwrap().evaluations.information_calls() > 1;
            let before = descent.objective().bits();
            descent.objective_mut().arm(Call::LossAndGradient, 1, Fault::Nan);
            let iteration = descent.step().unwrap();
            assert_eq!(iteration.step, Step { length: 0.0, termination: NonFinite }, "{name}");
            assert_eq!(iteration.moved, !is_tested);
            let expected = if is_tested { before } else { start };
            assert_eq!(descent.objective().bits(), expected, "{name}");
            // A length of 0 is no step. The diary takes a step back by a reset, as all do by default.
            let rule = descent.direction_rule();
            assert_eq!((rule.resets, rule.steps.len()), (usize::from(!is_tested), 1), "{name}");
        }
    }
}

#[test]
fn a_direction_is_told_every_step_that_was_taken() {
    for setup in setups() {
        for (name, search) in all() {
            let mut descent = along(-1.0, search, setup);
            for step in 0..6 {
                let before = descent.objective().x.clone();
                let length = descent.step().unwrap().step.length;
                let (told, d) = &descent.direction_rule().steps[step];
                assert_eq!(*told, length, "{name}");
                let expected: Vec<f64> =
                    before.iter().zip(d).map(|(x, d)| x + length * d).collect();
                assert_eq!(descent.objective().x, expected, "{name}");
            }
            // An error of the objective is no step, and none of the rule's business.
            descent.objective_mut().arm(Call::Synchronize, 1, Fault::Error);
            descent.step().unwrap_err();
            let rule = descent.direction_rule();
            assert_eq!((rule.resets, rule.steps.len()), (0, 6), "{name}");
        }
    }
}

#[test]
fn a_step_that_its_direction_fails_to_take_in_is_taken_back() {
    for setup in setups() {
        for (name, search) in all() {
            let rule = Diary { factor: -1.0, fails: true, ..Diary::default() };
            let mut descent = recorded(search, setup).along(rule);
            let before = descent.objective().bits();
            assert_eq!(descent.step().unwrap_err(), Failure(Call::Other));
            assert_eq!(descent.objective().bits(), before, "{name}");
            assert_eq!(descent.direction_rule().resets, 1);
            // The next step knows nothing of it.
            let next = descent.step().unwrap();
            assert!(next.loss.is_some() && next.step.length > 0.0, "{name}");
            assert_eq!(descent.line_search().origins[1].arrival_slope, None);
            assert_eq!(descent.direction_rule().steps.len(), 1);
        }
    }
}

#[test]
fn a_direction_that_fails_half_way_is_reset() {
    let search = FixedStep::new(0.1).unwrap();
    let rule = Diary { factor: -1.0, ..Diary::default() };
    let mut descent = dynamic(0.0, search).along(rule);
    descent.step().unwrap();
    let before = descent.objective().bits();
    descent.objective_mut().arm(Call::Axpby, 1, Fault::Error);
    assert_eq!(descent.step().unwrap_err(), Failure(Call::Axpby));
    assert_eq!(descent.objective().bits(), before);
    assert_eq!(descent.direction_rule().resets, 1);
}
