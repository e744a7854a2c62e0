//! What a search is told of where its last step led.

use gols::Descent;
use gols::direction::SteepestDescent;
use gols::search::{LineSearch, all};

use super::{descent, dynamic, setups};
use crate::common::probe::{Call, Fault, Probe, Recorder, product};

type Recorded = Descent<Probe, SteepestDescent, Recorder<Box<dyn LineSearch>>>;

fn arrivals(descent: &Recorded) -> Vec<Option<f64>> {
    descent.line_search().origins.iter().map(|origin| origin.arrival_slope).collect()
}

#[test]
fn the_arrival_slope_is_the_slope_where_the_last_step_led() {
    for setup in setups() {
        for (name, search) in all() {
            let mut descent = descent(Probe::new(0.2), Recorder::new(search), setup);
            let mut expected = Vec::new();
            let mut last: Option<Vec<f64>> = None;
            for _ in 0..8 {
                let iteration = descent.step().unwrap();
                // g at the origin is −d, for d is steepest descent.
                let g: Vec<f64> = descent.direction().iter().map(|d| -d).collect();
                expected.push(last.map(|last| product(&g, &last)));
                last = (iteration.step.length != 0.0).then(|| descent.direction().clone());
            }
            assert_eq!(arrivals(&descent), expected, "{name} {setup:?}");
            assert!(expected[0].is_none() && expected[1].is_some());
        }
    }
}

#[test]
fn an_error_loses_no_arrival_slope() {
    for (name, search) in all() {
        let mut descent = dynamic(0.0, Recorder::new(search));
        descent.run(2).unwrap();
        // Before the search is told anything, on the way of the step, and at its very end.
        for call in [Call::LossAndGradient, Call::MoveTo, Call::Confirm] {
            descent.objective_mut().arm(call, 1, Fault::Error);
            descent.step().unwrap_err();
            descent.step().unwrap();
        }
        let found = arrivals(&descent);
        assert!(found[0].is_none() && found[1..].iter().all(Option::is_some), "{name} {found:?}");
        // The steps that failed and those tried again were told the same.
        assert_eq!(found[3], found[4], "{name}");
        assert_eq!(found[5], found[6], "{name}");
    }
}

#[test]
fn there_is_no_arrival_slope_after_a_step_of_zero_a_step_taken_back_or_reset() {
    for (name, search) in all() {
        let mut descent = dynamic(0.0, Recorder::new(search));
        let is_tested = descent.step().unwrap().evaluations.information_calls() > 1;
        // The step that led to NaN is taken back if nothing was asked on its line.
        descent.objective_mut().arm(Call::LossAndGradient, 1, Fault::Nan);
        descent.step().unwrap();
        descent.step().unwrap();
        // A length of 0, where the slope is NaN though g is not.
        descent.objective_mut().arm(Call::Dot, 1, Fault::Nan);
        assert_eq!(descent.step().unwrap().step.length, 0.0);
        descent.step().unwrap();
        descent.reset().unwrap();
        descent.step().unwrap();
        let found: Vec<bool> = arrivals(&descent).iter().map(Option::is_some).collect();
        assert_eq!(found, [false, false, is_tested, true, false, false], "{name}");
    }
}
