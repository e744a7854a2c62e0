//! When a run ends, who watches it, and the best point it has met.

use std::cell::Cell;
use std::ops::ControlFlow;
use std::time::Duration;

use gols::parallel::DataParallel;
use gols::search::{FixedStep, Termination};
use gols::{
    Best, Descent, Error, Optimizer, SliceModel, SliceObjective, SliceOptimizer, Stop, StopReason,
    Summary,
};

use crate::common::bits;
use crate::common::probe::{Call, Failure, Fault, Probe};
use crate::parallel::on_ranks;

/// ½ x² from 3.
fn half_square() -> SliceObjective<f64, impl SliceModel<f64, Error = Error>> {
    SliceObjective::from_fn(vec![3.0], |x, gradient| {
        gradient[0] = x[0];
        0.5 * x[0] * x[0]
    })
    .unwrap()
}

/// Descends by half of the way to the minimum a step: |g| is 3, 1.5, …, the loss 4.5, 1.125, …
fn halve(stop: Stop) -> Summary {
    let descent = Descent::new(half_square()).unwrap();
    let mut descent = descent.with_search(FixedStep::new(0.5).unwrap());
    descent.run_until(stop, |_| ()).unwrap()
}

fn train(stop: Stop) -> Summary {
    let mut objective = half_square();
    Optimizer::new(&objective).unwrap().train_until(&mut objective, stop, |_| ()).unwrap()
}

fn end(summary: Summary) -> (u64, StopReason) {
    (summary.iterations, summary.reason.unwrap())
}

#[test]
fn a_run_ends_at_whatever_comes_first() {
    let stop = Stop::after(8);
    assert_eq!(end(halve(stop)), (8, StopReason::Updates));
    // Losses 4.5, 1.125, 0.28; gradients 3, 1.5, 0.75, 0.375.
    assert_eq!(end(halve(stop.at_loss(0.3).unwrap())), (3, StopReason::Loss));
    let short = stop.at_gradient_norm(0.375).unwrap();
    assert_eq!(end(halve(short)), (4, StopReason::GradientNorm));
    // A gradient costs 2.
    assert_eq!(end(halve(short.at_evaluations(5))), (3, StopReason::Evaluations));
    assert_eq!(end(halve(short.at_evaluations(6))), (3, StopReason::Evaluations));
    assert_eq!(end(halve(stop.within(Duration::ZERO))), (1, StopReason::Time));
    assert_eq!(end(halve(short.within(Duration::MAX))), (4, StopReason::GradientNorm));
    assert_eq!(end(halve(Stop::after(0).within(Duration::ZERO))), (0, StopReason::Updates));
    // The same of the optimizer.
    assert_eq!(end(train(stop)), (8, StopReason::Updates));
    assert_eq!(end(train(stop.at_evaluations(5))), (3, StopReason::Evaluations));
    assert_eq!(end(train(stop.within(Duration::ZERO))), (1, StopReason::Time));
    let summary = train(Stop::after(10_000).at_loss(0.01).unwrap());
    assert!(summary.last_loss.unwrap() <= 0.01 && summary.reason == Some(StopReason::Loss));
    let summary = train(Stop::after(10_000).at_gradient_norm(0.1).unwrap());
    assert!(summary.iterations < 10_000 && summary.reason == Some(StopReason::GradientNorm));
}

#[test]
fn one_easy_batch_does_not_end_a_run_that_averages_its_losses() {
    // Losses 1, 1, 1, 0, 1, …: with m = ¾ their mean after the fourth is 1 − ¼ / (1 − ¾⁴) = 0.634.
    let run = |averaging: f64, target: f64| {
        let mut count = 0;
        let objective = SliceObjective::from_fn(vec![3.0], move |_, gradient| {
            count += 1;
            gradient[0] = 1.0;
            f64::from(u8::from(count != 4))
        });
        let stop = Stop::after(9).at_loss(target).unwrap().with_loss_averaging(averaging).unwrap();
        let mut means = Vec::new();
        let mut descent = Descent::new(objective.unwrap()).unwrap();
        descent = descent.with_gradient_reuse(false);
        let mut descent = descent.with_search(FixedStep::new(0.1).unwrap());
        let summary = descent.run_until(stop, |progress| means.push(progress.mean_loss.unwrap()));
        (summary.unwrap().iterations, means)
    };
    assert_eq!(run(0.0, 0.5).0, 4);
    let (updates, means) = run(0.75, 0.5);
    assert_eq!(updates, 9);
    let expected = 1.0 - 0.25 / (1.0 - 0.75_f64.powi(4));
    assert!((means[3] - expected).abs() < 1e-15 && means[..3] == [1.0; 3], "{means:?}");
    assert_eq!(run(0.75, 0.64).0, 4);
}

