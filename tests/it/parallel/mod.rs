//! An objective on many ranks: the same bits everywhere, the same as on one machine, and errors that reach all.

#[path = "it/common/mod.rs"]
mod common;

use std::sync::mpsc;
use std::time::Duration;

use common::probe::{Call, Failure, Fault, Probe};
use common::{Any, KINDS, Settings, bits};
use gols::mlp::{Activation, Dataset, Loss, Model, Network};
use gols::parallel::{
    Collective, Counted, DataParallel, Operation, ParallelError, ThreadCollective, ThreadError,
    Traffic,
};
use gols::{
    Descent, Direction, ElementWise, Error, FixedStep, InexactGols, LineSearch, MiniBatches,
    Origin, Real, Request, Sampling, SliceObjective, SteepestDescent, Step, StochasticObjective,
    VectorSpace,
};

const SAMPLINGS: [Sampling; 3] = [Sampling::Full, Sampling::Static, Sampling::Dynamic];

/// Far more than any group here needs, so that a group that waits for ever fails its test.
const PATIENCE: Duration = Duration::from_secs(120);

/// Runs `work` on every rank of a group, each on a thread of its own, and returns what they return.
fn on_ranks<R: Send + 'static>(
    size: usize,
    work: impl Fn(ThreadCollective) -> R + Clone + Send + 'static,
) -> Vec<R> {
    let (sender, receiver) = mpsc::channel();
    for collective in ThreadCollective::group(size).unwrap() {
        let (sender, work) = (sender.clone(), work.clone());
        std::thread::spawn(move || {
            let rank = collective.rank();
            sender.send((rank, work(collective))).unwrap();
        });
    }
    drop(sender); // so that a rank that panics is known as soon as the others have ended
    let mut results: Vec<(usize, R)> = (0..size)
        .map(|_| receiver.recv_timeout(PATIENCE).expect("a rank hangs or has panicked"))
        .collect();
    results.sort_by_key(|(rank, _)| *rank);
    results.into_iter().map(|(_, result)| result).collect()
}

fn wide_bits<T: Into<f64> + Copy>(x: &[T]) -> Vec<u64> {
    x.iter().map(|&x| x.into().to_bits()).collect()
}

/// Iris for one rank: the same start everywhere, other batches on every rank.
fn iris<T: Real>(rank: usize) -> SliceObjective<T, Model<T>> {
    let data = Dataset::iris().with_scaled_inputs(-1.0, 1.0).unwrap();
    let network = Network::new(&[4, 10, 3], Activation::Sigmoid).unwrap();
    let x0 = network.uniform_parameters(-0.1, 0.1, 1).unwrap();
    let batches = MiniBatches::new(150, 10, rank as u64).unwrap();
    let model = Model::new(network, Loss::SquaredPercentage, data).unwrap();
    SliceObjective::new(model.with_mini_batches(batches).unwrap(), x0).unwrap()
}

/// The steps of a training of Iris, and the bits of its last parameters.
fn train_iris<T: Real + Into<f64>>(
    collective: ThreadCollective,
    iterations: usize,
    sampling: Sampling,
    reuse: bool,
) -> (Vec<Step>, Vec<u64>) {
    let mut objective = DataParallel::new(iris::<T>(collective.rank()), collective);
    let search = InexactGols::default();
    let mut descent = Descent::new(&objective, SteepestDescent, search, sampling)
        .unwrap()
        .with_gradient_reuse(reuse);
    let steps = (0..iterations).map(|_| descent.step(&mut objective).unwrap().step).collect();
    (steps, wide_bits(objective.objective().parameters()))
}

// --- The same everywhere ------------------------------------------------------------------------------

fn check_bits<T: Real + Into<f64>>(iterations: usize, sampling: Sampling, reuse: bool) {
    for size in [1, 2, 4] {
        let ranks = on_ranks(size, move |c| train_iris::<T>(c, iterations, sampling, reuse));
        for rank in &ranks {
            assert!(*rank == ranks[0], "{size} ranks, {sampling:?}");
        }
        let moved = ranks[0].0.iter().filter(|step| step.length > 0.0).count();
        assert!(moved > iterations * 9 / 10, "{moved} of {iterations} steps moved");
    }
}

