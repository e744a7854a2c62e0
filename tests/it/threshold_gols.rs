//! The threshold form, by its rules.

use gols::search::{Origin, Request, StepBounds, Termination, ThresholdGols};
use proptest::prelude::*;

use crate::common::{self, any_answers, config, drive_on, length, settings};

fn uncapped() -> ThresholdGols {
    ThresholdGols::default().with_bounds(StepBounds::default().without_cap())
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
        let run = drive_on(&mut settings.threshold(), Origin::new(-slope, norm), &answers);
        let points = run.points();
        let (last, answer) = points[points.len() - 1];
        let length = run.step.length;
        let threshold = (2.0 * settings.overshoot - 1.0) * slope;
        let is_past = |s: f64| !s.is_finite() || s == 0.0 || s >= threshold;
        match run.step.termination {
            Termination::ThresholdCrossed => {
                let (before, slope_before) = points[points.len() - 2];
                prop_assert!(is_past(answer) != is_past(slope_before));
                let is_back = is_past(answer) && !answer.is_finite();
                prop_assert_eq!(length, if is_back { before } else { last });
            }
            Termination::MaxStep => prop_assert!(!is_past(answer)),
            Termination::MinStep => prop_assert!(is_past(answer)),
            Termination::NonFinite | Termination::Budget => {}
            other => prop_assert!(false, "{other:?}"),
        }
    }

    // F'(α) = α − 1 reaches c at 1 + c.
    #[test]
    fn the_crossing_is_met_within_one_factor(
        previous in 1e-6..1e6_f64,
        threshold in -0.99..1.0_f64,
        factor in 1.1..10.0_f64,
    ) {
        let mut search = uncapped().with_previous(previous).unwrap().with_factor(factor).unwrap()
            .with_threshold(threshold).unwrap().with_max_evaluations(1000).unwrap();
        let run = common::drive(&mut search, Origin::new(-1.0, 1.0), |request| {
            request.alpha() - 1.0
        });
        // α − 1 rounds to within 2⁻⁵² near 1, which is up to 1e-14 of a crossing at 0.01.
        let (target, slack) = (1.0 + threshold, 1.0 + 1e-13);
        prop_assert_eq!(run.step.termination, Termination::ThresholdCrossed);
        let length = run.step.length;
        prop_assert!(length <= target * factor * slack && length * factor * slack >= target);
    }
}

#[test]
fn it_grows_past_the_sign_change_to_its_threshold() {
    let mut search = uncapped().with_threshold(0.5).unwrap().with_previous(1.0).unwrap();
    let run = drive_on(&mut search, Origin::new(-2.0, 1.0), &[-1.0, 0.999, 1.0]);
    assert_eq!(run.requests(), [1.0, 2.0, 4.0].map(Request::Slope));
    assert_eq!((run.step.length, run.step.termination), (4.0, Termination::ThresholdCrossed));
    // From there, 4 is too far again, and 2 is short of the threshold.
    let run = drive_on(&mut search, Origin::new(-2.0, 1.0), &[1.5, 0.5]);
    assert_eq!(run.requests(), [4.0, 2.0].map(Request::Slope));
    assert_eq!((run.step.length, search.previous()), (2.0, Some(2.0)));
}

#[test]
fn a_negative_threshold_is_wolfes_curvature_condition() {
    let mut search = uncapped().with_threshold(-0.5).unwrap().with_previous(1.0).unwrap();
    let run = drive_on(&mut search, Origin::new(-2.0, 1.0), &[-1.5, -1.0]);
    assert_eq!((run.step.length, run.asked.len()), (2.0, 2));
}

#[test]
fn a_slope_of_zero_is_past_any_threshold() {
    let mut search = uncapped().with_threshold(0.5).unwrap().with_previous(1.0).unwrap();
    let run = drive_on(&mut search, Origin::new(-1.0, 1.0), &[0.0, -1.0]);
    assert_eq!(run.requests(), [1.0, 0.5].map(Request::Slope));
}

#[test]
fn a_slope_that_is_not_finite_while_growing_ends_at_the_last_finite_step() {
    for broken in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let mut search = uncapped().with_previous(1.0).unwrap();
        let run = drive_on(&mut search, Origin::new(-1.0, 1.0), &[-1.0, 0.8, broken]);
        assert_eq!((run.step.length, run.step.termination), (2.0, Termination::ThresholdCrossed));
    }
}
