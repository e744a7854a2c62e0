//! A search now and then.

use gols::search::{
    AmortizedGols, EveryKth, InexactGols, InitialStep, LineSearch, Origin, Request, Step,
    StepBounds, Termination,
};

use crate::common::drive_on;
use crate::common::probe::Recorder;

fn every(period: usize) -> EveryKth<InexactGols> {
    let search = InexactGols::default().with_previous(0.5).unwrap();
    EveryKth::new(search, period).unwrap()
}

#[test]
fn it_searches_once_and_repeats_the_step() {
    let mut search = every(4);
    for round in 0..3 {
        let found = drive_on(&mut search, Origin::new(-1.0, 1.0), &[0.5]);
        assert_eq!(found.asked.len(), 1, "round {round}");
        assert_eq!(found.step.termination, Termination::SlopeReduced);
        for _ in 0..3 {
            let repeated = drive_on(&mut search, Origin::new(-7.0, 1.5), &[]);
            let expected = Step { length: 0.5, termination: Termination::Repeated };
            assert_eq!((repeated.asked.len(), repeated.step), (0, expected));
        }
    }
}

#[test]
fn a_period_of_one_is_the_search_itself() {
    let (mut plain, mut wrapped) =
        (InexactGols::default(), EveryKth::new(InexactGols::default(), 1).unwrap());
    for slope in [-1.0, -0.5, -2.0, -1.0] {
        let answers = [-1.0, -0.5, 0.7, 2.0];
        let expected = drive_on(&mut plain, Origin::new(slope, 2.0), &answers);
        let found = drive_on(&mut wrapped, Origin::new(slope, 2.0), &answers);
        assert_eq!((found.requests(), found.step), (expected.requests(), expected.step));
        assert_eq!(wrapped.search(), &plain);
    }
}

#[test]
fn a_repeated_step_is_clamped_to_the_bounds_along_its_direction() {
    let mut search = every(3);
    drive_on(&mut search, Origin::new(-1.0, 1.0), &[0.5]);
    // |α d| ≤ 1 along a direction of length 4.
    assert_eq!(drive_on(&mut search, Origin::new(-1.0, 4.0), &[]).step.length, 0.25);
    assert_eq!(drive_on(&mut search, Origin::new(-1.0, 1.0), &[]).step.length, 0.5);
    let bounds = StepBounds::new(0.6, 2.0, None).unwrap();
    let mut search = every(3).with_bounds(bounds);
    drive_on(&mut search, Origin::new(-1.0, 1.0), &[0.5]);
    assert_eq!(drive_on(&mut search, Origin::new(-1.0, 4.0), &[]).step.length, 0.6);
}

#[test]
fn an_origin_that_cannot_be_descended_is_no_use_of_the_step() {
    let mut search = every(2);
    drive_on(&mut search, Origin::new(-1.0, 1.0), &[0.5]);
    for (slope, termination) in [(1.0, Termination::NotDescent), (0.0, Termination::Stationary)] {
        let end = Step { length: 0.0, termination };
        assert_eq!(search.start(Origin::new(slope, 1.0)), Request::Done(end));
    }
    let repeated = drive_on(&mut search, Origin::new(-1.0, 1.0), &[]);
    assert_eq!(repeated.step.termination, Termination::Repeated);
    assert!(matches!(search.start(Origin::new(-1.0, 1.0)), Request::Slope(_)));
}

#[test]
fn a_step_that_led_to_a_slope_of_nan_is_not_repeated_again() {
    let mut search =
        EveryKth::new(AmortizedGols::default().with_previous(0.5).unwrap(), 9).unwrap();
    drive_on(&mut search, Origin::new(-1.0, 1.0), &[]);
    let end = Step { length: 0.0, termination: Termination::NonFinite };
    assert_eq!(search.start(Origin::new(f64::NAN, 1.0)), Request::Done(end));
    // The search was told: it shrinks its step, and is asked for the next one.
    let next = drive_on(&mut search, Origin::new(-1.0, 1.0), &[]).step;
    assert_eq!(next.termination, Termination::ArrivalSlope);
    assert_eq!(next.length, 0.5 * (-0.1_f64).exp());
}

#[test]
fn a_search_that_failed_is_made_again() {
    let inner = InexactGols::default().with_max_evaluations(2).unwrap();
    let mut search = EveryKth::new(inner, 5).unwrap();
    for _ in 0..3 {
        let run = drive_on(&mut search, Origin::new(-1.0, 1.0), &[-1.0]);
        assert_eq!((run.asked.len(), run.step.termination), (2, Termination::Budget));
    }
}

#[test]
fn only_the_arrival_slope_of_the_line_that_was_searched_is_handed_on() {
    fn check(inner: impl LineSearch + Clone) {
        let mut search = EveryKth::new(Recorder::new(inner), 3).unwrap();
        for index in 0..10_u8 {
            let origin = Origin::new(-1.0, 1.0).with_arrival_slope(f64::from(index));
            drive_on(&mut search, origin, &[-0.5, 0.5]);
        }
        // Searched at 0, 3, 6 and 9; each is told what came right after the search before.
        let told: Vec<_> = search.search().origins.iter().map(|o| o.arrival_slope).collect();
        assert_eq!(told, [None, Some(1.0), Some(4.0), Some(7.0)]);
    }
    for initial_step in [InitialStep::Secant, InitialStep::HagerZhang] {
        check(InexactGols::default().with_initial_step(initial_step).unwrap());
    }
    check(AmortizedGols::default());
}

#[test]
fn a_secant_goes_through_the_slopes_of_the_searched_line() {
    let inner = InexactGols::default().with_previous(0.5).unwrap();
    let inner = inner.with_initial_step(InitialStep::Secant).unwrap();
    let mut search = EveryKth::new(inner, 3).unwrap();
    drive_on(&mut search, Origin::new(-1.0, 1.0), &[0.5]);
    for arrival in [0.25, -0.9] {
        search.start(Origin::new(-3.0, 1.0).with_arrival_slope(arrival));
    }
    // From −1 at 0 and ¼ at ½, the line of the search: zero at 0.4. Not from −3 and 0.7.
    let request = search.start(Origin::new(-2.0, 1.0).with_arrival_slope(0.7));
    assert_eq!(request, Request::Slope(0.4));
}

#[test]
fn taking_back_undoes_a_search_and_a_repetition() {
    let origin = |arrival| Origin::new(-1.0, 1.0).with_arrival_slope(arrival);
    let new = || EveryKth::new(AmortizedGols::default().with_previous(0.1).unwrap(), 2).unwrap();
    let (mut twin, mut search) = (new(), new());
    for round in 0..6 {
        let arrival = f64::from(round) / 4.0 - 1.0;
        // Something else is tried first, and did not happen.
        drive_on(&mut search, origin(9.0), &[]);
        search.take_back();
        search.take_back();
        let expected = drive_on(&mut twin, origin(arrival), &[]).step;
        assert_eq!(drive_on(&mut search, origin(arrival), &[]).step, expected, "{round}");
    }
}