#[test]
fn after_500_iterations_all_ranks_have_the_same_bits() {
    check_bits::<f64>(500, Sampling::Dynamic, false);
    check_bits::<f32>(500, Sampling::Dynamic, false);
}

#[test]
fn with_static_batches_and_prepared_lines_all_ranks_have_the_same_bits() {
    check_bits::<f64>(100, Sampling::Static, false);
}

#[test]
fn with_gradient_reuse_all_ranks_have_the_same_bits() {
    check_bits::<f64>(100, Sampling::Static, true);
    check_bits::<f64>(100, Sampling::Dynamic, true);
}

#[test]
fn a_run_on_four_ranks_repeats_itself_bit_for_bit() {
    let run = || on_ranks(4, |c| train_iris::<f64>(c, 50, Sampling::Dynamic, false));
    assert!(run() == run());
}

#[test]
fn one_rank_gives_the_bits_of_the_bare_objective() {
    fn bare<T: Real + Into<f64>>(sampling: Sampling, reuse: bool) -> (Vec<Step>, Vec<u64>) {
        let mut objective = iris::<T>(0);
        let search = InexactGols::default();
        let mut descent = Descent::new(&objective, SteepestDescent, search, sampling)
            .unwrap()
            .with_gradient_reuse(reuse);
        let steps = (0..100).map(|_| descent.step(&mut objective).unwrap().step).collect();
        (steps, wide_bits(objective.parameters()))
    }
    for sampling in SAMPLINGS {
        for reuse in [false, true] {
            let one = on_ranks(1, move |c| train_iris::<f64>(c, 100, sampling, reuse));
            assert!(one[0] == bare::<f64>(sampling, reuse), "f64, {sampling:?}, {reuse}");
            let one = on_ranks(1, move |c| train_iris::<f32>(c, 100, sampling, reuse));
            assert!(one[0] == bare::<f32>(sampling, reuse), "f32, {sampling:?}, {reuse}");
        }
    }
}

// --- The same as on one machine -----------------------------------------------------------------------

/// Rows `first..end` of a shuffled Iris.
fn rows(first: usize, end: usize) -> Dataset<f64> {
    let iris = Dataset::<f64>::iris().with_scaled_inputs(-1.0, 1.0).unwrap().shuffled(3);
    let inputs = iris.inputs()[first * 4..end * 4].to_vec();
    let targets = iris.targets()[first * 3..end * 3].to_vec();
    Dataset::new(end - first, inputs, targets).unwrap()
}

fn full(data: Dataset<f64>) -> SliceObjective<f64, Model<f64>> {
    let network = Network::new(&[4, 10, 3], Activation::Sigmoid).unwrap();
    let x0 = network.uniform_parameters(-0.1, 0.1, 1).unwrap();
    SliceObjective::new(Model::new(network, Loss::HalfSquared, data).unwrap(), x0).unwrap()
}

/// One step: the parameters before it, and its slope, loss and length.
type Visit = (Vec<f64>, [f64; 3]);

/// Four ranks with the rows between these ends, and one machine with all of them.
///
/// The machine is put where the ranks stand before each step, so that a step is compared and not what 50 steps make
/// of a difference in the last bit.
fn check_parts(ends: [usize; 5], is_weighted: bool) {
    let ranks: Vec<Vec<Visit>> = on_ranks(4, move |collective| {
        let (first, end) = (ends[collective.rank()], ends[collective.rank() + 1]);
        let mut objective = DataParallel::new(full(rows(first, end)), collective);
        if is_weighted {
            objective = objective.with_weight((end - first) as f64).unwrap();
        }
        let search = InexactGols::default();
        let mut descent =
            Descent::new(&objective, SteepestDescent, search, Sampling::Full).unwrap();
        let visit = |_| {
            let x = objective.objective().parameters().to_vec();
            let iteration = descent.step(&mut objective).unwrap();
            (x, [iteration.slope, iteration.loss, iteration.step.length])
        };
        (0..50).map(visit).collect()
    });
    let mut alone = full(rows(0, ends[4]));
    let search = InexactGols::default();
    let mut descent = Descent::new(&alone, SteepestDescent, search, Sampling::Full).unwrap();
    for (step, (x, parallel)) in ranks[0].iter().enumerate() {
        alone.set_parameters(x).unwrap();
        let iteration = descent.step(&mut alone).unwrap();
        let alone = [iteration.slope, iteration.loss, iteration.step.length];
        for (parallel, alone) in parallel.iter().zip(alone) {
            // Means of 150 terms added in another order, each of a few dozen roundings: below 1e-12 of the
            // largest term, which in a gradient may exceed the mean a hundred times.
            let difference = (parallel - alone).abs() / alone.abs();
            assert!(difference < 1e-10, "step {step}: {parallel} and {alone}");
        }
    }
    assert!(ranks.iter().all(|rank| *rank == ranks[0]));
}

