//! What all searches have in common, whatever they are answered.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::fs;

use gols::search::{self, InitialStep, LineSearch, Origin, Request, Step, Termination};
use proptest::prelude::*;

use crate::common::{
    self, Any, KINDS, Kind, Settings, any_answers, config, drive_on, extreme_length,
    extreme_settings, length, moderate_answers, settings,
};

fn kind() -> impl Strategy<Value = Kind> {
    prop::sample::select(KINDS.to_vec())
}

/// Slopes down the line, from the smallest to the largest there are, and losses of any kind.
fn origin() -> impl Strategy<Value = Origin> {
    let norm = prop_oneof![4 => extreme_length(), 1 => Just(0.0)];
    let loss = prop::option::of(prop_oneof![prop::num::f64::ANY, -10.0..10.0]);
    (extreme_length(), norm, loss)
        .prop_map(|(slope, norm, loss)| common::origin(-slope, norm, loss))
}

/// Starts a search and tells it some answers; whether it has not ended by then.
fn cut_off(search: &mut Any, origin: Origin, answers: &[f64], cut: usize) -> bool {
    let mut request = search.start(origin);
    for answer in answers.iter().cycle().take(cut) {
        if matches!(request, Request::Done(_)) {
            return false;
        }
        request = search.resume(*answer);
    }
    !matches!(request, Request::Done(_))
}

