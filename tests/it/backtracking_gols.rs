//! Backtracking on the slope, by its rules.

use gols::search::{BacktrackingGols, InitialStep, Origin, Request, StepBounds, Termination};
use proptest::prelude::*;

use crate::common::{self, any_answers, config, drive_on, length, settings};

fn uncapped(max: f64) -> BacktrackingGols {
    BacktrackingGols::default().with_bounds(StepBounds::new(1e-8, max, None).unwrap())
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
        let run = drive_on(&mut settings.backtracking(), Origin::new(-slope, norm), &answers);
        let points = run.points();
        let (last, answer) = points[points.len() - 1];
        let length = run.step.length;
        // Every trial but the last was too far, and every trial is smaller than the one before.
        let is_far = |s: f64| !s.is_finite() || s == 0.0 || s >= settings.overshoot * slope;
        prop_assert!(points[..points.len() - 1].iter().all(|(_, answer)| is_far(*answer)));
        prop_assert!(points.windows(2).all(|pair| pair[1].0 < pair[0].0));
        match run.step.termination {
            Termination::MaxStep => prop_assert!(points.len() == 1 && answer < 0.0),
            Termination::StillDescending => {
                let (_, hi) = settings.limits(norm);
                prop_assert!(points.len() == 1 && length < hi && answer < 0.0);
            }
            Termination::SignChange => {
                prop_assert!(points.len() > 1 && length == last && answer < 0.0);
            }
            Termination::SlopeReduced => {
                prop_assert!(length == last && 0.0 < answer && answer < settings.overshoot * slope);
            }
            Termination::MinStep => prop_assert!(is_far(answer)),
            Termination::NonFinite | Termination::Budget => {}
            other => prop_assert!(false, "{other:?}"),
        }
    }

    #[test]
    fn from_the_cap_it_ends_within_one_factor_below_the_sign_change(
        optimum in 1e-3..1e3_f64,
        factor in 1.1..10.0_f64,
    ) {
        let mut search = uncapped(1e4).with_factor(factor).unwrap().with_overshoot(0.0).unwrap()
            .with_max_evaluations(1000).unwrap();
        let run = common::drive(&mut search, Origin::new(-optimum, 1.0), |request| {
            request.alpha() - optimum
        });
        // One rounding in each quotient, of which only the last two count.
        let slack = 1.0 + 4.0 * f64::EPSILON;
        prop_assert_eq!(run.step.termination, Termination::SignChange);
        prop_assert!(run.step.length < optimum && run.step.length * factor * slack >= optimum);
    }
}

#[test]
fn it_starts_at_the_cap_every_time() {
    let mut search = BacktrackingGols::default();
    for _ in 0..2 {
        // |α d| ≤ 1 along a direction of length 4.
        let run = drive_on(&mut search, Origin::new(-1.0, 4.0), &[2.0, 2.0, -1.0]);
        assert_eq!(run.requests(), [0.25, 0.125, 0.0625].map(Request::Slope));
        assert_eq!((run.step.length, run.step.termination), (0.0625, Termination::SignChange));
        assert_eq!(search.previous(), Some(0.0625));
    }
}

#[test]
fn from_a_multiple_of_its_step_it_recovers() {
    let mut search = uncapped(1e7)
        .with_previous(0.5)
        .unwrap()
        .with_initial_step(InitialStep::PreviousTimes(2.0))
        .unwrap();
    let run = drive_on(&mut search, Origin::new(-1.0, 1.0), &[-0.5]);
    assert_eq!(run.requests(), [Request::Slope(1.0)]);
    assert_eq!((run.step.length, run.step.termination), (1.0, Termination::StillDescending));
    let run = drive_on(&mut search, Origin::new(-1.0, 1.0), &[1.0, 0.5]);
    assert_eq!(run.requests(), [2.0, 1.0].map(Request::Slope));
    assert_eq!((run.step.length, run.step.termination), (1.0, Termination::SlopeReduced));
}

#[test]
fn a_slope_of_zero_is_too_far() {
    for zero in [0.0, -0.0] {
        let run = drive_on(&mut uncapped(1.0), Origin::new(-1.0, 1.0), &[zero, -1.0]);
        assert_eq!(run.requests(), [1.0, 0.5].map(Request::Slope));
    }
}
