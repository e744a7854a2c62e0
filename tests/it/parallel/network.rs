//! A network trained by many ranks: their bits, their steps and their bytes.

use gols::mlp::{Activation, Dataset, Loss, Model, Network};
use gols::parallel::{Collective, Counted, DataParallel, ThreadCollective, Traffic};
use gols::search::Step;
use gols::{
    Descent, ElementWise, MiniBatches, Parameters, Real, Sampling, SliceObjective,
    StochasticObjective, VectorSpace,
};

use super::on_ranks;

const SAMPLINGS: [Sampling; 3] = [Sampling::Full, Sampling::Static, Sampling::Dynamic];

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
    SliceObjective::new(x0, batches, model).unwrap()
}

/// The steps of a training of Iris, and the bits of its last parameters.
fn train_iris<T: Real + Into<f64>>(
    collective: ThreadCollective,
    iterations: usize,
    sampling: Sampling,
    reuse: bool,
) -> (Vec<Step>, Vec<u64>) {
    let objective = DataParallel::new(iris::<T>(collective.rank()), collective);
    let descent = Descent::new(objective).unwrap().with_sampling(sampling);
    let mut descent = descent.with_gradient_reuse(reuse);
    let steps = (0..iterations).map(|_| descent.step().unwrap().step).collect();
    (steps, wide_bits(descent.objective().objective().parameters()))
}

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
        let descent = Descent::new(iris::<T>(0)).unwrap().with_sampling(sampling);
        let mut descent = descent.with_gradient_reuse(reuse);
        let steps = (0..100).map(|_| descent.step().unwrap().step).collect();
        (steps, wide_bits(descent.objective().parameters()))
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
    let model = Model::new(network, Loss::HalfSquared, data).unwrap();
    SliceObjective::new(x0, None, model).unwrap()
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
        let mut descent = Descent::new(objective).unwrap();
        let visit = |_| {
            let x = descent.objective().objective().parameters().to_vec();
            let iteration = descent.step().unwrap();
            (x, [iteration.slope, iteration.loss.unwrap(), iteration.step.length])
        };
        (0..50).map(visit).collect()
    });
    let mut descent = Descent::new(full(rows(0, ends[4]))).unwrap();
    for (step, (x, parallel)) in ranks[0].iter().enumerate() {
        descent.objective_mut().set_parameters(x).unwrap();
        let iteration = descent.step().unwrap();
        let alone = [iteration.slope, iteration.loss.unwrap(), iteration.step.length];
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
        alone.add_to(-0.1, &mut expected).unwrap();
        parallel.add_to(-0.1, &mut found).unwrap();
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
        "rank 1, this one, failed in add_squares: the length of a vector is 5, but 83 is needed"
    );
}

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

        let mut descent = Descent::new(objective).unwrap();
        for _ in 0..500 {
            let before = descent.objective().collective().traffic();
            let probes = descent.step().unwrap().evaluations.gradients - 1;
            let Traffic { sums, scalar_bytes, averages, vector_bytes } =
                descent.objective().collective().traffic();
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
