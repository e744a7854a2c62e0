//! Errors and NaN in the middle of a step.

use gols::direction::SteepestDescent;
use gols::search::{LineSearch, Step, Termination, all};
use gols::{Descent, Iteration};

use super::{descent, dynamic, setups};
use crate::common::bits;
use crate::common::probe::{Call, Failure, Fault, Probe};

type Boxed = Descent<Probe, SteepestDescent, Box<dyn LineSearch>>;

/// Two good steps, then one with the fault, for every search and setup; `check` gets the descent and
/// the outcome, with the parameters as they were before the second and the third. Returns how often
/// it happened.
fn with_faults(
    fault: Fault,
    call: Call,
    mut check: impl FnMut(&mut Boxed, Result<Iteration, Failure>, [Vec<u64>; 2]),
) -> usize {
    let mut happened = 0;
    for setup in setups() {
        for count in [1, 2, 3, 5] {
            for (name, search) in all() {
                let mut descent = descent(Probe::new(0.5), search, setup);
                let before = [(); 2].map(|()| {
                    descent.step().unwrap();
                    descent.objective().bits()
                });
                descent.objective().take_notes();
                descent.objective_mut().arm(call, count, fault);
                let outcome = descent.step();
                if descent.objective().has_failed() {
                    happened += 1;
                    check(&mut descent, outcome, before);
                } else {
                    assert!(outcome.is_ok(), "{name} {setup:?}");
                }
            }
        }
    }
    happened
}

/// A step that makes good progress, whatever went before.
fn assert_next_step_works(descent: &mut Boxed) {
    let next = descent.step().unwrap();
    let loss = next.loss.expect("a step after a failure starts with a fresh gradient");
    assert!(loss.is_finite() && next.step.length > 0.0, "{next:?}");
    assert!(next.step.termination.is_success(), "{next:?}");
    assert!(descent.objective().x.iter().all(|x| x.abs() < 10.0));
}

#[test]
fn an_error_at_any_call_comes_back_unchanged_and_the_parameters_are_restored() {
    for call in [
        Call::Resample,
        Call::Loss,
        Call::LossAndGradient,
        Call::Slope,
        Call::Synchronize,
        Call::Confirm,
        Call::Anchor,
        Call::MoveTo,
        Call::AlongPreparedLine,
        Call::Dot,
        Call::Axpby,
    ] {
        let happened = with_faults(Fault::Error, call, |descent, outcome, [_, before]| {
            assert_eq!(outcome.unwrap_err(), Failure(call));
            assert_eq!(descent.objective().bits(), before, "{call}");
            // Once a line was begun, the way back is `restore`, once; before that there is none to go.
            let has_begun = descent.objective().count(Call::Anchor) > 0 && call != Call::Anchor;
            assert_eq!(descent.objective().count(Call::Restore), usize::from(has_begun), "{call}");
            assert_next_step_works(descent);
        });
        assert!(happened >= 12, "{call} failed only {happened} times");
    }
}

#[test]
fn nan_at_the_origin_takes_an_untested_step_back_and_the_next_step_works() {
    let happened = with_faults(Fault::Nan, Call::LossAndGradient, |descent, outcome, before| {
        let iteration = outcome.unwrap();
        let expected = Step { length: 0.0, termination: Termination::NonFinite };
        assert_eq!(iteration.step, expected);
        let [earlier, last] = before;
        let expected = if iteration.moved { earlier } else { last };
        assert_eq!(descent.objective().bits(), expected);
        assert_next_step_works(descent);
    });
    assert!(happened >= 12, "{happened}");
}

#[test]
fn nan_half_way_through_a_search_is_a_step_too_far() {
    for call in [Call::Loss, Call::Slope] {
        let happened = with_faults(Fault::Nan, call, |descent, outcome, [_, before]| {
            let length = outcome.unwrap().step.length;
            assert!(length.is_finite());
            assert_eq!(length == 0.0, descent.objective().bits() == before);
            descent.reset().unwrap();
            assert_next_step_works(descent);
        });
        assert!(happened >= 24, "{call} {happened}");
    }
}

#[test]
fn an_objective_that_keeps_failing_keeps_its_parameters() {
    let start = [0.25, -0.0, 1e-310]; // x + 0 · d would lose the sign of the second
    for call in [Call::MoveTo, Call::Confirm] {
        for (name, search) in all() {
            let mut descent = dynamic(0.0, search);
            descent.objective_mut().x = start.to_vec();
            descent.objective_mut().break_down(call);
            for _ in 0..3 {
                assert_eq!(descent.step().unwrap_err(), Failure(call), "{name}");
                assert_eq!(descent.objective().bits(), bits(&start), "{name}");
            }
        }
    }
}

#[test]
fn an_error_on_the_way_back_does_not_hide_the_first_one() {
    for call in [Call::MoveTo, Call::Confirm] {
        for (name, search) in all() {
            let mut descent = dynamic(0.0, search);
            descent.objective_mut().break_down(call);
            descent.objective_mut().break_down(Call::Restore);
            assert_eq!(descent.step().unwrap_err(), Failure(call), "{name}");
        }
    }
}

#[test]
fn a_failing_space_is_no_descent() {
    let mut probe = Probe::new(0.0);
    probe.arm(Call::Zeros, 2, Fault::Error);
    assert_eq!(Descent::new(probe).err(), Some(Failure(Call::Zeros)));
}
