//! The group of ranks itself.

use std::time::Duration;

use gols::parallel::{
    Collective, Counted, DataParallel, Operation, ParallelError, ThreadCollective, ThreadError,
};
use gols::{Error, PreparedLine, StochasticObjective};

use super::on_ranks;
use crate::common::bits;
use crate::common::probe::{Call, Failure, Fault, Probe};

#[test]
fn a_rank_that_panics_or_leaves_does_not_keep_the_others_waiting() {
    for leaves_by_panic in [false, true] {
        let group = ThreadCollective::group(3).unwrap();
        let workers = group.into_iter().map(|collective| {
            std::thread::spawn(move || {
                let rank = collective.rank();
                let mut objective = DataParallel::new(Probe::new(0.0), collective);
                for evaluation in 0..10 {
                    if rank == 1 && evaluation == 5 {
                        assert!(!leaves_by_panic, "as planned");
                        return Ok::<(), ParallelError<Failure, ThreadError>>(());
                    }
                    objective.loss()?;
                }
                Ok(())
            })
        });
        let workers: Vec<_> = workers.collect();
        for (rank, worker) in workers.into_iter().enumerate() {
            match worker.join() {
                Ok(Err(error)) => {
                    let left = ThreadError::Left { rank: 1, size: 3 };
                    assert_eq!(error, ParallelError::Collective(left));
                    let message = "the ranks have lost each other: rank 1 has left its group of 3";
                    assert_eq!(error.to_string(), message);
                }
                Ok(Ok(())) => assert!(rank == 1 && !leaves_by_panic),
                Err(_) => assert!(rank == 1 && leaves_by_panic),
            }
        }
    }
}

#[test]
fn a_weight_that_is_none_is_refused_on_all_ranks() {
    let ranks = on_ranks(2, |collective| {
        let weight = [1.0, f64::NAN][collective.rank()];
        let objective = DataParallel::new(Probe::new(0.0), collective);
        objective.with_weight(weight).map(|_| ()).unwrap_err()
    });
    let operation = Operation::WithWeight;
    assert_eq!(ranks[0], ParallelError::Rank { rank: 1, operation });
    assert!(
        matches!(
            &ranks[1],
            ParallelError::Own { rank: 1, error: Error::Setting { setting: "weight", .. }, .. }
        ),
        "{:?}",
        ranks[1]
    );
}

#[test]
fn ranks_agree_only_on_equal_fingerprints() {
    let last = u64::MAX;
    for (fingerprints, expected) in [
        ([last, last, last], true),
        ([last, last, last - 1], false),
        ([1 << 32, 0, 0], false),
        ([0, 0, 0], true),
    ] {
        let ranks = on_ranks(3, move |collective| {
            let fingerprint = fingerprints[collective.rank()];
            DataParallel::new(Probe::new(0.0), collective).agree(fingerprint).unwrap()
        });
        assert_eq!(ranks, [expected; 3], "{fingerprints:x?}");
    }
}

#[test]
fn threads_add_in_the_order_of_their_ranks_whichever_comes_first() {
    // In this order the sum is 1 + 8 = 9, for 1e16 + 1 = 1e16 in f64; in the reverse order it is not.
    let terms = [1e16, 1.0, -1e16, 1.0, 8.0];
    assert_eq!(terms.iter().sum::<f64>(), 9.0);
    assert_ne!(terms.iter().rev().sum::<f64>(), 9.0);
    let ranks = on_ranks(5, move |collective| {
        let rank = collective.rank();
        for round in 0..20 {
            // Each round another rank comes first, and every second round the last one.
            let place = if round % 2 == 0 { 5 - rank } else { (rank + round) % 5 };
            std::thread::sleep(Duration::from_millis(place as u64));
            let mut scalars = [terms[rank], 1.0];
            Collective::<Vec<f64>>::sum(&collective, &mut scalars).unwrap();
            assert_eq!(scalars, [9.0, 5.0]);
        }
    });
    assert_eq!(ranks.len(), 5);
}

#[test]
fn a_group_of_one_leaves_every_bit() {
    on_ranks(1, |collective| {
        let mut vector = vec![-0.0, 5e-324, f64::MAX, f64::INFINITY, 0.1];
        let before = bits(&vector);
        collective.average(&mut vector).unwrap();
        assert_eq!(bits(&vector), before);
        let mut vector = vec![-0.0, 1e-45, f32::MAX, 0.1_f32];
        let before: Vec<u32> = vector.iter().map(|x| x.to_bits()).collect();
        collective.average(&mut vector).unwrap();
        let after: Vec<u32> = vector.iter().map(|x| x.to_bits()).collect();
        assert_eq!(after, before);
    });
}

#[test]
fn vectors_of_different_lengths_are_refused_on_all_ranks() {
    let ranks = on_ranks(3, |collective| {
        let mut vector = vec![1.0; if collective.rank() == 1 { 5 } else { 4 }];
        collective.average(&mut vector).unwrap_err()
    });
    assert_eq!(ranks, [ThreadError::Length { rank: 1, found: 5, expected: 4 }; 3]);
    assert_eq!(ranks[0].to_string(), "rank 1 brought 5 numbers, but rank 0 4");
}

#[test]
fn a_group_of_none_is_refused() {
    let error = ThreadCollective::group(0).unwrap_err();
    assert_eq!(error, Error::Empty { what: "the group" });
}

#[test]
fn the_way_back_never_meets_and_a_prepared_line_meets_once_an_answer() {
    on_ranks(2, |collective| {
        let mut probe = Probe::new(0.0);
        probe.prepares = true;
        let mut objective = DataParallel::new(probe, Counted::new(collective));
        objective.anchor().unwrap();
        objective.restore().unwrap();
        let d = vec![1.0, 0.0, -1.0];
        let mut search = |line: &mut dyn PreparedLine<Error = _>| {
            for alpha in [0.5, 0.25, 0.125] {
                line.slope(alpha).unwrap();
                line.loss(alpha).unwrap();
            }
        };
        assert!(objective.along_prepared_line(&d, &mut search).unwrap());
        assert_eq!(objective.collective().traffic().sums, 6);
        // Not even the way back that fails meets anyone.
        objective.objective_mut().arm(Call::Restore, 1, Fault::Error);
        objective.restore().unwrap_err();
        assert_eq!(objective.collective().traffic().sums, 6);
        assert_eq!(objective.collective().traffic().bytes(), 6 * 16);
    });
}