#[test]
fn four_ranks_with_equal_quarters_take_the_steps_of_one_machine_with_all_data() {
    check_parts([0, 37, 74, 111, 148], false);
}

#[test]
fn weighted_by_their_samples_four_ranks_with_unequal_parts_take_the_steps_of_one_machine() {
    check_parts([0, 10, 50, 120, 150], true);
}

#[test]
#[should_panic(expected = "step 0")]
fn without_weights_unequal_parts_are_another_mean() {
    check_parts([0, 10, 50, 120, 150], false);
}

#[test]
fn the_gradient_is_the_ranks_own_until_it_is_synchronized() {
    let ranks = on_ranks(2, |collective| {
        let own = full(rows(0, 20 + 40 * collective.rank()));
        let mut alone = own.clone();
        let mut objective = DataParallel::new(own, collective).with_weight(0.5).unwrap();
        let [mut gradient, mut expected] = [(); 2].map(|()| objective.zeros().unwrap());
        objective.loss_and_gradient(&mut gradient).unwrap();
        alone.loss_and_gradient(&mut expected).unwrap();
        assert_eq!(gradient, expected);
        objective.synchronize(&mut gradient).unwrap();
        (gradient, expected)
    });
    let mean = |i: usize| (ranks[0].1[i] + ranks[1].1[i]) / 2.0;
    let mean: Vec<f64> = (0..ranks[0].1.len()).map(mean).collect();
    assert_eq!(ranks[0].0, mean);
    assert_eq!(ranks[1].0, mean);
}

#[test]
fn element_wise_operations_are_each_ranks_own_and_tell_their_errors() {
    let ranks = on_ranks(2, |collective| {
        let rank = collective.rank();
        let parallel = DataParallel::new(full(rows(0, 50)), collective);
        let alone = parallel.objective();
        let v: Vec<f64> = (0..83).map(|i| i as f64 + rank as f64).collect();
        let [mut expected, mut found] = [(); 2].map(|()| vec![2.0; 83]);
        alone.add_squares(0.5, &v, 0.25, &mut expected).unwrap();
        parallel.add_squares(0.5, &v, 0.25, &mut found).unwrap();
        alone.divide_by_root(&v, 1.0, 0.5, &mut expected).unwrap();
        parallel.divide_by_root(&v, 1.0, 0.5, &mut found).unwrap();
        alone.multiply_by_root(&v, 2.0, &mut expected).unwrap();
        parallel.multiply_by_root(&v, 2.0, &mut found).unwrap();
        alone.add_parameters(-0.1, &mut expected).unwrap();
        parallel.add_parameters(-0.1, &mut found).unwrap();
        assert_eq!(found, expected);
        // One rank fails; the other learns it at the next meeting.
        let outcome = match rank {
            0 => parallel.agree(0).map(|_| ()),
            _ => parallel.add_squares(1.0, &vec![1.0; 5], 1.0, &mut found),
        };
        outcome.unwrap_err().to_string()
    });
    assert_eq!(ranks[0], "rank 1 failed in add_squares");
    assert_eq!(
        ranks[1],
        "rank 1, this one, failed in add_squares: a vector has length 5, but 83 is needed"
    );
}

// --- Bytes --------------------------------------------------------------------------------------------

