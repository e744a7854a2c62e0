//! What all searches have in common, whatever they are answered.

mod common;

use common::{
    Any, KINDS, Kind, alpha, any_answers, config, drive_on, extreme_length, extreme_settings,
    length, moderate_answers, settings,
};
use gols::{FixedStep, LineSearch, Origin, Request, Step, Termination};
use proptest::prelude::*;

/// Everything a search holds, as text: a NaN it was told is then equal to itself.
fn written(search: &Any) -> String {
    format!("{search:?}")
}

fn kind() -> impl Strategy<Value = Kind> {
    prop::sample::select(KINDS.to_vec())
}

/// Slopes down the line, from the smallest to the largest there are.
fn descent_slope() -> impl Strategy<Value = f64> {
    extreme_length().prop_map(|slope| -slope)
}

fn origin() -> impl Strategy<Value = Origin> {
    let norm = prop_oneof![4 => extreme_length(), 1 => Just(0.0)];
    let loss = prop::option::of(prop_oneof![prop::num::f64::ANY, -10.0..10.0]);
    (descent_slope(), norm, loss).prop_map(|(slope, norm, loss)| common::origin(slope, norm, loss))
}

proptest! {
    #![proptest_config(config(400))]

    #[test]
    fn any_answers_end_every_search_within_its_budget_and_its_bounds(
        kind in kind(),
        settings in extreme_settings(),
        origin in origin(),
        answers in any_answers(),
    ) {
        let (_, hi) = settings.limits(origin.direction_norm);
        let mut search = settings.build(kind);
        // Twice, so that the second search starts from what the first one remembers.
        for _ in 0..2 {
            let run = drive_on(&mut search, origin, &answers);
            prop_assert!(run.asked.len() <= settings.budget);
            for (alpha, _) in run.points() {
                prop_assert!((0.0..=hi).contains(&alpha), "asked at {alpha}, hi is {hi}");
            }
            let length = run.step.length;
            prop_assert!(length.is_finite() && (0.0..=hi).contains(&length), "{length} of {hi}");
            let nowhere = [Termination::NonFinite, Termination::Stationary, Termination::NotDescent];
            prop_assert!(length == 0.0 || !nowhere.contains(&run.step.termination));
        }
    }

    #[test]
    fn a_step_is_zero_or_one_of_the_requests(
        kind in kind(),
        settings in extreme_settings(),
        origin in origin(),
        answers in any_answers(),
    ) {
        let run = drive_on(&mut settings.build(kind), origin, &answers);
        let is_asked = run.points().iter().any(|(alpha, _)| *alpha == run.step.length);
        prop_assert!(run.step.length == 0.0 || is_asked, "{:?}", run.step);
    }

    #[test]
    fn no_search_asks_for_what_it_does_not_use(
        kind in kind(),
        settings in extreme_settings(),
        origin in origin(),
        answers in any_answers(),
    ) {
        let run = drive_on(&mut settings.build(kind), origin, &answers);
        let slopes_only = kind.is_gradient_only();
        for request in run.requests() {
            prop_assert_eq!(matches!(request, Request::Slope(_)), slopes_only);
            prop_assert_eq!(matches!(request, Request::Loss(_)), !slopes_only);
        }
    }

    #[test]
    fn a_clone_made_half_way_continues_identically(
        kind in kind(),
        settings in settings(),
        origin in origin(),
        answers in any_answers(),
        cut in 0_usize..40,
    ) {
        let mut search = settings.build(kind);
        let mut request = search.start(origin);
        let mut told = answers.iter().cycle();
        for answer in told.by_ref().take(cut) {
            request = search.resume(*answer);
        }
        let mut clone = search.clone();
        prop_assert_eq!(written(&clone), written(&search));
        // The clone goes on alone, to its end and into the next search; then the original follows.
        let rest: Vec<f64> = told.take(300).copied().collect();
        let follow = |search: &mut Any| {
            let mut requests: Vec<Request> = rest.iter().map(|answer| search.resume(*answer)).collect();
            requests.push(search.start(origin));
            requests
        };
        let expected = follow(&mut clone);
        prop_assert_eq!(follow(&mut search), expected);
        prop_assert!(matches!(request, Request::Done(_)) || alpha(request).is_finite());
    }

    #[test]
    fn reset_equals_new(
        kind in kind(),
        settings in settings(),
        origin in origin(),
        answers in any_answers(),
        cut in 0_usize..40,
    ) {
        let settings = common::Settings { previous: None, ..settings };
        let new = settings.build(kind);
        let mut used = new.clone();
        drive_on(&mut used, origin, &answers);
        used.start(origin);
        for answer in answers.iter().cycle().take(cut) {
            used.resume(*answer);
        }
        used.reset();
        let unstarted = used.clone().resume(1.0);
        prop_assert_eq!(unstarted, new.clone().resume(1.0));
        let again = drive_on(&mut used, origin, &answers);
        let first = drive_on(&mut new.clone(), origin, &answers);
        prop_assert_eq!(again.requests(), first.requests());
        prop_assert_eq!(again.step, first.step);
    }

    #[test]
    fn a_start_half_way_forgets_the_unfinished_search(
        kind in kind(),
        settings in settings(),
        origin in origin(),
        answers in any_answers(),
        cut in 0_usize..10,
    ) {
        // A search that is cut off has not remembered a step, unless it ended before the cut.
        let mut cut_off = settings.build(kind);
        let mut request = cut_off.start(origin);
        for answer in answers.iter().cycle().take(cut) {
            if matches!(request, Request::Done(_)) {
                return Ok(());
            }
            request = cut_off.resume(*answer);
        }
        if !matches!(request, Request::Done(_)) {
            let again = drive_on(&mut cut_off, origin, &answers);
            let first = drive_on(&mut settings.build(kind), origin, &answers);
            prop_assert_eq!(again.requests(), first.requests());
            prop_assert_eq!(again.step, first.step);
        }
    }

    #[test]
    fn resume_after_the_end_repeats_the_end(
        kind in kind(),
        settings in settings(),
        origin in origin(),
        answers in any_answers(),
    ) {
        let mut search = settings.build(kind);
        let run = drive_on(&mut search, origin, &answers);
        let ended = search.clone();
        for answer in answers.iter().chain(&[f64::NAN, 0.0, -1.0]) {
            prop_assert_eq!(search.resume(*answer), Request::Done(run.step));
        }
        prop_assert_eq!(written(&search), written(&ended));
    }

    #[test]
    fn boxed_and_borrowed_searches_are_the_searches(
        kind in kind(),
        settings in settings(),
        origin in origin(),
        answers in any_answers(),
    ) {
        let mut plain = settings.build(kind);
        let mut boxed = settings.build(kind).boxed();
        let mut owned = settings.build(kind);
        let mut borrowed: &mut Any = &mut owned;
        let mut boxed_twice: Box<Box<dyn LineSearch>> = Box::new(settings.build(kind).boxed());
        // The second round starts from the remembered step, the third from a reset search.
        for round in 0..3 {
            let expected = drive_on(&mut plain, origin, &answers);
            for run in [
                drive_on(&mut boxed, origin, &answers),
                drive_on::<dyn LineSearch>(&mut borrowed, origin, &answers),
                drive_on(&mut boxed_twice, origin, &answers),
            ] {
                prop_assert_eq!(run.requests(), expected.requests());
                prop_assert_eq!(run.step, expected.step);
            }
            if round == 1 {
                plain.reset();
                boxed.reset();
                LineSearch::reset(&mut borrowed);
                boxed_twice.reset();
            }
        }
    }

    // [LR] 2.1: what counts is the sign of the slope, and its size only next to that of F'(0).
    #[test]
    fn scaling_the_objective_leaves_gradient_only_searches_alone(
        kind in kind().prop_filter("gradient-only", |kind| kind.is_gradient_only()),
        settings in settings(),
        slope in 1e-3..1e3_f64,
        norm in length(),
        answers in moderate_answers(),
        exponent in -60..60_i32,
    ) {
        // A power of two scales every number here exactly: none comes near 2^±1000.
        let s = 2.0_f64.powi(exponent);
        let scaled: Vec<f64> = answers.iter().map(|answer| s * answer).collect();
        let run = drive_on(&mut settings.build(kind), Origin::new(-slope, norm), &answers);
        let other = drive_on(&mut settings.build(kind), Origin::new(-s * slope, norm), &scaled);
        prop_assert_eq!(run.requests(), other.requests());
        prop_assert_eq!(run.step, other.step);
    }

    #[test]
    fn scaling_the_direction_and_the_bounds_scales_the_steps(
        kind in kind(),
        settings in settings(),
        slope in 1e-3..1e3_f64,
        norm in 1e-3..1e3_f64,
        loss in prop::option::of(-10.0..10.0_f64),
        answers in moderate_answers(),
        exponent in -40..40_i32,
    ) {
        // Along k d every step is 1/k of what it is along d, and every slope k times; losses stay.
        // A power of two makes it exact.
        let k = 2.0_f64.powi(exponent);
        let scaled: Vec<f64> = answers.iter().map(|answer| if kind.is_gradient_only() { k * answer } else { *answer }).collect();
        let along_d = common::origin(-slope, norm, loss);
        let along_kd = common::origin(-k * slope, k * norm, loss);
        let run = drive_on(&mut settings.build(kind), along_d, &answers);
        let other = drive_on(&mut settings.scaled(1.0 / k).build(kind), along_kd, &scaled);
        let steps: Vec<f64> = run.points().iter().map(|(alpha, _)| alpha / k).collect();
        let others: Vec<f64> = other.points().iter().map(|(alpha, _)| *alpha).collect();
        prop_assert_eq!(steps, others);
        prop_assert_eq!(run.step.length / k, other.step.length);
        prop_assert_eq!(run.step.termination, other.step.termination);
    }
}

