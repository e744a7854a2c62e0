//! A whole run: who owns the objective, how it is set up, what it comes to.

use gols::direction::{HeavyBall, SteepestDescent};
use gols::search::{
    AmortizedGols, Armijo, BacktrackingGols, BisectionGols, EveryKth, FixedStep, GoldenSection,
    InexactGols, LineSearch, ReferenceLoss, SecantGols, StepBounds, Termination, ThresholdGols,
    all,
};
use gols::{
    Descent, Error, Evaluations, MiniBatches, Sampling, SliceObjective, StochasticObjective,
};

use super::{descent, dynamic, setups};
use crate::common::probe::{Call, Failure, Fault, Probe};
use crate::common::{bits, counts};

/// ½ x² from 3.
fn half_square(x: &[f64], _: &[usize], gradient: &mut [f64]) -> f64 {
    gradient[0] = x[0];
    0.5 * x[0] * x[0]
}

/// Its descent on all data, by half of the way to the minimum a step.
fn halving() -> Descent<impl StochasticObjective<Error = Error>, SteepestDescent, FixedStep> {
    let objective = SliceObjective::from_fn(vec![3.0], |x, gradient| half_square(x, &[], gradient));
    Descent::new(objective.unwrap()).unwrap().with_search(FixedStep::new(0.5).unwrap())
}

#[test]
fn a_descent_owns_its_objective_or_borrows_it() {
    for (name, search) in all() {
        let mut owner = dynamic(0.5, search);
        let expected = owner.run(5).unwrap();
        let mut probe = Probe::new(0.5);
        let (_, twin) = all().into_iter().find(|(twin, _)| *twin == name).unwrap();
        let mut borrower = Descent::new(&mut probe).unwrap().with_search(twin);
        assert_eq!(borrower.run(5).unwrap(), expected, "{name}");
        assert_eq!(probe.bits(), owner.into_objective().bits(), "{name}");
    }
}

#[test]
fn the_default_sampling_follows_the_objectives_batches() {
    let batches = MiniBatches::new(100, 10, 1).unwrap();
    let sampled = || SliceObjective::from_batches(vec![3.0], batches.clone(), half_square).unwrap();
    let drawn = |evaluations: Evaluations| (evaluations.batches, evaluations.gradients);
    // Dynamically every evaluation has its own batch.
    let (drawn_each, gradients) =
        drawn(Descent::new(sampled()).unwrap().run(3).unwrap().evaluations);
    assert!(drawn_each == gradients && gradients > 6, "{drawn_each} {gradients}");
    let mut borrowed = sampled();
    assert_eq!(
        drawn(Descent::new(&mut borrowed).unwrap().run(3).unwrap().evaluations).0,
        drawn_each
    );
    let mut fixed = Descent::new(sampled()).unwrap().with_sampling(Sampling::Static);
    assert_eq!(drawn(fixed.run(3).unwrap().evaluations).0, 3);
    assert_eq!(drawn(halving().run(3).unwrap().evaluations), (0, 3));
}

#[test]
fn a_descent_is_set_up_in_any_order() {
    let (search, rule) = (InexactGols::default(), HeavyBall::default());
    let start = || Descent::new(Probe::new(0.5)).unwrap();
    let mut one = start()
        .along(rule.clone())
        .with_search(search.clone())
        .with_any_slope(true)
        .with_sampling(Sampling::Static)
        .with_gradient_reuse(true);
    let mut other = start()
        .with_gradient_reuse(true)
        .with_sampling(Sampling::Static)
        .with_any_slope(true)
        .with_search(search)
        .along(rule);
    for _ in 0..10 {
        assert_eq!(one.step().unwrap(), other.step().unwrap());
    }
}

#[test]
fn a_run_is_its_steps_and_a_summary_says_what_they_came_to() {
    let mut descent = halving();
    let summary = descent.run(2).unwrap();
    let evaluations = counts(0, 2, 0);
    assert_eq!((summary.iterations, summary.evaluations), (2, evaluations));
    assert_eq!((summary.first_loss, summary.last_loss), (Some(4.5), Some(1.125)));
    assert_eq!((summary.last_step.unwrap().length, summary.unsuccessful), (0.5, 0));
    let expected = "2 iterations, 4 function evaluations: loss 4.5000 → 1.1250, \
                    last step 5.000e-1 (FixedStep)";
    assert_eq!(summary.to_string(), expected);
    // The next run goes on from there, and nothing is said of no steps.
    assert_eq!(descent.run(1).unwrap().first_loss, Some(0.28125));
    assert_eq!(descent.run(0).unwrap().to_string(), "0 iterations, 0 function evaluations");
    // Losses that are not known, of reused gradients, are passed over.
    let mut reusing = dynamic(0.0, InexactGols::default()).with_gradient_reuse(true);
    let losses: Vec<f64> = (0..9).filter_map(|_| reusing.step().unwrap().loss).collect();
    reusing.reset().unwrap();
    *reusing.objective_mut() = Probe::new(0.0);
    let summary = reusing.run(9).unwrap();
    assert!(losses.len() < 5, "{losses:?}");
    assert_eq!(summary.first_loss, losses.first().copied());
    assert_eq!(summary.last_loss, losses.last().copied());
}

#[test]
fn a_summary_counts_the_steps_without_success() {
    let flat = SliceObjective::from_fn(vec![2.0], |_, gradient| {
        gradient[0] = 0.0;
        1.0
    });
    let summary = Descent::new(flat.unwrap()).unwrap().run(3).unwrap();
    let text = summary.to_string();
    assert!(text.ends_with("last step 0.000e0 (Stationary), 3 without success"), "{text}");
}

