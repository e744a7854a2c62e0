//! What a step costs.
//!
//! L(x) = ½ |x − t|². With d = −g = t − x and r = |d|, x + α d − t = −d (1 − α), so that along every
//! search direction F(α) = ½ r² (1 − α)², F'(α) = −r² (1 − α), F'(0) = −r²: the sign changes at
//! α = 1, whatever r. The counts below follow by hand.

use gols::search::{
    AmortizedGols, Armijo, BisectionGols, FixedStep, GoldenSection, InexactGols, LineSearch,
    ReferenceLoss, StepBounds, Termination, all,
};
use gols::{Descent, Evaluations, SliceObjective};

use super::{SAMPLINGS, Setup, descent, dynamic};
use crate::common::counts;
use crate::common::probe::{Call, Fault, Probe};

/// The losses, gradients and batches of three steps, the batches without, with static and with
/// dynamic sub-sampling.
type Counts = ([u64; 3], [u64; 3], [[u64; 3]; 3]);

/// Runs three steps in each sub-sampling and compares their costs.
fn check<S: LineSearch + Clone>(search: &S, reuse: bool, (losses, gradients, batches): Counts) {
    for ((sampling, batches), prepares) in
        SAMPLINGS.into_iter().zip(batches).zip([true, false, false])
    {
        let mut probe = Probe::new(0.0);
        probe.curvatures = [1.0; 3];
        let setup = Setup { sampling, reuse, prepares };
        let mut descent = descent(probe, search.clone(), setup);
        let mut total = Evaluations::default();
        for step in 0..3 {
            let iteration = descent.step().unwrap();
            let (losses, gradients, batches) = (losses[step], gradients[step], batches[step]);
            let expected = counts(losses, gradients, batches);
            assert_eq!(iteration.evaluations, expected, "{setup:?}, step {step}");
            total += expected;
        }
        assert_eq!(descent.evaluations(), total, "{setup:?}");
        // The objective's own count agrees.
        let count = |call| descent.objective().count(call) as u64;
        assert_eq!(count(Call::Loss), total.losses, "{setup:?}");
        assert_eq!(count(Call::LossAndGradient) + count(Call::Slope), total.gradients, "{setup:?}");
        assert_eq!(count(Call::Resample), total.batches, "{setup:?}");
    }
}

fn uncapped() -> StepBounds {
    StepBounds::new(1e-8, 1e7, None).unwrap()
}

#[test]
fn the_counts_of_inexact_gols_are_exact() {
    // Step 1: the gradient; F'(0.75) = −r²/4 < 0, F'(1.5) = r²/2: two slopes, and 1.5 is remembered.
    // Steps 2 and 3: the gradient; F'(1.5) = r²/2 < 0.9 r²: one slope.
    let search = InexactGols::default().with_bounds(uncapped()).with_previous(0.75).unwrap();
    check(&search, false, ([0; 3], [3, 2, 2], [[0; 3], [1; 3], [3, 2, 2]]));
    // Reused, the last slope's gradient replaces the first one of steps 2 and 3. A static step draws
    // its one mini-batch all the same.
    check(&search, true, ([0; 3], [3, 1, 1], [[0; 3], [1; 3], [3, 1, 1]]));
}

#[test]
fn the_counts_of_amortized_gols_are_exact() {
    // It asks for nothing, so that there is no gradient to reuse.
    for reuse in [false, true] {
        check(&AmortizedGols::default(), reuse, ([0; 3], [1; 3], [[0; 3], [1; 3], [1; 3]]));
    }
}

#[test]
fn the_counts_of_bisection_gols_are_exact() {
    // Slopes at 0.75 (−), 0.75 + 0.75 φ = 1.964 (+), then in the middles of a bracket of 1.214:
    // 1.357 (+), leaving 0.607; 1.053 (+), leaving 0.303. A tolerance of 0.31 ends there, at the last
    // slope: four slopes, and its gradient can be used again.
    let first = BisectionGols::default().with_bounds(uncapped()).with_first_bracket(0.75).unwrap();
    let search = first.clone().with_tolerance(0.31).unwrap();
    check(&search, false, ([0; 3], [5; 3], [[0; 3], [1; 3], [5; 3]]));
    check(&search, true, ([0; 3], [5, 4, 4], [[0; 3], [1; 3], [5, 4, 4]]));
    // A tolerance of 0.3 asks once more, at 0.902 (−): the end, 1.053, is not where the last slope was.
    let search = first.with_tolerance(0.3).unwrap();
    for reuse in [false, true] {
        check(&search, reuse, ([0; 3], [6; 3], [[0; 3], [1; 3], [6; 3]]));
    }
}

#[test]
fn the_counts_of_golden_section_are_exact() {
    // In units of r²/2: losses at 0.75 (0.063) and 1.964 (0.929), which close the bracket [0, 1.964];
    // at its cuts 0.75 (0.063) and 1.214 (0.046); at 1.5 (0.25), leaving [0.75, 1.964], 1.214 long; at
    // 1.036, leaving [0.75, 1.5], 0.75 long: six losses with a tolerance of 0.8, and the gradient.
    let search = GoldenSection::default().with_bounds(uncapped()).with_first_bracket(0.75).unwrap();
    let search = search.with_tolerance(0.8).unwrap();
    for reuse in [false, true] {
        check(&search, reuse, ([6; 3], [1; 3], [[0; 3], [1; 3], [7; 3]]));
    }
}

#[test]
fn the_counts_of_armijo_are_exact() {
    // ½ r² (1 − a)² ≤ ½ r² − 0.2 a r² where a ≤ 1.6. Step 1: 0.75 and 1.5 are accepted, 3 is refused.
    // Then from 1.5: accepted, and 3 refused. F(0) came with the gradient.
    let search = Armijo::default().with_bounds(uncapped()).with_previous(0.75).unwrap();
    let resampled = search.clone().with_reference(ReferenceLoss::Resampled);
    for reuse in [false, true] {
        check(&search, reuse, ([3, 2, 2], [1; 3], [[0; 3], [1; 3], [4, 3, 3]]));
        // F(0) again before every test.
        check(&resampled, reuse, ([6, 4, 4], [1; 3], [[0; 3], [1; 3], [7, 5, 5]]));
    }
}

#[test]
fn the_counts_of_a_fixed_step_are_exact() {
    for reuse in [false, true] {
        let search = FixedStep::new(0.5).unwrap();
        check(&search, reuse, ([0; 3], [1; 3], [[0; 3], [1; 3], [1; 3]]));
    }
}

#[test]
fn a_step_nowhere_costs_its_gradient() {
    for (name, search) in all() {
        let flat = SliceObjective::from_fn(vec![2.0], |_, gradient| {
            gradient[0] = 0.0;
            1.0
        });
        let mut descent = Descent::new(flat.unwrap()).unwrap().with_search(search);
        let iteration = descent.step().unwrap();
        assert_eq!(iteration.step.termination, Termination::Stationary, "{name}");
        let expected = counts(0, 1, 0);
        assert_eq!(iteration.evaluations, expected, "{name}");
        assert_eq!(descent.objective().parameters(), [2.0], "{name}");
    }
}

#[test]
fn evaluations_of_failed_steps_count_in_the_sum() {
    let mut descent = dynamic(0.0, InexactGols::default().with_previous(0.1).unwrap());
    descent.objective_mut().arm(Call::Slope, 2, Fault::Error);
    assert!(descent.step().is_err());
    // The gradient and two slopes, each on its own batch.
    let expected = counts(0, 3, 3);
    assert_eq!(descent.evaluations(), expected);
}