#[test]
fn an_unusable_origin_ends_every_search_at_once() {
    let origins = [
        (Origin::new(f64::NAN, 1.0), Termination::NonFinite),
        (Origin::new(f64::INFINITY, 1.0), Termination::NonFinite),
        (Origin::new(f64::NEG_INFINITY, 1.0), Termination::NonFinite),
        (Origin::new(-1.0, f64::NAN), Termination::NonFinite),
        (Origin::new(-1.0, f64::INFINITY), Termination::NonFinite),
        (Origin::new(0.0, 0.0), Termination::Stationary),
        (Origin::new(-0.0, 1.0), Termination::Stationary),
        (Origin::new(5e-324, 1.0), Termination::NotDescent),
        (Origin::new(3.0, 1.0), Termination::NotDescent),
    ];
    for search in Any::defaults() {
        for (origin, termination) in origins {
            let mut search = search.clone();
            let end = Request::Done(Step { length: 0.0, termination });
            assert_eq!(search.start(origin.with_loss(1.0)), end, "{search:?} {origin:?}");
            assert_eq!(search.resume(-1.0), end, "{search:?} {origin:?}");
            assert_eq!(origin.unusable(), Some(termination));
        }
    }
    assert_eq!(Origin::new(-5e-324, 0.0).unusable(), None);
}