#[test]
fn a_watched_run_is_the_run_unwatched() {
    let mut objectives = [half_square(), half_square()];
    let [plain, watched] = &mut objectives;
    let mut optimizers = [(); 2].map(|()| Optimizer::new(&*plain).unwrap());
    let expected = optimizers[0].train(plain, 50).unwrap();
    let (mut lines, mut last) = (0, None);
    let summary = optimizers[1].train_until(watched, Stop::after(50), |progress| {
        lines += 1;
        assert_eq!((progress.updates, progress.evaluations.gradients), (lines, lines));
        last = Some(*progress);
    });
    assert_eq!(summary.unwrap(), expected);
    assert_eq!(bits(watched.parameters()), bits(plain.parameters()));
    let last = last.unwrap();
    assert_eq!((lines, last.loss, Some(last.step)), (50, expected.last_loss, expected.last_step));
    let text = last.to_string();
    assert!(text.starts_with("update 50, 0.") && text.contains(", |g| "), "{text}");
}

#[test]
fn a_callback_ends_a_run_and_the_summary_says_so() {
    let stop_at = |updates: u64| {
        move |progress: &gols::Progress| match progress.updates {
            now if now == updates => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        }
    };
    let mut descent = Descent::new(half_square()).unwrap();
    let summary = descent.run_until(Stop::after(9), stop_at(2)).unwrap();
    assert_eq!(end(summary), (2, StopReason::Caller));
    assert!(summary.to_string().ends_with("; stopped by the callback"), "{summary}");
    let mut objective = half_square();
    let mut optimizer = Optimizer::new(&objective).unwrap();
    let summary = optimizer.train_until(&mut objective, Stop::after(9), stop_at(3)).unwrap();
    assert_eq!(end(summary), (3, StopReason::Caller));
    assert_eq!(optimizer.updates(), 3);
}

#[test]
fn what_no_run_can_reach_is_refused() {
    let stop = Stop::after(1);
    assert_eq!(
        stop.at_loss(f64::NAN).unwrap_err().to_string(),
        "loss is NaN, but must be a number"
    );
    assert!(stop.at_gradient_norm(-1.0).is_err() && stop.at_gradient_norm(f64::NAN).is_err());
    assert!(stop.with_loss_averaging(1.0).is_err() && stop.with_loss_averaging(f64::NAN).is_err());
}

