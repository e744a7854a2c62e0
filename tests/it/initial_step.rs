//! Where a search begins.

use gols::search::{
    InexactGols, InitialStep, LineSearch, Origin, Request, StepBounds, Termination,
};

use crate::common::{Kind, Settings, drive_on};

fn uncapped() -> StepBounds {
    StepBounds::default().without_cap()
}

/// A search that took a step of 0.5 where F'(0) was −2.
fn after_a_step(policy: InitialStep) -> InexactGols {
    let mut search = InexactGols::default().with_bounds(uncapped()).with_previous(0.5).unwrap();
    let origin = Origin::new(-2.0, 1.0);
    let run = drive_on(&mut search, origin, &[0.1]);
    assert_eq!((run.step.length, run.step.termination), (0.5, Termination::SlopeReduced));
    search.with_initial_step(policy).unwrap()
}

#[track_caller]
fn starts_at(mut search: InexactGols, origin: Origin, expected: f64) {
    assert_eq!(search.start(origin), Request::Slope(expected));
}

#[test]
fn the_default_is_the_remembered_step() {
    let origin = Origin::new(-4.0, 1.0).with_arrival_slope(1.0);
    starts_at(after_a_step(InitialStep::Previous), origin, 0.5);
    assert_eq!(InitialStep::default(), InitialStep::Previous);
}

#[test]
fn each_policy_is_its_formula() {
    let origin = Origin::new(-4.0, 1.0).with_arrival_slope(1.0);
    starts_at(after_a_step(InitialStep::SlopeRatio), origin, 0.5 * 2.0 / 4.0);
    // The line through (0, −2) and (0.5, 1) is 0 at two thirds of 0.5.
    starts_at(after_a_step(InitialStep::Secant), origin, 0.5 * (2.0 / 3.0));
    starts_at(after_a_step(InitialStep::HagerZhang), origin, 0.5 * (2.0 / 3.0));
}

#[test]
fn a_secant_is_limited_and_needs_a_slope_that_rises() {
    let arriving = |slope| Origin::new(-4.0, 1.0).with_arrival_slope(slope);
    let far = [(-1.9, 5.0), (98.0, 0.05), (-1.0, 1.0)];
    for (slope, expected) in far {
        starts_at(after_a_step(InitialStep::Secant), arriving(slope), expected);
        starts_at(after_a_step(InitialStep::HagerZhang), arriving(slope), expected);
    }
    for slope in [-2.0, -3.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        starts_at(after_a_step(InitialStep::Secant), arriving(slope), 0.5);
        starts_at(after_a_step(InitialStep::HagerZhang), arriving(slope), 1.0);
    }
    starts_at(after_a_step(InitialStep::Secant), Origin::new(-4.0, 1.0), 0.5);
    starts_at(after_a_step(InitialStep::HagerZhang), Origin::new(-4.0, 1.0), 1.0);
}

#[test]
fn a_step_given_from_outside_has_no_slope_in_any_search() {
    let origin = Origin::new(-4.0, 1.0).with_loss(1.0).with_arrival_slope(1.0);
    for (rule, expected) in [
        (InitialStep::Previous, 0.25),
        (InitialStep::SlopeRatio, 0.25),
        (InitialStep::Secant, 0.25),
        (InitialStep::HagerZhang, 0.5),
        (InitialStep::PreviousTimes(3.0), 0.75),
        (InitialStep::Constant(7.0), 7.0),
        (InitialStep::Largest, 1e7),
    ] {
        starts_at(after_a_step(rule).with_previous(0.25).unwrap(), origin, expected);
        let (previous, initial_step) = (Some(0.25), Some(rule));
        let settings =
            Settings { displacement: None, previous, initial_step, ..Settings::default() };
        for kind in [
            Kind::InexactGols,
            Kind::BacktrackingGols,
            Kind::ThresholdGols,
            Kind::SecantGols,
            Kind::Armijo,
        ] {
            assert_eq!(settings.build(kind).start(origin).alpha(), expected, "{kind:?} {rule:?}");
        }
    }
}

#[test]
fn nothing_remembered_is_the_smallest_step() {
    for policy in [
        InitialStep::Previous,
        InitialStep::PreviousTimes(3.0),
        InitialStep::SlopeRatio,
        InitialStep::Secant,
        InitialStep::HagerZhang,
    ] {
        let search = InexactGols::default().with_initial_step(policy).unwrap();
        starts_at(search.clone(), Origin::new(-1.0, 1.0).with_arrival_slope(1.0), 1e-8);
        // Also after `reset`, which keeps the policy.
        let mut used = after_a_step(policy);
        used.reset();
        starts_at(used, Origin::new(-1.0, 1.0).with_arrival_slope(1.0), 1e-8);
    }
    for (policy, expected) in [(InitialStep::Constant(0.125), 0.125), (InitialStep::Largest, 0.25)]
    {
        let search = InexactGols::default().with_initial_step(policy).unwrap();
        starts_at(search, Origin::new(-1.0, 4.0), expected);
    }
}

#[test]
fn every_first_trial_stays_within_the_bounds() {
    let bounds = StepBounds::new(0.4, 0.6, None).unwrap();
    for (policy, expected) in [
        (InitialStep::PreviousTimes(2.0), 0.6),
        (InitialStep::PreviousTimes(0.5), 0.4),
        (InitialStep::SlopeRatio, 0.6),
        (InitialStep::Constant(1.0), 0.6),
        (InitialStep::Largest, 0.6),
    ] {
        let search = after_a_step(policy).with_bounds(bounds);
        starts_at(search, Origin::new(-1e-300, 1.0), expected);
    }
}

#[test]
fn a_step_that_is_not_remembered_leaves_no_slope() {
    // Budget: the last step taken is another one than the remembered one.
    let search = after_a_step(InitialStep::Secant).with_max_evaluations(1).unwrap();
    let mut search = search.with_initial_step(InitialStep::Previous).unwrap();
    let run = drive_on(&mut search, Origin::new(-1.0, 1.0), &[-1.0]);
    assert_eq!((run.step.length, run.step.termination), (0.5, Termination::Budget));
    let search = search.with_initial_step(InitialStep::Secant).unwrap();
    starts_at(search, Origin::new(-1.0, 1.0).with_arrival_slope(1.0), 0.5);
    // A direction that did not descend is none of the search's: the slope stays.
    let mut search = after_a_step(InitialStep::Secant);
    search.start(Origin::new(1.0, 1.0).with_arrival_slope(2.0));
    starts_at(search, Origin::new(-1.0, 1.0).with_arrival_slope(2.0), 0.25);
}