#[test]
fn an_unusable_origin_leaves_the_remembered_step_alone() {
    let settings = common::Settings {
        min: 1e-8,
        max: 1e7,
        displacement: None,
        first_bracket: 1.0,
        tolerance: 1e-6,
        previous: Some(0.3),
        overshoot: 0.9,
        factor: 2.0,
        sufficient_decrease: 0.2,
        budget: 100,
    };
    let (mut inexact, mut armijo) =
        (settings.inexact(), settings.armijo(gols::ReferenceLoss::Once));
    for slope in [f64::NAN, 0.0, 1.0] {
        inexact.start(Origin::new(slope, 1.0));
        armijo.start(Origin::new(slope, 1.0));
        assert_eq!((inexact.previous(), armijo.previous()), (Some(0.3), Some(0.3)));
    }
}

#[test]
fn resume_before_any_start_ends_at_zero() {
    for mut search in Any::defaults() {
        for answer in [f64::NAN, -1.0, 1.0] {
            let end = Step { length: 0.0, termination: Termination::Budget };
            assert_eq!(search.resume(answer), Request::Done(end), "{search:?}");
        }
        // It is not in the way of a search.
        let request = search.start(Origin::new(-1.0, 1.0));
        assert!(
            !matches!(request, Request::Done(end) if end.termination == Termination::Budget),
            "{search:?}"
        );
    }
}

#[test]
fn a_budget_of_one_is_one_request() {
    let settings = common::Settings {
        min: 1e-8,
        max: 1e7,
        displacement: None,
        first_bracket: 1.0,
        tolerance: 1e-6,
        previous: Some(0.3),
        overshoot: 0.9,
        factor: 2.0,
        sufficient_decrease: 0.2,
        budget: 1,
    };
    for kind in KINDS {
        // Backtracking takes what the others would leave behind.
        let answer = if kind == Kind::Backtracking { 1.0 } else { -1.0 };
        let run = drive_on(&mut settings.build(kind), Origin::new(-1.0, 1.0), &[answer]);
        assert_eq!(run.asked.len(), 1, "{kind:?}");
        assert_eq!(run.step.termination, Termination::Budget, "{kind:?}");
    }
}

#[test]
fn only_four_terminations_are_no_success() {
    use Termination::*;
    for termination in [
        SignChange,
        SlopeReduced,
        ThresholdCrossed,
        StillDescending,
        SufficientDecrease,
        IntervalTolerance,
        FixedStep,
        Repeated,
        MinStep,
        MaxStep,
    ] {
        assert!(termination.is_success(), "{termination:?}");
    }
    for termination in [Budget, Stationary, NotDescent, NonFinite] {
        assert!(!termination.is_success(), "{termination:?}");
    }
}

#[test]
fn the_trait_is_open_to_boxes_of_mixed_searches() {
    let mut searches: Vec<Box<dyn LineSearch>> =
        Any::defaults().into_iter().map(Any::boxed).collect();
    searches.push(Box::new(FixedStep::new(1.0).unwrap()));
    for search in &mut searches {
        let run = drive_on(search, Origin::new(-1.0, 1.0).with_loss(1.0), &[0.5, 0.25]);
        assert!(run.step.length > 0.0);
    }
}
