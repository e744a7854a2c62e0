//! B-GOLS by its rules.

use gols::search::{BisectionGols, LineSearch, Origin, Request, StepBounds, Termination};
use proptest::prelude::*;

use crate::common::{any_answers, config, drive, drive_on, length, settings};

fn uncapped() -> BisectionGols {
    BisectionGols::default().with_bounds(StepBounds::default().without_cap())
}

/// The ends of the bracket that the answers leave, with the answer at the upper one.
fn bracket(points: &[(f64, f64)]) -> (f64, f64, f64) {
    let (mut lower, mut upper, mut answer) = (0.0, f64::INFINITY, f64::NAN);
    for &(alpha, slope) in points {
        if slope.is_finite() && slope < 0.0 {
            lower = alpha;
        } else {
            (upper, answer) = (alpha, slope);
        }
    }
    (lower, upper, answer)
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
        let run = drive_on(&mut settings.bisection(), Origin::new(-slope, norm), &answers);
        let points = run.points();
        let (lower, upper, answer) = bracket(&points);
        let length = run.step.length;
        match run.step.termination {
            Termination::SignChange => {
                let middle = lower + (upper - lower) / 2.0;
                let is_short = upper - lower <= settings.tolerance;
                prop_assert!(is_short || middle == lower || middle == upper);
                let expected = if answer.is_finite() { upper } else { lower };
                prop_assert_eq!(length, expected);
                prop_assert!(length > 0.0);
            }
            Termination::MaxStep => prop_assert!(lower == length && upper == f64::INFINITY),
            Termination::NonFinite => prop_assert!(lower == 0.0 && !answer.is_finite()),
            Termination::Budget => {
                let expected = if answer.is_finite() { upper } else { lower };
                prop_assert_eq!(length, expected);
            }
            other => prop_assert!(false, "{other:?}"),
        }
    }

    #[test]
    fn a_single_sign_change_is_found_to_the_tolerance_on_its_positive_side(
        optimum in length(),
        first_bracket in length(),
        tolerance in length(),
        is_steep in any::<bool>(),
    ) {
        let mut search = uncapped()
            .with_bounds(StepBounds::new(1e-12, 1e9, None).unwrap())
            .with_first_bracket(first_bracket).unwrap()
            .with_tolerance(tolerance).unwrap();
        let slope = |alpha: f64| {
            if is_steep { (alpha - optimum).signum() } else { alpha - optimum }
        };
        let origin = Origin::new(slope(0.0), 1.0);
        let run = drive(&mut search, origin, |request| slope(request.alpha()));
        let length = run.step.length;
        prop_assert_eq!(run.step.termination, Termination::SignChange);
        prop_assert!(length >= optimum);
        // Or to the next number below, where the tolerance is finer than the numbers are.
        prop_assert!(length - optimum <= tolerance || length.next_down() <= optimum);
    }

    // Only signs matter, so any positive factor will do that makes no sign vanish: here numbers of
    // at least 1e-9 are multiplied by at least 1e-12.
    #[test]
    fn any_positive_factor_of_the_slopes_changes_nothing(
        settings in settings(),
        norm in length(),
        answers in prop::collection::vec(prop_oneof![1e-9..1.0_f64, -1.0..-1e-9_f64], 1..48),
        s in length(),
        power in 1.0..3.0_f64,
    ) {
        let scaled: Vec<f64> = answers.iter().map(|answer| s * answer).collect();
        // Not even one factor for all is needed: an odd power keeps the signs as well.
        let bend = |answer: &f64| answer.signum() * answer.abs().powf(power);
        let bent: Vec<f64> = answers.iter().map(bend).collect();
        let run = drive_on(&mut settings.bisection(), Origin::new(-1.0, norm), &answers);
        for (slope, answers) in [(-s, scaled), (-1.0, bent)] {
            let other = drive_on(&mut settings.bisection(), Origin::new(slope, norm), &answers);
            prop_assert_eq!(run.requests(), other.requests());
            prop_assert_eq!(run.step, other.step);
        }
    }

}

#[test]
fn the_bracket_widens_by_the_golden_ratio_and_is_halved() {
    let mut search = uncapped().with_first_bracket(1.0).unwrap().with_tolerance(0.5).unwrap();
    let run = drive_on(&mut search, Origin::new(-1.0, 1.0), &[-1.0, -1.0, 1.0, 1.0, -1.0, 1.0]);
    let golden = f64::midpoint(1.0, 5.0_f64.sqrt());
    let (second, third) = (1.0 + golden, 1.0 + golden + golden * golden);
    // Widths 2.618 (from `second` to `third`), 1.309, 0.654, 0.327: halved three times.
    let middle = f64::midpoint(second, third);
    let quarter = f64::midpoint(second, middle);
    let expected = [1.0, second, third, middle, quarter, f64::midpoint(quarter, middle)];
    let asked: Vec<f64> = run.points().iter().map(|point| point.0).collect();
    assert_eq!(asked.len(), expected.len());
    for (asked, expected) in asked.iter().zip(expected) {
        // A handful of roundings.
        assert!((asked - expected).abs() < 1e-14 * expected, "{asked} {expected}");
    }
    assert_eq!(run.step.termination, Termination::SignChange);
    assert_eq!(run.step.length, asked[5]);
}

#[test]
fn a_slope_of_zero_is_the_positive_side() {
    for zero in [0.0, -0.0] {
        let mut search = uncapped().with_first_bracket(1.0).unwrap().with_tolerance(1.0).unwrap();
        let run = drive_on(&mut search, Origin::new(-1.0, 1.0), &[zero]);
        assert_eq!((run.step.length, run.step.termination), (1.0, Termination::SignChange));
    }
}

#[test]
fn a_positive_side_that_is_not_finite_gives_way_to_the_negative_side() {
    for broken in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let mut search = uncapped().with_first_bracket(1.0).unwrap().with_tolerance(0.3).unwrap();
        let run = drive_on(&mut search, Origin::new(-1.0, 1.0), &[broken, -1.0, broken]);
        assert_eq!((run.step.length, run.step.termination), (0.5, Termination::SignChange));
        let run = drive_on(&mut search, Origin::new(-1.0, 1.0), &[broken]);
        assert_eq!((run.step.length, run.step.termination), (0.0, Termination::NonFinite));
    }
}

#[test]
fn the_defaults_are_the_papers() {
    // [LR] appendix B: first bracket 5; 2.2: tolerance 1e-12.
    let mut search = uncapped();
    assert_eq!(search.start(Origin::new(-1.0, 1.0)), Request::Slope(5.0));
    let run = drive(&mut search, Origin::new(-1.0, 1.0), |request| request.alpha() - 0.1);
    assert!(run.step.length >= 0.1 && run.step.length - 0.1 <= 1e-12);
    // 5 / 2ⁿ ≤ 1e-12 first at n = 43, after one slope at 5.
    assert_eq!(run.asked.len(), 44);
    // 1000 requests: with steps of 1e-6 and a limit of 1e300 it takes about 1460 to get there.
    let far = StepBounds::new(1e-8, 1e300, None).unwrap();
    let mut search = uncapped().with_bounds(far).with_first_bracket(1e-6).unwrap();
    let run = drive_on(&mut search, Origin::new(-1.0, 1.0), &[-1.0]);
    assert_eq!((run.asked.len(), run.step.termination), (1000, Termination::Budget));
}