proptest! {
    #![proptest_config(config(500))]

    #[test]
    fn any_answers_end_every_search_within_its_limits(
        kind in kind(),
        settings in extreme_settings(),
        origin in origin(),
        answers in any_answers(),
    ) {
        let cap = settings.displacement.unwrap_or(f64::INFINITY);
        let (lo, hi) = match kind {
            Kind::FixedStep => (0.0, f64::MAX),
            Kind::AmortizedGols => (0.0, (cap / origin.direction_norm).min(f64::MAX)),
            _ => settings.limits(origin.direction_norm),
        };
        let most = settings.max_evaluations;
        let mut search = settings.build(kind);
        // Twice, so that the second search starts from what the first one remembers.
        for _ in 0..2 {
            let run = drive_on(&mut search, origin, &answers);
            let points = run.points();
            prop_assert!(points.len() <= most);
            for (alpha, _) in &points {
                prop_assert!((0.0..=hi).contains(alpha), "asked at {alpha}, hi is {hi}");
            }
            let Step { length, termination } = run.step;
            prop_assert!(length.is_finite() && (0.0..=hi).contains(&length), "{length} of {hi}");
            // A step that was searched for was asked about.
            let is_asked = points.iter().any(|(alpha, _)| *alpha == length);
            prop_assert!(length == 0.0 || is_asked || points.is_empty(), "{:?}", run.step);
            let (last, answer) = points.last().copied().unwrap_or((length, 0.0));
            let is_exact = matches!(kind, Kind::BisectionGols | Kind::GoldenSection);
            prop_assert!(match termination {
                Termination::MaxStep => length == hi && last == hi,
                Termination::MinStep => length == lo && last == lo && answer.is_finite(),
                Termination::NonFinite => {
                    let is_armijo = matches!(kind, Kind::Armijo | Kind::ArmijoResampled);
                    let is_reference = is_armijo && (last == 0.0 || points.is_empty());
                    length == 0.0
                        && (is_reference || !answer.is_finite() && (last == lo || is_exact))
                }
                Termination::Budget => {
                    let is_last = length == last || is_exact || !kind.is_gradient_only();
                    let is_last = is_last || !answer.is_finite();
                    points.len() == most && is_last
                }
                other => other.is_success(),
            }, "{run:?}");
        }
    }

    #[test]
    fn no_search_asks_for_what_it_does_not_use(
        kind in kind(),
        settings in extreme_settings(),
        origin in origin(),
        answers in any_answers(),
    ) {
        for request in drive_on(&mut settings.build(kind), origin, &answers).requests() {
            prop_assert_eq!(matches!(request, Request::Slope(_)), kind.is_gradient_only());
            prop_assert_eq!(matches!(request, Request::Loss(_)), !kind.is_gradient_only());
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
        cut_off(&mut search, origin, &answers, cut);
        let mut clone = search.clone();
        // The clone goes on alone, to its end and into the next search; then the original follows.
        let follow = |search: &mut Any| {
            let told = answers.iter().cycle().skip(cut).take(300);
            let requests: Vec<Request> = told.map(|answer| search.resume(*answer)).collect();
            (requests, drive_on(search, origin, &answers).outcome())
        };
        let expected = follow(&mut clone);
        prop_assert_eq!(follow(&mut search), expected);
    }

    #[test]
    fn a_reset_search_is_as_good_as_new(
        kind in kind(),
        settings in settings(),
        origin in origin(),
        arrival in prop::num::f64::ANY,
        answers in any_answers(),
        cut in 0_usize..40,
    ) {
        let new = Settings { previous: None, ..settings }.build(kind);
        let mut used = new.clone();
        drive_on(&mut used, origin, &answers);
        drive_on(&mut used, origin.with_arrival_slope(arrival), &answers);
        cut_off(&mut used, origin, &answers, cut);
        used.reset();
        let mut new = new.clone();
        // The second search starts from what the first one remembers.
        for origin in [origin, origin.with_arrival_slope(arrival)] {
            let expected = drive_on(&mut new, origin, &answers).outcome();
            prop_assert_eq!(drive_on(&mut used, origin, &answers).outcome(), expected);
        }
    }

    #[test]
    fn a_start_half_way_forgets_the_unfinished_search(
        kind in kind(),
        settings in settings(),
        origin in origin(),
        answers in any_answers(),
        cut in 0_usize..10,
    ) {
        let mut search = settings.build(kind);
        if cut_off(&mut search, origin, &answers, cut) {
            let expected = drive_on(&mut settings.build(kind), origin, &answers).outcome();
            prop_assert_eq!(drive_on(&mut search, origin, &answers).outcome(), expected);
        }
    }

    #[test]
    fn a_search_remembers_the_step_of_a_success_and_nothing_else(
        kind in kind().prop_filter("repeats its step", |kind| *kind != Kind::EveryKth),
        settings in settings(),
        slopes in (length(), length()),
        norms in (length(), length()),
        answers in (any_answers(), any_answers()),
    ) {
        // Not by slopes, which a search that is told its step does not know.
        use InitialStep::{Largest, Previous, PreviousTimes};
        let initial_step = settings
            .initial_step
            .filter(|rule| matches!(rule, Previous | PreviousTimes(_) | Largest));
        let settings = Settings { initial_step, ..settings };
        let mut search = settings.build(kind);
        let step = drive_on(&mut search, Origin::new(-slopes.0, norms.0), &answers.0).step;
        let previous =
            if step.termination.is_success() { Some(step.length) } else { settings.previous };
        let told = Settings { previous, ..settings };
        let origin = Origin::new(-slopes.1, norms.1);
        // Below lo, a step that was found is not one that was told.
        prop_assume!(step.length == 0.0 || step.length >= told.limits(norms.1).0);
        let expected = drive_on(&mut told.build(kind), origin, &answers.1).outcome();
        prop_assert_eq!(drive_on(&mut search, origin, &answers.1).outcome(), expected);
    }

    #[test]
    fn a_search_that_is_resumed_at_any_time_does_not_panic(
        kind in kind(),
        settings in extreme_settings(),
        origin in origin(),
        answers in any_answers(),
        cut in 0_usize..40,
    ) {
        let mut search = settings.build(kind);
        for _ in 0..2 {
            for answer in &answers {
                search.resume(*answer);
            }
            search.start(origin);
            for answer in answers.iter().cycle().take(cut) {
                search.resume(*answer);
            }
            search.reset();
        }
    }

    #[test]
    fn boxed_and_borrowed_searches_are_the_searches(
        kind in kind(),
        settings in settings(),
        origin in origin(),
        answers in any_answers(),
    ) {
        let mut plain = settings.build(kind);
        let mut owned = settings.build(kind);
        let mut borrowed: &mut dyn LineSearch = &mut *owned;
        let mut boxed_twice: Box<Box<dyn LineSearch>> = Box::new(Box::new(settings.build(kind)));
        // The second round starts from the remembered step, the third from a reset search.
        for round in 0..3 {
            let expected = drive_on(&mut plain, origin, &answers).outcome();
            prop_assert_eq!(&drive_on(&mut borrowed, origin, &answers).outcome(), &expected);
            prop_assert_eq!(&drive_on(&mut boxed_twice, origin, &answers).outcome(), &expected);
            if round == 1 {
                plain.reset();
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
        prop_assert_eq!(run.outcome(), other.outcome());
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
        let factor = if kind.is_gradient_only() { k } else { 1.0 };
        let scaled: Vec<f64> = answers.iter().map(|answer| factor * answer).collect();
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
fn the_list_of_all_searches_lacks_none() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/search");
    let mut written = BTreeSet::new();
    for file in fs::read_dir(folder).unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        for line in text.lines().filter(|line| line.starts_with("impl")) {
            let Some((_, name)) = line.split_once("LineSearch for ") else { continue };
            let name = name.split(['<', ' ']).next().unwrap();
            // The trait's own: `&mut S` and `Box<S>`.
            if !["&mut", "Box"].contains(&name) {
                written.insert(name.to_owned());
            }
        }
    }
    let all = search::all().map(|(name, _)| name);
    assert_eq!(written, all.iter().map(|name| (*name).to_owned()).collect());
    assert_eq!((all[0], all[all.len() - 1]), ("AmortizedGols", "FixedStep"));
    // And the tests go through all of them, in the same order.
    let mut tested = KINDS.map(|kind| format!("{kind:?}")).to_vec();
    tested.retain(|name| name != "ArmijoResampled");
    assert_eq!(tested, all);
}

#[test]
fn an_unusable_origin_ends_every_search_at_once_and_changes_nothing() {
    let origins = [
        (Origin::new(f64::NAN, 1.0), Termination::NonFinite),
        (Origin::new(f64::INFINITY, 1.0), Termination::NonFinite),
        (Origin::new(f64::NEG_INFINITY, 1.0), Termination::NonFinite),
        (Origin::new(-1.0, f64::NAN), Termination::NonFinite),
        (Origin::new(-1.0, f64::INFINITY), Termination::NonFinite),
        (Origin::new(-1.0, -1.0), Termination::NonFinite),
        (Origin::new(0.0, 0.0), Termination::Stationary),
        (Origin::new(-0.0, 1.0), Termination::Stationary),
        (Origin::new(5e-324, 1.0), Termination::NotDescent),
        (Origin::new(3.0, 1.0), Termination::NotDescent),
    ];
    for ((name, mut search), (_, mut other)) in search::all().into_iter().zip(search::all()) {
        // Both start from a step that they remember.
        let usable = Origin::new(-1.0, 1.0).with_loss(1.0);
        drive_on(&mut search, usable, &[-0.5, 0.5]);
        drive_on(&mut other, usable, &[-0.5, 0.5]);
        // These two learn from an origin that is not finite.
        let learns = matches!(name, "AmortizedGols" | "EveryKth");
        let is_lesson = |termination| learns && termination == Termination::NonFinite;
        for (origin, termination) in origins.into_iter().filter(|origin| !is_lesson(origin.1)) {
            let end = Request::Done(Step { length: 0.0, termination });
            assert_eq!(search.start(origin.with_loss(1.0)), end, "{name} {origin:?}");
            assert_eq!(origin.unusable(), Some(termination));
        }
        let usable = usable.with_arrival_slope(0.3);
        let expected = drive_on(&mut other, usable, &[-0.5, 0.5]).outcome();
        assert_eq!(drive_on(&mut search, usable, &[-0.5, 0.5]).outcome(), expected, "{name}");
    }
    assert_eq!(Origin::new(-5e-324, 0.0).unusable(), None);
}

#[test]
fn a_search_that_may_ask_once_asks_once() {
    let settings = Settings {
        previous: Some(0.3),
        displacement: None,
        max_evaluations: 1,
        ..Settings::default()
    };
    for kind in KINDS {
        // Backtracking takes what the others would leave behind.
        let answer = if kind == Kind::BacktrackingGols { 1.0 } else { -1.0 };
        let run = drive_on(&mut settings.build(kind), Origin::new(-1.0, 1.0), &[answer]);
        let asks = !matches!(kind, Kind::AmortizedGols | Kind::FixedStep);
        assert_eq!(run.asked.len(), usize::from(asks), "{kind:?}");
        assert_eq!(run.step.termination == Termination::Budget, asks, "{kind:?}");
    }
}

#[test]
fn an_error_of_the_objective_ends_a_run_unchanged() {
    for (name, mut search) in search::all() {
        let mut asked = 0;
        let outcome = search.run(Origin::new(-1.0, 1.0), |_| {
            asked += 1;
            if asked == 2 { Err("broken") } else { Ok(-0.5) }
        });
        match outcome {
            Err(error) => assert_eq!((error, asked), ("broken", 2), "{name}"),
            Ok(step) => assert!(asked < 2 && step.length > 0.0, "{name}"),
        }
        // The next run is none the worse for it.
        let outcome = search.run(Origin::new(-1.0, 1.0), |_| Ok::<_, Infallible>(-0.5));
        assert!(outcome.is_ok_and(|step| step.length > 0.0), "{name}");
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
        ArrivalSlope,
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
