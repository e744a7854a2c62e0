//! Gradients averaged in a loop of one's own.

use gols::parallel::{Counted, ParallelError, average};
use gols::search::Termination;
use gols::{Optimizer, StochasticObjective, VectorSpace};

use super::on_ranks;
use crate::common::probe::{Call, Failure, Fault, Probe};

/// The updates of a rank: its losses, or what stopped it, and where its parameters were.
type Log = Vec<(Result<u64, String>, Vec<u64>)>;

/// Trains on three ranks with batches of their own; one of them has a fault in its third evaluation.
fn train(fault: Option<Fault>) -> Vec<(Log, u64)> {
    on_ranks(3, move |collective| {
        let rank = collective.rank();
        let mut probe = Probe::new(0.5);
        probe.batch = 1000 * rank as u64;
        if let (Some(fault), 1) = (fault, rank) {
            probe.arm(Call::LossAndGradient, 3, fault);
        }
        let mut optimizer = Optimizer::new(&probe).unwrap();
        let mut gradient = probe.zeros().unwrap();
        let mut update = || {
            probe.resample().unwrap();
            let own = probe.loss_and_gradient(&mut gradient);
            let outcome = match average(&collective, own, &mut gradient) {
                Ok(loss) => {
                    let update = optimizer.step(&mut probe, &gradient).unwrap();
                    assert_eq!(loss.is_nan(), update.step.termination == Termination::NonFinite);
                    Ok(loss.to_bits())
                }
                Err(ParallelError::Own { error: Failure(call), .. }) => {
                    assert_eq!((rank, call), (1, Call::LossAndGradient));
                    Err("rank 1 failed in loss_and_gradient".to_owned())
                }
                Err(other) => Err(other.to_string()),
            };
            (outcome, probe.bits())
        };
        let log = (0..40).map(|_| update()).collect();
        (log, optimizer.skipped())
    })
}

fn check_alike(ranks: &[(Log, u64)]) {
    for rank in ranks {
        assert_eq!(rank, &ranks[0]);
    }
}

#[test]
fn ranks_that_average_their_gradients_have_the_same_bits_after_every_update() {
    let ranks = train(None);
    check_alike(&ranks);
    assert!(ranks[0].0.iter().all(|(loss, _)| loss.is_ok()));
    // It trains: L = ½ Σ c (x − t)² with c up to 4 and |x − t| up to 2 begins at 2.
    let last = f64::from_bits(*ranks[0].0.last().unwrap().0.as_ref().unwrap());
    assert!(last < 0.5, "{last}");
}

#[test]
fn an_error_on_one_rank_is_known_to_all_in_the_same_update_and_all_go_on() {
    let ranks = train(Some(Fault::Error));
    check_alike(&ranks);
    let log = &ranks[0].0;
    assert_eq!(log[2].0, Err("rank 1 failed in loss_and_gradient".to_owned()));
    assert_eq!(log.iter().filter(|(loss, _)| loss.is_err()).count(), 1);
    assert_eq!(log[2].1, log[1].1);
    assert_ne!(log[3].1, log[2].1);
}

#[test]
fn a_gradient_that_is_not_finite_on_one_rank_is_skipped_by_all_in_the_same_update() {
    let ranks = train(Some(Fault::Nan));
    check_alike(&ranks);
    let (log, skipped) = &ranks[0];
    assert!(f64::from_bits(*log[2].0.as_ref().unwrap()).is_nan());
    assert_eq!((*skipped, &log[2].1), (1, &log[1].1));
    assert_ne!(log[3].1, log[2].1);
}

#[test]
fn a_loss_alone_that_is_not_finite_on_one_rank_is_skipped_by_all_in_the_same_update() {
    let ranks = on_ranks(3, |collective| {
        let (mut probe, mut lost) = (Probe::new(0.5), Vec::new());
        probe.batch = 1000 * collective.rank() as u64;
        let mut optimizer = Optimizer::new(&probe).unwrap();
        let mut gradient = probe.zeros().unwrap();
        for update in 0..20 {
            probe.resample().unwrap();
            let own = probe.loss_and_gradient(&mut gradient);
            let is_lost = (collective.rank(), update) == (1, 7);
            let own = own.map(|loss| if is_lost { f64::INFINITY } else { loss });
            let loss = average(&collective, own, &mut gradient).unwrap();
            assert!(gradient.iter().all(|g| g.is_finite()));
            if loss.is_finite() {
                optimizer.step(&mut probe, &gradient).unwrap();
            } else {
                optimizer.skip();
                lost.push(update);
            }
        }
        (probe.bits(), optimizer.updates(), optimizer.skipped(), lost)
    });
    for rank in &ranks {
        assert_eq!(rank, &ranks[0]);
    }
    let (_, updates, skipped, lost) = &ranks[0];
    assert_eq!((*updates, *skipped, &lost[..]), (19, 1, &[7][..]));
}

#[test]
fn a_step_that_fails_on_one_rank_is_known_to_all_at_the_next_call() {
    let ranks = on_ranks(3, |collective| {
        let (mut probe, mut failed) = (Probe::new(0.5), None);
        let mut optimizer = Optimizer::new(&probe).unwrap();
        let mut gradient = probe.zeros().unwrap();
        if collective.rank() == 2 {
            probe.arm(Call::Follow, 5, Fault::Error);
        }
        for update in 0..20 {
            let own = match failed.take() {
                Some(error) => Err(error),
                None => probe.loss_and_gradient(&mut gradient),
            };
            match average(&collective, own, &mut gradient) {
                Ok(_) => failed = optimizer.step(&mut probe, &gradient).err(),
                Err(error) => return (update, error.to_string()),
            }
        }
        (20, String::new())
    });
    for (rank, (update, error)) in ranks.iter().enumerate() {
        // The fifth step is that of update 4.
        assert_eq!(*update, 5, "rank {rank}: {error}");
        assert!(error.starts_with("rank 2"), "rank {rank}: {error}");
    }
    assert!(ranks[2].1.contains("follow failed"), "{}", ranks[2].1);
}

#[test]
fn an_update_costs_a_rank_sixteen_bytes_and_its_gradient() {
    let traffic = on_ranks(2, |collective| {
        let (collective, mut gradient) = (Counted::new(collective), vec![1.0_f32; 100]);
        for _ in 0..3 {
            average(&collective, Ok::<_, Failure>(1.0), &mut gradient).unwrap();
        }
        collective.traffic()
    });
    for rank in traffic {
        assert_eq!((rank.scalar_bytes, rank.vector_bytes), (3 * 16, 3 * 400));
    }
}
