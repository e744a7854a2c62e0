//! ARLS by its rules.

use gols::search::{Armijo, LineSearch, Origin, ReferenceLoss, Request, StepBounds, Termination};
use proptest::prelude::*;

use crate::common::{self, any_answers, config, drive, drive_on, length, settings};

fn uncapped() -> Armijo {
    Armijo::default().with_bounds(StepBounds::default().without_cap())
}

fn reference() -> impl Strategy<Value = ReferenceLoss> {
    prop::sample::select(vec![ReferenceLoss::Once, ReferenceLoss::Resampled])
}

fn or_infinite(answer: f64) -> f64 {
    if answer.is_finite() { answer } else { f64::INFINITY }
}

/// The tests that were made: the step, the loss there, and the F(0) it was compared with.
fn tests(points: &[(f64, f64)], mut reference: f64) -> Vec<(f64, f64, f64)> {
    let mut tests = Vec::new();
    for &(alpha, loss) in points {
        if alpha == 0.0 {
            // One that is not finite accepts nothing.
            reference = if loss.is_finite() { loss } else { f64::NAN };
        } else {
            tests.push((alpha, or_infinite(loss), reference));
        }
    }
    tests
}

proptest! {
    #![proptest_config(config(400))]

    #[test]
    fn its_terminations_mean_what_the_answers_show(
        settings in settings(),
        reference in reference(),
        slope in length(),
        norm in length(),
        loss in prop::option::of(-10.0..10.0_f64),
        answers in any_answers(),
    ) {
        let origin = common::origin(-slope, norm, loss);
        let run = drive_on(&mut settings.armijo(reference), origin, &answers);
        let points = run.points();
        let tests = tests(&points, loss.unwrap_or(f64::NAN));
        let accepts = |&(alpha, loss, reference): &(f64, f64, f64)| {
            loss.is_finite() && loss <= reference + settings.sufficient_decrease * alpha * -slope
        };
        let length = run.step.length;
        match run.step.termination {
            Termination::SufficientDecrease => {
                // Of the last two tests one was accepted and one refused; the larger was refused.
                let accepted = tests.iter().rev().find(|test| accepts(test)).unwrap();
                prop_assert_eq!(accepted.0, length);
                let refused = tests.iter().rev().find(|test| !accepts(test)).unwrap();
                prop_assert!(refused.0 > length, "{run:?}");
            }
            Termination::MaxStep => prop_assert!(accepts(&tests[tests.len() - 1])),
            Termination::MinStep => prop_assert!(!tests.iter().any(accepts)),
            Termination::NonFinite => {}
            Termination::Budget => {
                // The last accepted step, or 0: losses that did not change to the bit are none.
                let accepted = tests.iter().rev().find(|test| accepts(test));
                prop_assert!(length == 0.0 || accepted.is_some_and(|test| test.0 == length));
            }
            other => prop_assert!(false, "{other:?}"),
        }
    }

    #[test]
    fn a_stored_reference_is_asked_for_at_most_once(
        settings in settings(),
        slope in length(),
        norm in length(),
        loss in prop::option::of(-10.0..10.0_f64),
        answers in any_answers(),
    ) {
        let origin = common::origin(-slope, norm, loss);
        let run = drive_on(&mut settings.armijo(ReferenceLoss::Once), origin, &answers);
        let references = run.points().iter().filter(|point| point.0 == 0.0).count();
        prop_assert_eq!(references, usize::from(loss.is_none()));
        if loss.is_none() {
            prop_assert_eq!(run.points()[0].0, 0.0);
        }
    }

    #[test]
    fn a_resampled_reference_is_asked_for_before_every_test(
        settings in settings(),
        slope in length(),
        norm in length(),
        loss in prop::option::of(-10.0..10.0_f64),
        answers in any_answers(),
    ) {
        let origin = common::origin(-slope, norm, loss);
        let run = drive_on(&mut settings.armijo(ReferenceLoss::Resampled), origin, &answers);
        for (index, point) in run.points().iter().enumerate() {
            prop_assert_eq!(point.0 == 0.0, index % 2 == 0);
        }
    }

    #[test]
    fn the_accepted_step_on_a_parabola_is_the_largest_within_a_factor(
        optimum in 1e-3..1e3_f64,
        previous in 1e-6..1e6_f64,
        factor in 1.1..10.0_f64,
        share in 0.05..0.95_f64,
    ) {
        // ½ (a − o)² ≤ ½ o² − p a o exactly where a ≤ 2 (1 − p) o. Near the edge the sides differ by
        // less than their roundings, a few 1e-16 of o² and a²: a slack of 1e-9 in a is far more.
        let mut search = uncapped().with_previous(previous).unwrap().with_factor(factor).unwrap()
            .with_sufficient_decrease(share).unwrap().with_max_evaluations(1000).unwrap();
        let origin = Origin::new(-optimum, 1.0).with_loss(0.5 * optimum * optimum);
        let run = drive(&mut search, origin, |request| 0.5 * (request.alpha() - optimum).powi(2));
        let edge = 2.0 * (1.0 - share) * optimum;
        prop_assert_eq!(run.step.termination, Termination::SufficientDecrease);
        prop_assert!(run.step.length <= edge * (1.0 + 1e-9));
        prop_assert!(run.step.length * factor >= edge * (1.0 - 1e-9));
    }
}

