//! A search now and then.

use gols::search::{
    EveryKth, InexactGols, LineSearch, Origin, Request, Step, StepBounds, Termination,
};

use crate::common::drive_on;

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
fn an_origin_that_cannot_be_left_is_no_use_of_the_step() {
    let mut search = every(2);
    drive_on(&mut search, Origin::new(-1.0, 1.0), &[0.5]);
    for (slope, termination) in [(1.0, Termination::NotDescent), (f64::NAN, Termination::NonFinite)]
    {
        let end = Step { length: 0.0, termination };
        assert_eq!(search.start(Origin::new(slope, 1.0)), Request::Done(end));
    }
    let repeated = drive_on(&mut search, Origin::new(-1.0, 1.0), &[]);
    assert_eq!(repeated.step.termination, Termination::Repeated);
    assert!(matches!(search.start(Origin::new(-1.0, 1.0)), Request::Slope(_)));
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