#[test]
fn all_workers_stop_at_the_same_update_as_the_one_whose_callback_says_so() {
    let ranks = on_ranks(3, |collective| {
        let rank = collective.rank();
        let mut objective = DataParallel::new(Probe::new(0.3), collective);
        let mut optimizer = Optimizer::new(&objective).unwrap();
        let summary = optimizer.train_until(&mut objective, Stop::after(50), |progress| {
            match rank == 1 && progress.updates == 7 {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        });
        let mut descent = Descent::new(objective).unwrap();
        let time = if rank == 2 { Duration::ZERO } else { Duration::MAX };
        let timed = descent.run_until(Stop::after(50).within(time), |_| ()).unwrap();
        (end(summary.unwrap()), end(timed), descent.objective().objective().bits())
    });
    let worker = (7, StopReason::Worker);
    let reasons: Vec<_> = ranks.iter().map(|(told, timed, _)| (*told, *timed)).collect();
    let [caller, time, other] = [StopReason::Caller, StopReason::Time, StopReason::Worker];
    assert_eq!(reasons, [(worker, (1, other)), ((7, caller), (1, other)), (worker, (1, time))]);
    assert!(ranks.iter().all(|(_, _, bits)| *bits == ranks[0].2));
}

#[test]
fn batches_that_are_not_finite_are_skipped_and_counted() {
    let mut descent = Descent::new(Probe::new(0.3)).unwrap();
    for count in [3, 4, 9] {
        descent.objective_mut().arm(Call::LossAndGradient, count, Fault::Nan);
    }
    let summary = descent.run(20).unwrap();
    assert_eq!((summary.iterations, summary.skipped), (20, 3));
    assert!(summary.to_string().contains(", 3 without success, 3 of them not finite"), "{summary}");

    let mut probe = Probe::new(0.3);
    let mut optimizer = Optimizer::new(&probe).unwrap();
    optimizer.train(&mut probe, 5).unwrap();
    let (start, rule) = (probe.bits(), format!("{:?}", optimizer.direction_rule()));
    probe.arm(Call::LossAndGradient, 1, Fault::Nan);
    let summary = optimizer.train(&mut probe, 1).unwrap();
    assert_eq!((summary.skipped, optimizer.skipped(), optimizer.updates()), (1, 1, 5));
    assert_eq!(probe.bits(), start);
    assert_eq!(format!("{:?}", optimizer.direction_rule()), rule);
    optimizer.train(&mut probe, 30).unwrap();
    assert_eq!((optimizer.skipped(), optimizer.updates()), (1, 35));

    let mut slices = SliceOptimizer::new(1);
    for gradient in [[1.0], [f64::NAN], [1.0], [f64::INFINITY]] {
        slices.step(&mut [0.0], &gradient).unwrap();
    }
    assert_eq!((slices.skipped(), slices.updates()), (2, 2));
}

#[test]
fn a_loss_that_is_not_finite_is_not_stepped_from_though_its_gradient_is() {
    let is_bad = Cell::new(false);
    let objective = SliceObjective::from_fn(vec![3.0], |x, gradient| {
        gradient[0] = x[0];
        if is_bad.get() { f64::INFINITY } else { 0.5 * x[0] * x[0] }
    });
    let mut objective = objective.unwrap();
    let mut optimizer = Optimizer::new(&objective).unwrap();
    optimizer.train(&mut objective, 3).unwrap();
    let (start, step) = (objective.parameters().to_vec(), optimizer.search().previous().unwrap());
    is_bad.set(true);
    let summary = optimizer.train(&mut objective, 2).unwrap();
    assert_eq!((summary.skipped, optimizer.skipped()), (2, 2));
    assert_eq!(summary.last_step.unwrap().termination, Termination::NonFinite);
    assert_eq!(objective.parameters(), start);
    assert!(optimizer.search().previous().unwrap() < step);
}

#[test]
fn the_best_point_is_the_one_offered_with_the_least_value() {
    let mut best = Best::new();
    let mut objective = half_square();
    assert!(!best.restore(&mut objective).unwrap() && best.value().is_none());
    let offers = [f64::NAN, 2.0, 3.0, 1.0, 1.0, f64::NAN, f64::INFINITY];
    let kept: Vec<bool> = offers
        .iter()
        .zip(1..)
        .map(|(&value, x)| {
            objective.set_parameters(&[f64::from(x)]).unwrap();
            best.offer(value, &objective).unwrap()
        })
        .collect();
    assert_eq!(kept, [false, true, false, true, false, false, false]);
    assert_eq!((best.value(), best.point(), best.rejected()), (Some(1.0), Some(&vec![4.0]), 3));
    assert!(best.restore(&mut objective).unwrap());
    assert_eq!(objective.parameters(), [4.0]);
}

#[test]
fn a_best_point_that_could_not_be_copied_is_none() {
    let (mut best, mut probe) = (Best::new(), Probe::new(0.0));
    best.offer(2.0, &probe).unwrap();
    probe.arm(Call::CopyTo, 1, Fault::Error);
    assert_eq!(best.offer(1.0, &probe), Err(Failure(Call::CopyTo)));
    assert_eq!(best.value(), None);
    assert!(best.offer(3.0, &probe).unwrap());
}
