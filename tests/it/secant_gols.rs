//! The search by secants, by its rules.

use gols::search::{Origin, Request, SecantGols, StepBounds, Termination};
use proptest::prelude::*;

use crate::common::{any_answers, config, drive, drive_on, length, settings};

fn uncapped() -> SecantGols {
    SecantGols::default().with_bounds(StepBounds::default().without_cap())
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
        let run = drive_on(&mut settings.secant(), Origin::new(-slope, norm), &answers);
        let points = run.points();
        let (last, answer) = points[points.len() - 1];
        let length = run.step.length;
        let tolerance = settings.overshoot * slope;
        match run.step.termination {
            Termination::SignChange => {
                let (before, slope_before) = points[points.len() - 2];
                let is_negative = |s: f64| s.is_finite() && s < 0.0;
                prop_assert!(is_negative(slope_before) != is_negative(answer));
                prop_assert_eq!(length, if answer.is_finite() { last } else { before });
            }
            Termination::SlopeReduced => {
                prop_assert!(length == last && answer.abs() < tolerance);
                prop_assert!(points.len() > 1 || answer > 0.0);
            }
            Termination::MaxStep => prop_assert!(answer < 0.0),
            Termination::MinStep => prop_assert!(answer >= 0.0),
            Termination::NonFinite | Termination::Budget => {}
            other => prop_assert!(false, "{other:?}"),
        }
    }

    #[test]
    fn trials_move_by_the_limit_at_most(
        settings in settings(),
        slope in length(),
        norm in length(),
        answers in any_answers(),
    ) {
        let run = drive_on(&mut settings.secant(), Origin::new(-slope, norm), &answers);
        // Two roundings: of the ratio's bound and of the product.
        let limit = 10.0 * settings.factor * (1.0 + 4.0 * f64::EPSILON);
        for pair in run.points().windows(2) {
            let ratio = pair[1].0 / pair[0].0;
            prop_assert!(ratio <= limit && ratio * limit >= 1.0, "{ratio} beyond {limit}");
        }
    }

    // On a parabola the secant is exact, wherever the limits let it go at once.
    #[test]
    fn a_parabola_takes_one_secant(optimum in 1e-3..1e3_f64, ratio in 0.12..9.0_f64) {
        let previous = optimum * ratio;
        let mut search = uncapped().with_previous(previous).unwrap().with_overshoot(1e-6).unwrap()
            .with_factor(1.0 + 1e-9).unwrap();
        let run = drive(&mut search, Origin::new(-optimum, 1.0), |request| {
            request.alpha() - optimum
        });
        // The slopes are within 2 ulps of up to 9 F'(0), and so is the secant.
        prop_assert!((run.step.length - optimum).abs() <= 1e-8 * optimum, "{run:?}");
        prop_assert!(run.asked.len() <= 3, "{run:?}");
    }
}

#[test]
fn the_secant_leads_to_its_zero() {
    // From F'(0) = −1 and F'(1) = 1 the zero is in the middle; from −1 and 3, at a quarter.
    for (slope, zero) in [(1.0, 0.5), (3.0, 0.25)] {
        let mut search = uncapped().with_previous(1.0).unwrap();
        let run = drive_on(&mut search, Origin::new(-1.0, 1.0), &[slope, 0.1]);
        assert_eq!(run.requests(), [1.0, zero].map(Request::Slope));
        assert_eq!((run.step.length, run.step.termination), (zero, Termination::SlopeReduced));
    }
    // From −1 and −¾, at 4; from −1 and −2 there is none ahead: the limit.
    for (slope, zero) in [(-0.75, 4.0), (-2.0, 10.0), (-1.0, 10.0), (-0.999, 10.0)] {
        let mut search = uncapped().with_previous(1.0).unwrap();
        let run = drive_on(&mut search, Origin::new(-1.0, 1.0), &[slope, 0.5]);
        assert_eq!(run.requests(), [1.0, zero].map(Request::Slope));
        assert_eq!((run.step.length, run.step.termination), (zero, Termination::SignChange));
    }
}

#[test]
fn a_first_slope_that_is_negative_is_not_accepted_however_small() {
    let mut search = uncapped().with_factor(2.0).unwrap().with_previous(1.0).unwrap();
    let run = drive_on(&mut search, Origin::new(-1.0, 1.0), &[-1e-9, -1e-9]);
    assert_eq!(run.requests(), [1.0, 2.0].map(Request::Slope));
    assert_eq!((run.step.length, run.step.termination), (2.0, Termination::SlopeReduced));
}

#[test]
fn zero_and_what_is_not_finite_are_too_far() {
    for far in [0.0, -0.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let mut search = uncapped().with_previous(1.0).unwrap();
        let run = drive_on(&mut search, Origin::new(-1.0, 1.0), &[far, -1.0]);
        assert_eq!(run.requests(), [1.0, 0.1].map(Request::Slope));
        assert_eq!(run.step.termination, Termination::SignChange);
    }
}

#[test]
fn a_zero_where_the_secant_said_so_is_found() {
    let mut search = uncapped().with_previous(1.0).unwrap();
    let run = drive_on(&mut search, Origin::new(-1.0, 1.0), &[1.0, 0.0]);
    assert_eq!((run.step.length, run.step.termination), (0.5, Termination::SlopeReduced));
    // At the limit it was not the secant that said so.
    let mut search = uncapped().with_previous(1.0).unwrap();
    let run = drive_on(&mut search, Origin::new(-1.0, 1.0), &[20.0, 0.0, -1.0]);
    assert_eq!(run.requests(), [1.0, 0.1, 0.1 * 0.1].map(Request::Slope));
}

#[test]
fn a_slope_of_exactly_zero_after_growing_is_a_sign_change() {
    // As everywhere in the crate, 0 counts as positive.
    let mut search = SecantGols::default().with_previous(0.1).unwrap();
    let run = drive_on(&mut search, Origin::new(-1.0, 1.0), &[-0.9, 0.0]);
    assert_eq!(run.asked.len(), 2);
    assert_eq!(run.step.length, run.points()[1].0);
    assert_eq!(run.step.termination, Termination::SignChange);
}