#[test]
fn a_probe_costs_16_bytes_a_rank_and_an_iteration_one_gradient() {
    let ranks = on_ranks(4, |collective| {
        let collective = Counted::new(collective);
        let mut objective =
            DataParallel::new(iris::<f32>(collective_rank(&collective)), collective);
        let mut gradient = objective.zeros().unwrap();
        let bytes = |objective: &DataParallel<_, Counted<ThreadCollective>>| {
            objective.collective().traffic().bytes()
        };
        objective.loss().unwrap();
        assert_eq!(bytes(&objective), 16);
        objective.slope(&vec![1.0; 83], &mut gradient).unwrap();
        assert_eq!(bytes(&objective), 32);

        let search = InexactGols::default();
        let mut descent =
            Descent::new(&objective, SteepestDescent, search, Sampling::Dynamic).unwrap();
        for _ in 0..500 {
            let before = objective.collective().traffic();
            let probes = descent.step(&mut objective).unwrap().evaluations.gradients - 1;
            let Traffic { sums, scalar_bytes, averages, vector_bytes } =
                objective.collective().traffic();
            // The loss at the origin, `synchronize`, `confirm`, and the probes.
            assert_eq!(sums - before.sums, 3 + probes);
            assert_eq!(scalar_bytes - before.scalar_bytes, 16 * (3 + probes));
            assert_eq!(averages - before.averages, 1);
            assert_eq!(vector_bytes - before.vector_bytes, 83 * 4);
        }
    });
    assert_eq!(ranks.len(), 4);
}

fn collective_rank(collective: &Counted<ThreadCollective>) -> usize {
    Collective::<Vec<f32>>::rank(collective)
}

// --- Errors -------------------------------------------------------------------------------------------

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

fn settings() -> Settings {
    Settings {
        min: 1e-8,
        max: 1e7,
        displacement: Some(1.0),
        first_bracket: 0.5,
        tolerance: 1e-1,
        previous: None,
        overshoot: 0.9,
        factor: 2.0,
        sufficient_decrease: 0.2,
        max_evaluations: 100,
        ..Settings::default()
    }
}

fn searches() -> Vec<Any> {
    KINDS.map(|kind| settings().build(kind)).to_vec()
}

/// A few steps on three ranks, of which some fail in the `count`th call of a kind.
fn run_with_faults(
    faults: &'static [(usize, Call)],
    count: usize,
    (search, sampling, reuse): (Any, Sampling, bool),
) -> Vec<Option<End>> {
    on_ranks(3, move |collective| {
        let mut probe = Probe::new(0.3);
        let rank = collective.rank();
        probe.batch = 1000 * rank as u64;
        let mut objective = DataParallel::new(probe, collective);
        let mut descent = Descent::new(&objective, SteepestDescent, search.clone(), sampling)
            .unwrap()
            .with_gradient_reuse(reuse);
        for (_, call) in faults.iter().filter(|(failing, _)| *failing == rank) {
            objective.objective_mut().arm(*call, count, Fault::Error);
        }
        for step in 0..STEPS {
            let before = objective.objective().bits();
            if let Err(error) = descent.step(&mut objective) {
                let after = objective.objective().bits();
                objective.objective_mut().disarm();
                descent.reset(&objective).unwrap();
                for _ in 0..2 {
                    descent.step(&mut objective).unwrap();
                }
                let later = objective.objective().bits();
                return Some(End { step, error, before, after, later });
            }
        }
        None
    })
}

/// The method whose name an error gives.
fn operation(call: Call) -> Operation {
    match call {
        Call::Resample => Operation::Resample,
        Call::Loss => Operation::Loss,
        Call::Gradient => Operation::LossAndGradient,
        Call::Slope => Operation::Slope,
        Call::Synchronize => Operation::Synchronize,
        Call::Anchor => Operation::Anchor,
        Call::MoveTo => Operation::MoveTo,
        Call::Dot => Operation::Dot,
        Call::Axpby => Operation::Axpby,
    }
}

