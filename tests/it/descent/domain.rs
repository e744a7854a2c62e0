//! Losses that end somewhere, and parameters that do not resolve a step.

use gols::search::{AmortizedGols, EveryKth, FixedStep, InexactGols, LineSearch};
use gols::{Descent, SliceObjective};

#[test]
fn a_step_out_of_the_domain_is_taken_back_and_the_minimum_is_reached() {
    fn check(name: &str, search: impl LineSearch) {
        // L(x) = 100 x − ln x, least at 0.01; there is none for x ≤ 0.
        let objective = SliceObjective::from_fn(vec![1.0_f64], |x, gradient| {
            gradient[0] = if x[0] > 0.0 { 100.0 - 1.0 / x[0] } else { f64::NAN };
            100.0 * x[0] - x[0].ln()
        });
        let mut descent = Descent::new(objective.unwrap()).unwrap().with_search(search);
        // It leaves many a time before the step fits the new curvature, 10⁴ where it was 1.
        descent.run(4000).unwrap();
        let x = descent.objective().parameters()[0];
        assert!((x - 0.01).abs() < 1e-4, "{name} ends at {x}");
    }
    check("AmortizedGols", AmortizedGols::default());
    check("EveryKth", EveryKth::new(InexactGols::default(), 10).unwrap());
    check("EveryKth of AmortizedGols", EveryKth::new(AmortizedGols::default(), 3).unwrap());
}

#[test]
fn a_step_below_the_resolution_of_the_parameters_moves_nothing_and_says_so() {
    let objective = SliceObjective::from_fn(vec![1e17], |_, gradient| {
        gradient[0] = 1.0;
        0.0
    });
    let rate = FixedStep::new(0.5).unwrap();
    let mut descent = Descent::new(objective.unwrap()).unwrap().with_search(rate);
    let iteration = descent.step().unwrap();
    assert!(iteration.step.length == 0.5 && !iteration.moved, "{iteration:?}");
    descent.objective_mut().set_parameters(&[1.0]).unwrap();
    assert!(descent.step().unwrap().moved);
}
