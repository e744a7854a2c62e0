//! GS by its rules.

use gols::search::{GoldenSection, LineSearch, Origin, Request, StepBounds, Termination};
use proptest::prelude::*;

use crate::common::{any_answers, config, drive, drive_on, length, settings};

fn uncapped() -> GoldenSection {
    GoldenSection::default().with_bounds(StepBounds::default().without_cap())
}

proptest! {
    #![proptest_config(config(400))]

    #[test]
    fn its_terminations_mean_what_the_answers_show(
        settings in settings(),
        slope in length(),
        norm in length(),
        answers in any_answers(),
    ) {
        let run = drive_on(&mut settings.golden(), Origin::new(-slope, norm), &answers);
        let points = run.points();
        let finite = |length: f64| points.iter().any(|(a, loss)| *a == length && loss.is_finite());
        match run.step.termination {
            Termination::IntervalTolerance => prop_assert!(finite(run.step.length)),
            Termination::NonFinite => prop_assert_eq!(run.step.length, 0.0),
            Termination::Budget => {
                // The first of the best of all finite losses, or 0 where there was none.
                let mut best = (0.0, f64::INFINITY);
                for &(alpha, loss) in &points {
                    if loss.is_finite() && loss < best.1 {
                        best = (alpha, loss);
                    }
                }
                prop_assert_eq!(run.step.length, best.0);
            }
            other => prop_assert!(false, "{other:?}"),
        }
    }

    #[test]
    fn the_minimum_of_a_valley_is_found_to_the_tolerance(
        optimum in 1e-6..1e3_f64,
        first_bracket in 1e-4..1e2_f64,
        relative in 1e-9..1e-2_f64,
    ) {
        // The distance to the optimum is exact to an ulp of the step, unlike a parabola's bottom.
        let tolerance = relative * optimum;
        let mut search = uncapped()
            .with_first_bracket(first_bracket).unwrap()
            .with_tolerance(tolerance).unwrap();
        let origin = Origin::new(-1.0, 1.0);
        let run = drive(&mut search, origin, |request| (request.alpha() - optimum).abs());
        prop_assert_eq!(run.step.termination, Termination::IntervalTolerance);
        // The minimum stays in a bracket no longer than the tolerance, up to roundings of the cuts:
        // fewer than 200, each of an ulp of at most the first upper end (below 1e3 + 1e2 φ²).
        let roundings = 200.0 * 2e3 * f64::EPSILON;
        prop_assert!((run.step.length - optimum).abs() <= tolerance + roundings);
    }

    #[test]
    fn each_reduction_asks_for_one_loss(
        optimum in 0.01..0.99_f64,
        tolerance in 1e-6..1e-2_f64,
    ) {
        // hi = first bracket = 1: one loss at 1, two for the first cut, then one for each reduction of
        // the bracket by 1/φ: n with φ⁻ⁿ ≤ tolerance.
        let mut search = GoldenSection::default()
            .with_first_bracket(1.0).unwrap()
            .with_tolerance(tolerance).unwrap();
        let origin = Origin::new(-1.0, 1.0);
        let run = drive(&mut search, origin, |request| (request.alpha() - optimum).abs());
        let golden = f64::midpoint(1.0, 5.0_f64.sqrt());
        let reductions = (-tolerance.ln() / golden.ln()).ceil() as usize;
        prop_assert_eq!(run.asked.len(), 3 + reductions);
    }

}

#[test]
fn ties_go_left() {
    // All losses are equal: the bracket of [0, 1 + φ] is cut towards 0 each time.
    let mut search = uncapped().with_first_bracket(1.0).unwrap().with_tolerance(0.1).unwrap();
    let run = drive_on(&mut search, Origin::new(-1.0, 1.0), &[7.0]);
    assert_eq!(run.step.termination, Termination::IntervalTolerance);
    assert!(run.step.length > 0.0 && run.step.length < 0.1, "{run:?}");
    let asked: Vec<f64> = run.points().iter().map(|point| point.0).collect();
    // After the two of the bracket and the two of the first cut every new point lies left of all.
    for (index, alpha) in asked.iter().enumerate().skip(4) {
        assert!(asked[..index].iter().all(|earlier| alpha < earlier));
    }
}

#[test]
fn losses_that_are_not_finite_are_too_far() {
    for broken in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        // Finite up to 0.25 only, and falling: the answer lies there, below the edge.
        let mut search = uncapped().with_tolerance(1e-6).unwrap();
        let run = drive(&mut search, Origin::new(-1.0, 1.0), |request| match request.alpha() {
            alpha if alpha <= 0.25 => -alpha,
            _ => broken,
        });
        assert_eq!(run.step.termination, Termination::IntervalTolerance);
        assert!(run.step.length <= 0.25 && run.step.length > 0.25 - 1e-6);
        let run = drive_on(&mut search, Origin::new(-1.0, 1.0), &[broken]);
        assert_eq!((run.step.length, run.step.termination), (0.0, Termination::NonFinite));
    }
}

#[test]
fn a_falling_loss_ends_near_the_largest_step() {
    let mut search = GoldenSection::default();
    let run = drive(&mut search, Origin::new(-1.0, 4.0), |request| -request.alpha());
    assert_eq!(run.step.termination, Termination::IntervalTolerance);
    assert!(run.step.length <= 0.25 && run.step.length > 0.25 - 1e-12);
}

#[test]
fn the_defaults_are_the_papers() {
    // [LR] 2.2: first bracket 0.5, tolerance 1e-12.
    let mut search = uncapped();
    assert_eq!(search.start(Origin::new(-1.0, 1.0)), Request::Loss(0.5));
    let run = drive(&mut search, Origin::new(-1.0, 1.0), |request| (request.alpha() - 0.1).abs());
    assert!((run.step.length - 0.1).abs() <= 1e-12 + 1e-14);
    // The bracket [0, 0.5 + 0.5 φ] shrinks to 1e-12 in ⌈ln(1.309e12) / ln φ⌉ = 58 reductions, after
    // two losses for the bracket and two for the first cut.
    assert_eq!(run.asked.len(), 4 + 58);
    // 1000 requests: with steps of 1e-6 and a limit of 1e300 it takes about 1460 to get there.
    let far = StepBounds::new(1e-8, 1e300, None).unwrap();
    let mut search = uncapped().with_bounds(far).with_first_bracket(1e-6).unwrap();
    let run = drive(&mut search, Origin::new(-1.0, 1.0), |request| -request.alpha());
    assert_eq!((run.asked.len(), run.step.termination), (1000, Termination::Budget));
    assert_eq!(run.step.length, run.points()[999].0);
}