/// Runs every search, sampling and count with these faults; returns in how many runs they happened.
fn check_faults(faults: &'static [(usize, Call)], counts: &[usize]) -> usize {
    let mut happened = 0;
    for search in searches() {
        for (sampling, reuse) in
            [(Sampling::Full, false), (Sampling::Static, true), (Sampling::Dynamic, false)]
        {
            for &count in counts {
                let case = format!("{faults:?}, {count}, {search:?}, {sampling:?}");
                let ends = run_with_faults(faults, count, (search.clone(), sampling, reuse));
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
            assert!(faults.contains(&(rank, error.call)));
            assert_eq!(*what, operation(error.call));
        }
        ParallelError::Rank { rank: other, operation: what } => {
            assert_ne!(*other, rank);
            let mut faults = faults.iter();
            assert!(faults.any(|&(rank, call)| rank == *other && operation(call) == *what));
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
    assert!(check_faults(&[(0, Call::Gradient)], &COUNTS) > 20);
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
    assert!(check_faults(&[(1, Call::Axpby)], &COUNTS) > 20);
}

#[test]
fn ranks_that_fail_at_once_in_different_calls_each_report_their_own_error() {
    assert!(check_faults(&[(0, Call::Slope), (1, Call::MoveTo)], &COUNTS) > 20);
    assert!(check_faults(&[(0, Call::Gradient), (2, Call::Resample)], &COUNTS) > 20);
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
            let termination = gols::Termination::FixedStep;
            Request::Done(Step { length: 0.2, termination })
        }
        fn reset(&mut self) {}
    }
    let ranks = on_ranks(3, |collective| {
        let fails = collective.rank() == 2;
        let mut objective = DataParallel::new(Probe::new(0.3), collective);
        if fails {
            objective.objective_mut().arm(Call::MoveTo, 2, Fault::Error);
        }
        let before = objective.objective().bits();
        let mut descent =
            Descent::new(&objective, SteepestDescent, Elsewhere, Sampling::Full).unwrap();
        let error = descent.step(&mut objective).unwrap_err();
        assert_eq!(objective.objective().bits(), before);
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
            let mut objective = DataParallel::new(Probe::new(0.3), collective);
            if fails {
                objective.objective_mut().break_down(call);
            }
            let search = InexactGols::default();
            let mut descent =
                Descent::new(&objective, SteepestDescent, search, Sampling::Dynamic).unwrap();
            // It is in order again only after the step, so the way back fails as well.
            let error = descent.step(&mut objective).unwrap_err();
            objective.objective_mut().disarm();
            // They meet again, all at the same place.
            assert!(objective.agree(7).unwrap());
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
        let mut objective = DataParallel::new(Probe::new(0.3), collective);
        let search = FixedStep::new(0.05).unwrap();
        let mut descent = Descent::new(&objective, Told, search, Sampling::Dynamic).unwrap();
        descent.step(&mut objective).unwrap();
        if fails {
            // The arrival slope, the slope and the norm come first.
            objective.objective_mut().arm(Call::Dot, 4, Fault::Error);
        }
        let before = objective.objective().bits();
        let error = descent.step(&mut objective).unwrap_err();
        assert_eq!(objective.objective().bits(), before);
        descent.step(&mut objective).unwrap();
        (objective.objective().bits(), error.to_string())
    });
    assert!(ranks.iter().all(|(bits, _)| *bits == ranks[0].0));
    assert_eq!(ranks[0].1, "rank 1 failed in dot");
    assert!(ranks[1].1.starts_with("rank 1, this one, failed in dot: "), "{}", ranks[1].1);
}

#[test]
fn an_answer_that_is_not_a_number_on_one_rank_is_too_far_for_all() {
    let ranks = on_ranks(3, |collective| {
        let is_bad = collective.rank() == 1;
        let mut objective = DataParallel::new(Probe::new(0.3), collective);
        if is_bad {
            objective.objective_mut().arm(Call::Slope, 3, Fault::Nan);
        }
        let search = InexactGols::default();
        let mut descent =
            Descent::new(&objective, SteepestDescent, search, Sampling::Dynamic).unwrap();
        let steps: Vec<Step> =
            (0..10).map(|_| descent.step(&mut objective).unwrap().step).collect();
        (steps, objective.objective().bits())
    });
    assert!(ranks.iter().all(|rank| *rank == ranks[0]));
}

#[test]
fn a_rank_that_panics_or_leaves_does_not_keep_the_others_waiting() {
    for leaves_by_panic in [false, true] {
        let group = ThreadCollective::group(3).unwrap();
        let workers = group.into_iter().map(|collective| {
            std::thread::spawn(move || {
                let rank = collective.rank();
                let mut objective = DataParallel::new(iris::<f64>(rank), collective);
                for evaluation in 0..10 {
                    if rank == 1 && evaluation == 5 {
                        assert!(!leaves_by_panic, "as planned");
                        return Ok::<(), ParallelError<Error, ThreadError>>(());
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
        let objective = DataParallel::new(iris::<f64>(0), collective);
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

// --- The group ----------------------------------------------------------------------------------------

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
            DataParallel::new(iris::<f64>(0), collective).agree(fingerprint).unwrap()
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
