//! I-GOLS by its rules.

use gols::search::{InexactGols, LineSearch, Origin, Request, StepBounds, Termination};
use proptest::prelude::*;

use crate::common::{any_answers, config, drive, drive_on, length, settings};

fn uncapped() -> InexactGols {
    InexactGols::default().with_bounds(StepBounds::default().without_cap())
}

/// Whether two neighbouring answers change their sign around the end: negative below it or at it,
/// and not negative (or not finite) above it or at it.
fn shows_a_sign_change(points: &[(f64, f64)], end: f64) -> bool {
    let is_negative = |answer: f64| answer.is_finite() && answer < 0.0;
    points.windows(2).any(|pair| {
        let [mut below, mut above] = [pair[0], pair[1]];
        if above.0 < below.0 {
            (below, above) = (above, below);
        }
        is_negative(below.1) && !is_negative(above.1) && (below.0 == end || above.0 == end)
    })
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
        let run = drive_on(&mut settings.inexact(), Origin::new(-slope, norm), &answers);
        let points = run.points();
        let (last, answer) = points[points.len() - 1];
        let length = run.step.length;
        match run.step.termination {
            Termination::SignChange => {
                prop_assert!(shows_a_sign_change(&points, length), "{run:?}");
                // The step itself was answered by a finite slope.
                prop_assert!(points.iter().any(|point| point.0 == length && point.1.is_finite()));
            }
            Termination::SlopeReduced => {
                prop_assert_eq!(points.len(), 1);
                prop_assert!(length == last && 0.0 < answer && answer < settings.overshoot * slope);
            }
            Termination::MaxStep => prop_assert!(answer < 0.0),
            Termination::MinStep => prop_assert!(answer >= 0.0),
            Termination::NonFinite | Termination::Budget => {}
            other => prop_assert!(false, "{other:?}"),
        }
    }

    // On a line with one sign change the accepted step is within a factor of it, on either side:
    // the search passes it from below (then it is at most `factor` above) or from above (at most
    // `factor` below), or ends where the slope is small.
    #[test]
    fn a_single_sign_change_is_met_within_one_factor(
        optimum in 1e-3..1e3_f64,
        previous in 1e-6..1e6_f64,
        factor in 1.1..10.0_f64,
    ) {
        let mut search = uncapped().with_previous(previous).unwrap().with_factor(factor).unwrap()
            .with_max_evaluations(1000).unwrap();
        let slope = |alpha: f64| alpha - optimum;
        let run = drive(&mut search, Origin::new(-optimum, 1.0), |request| slope(request.alpha()));
        let length = run.step.length;
        match run.step.termination {
            // One rounding in the product, one in the quotient.
            Termination::SignChange => {
                let slack = 1.0 + 4.0 * f64::EPSILON;
                prop_assert!(length <= optimum * factor * slack);
                prop_assert!(length * factor * slack >= optimum);
            }
            Termination::SlopeReduced => {
                prop_assert!(slope(length) > 0.0 && slope(length) < 0.9 * optimum);
            }
            other => prop_assert!(false, "{other:?}"),
        }
    }
}

#[test]
fn growth_and_shrinkage_follow_the_factor() {
    let mut search = uncapped().with_factor(3.0).unwrap().with_previous(0.5).unwrap();
    let grown = drive_on(&mut search, Origin::new(-1.0, 1.0), &[-1.0, -1.0, 1.0]);
    let expected = [0.5, 1.5, 4.5].map(Request::Slope);
    assert_eq!(grown.requests(), expected);
    assert_eq!((grown.step.length, grown.step.termination), (4.5, Termination::SignChange));
    let shrunk = drive_on(&mut search, Origin::new(-1.0, 1.0), &[1.0, 1.0, -1.0]);
    let expected = [4.5, 1.5, 0.5].map(Request::Slope);
    assert_eq!(shrunk.requests(), expected);
    assert_eq!((shrunk.step.length, shrunk.step.termination), (0.5, Termination::SignChange));
}

#[test]
fn the_overshoot_is_the_share_of_the_first_slope_that_may_remain() {
    // c |F'(0)| = 0.5 · 2 = 1: just below is accepted at once, 1 itself is not.
    let search = uncapped().with_overshoot(0.5).unwrap().with_previous(1.0).unwrap();
    let below = drive_on(&mut search.clone(), Origin::new(-2.0, 1.0), &[0.999_999]);
    assert_eq!(below.step.termination, Termination::SlopeReduced);
    let at = drive_on(&mut search.clone(), Origin::new(-2.0, 1.0), &[1.0, -1.0]);
    assert_eq!((at.step.length, at.step.termination), (0.5, Termination::SignChange));
}

#[test]
fn a_slope_of_zero_counts_as_positive() {
    for zero in [0.0, -0.0] {
        let mut first = uncapped().with_previous(1.0).unwrap();
        let run = drive_on(&mut first, Origin::new(-1.0, 1.0), &[zero, -1.0]);
        assert_eq!(run.requests(), [1.0, 0.5].map(Request::Slope));
        let mut growing = uncapped().with_previous(1.0).unwrap();
        let run = drive_on(&mut growing, Origin::new(-1.0, 1.0), &[-1.0, zero]);
        assert_eq!((run.step.length, run.step.termination), (2.0, Termination::SignChange));
    }
}

#[test]
fn a_slope_that_is_not_finite_while_growing_ends_at_the_last_finite_step() {
    for broken in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let mut search = uncapped().with_previous(1.0).unwrap();
        let run = drive_on(&mut search, Origin::new(-1.0, 1.0), &[-1.0, -1.0, broken]);
        assert_eq!((run.step.length, run.step.termination), (2.0, Termination::SignChange));
    }
}

#[test]
fn the_defaults_are_the_papers() {
    // [LR] 2.3: overshoot 0.9, factor 2; the first trial is the smallest step, 1e-8; |α d| ≤ 1.
    let mut search = InexactGols::default();
    assert_eq!(search.start(Origin::new(-1.0, 4.0)), Request::Slope(0.000_000_01));
    assert_eq!(search.resume(-1.0), Request::Slope(0.000_000_02));
    let run = drive_on(&mut search, Origin::new(-1.0, 4.0), &[-1.0]);
    assert_eq!((run.step.length, run.step.termination), (0.25, Termination::MaxStep));
    // A budget of 100: in steps of a factor so small that 100 of them lead nowhere.
    let mut slow = InexactGols::default().with_factor(1.001).unwrap();
    let run = drive_on(&mut slow, Origin::new(-1.0, 4.0), &[-1.0]);
    assert_eq!((run.asked.len(), run.step.termination), (100, Termination::Budget));
    assert_eq!(slow.previous(), None);
}
