//! An error on one rank is known to all, in the same iteration.

use gols::direction::Direction;
use gols::parallel::{DataParallel, ParallelError, ThreadError};
use gols::search::{FixedStep, LineSearch, Origin, Request, Step, Termination, all};
use gols::{Descent, Sampling, VectorSpace};

use super::on_ranks;
use crate::common::probe::{Call, Failure, Fault, Probe};

/// What became of one rank.
#[derive(Debug, PartialEq)]
struct End {
    /// The step that failed, from 0.
    step: usize,
    error: ParallelError<Failure, ThreadError>,
    before: Vec<u64>,
    after: Vec<u64>,
    /// The parameters after two more steps.
    later: Vec<u64>,
}

const STEPS: usize = 4;

/// A few steps on three ranks, of which some fail in the `count`th call of a kind.
fn run_with_faults(
    faults: &'static [(usize, Call)],
    count: usize,
    (search, sampling, reuse): (usize, Sampling, bool),
) -> Vec<Option<End>> {
    on_ranks(3, move |collective| {
        let mut probe = Probe::new(0.3);
        let rank = collective.rank();
        probe.batch = 1000 * rank as u64;
        let (_, search) = all().into_iter().nth(search).unwrap();
        let mut descent = Descent::new(DataParallel::new(probe, collective))
            .unwrap()
            .with_search(search)
            .with_sampling(sampling)
            .with_gradient_reuse(reuse);
        for (_, call) in faults.iter().filter(|(failing, _)| *failing == rank) {
            descent.objective_mut().objective_mut().arm(*call, count, Fault::Error);
        }
        for step in 0..STEPS {
            let before = descent.objective().objective().bits();
            if let Err(error) = descent.step() {
                let after = descent.objective().objective().bits();
                descent.objective_mut().objective_mut().disarm();
                descent.reset().unwrap();
                descent.run(2).unwrap();
                let later = descent.objective().objective().bits();
                return Some(End { step, error, before, after, later });
            }
        }
        None
    })
}

/// Runs every search, sampling and count with these faults; returns in how many runs they happened.
fn check_faults(faults: &'static [(usize, Call)], counts: &[usize]) -> usize {
    let mut happened = 0;
    for (search, (name, _)) in all().into_iter().enumerate() {
        for (sampling, reuse) in
            [(Sampling::Full, false), (Sampling::Static, true), (Sampling::Dynamic, false)]
        {
            for &count in counts {
                let case = format!("{faults:?}, {count}, {name}, {sampling:?}");
                let ends = run_with_faults(faults, count, (search, sampling, reuse));
                let Some(first) = &ends[0] else {
                    assert!(ends.iter().all(Option::is_none), "{case}: {ends:#?}");
                    continue;
                };
                happened += 1;
                for (rank, end) in ends.iter().enumerate() {
                    let end = end.as_ref().unwrap_or_else(|| panic!("{case}: rank {rank} went on"));
                    assert_eq!(end.step, first.step, "{case}: another iteration");
                    assert_eq!(end.before, first.before, "{case}");
                    assert_eq!(end.after, end.before, "{case}: rank {rank} is not restored");
                    assert_eq!(end.later, first.later, "{case}: other bits later");
                    check_error(faults, rank, &end.error);
                }
            }
        }
    }
    happened
}

fn check_error(faults: &[(usize, Call)], rank: usize, error: &ParallelError<Failure, ThreadError>) {
    match error {
        ParallelError::Own { rank: own, operation: what, error } => {
            assert_eq!(*own, rank);
            assert!(faults.contains(&(rank, error.0)));
            assert_eq!(*what, error.0);
        }
        ParallelError::Rank { rank: other, operation: what } => {
            assert_ne!(*other, rank);
            assert!(faults.contains(&(*other, *what)));
            assert_eq!(error.to_string(), format!("rank {other} failed in {what}"));
        }
        other => panic!("{other}"),
    }
}

const COUNTS: [usize; 5] = [1, 2, 3, 5, 8];

#[test]
fn an_error_in_resample_stops_all_ranks_in_the_same_iteration_and_restores_the_parameters() {
    assert!(check_faults(&[(1, Call::Resample)], &COUNTS) > 20);
}

#[test]
fn an_error_in_loss_stops_all_ranks_in_the_same_iteration_and_restores_the_parameters() {
    assert!(check_faults(&[(2, Call::Loss)], &COUNTS) > 20);
}

#[test]
fn an_error_in_a_gradient_stops_all_ranks_in_the_same_iteration_and_restores_the_parameters() {
    assert!(check_faults(&[(0, Call::LossAndGradient)], &COUNTS) > 20);
    assert!(check_faults(&[(1, Call::Slope)], &COUNTS) > 20);
    assert!(check_faults(&[(2, Call::Synchronize)], &COUNTS) > 20);
}

#[test]
fn an_error_in_a_move_stops_all_ranks_in_the_same_iteration_and_restores_the_parameters() {
    assert!(check_faults(&[(0, Call::Anchor)], &COUNTS) > 20);
    assert!(check_faults(&[(1, Call::MoveTo)], &COUNTS) > 20);
}