#[test]
fn a_run_that_fails_keeps_the_steps_before() {
    let mut twin = dynamic(0.0, FixedStep::new(0.1).unwrap());
    twin.run(2).unwrap();
    let mut descent = dynamic(0.0, FixedStep::new(0.1).unwrap());
    descent.objective_mut().arm(Call::LossAndGradient, 3, Fault::Error);
    assert_eq!(descent.run(5).unwrap_err(), Failure(Call::LossAndGradient));
    assert_eq!(descent.objective().bits(), twin.objective().bits());
}

#[test]
fn reset_makes_a_descent_as_new() {
    for setup in setups() {
        for (name, search) in all() {
            let mut descent = descent(Probe::new(0.3), search, setup);
            let start = descent.objective().clone();
            let first: Vec<_> = (0..6).map(|_| descent.step().unwrap()).collect();
            let count = descent.evaluations();
            descent.reset().unwrap();
            assert_eq!(descent.evaluations(), count);
            assert_eq!(descent.direction(), &[0.0; 3]);
            *descent.objective_mut() = start;
            let again: Vec<_> = (0..6).map(|_| descent.step().unwrap()).collect();
            assert_eq!(again, first, "{name} {setup:?}");
        }
    }
}

#[test]
fn a_clone_of_a_descent_continues_identically() {
    fn check<S: LineSearch + Clone>(search: S) {
        let mut original = dynamic(1.0, search).along(HeavyBall::default());
        original.run(4).unwrap();
        let mut clone = original.clone();
        for _ in 0..4 {
            assert_eq!(clone.step().unwrap(), original.step().unwrap());
            assert_eq!(clone.objective().bits(), original.objective().bits());
        }
    }
    check(AmortizedGols::default());
    check(InexactGols::default());
}

/// Every search, and the bits of the parameters where four of its steps end on the polynomial below.
/// The numbers come from a program of its own.
fn polynomial_ends() -> [(Box<dyn LineSearch>, [u64; 2]); 10] {
    let paper = StepBounds::default();
    let bisection = BisectionGols::default().with_first_bracket(0.5).unwrap();
    let golden = GoldenSection::default().with_first_bracket(0.5).unwrap();
    let secant = SecantGols::default().with_factor(2.0).unwrap().with_bounds(paper);
    let resampled = Armijo::default().with_reference(ReferenceLoss::Resampled);
    let second = EveryKth::new(InexactGols::default(), 2).unwrap();
    // Without sub-sampling the two references of Armijo's rule agree.
    let armijo_end = [0x3fe2_01d8_c827_6647, 0xbfc0_b288_5662_d662]; // 0.563, -0.130
    [
        // 0.551, -0.143
        (Box::new(InexactGols::default()), [0x3fe1_a222_0d40_1b97, 0xbfc2_5a7d_57de_8db6]),
        // 0.570, -0.138
        (
            Box::new(bisection.with_tolerance(1e-3).unwrap()),
            [0x3fe2_411f_f4b7_f95c, 0xbfc1_af1c_f962_d341],
        ),
        // 0.571, -0.138
        (
            Box::new(golden.with_tolerance(1e-3).unwrap()),
            [0x3fe2_427e_f03f_9f09, 0xbfc1_b3f2_97a7_19b3],
        ),
        (Box::new(Armijo::default()), armijo_end),
        (Box::new(resampled), armijo_end),
        // 0.568, -0.125
        (
            Box::new(BacktrackingGols::default().with_bounds(paper)),
            [0x3fe2_2a43_1e95_9736, 0xbfc0_0426_691f_c859],
        ),
        // 0.586, -0.105
        (
            Box::new(ThresholdGols::default().with_threshold(0.8).unwrap().with_bounds(paper)),
            [0x3fe2_c146_3df5_fba8, 0xbfba_c53c_a6d6_cf74],
        ),
        // 0.571, -0.139
        (
            Box::new(secant.with_limit(20.0).unwrap()),
            [0x3fe2_4341_37ab_0fd9, 0xbfc1_bbab_a6ae_af7b],
        ),
        // 0.309, 0.272
        (Box::new(second), [0x3fd3_c6ea_c66f_d90e, 0x3fd1_623c_7fc9_6a19]),
        // -0.755, 0.457
        (Box::new(FixedStep::new(0.05).unwrap()), [0xbfe8_258a_dab9_f559, 0x3fdd_46a1_61e4_f766]),
    ]
}

/// Where four steps lead on L(x) = x₀² + x₀ x₁ + 2 x₁² − x₀, whose sums and products any machine
/// rounds alike.
fn polynomial_end(search: impl LineSearch) -> Vec<f64> {
    let objective = SliceObjective::from_fn(vec![-1.25, 0.75], |x, gradient| {
        gradient[0] = 2.0 * x[0] + x[1] - 1.0;
        gradient[1] = x[0] + 4.0 * x[1];
        x[0] * x[0] + x[0] * x[1] + 2.0 * x[1] * x[1] - x[0]
    });
    let mut descent = Descent::new(objective.unwrap()).unwrap().with_search(search);
    let last = descent.run(4).unwrap().last_step.unwrap();
    assert_ne!(last.termination, Termination::Budget);
    descent.objective().parameters().to_vec()
}

#[test]
fn a_polynomial_is_descended_in_the_same_bits_everywhere() {
    for (index, (search, expected)) in polynomial_ends().into_iter().enumerate() {
        assert_eq!(bits(&polynomial_end(search)), expected, "search {index}");
    }
    // This one takes exponentials, which not every machine rounds alike.
    let found = polynomial_end(AmortizedGols::default());
    for (found, expected) in found.iter().zip([-1.249_987_146_739_210_7, 0.749_991_820_664_847_2]) {
        assert!((found - expected).abs() < 1e-15, "{found} {expected}");
    }
}