#[test]
fn growth_and_shrinkage_follow_the_factor() {
    let origin = Origin::new(-1.0, 1.0).with_loss(1.0);
    let mut search = uncapped().with_factor(3.0).unwrap().with_previous(0.5).unwrap();
    let grown = drive_on(&mut search, origin, &[0.0, 0.0, 1.0]);
    assert_eq!(grown.requests(), [0.5, 1.5, 4.5].map(Request::Loss));
    assert_eq!((grown.step.length, grown.step.termination), (1.5, Termination::SufficientDecrease));
    let shrunk = drive_on(&mut search, origin, &[2.0, 2.0, -9.0]);
    assert_eq!(shrunk.requests(), [1.5, 0.5, 0.5 / 3.0].map(Request::Loss));
    assert_eq!(shrunk.step.termination, Termination::SufficientDecrease);
    assert_eq!(shrunk.step.length, 0.5 / 3.0);
}

#[test]
fn a_loss_exactly_on_the_line_is_accepted() {
    // F(0) + p a F'(0) = 1 − ¼ · 1 · 2 = ½, in numbers that are exact.
    let search = uncapped().with_sufficient_decrease(0.25).unwrap().with_previous(1.0).unwrap();
    let origin = Origin::new(-2.0, 1.0).with_loss(1.0);
    let on = drive_on(&mut search.clone(), origin, &[0.5, 9.0]);
    assert_eq!(on.step.length, 1.0);
    let above = drive_on(&mut search.clone(), origin, &[0.5_f64.next_up(), -9.0]);
    assert_eq!(above.step.length, 0.5);
}

#[test]
fn a_loss_that_is_not_finite_is_refused() {
    for broken in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let origin = Origin::new(-1.0, 1.0).with_loss(1.0);
        let mut search = uncapped().with_previous(1.0).unwrap();
        let run = drive_on(&mut search, origin, &[broken, -9.0]);
        assert_eq!((run.step.length, run.step.termination), (0.5, Termination::SufficientDecrease));
        let run = drive_on(&mut search, origin, &[broken]);
        assert_eq!((run.step.length, run.step.termination), (0.0, Termination::NonFinite));
    }
}

#[test]
fn an_origin_that_tells_its_loss_saves_a_request() {
    let told = drive_on(&mut uncapped(), Origin::new(-1.0, 1.0).with_loss(1.0), &[2.0]);
    assert_eq!(told.requests()[0], Request::Loss(1e-8));
    let asked = drive_on(&mut uncapped(), Origin::new(-1.0, 1.0), &[1.0, 2.0]);
    assert_eq!(asked.requests()[..2], [Request::Loss(0.0), Request::Loss(1e-8)]);
    // It is asked for in every search anew.
    let mut search = uncapped();
    for _ in 0..3 {
        assert_eq!(search.start(Origin::new(-1.0, 1.0)), Request::Loss(0.0));
        search.resume(1.0);
    }
}

#[test]
fn the_defaults_are_the_papers() {
    // [LR] 2.3: p = 0.2, factor 2, first trial 1e-8, |α d| ≤ 1; F(0) is stored.
    assert_eq!(ReferenceLoss::default(), ReferenceLoss::Once);
    let mut search = Armijo::default().with_previous(0.5).unwrap();
    let origin = Origin::new(-1.0, 1.0).with_loss(1.0);
    // Accepted up to 1 − 0.2 · 0.5 = 0.9, and at hi = 1 up to 0.8.
    let run = drive_on(&mut search.clone(), origin, &[0.899_999, 0.799_999]);
    assert_eq!((run.step.length, run.step.termination), (1.0, Termination::MaxStep));
    let run = drive_on(&mut search, origin, &[0.900_001, 0.0]);
    assert_eq!(run.step.length, 0.25);
    assert_eq!(Armijo::default().start(origin), Request::Loss(1e-8));
    let mut slow = Armijo::default().with_factor(1.001).unwrap();
    let run = drive_on(&mut slow, origin, &[-9.0]);
    assert_eq!((run.asked.len(), run.step.termination), (100, Termination::Budget));
}