#[test]
fn an_error_in_vector_arithmetic_stops_all_ranks_in_the_same_iteration() {
    assert!(check_faults(&[(0, Call::Dot)], &COUNTS) > 20);
    assert!(check_faults(&[(2, Call::Products)], &COUNTS) > 20);
    assert!(check_faults(&[(1, Call::Axpby)], &COUNTS) > 20);
}

#[test]
fn ranks_that_fail_at_once_in_different_calls_each_report_their_own_error() {
    assert!(check_faults(&[(0, Call::Slope), (1, Call::MoveTo)], &COUNTS) > 20);
    assert!(check_faults(&[(0, Call::LossAndGradient), (2, Call::Resample)], &COUNTS) > 20);
    assert!(check_faults(&[(0, Call::Dot), (1, Call::Dot), (2, Call::Dot)], &COUNTS) > 20);
}

#[test]
fn a_last_move_that_fails_is_known_to_all_before_the_step_ends() {
    /// Ends at a step that it has not evaluated, so that the move to it is the last call.
    struct Elsewhere;
    impl LineSearch for Elsewhere {
        fn start(&mut self, _: Origin) -> Request {
            Request::Slope(0.1)
        }
        fn resume(&mut self, _: f64) -> Request {
            let termination = Termination::FixedStep;
            Request::Done(Step { length: 0.2, termination })
        }
        fn reset(&mut self) {}
    }
    let ranks = on_ranks(3, |collective| {
        let fails = collective.rank() == 2;
        let descent = Descent::new(DataParallel::new(Probe::new(0.3), collective)).unwrap();
        let mut descent = descent.with_search(Elsewhere);
        if fails {
            descent.objective_mut().objective_mut().arm(Call::MoveTo, 2, Fault::Error);
        }
        let before = descent.objective().objective().bits();
        let error = descent.step().unwrap_err();
        assert_eq!(descent.objective().objective().bits(), before);
        error.to_string()
    });
    assert_eq!(ranks[..2], ["rank 2 failed in move_to"; 2]);
    assert!(ranks[2].starts_with("rank 2, this one, failed in move_to"), "{}", ranks[2]);
}

#[test]
fn a_rank_that_cannot_even_go_back_keeps_nobody_waiting() {
    for call in [Call::MoveTo, Call::Anchor] {
        let ranks = on_ranks(3, move |collective| {
            let fails = collective.rank() == 2;
            let mut descent = Descent::new(DataParallel::new(Probe::new(0.3), collective)).unwrap();
            if fails {
                descent.objective_mut().objective_mut().break_down(call);
                descent.objective_mut().objective_mut().break_down(Call::Restore);
            }
            // It is in order again only after the step, so the way back fails as well.
            let error = descent.step().unwrap_err();
            descent.objective_mut().objective_mut().disarm();
            // They meet again, all at the same place.
            assert!(descent.objective().agree(7).unwrap());
            error.to_string()
        });
        assert!(ranks.iter().all(|error| error.starts_with("rank 2")), "{ranks:?}");
    }
}

#[test]
fn a_direction_rule_that_fails_when_told_the_step_takes_it_back_on_all_ranks() {
    /// Steepest descent that computes a norm after every step.
    struct Told;
    impl<O: VectorSpace> Direction<O> for Told {
        fn update(&mut self, space: &O, g: &O::Vector, d: &mut O::Vector) -> Result<(), O::Error> {
            space.axpby(-1.0, g, 0.0, d)
        }
        fn accepted(&mut self, space: &O, _: f64, d: &O::Vector) -> Result<(), O::Error> {
            space.dot(d, d).map(|_| ())
        }
        fn reset(&mut self) {}
    }
    let ranks = on_ranks(3, |collective| {
        let fails = collective.rank() == 1;
        let descent = Descent::new(DataParallel::new(Probe::new(0.3), collective)).unwrap();
        let search = FixedStep::new(0.05).unwrap();
        let mut descent = descent.along(Told).with_search(search);
        descent.step().unwrap();
        if fails {
            // The slope and the norm come first.
            descent.objective_mut().objective_mut().arm(Call::Dot, 3, Fault::Error);
        }
        let before = descent.objective().objective().bits();
        let error = descent.step().unwrap_err();
        assert_eq!(descent.objective().objective().bits(), before);
        descent.step().unwrap();
        (descent.objective().objective().bits(), error.to_string())
    });
    assert!(ranks.iter().all(|(bits, _)| *bits == ranks[0].0));
    assert_eq!(ranks[0].1, "rank 1 failed in dot");
    assert!(ranks[1].1.starts_with("rank 1, this one, failed in dot: "), "{}", ranks[1].1);
}

#[test]
fn an_answer_that_is_not_a_number_on_one_rank_is_too_far_for_all() {
    let ranks = on_ranks(3, |collective| {
        let is_bad = collective.rank() == 1;
        let mut descent = Descent::new(DataParallel::new(Probe::new(0.3), collective)).unwrap();
        if is_bad {
            descent.objective_mut().objective_mut().arm(Call::Slope, 3, Fault::Nan);
        }
        let steps: Vec<Step> = (0..10).map(|_| descent.step().unwrap().step).collect();
        (steps, descent.objective().objective().bits())
    });
    assert!(ranks.iter().all(|rank| *rank == ranks[0]));
}
