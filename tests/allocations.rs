//! After the first step nothing is allocated: a counting allocator sees it.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use gols::direction::{
    Adadelta, Adagrad, Adam, AdamW, Direction, HeavyBall, Lbfgs, Nesterov, RmsProp, SteepestDescent,
};
use gols::search::{Armijo, LineSearch, Origin, ReferenceLoss, Request, all};
use gols::{
    Descent, Error, MiniBatches, Optimizer, Parameters, Sampling, SliceModel, SliceObjective,
    SliceOptimizer, StochasticObjective, VectorSpace,
};

thread_local! {
    /// Allocations of this thread; tests run on threads of their own.
    static COUNT: Cell<u64> = const { Cell::new(0) };
}

struct Counting;

impl Counting {
    fn count() {
        COUNT.with(|count| count.set(count.get() + 1));
    }
}

// SAFETY: every call is handed on to the system's allocator unchanged; the counter allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        Self::count();
        // SAFETY: the caller's promises are the system allocator's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        Self::count();
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        Self::count();
        // SAFETY: as above.
        unsafe { System.realloc(block, layout, size) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How often `work` allocates.
fn allocations(work: impl FnOnce()) -> u64 {
    let before = COUNT.with(Cell::get);
    work();
    COUNT.with(Cell::get) - before
}

#[test]
fn the_counter_counts() {
    assert_eq!(allocations(|| drop(std::hint::black_box(Box::new(1)))), 1);
    assert_eq!(
        allocations(|| {
            let mut grown = Vec::with_capacity(1);
            grown.extend_from_slice(&[1, 2, 3]);
            std::hint::black_box(grown);
        }),
        2
    );
    assert_eq!(allocations(|| drop(std::hint::black_box(vec![0_u8; 100]))), 1);
    assert_eq!(allocations(|| ()), 0);
}

const SAMPLINGS: [Sampling; 3] = [Sampling::Full, Sampling::Static, Sampling::Dynamic];

/// Every search, and Armijo's rule with its other reference.
fn searches() -> impl Iterator<Item = (&'static str, Box<dyn LineSearch>)> {
    let resampled = Armijo::default().with_reference(ReferenceLoss::Resampled);
    all().into_iter().chain([("Armijo resampled", Box::new(resampled) as Box<_>)])
}

/// Steps of every search with every sampling, with and without reuse. Where the objective prepares
/// lines, Full and Static without reuse search along them.
fn check<O>(objective: impl Fn() -> O, steps: usize)
where
    O: StochasticObjective<Error: std::fmt::Debug>,
{
    for sampling in SAMPLINGS {
        for reuse in [false, true] {
            for (name, search) in searches() {
                let descent = Descent::new(objective()).unwrap().with_search(search);
                let descent = descent.with_sampling(sampling).with_gradient_reuse(reuse);
                check_steps(&format!("{name} {sampling:?} {reuse}"), descent, steps);
            }
        }
    }
}

fn check_steps<O, D, S>(name: &str, mut descent: Descent<O, D, S>, steps: usize)
where
    O: StochasticObjective<Error: std::fmt::Debug>,
    D: Direction<O>,
    S: LineSearch,
{
    descent.step().unwrap();
    let count = allocations(|| {
        descent.run(steps).unwrap();
    });
    assert_eq!(count, 0, "{name}");
}

/// Least squares on mini-batches.
#[derive(Clone)]
struct Fit;

impl SliceModel<f32> for Fit {
    type Error = Error;

    fn loss_and_gradient(
        &mut self,
        x: &[f32],
        rows: &[usize],
        gradient: &mut [f32],
    ) -> Result<f64, Error> {
        gradient[0] = 0.0;
        let mut loss = 0.0;
        for &row in rows {
            let u = row as f32 / 50.0;
            gradient[0] += 2.0 * u * (x[0] * u - 1.0);
            loss += f64::from(x[0] * u - 1.0).powi(2);
        }
        Ok(loss)
    }
}

fn fit(batches: MiniBatches) -> SliceObjective<f32, Fit> {
    SliceObjective::new(vec![0.0], batches, Fit).unwrap()
}

#[test]
fn a_search_alone_allocates_nothing_at_all() {
    for (name, mut search) in searches() {
        let count = allocations(|| {
            for _ in 0..3 {
                let mut request = search.start(Origin::new(-1.0, 1.0));
                while let Request::Loss(alpha) | Request::Slope(alpha) = request {
                    request = search.resume(alpha - 0.3);
                }
                search.take_back();
                search.reset();
            }
        });
        assert_eq!(count, 0, "{name}");
    }
}

#[test]
fn descent_on_closures_allocates_nothing_after_the_first_step() {
    let bowl = || {
        SliceObjective::from_fn(vec![0.0; 10], |x: &[f64], gradient| {
            let terms = gradient.iter_mut().zip(x).zip(1..);
            terms.for_each(|((g, x), i)| *g = 2.0 * f64::from(i) * (x - 0.5));
            x.iter().zip(1..).map(|(x, i)| f64::from(i) * (x - 0.5).powi(2)).sum::<f64>()
        })
        .unwrap()
    };
    check(bowl, 20);
}

#[test]
fn descent_on_mini_batches_allocates_nothing_after_the_first_step() {
    check(|| fit(MiniBatches::new(50, 10, 1).unwrap()), 20);
    check(|| fit(MiniBatches::with_replacement(50, 60, 1).unwrap()), 20);
}

type Rule = Box<dyn Direction<SliceObjective<f32, Fit>>>;

fn rules() -> [Rule; 9] {
    [
        Box::new(SteepestDescent),
        Box::new(HeavyBall::default()),
        Box::new(Nesterov::default()),
        Box::new(Adagrad::default()),
        Box::new(RmsProp::default()),
        Box::new(Adadelta::default()),
        Box::new(Adam::default()),
        Box::new(AdamW::default()),
        Box::new(Lbfgs::default().with_history_size(3).unwrap()),
    ]
}

#[test]
fn directions_allocate_nothing_after_the_first_step() {
    for sampling in SAMPLINGS {
        for (index, rule) in rules().into_iter().enumerate() {
            // Twenty steps, with falls back on -g among them where there is momentum.
            let descent = Descent::new(fit(MiniBatches::new(50, 10, 1).unwrap())).unwrap();
            let descent = descent.along(rule).with_sampling(sampling);
            check_steps(&format!("rule {index}, {sampling:?}"), descent, 20);
        }
    }
}

#[test]
fn an_optimizer_allocates_nothing_after_its_first_step() {
    for averaging in [0.0, 0.9] {
        for (index, rule) in rules().into_iter().enumerate() {
            let mut parameters = fit(MiniBatches::new(50, 10, 1).unwrap());
            let optimizer = Optimizer::new(&parameters).unwrap().along(rule);
            let mut optimizer = optimizer.with_averaging(averaging).unwrap();
            let mut gradient = vec![0.0];
            let mut step = || {
                parameters.resample().unwrap();
                parameters.loss_and_gradient(&mut gradient).unwrap();
                optimizer.step(&mut parameters, &gradient).unwrap();
            };
            step();
            assert_eq!(allocations(|| (0..20).for_each(|_| step())), 0, "rule {index}");
        }
    }
}

#[test]
fn an_optimizer_of_slices_allocates_nothing_after_its_first_step() {
    for averaging in [0.0, 0.9] {
        for is_adaptive in [true, false] {
            let optimizer = SliceOptimizer::<f32>::new(3).with_averaging(averaging).unwrap();
            let mut optimizer = if is_adaptive { optimizer } else { optimizer.steepest_descent() };
            let (mut x, mut mean) = ([3.0, -2.0, 1.0], [0.0; 3]);
            let mut step = || {
                let gradient = x;
                optimizer.step(&mut x, &gradient).unwrap();
                optimizer.average(&x, &mut mean).unwrap();
            };
            step();
            assert_eq!(allocations(|| (0..50).for_each(|_| step())), 0, "{averaging}");
            assert_eq!(allocations(|| optimizer.finish(&mut x).unwrap()), 0);
        }
    }
}

#[test]
fn vectors_are_combined_without_allocating() {
    let mut objective = SliceObjective::from_fn(vec![0.5; 5000], |x, _| x[0]).unwrap();
    let d = objective.zeros().unwrap();
    let mut y = objective.zeros().unwrap();
    let count = allocations(|| {
        objective.dot(&d, &y).unwrap();
        objective.products(&d, &y).unwrap();
        objective.axpby(1.0, &d, 2.0, &mut y).unwrap();
        objective.anchor().unwrap();
        objective.move_to(1.0, &d).unwrap();
        objective.restore().unwrap();
        objective.set_parameters(&y).unwrap();
        objective.combine(0.5, 1.0, &d).unwrap();
        objective.copy_to(&mut y).unwrap();
        objective.follow([0.5, 1.0], [1.0; 2], &d, &mut y).unwrap();
        objective.add_to(1.0, &mut y).unwrap();
    });
    assert_eq!(count, 0);
}

#[cfg(feature = "mlp")]
mod network {
    use gols::mlp::{Activation, Dataset, Loss, Model, Network};

    use super::*;

    fn network(
        hidden: Activation,
        loss: Loss,
        batches: MiniBatches,
    ) -> SliceObjective<f64, Model<f64>> {
        let iris = Dataset::iris().with_scaled_inputs(-1.0, 1.0).unwrap();
        let network = Network::new(&[4, 5, 4, 3], hidden).unwrap();
        let x0 = network.uniform_parameters(-0.5, 0.5, 1).unwrap();
        SliceObjective::new(x0, batches, Model::new(network, loss, iris).unwrap()).unwrap()
    }

    #[test]
    fn descent_on_the_network_and_its_prepared_lines_allocates_nothing_after_the_first_step() {
        let batches = || MiniBatches::new(150, 10, 1).unwrap();
        check(|| network(Activation::Sigmoid, Loss::SquaredPercentage, batches()), 4);
        check(|| network(Activation::Relu, Loss::HalfSquared, batches()), 2);
    }

    #[test]
    fn batches_larger_than_the_data_allocate_once() {
        // With replacement a batch may exceed the data set; the room for it is made by the first draw.
        let batches = MiniBatches::with_replacement(150, 400, 1).unwrap();
        let objective = network(Activation::Tanh, Loss::HalfSquared, batches);
        check_steps("dynamic", Descent::new(objective).unwrap(), 5);
    }

    #[test]
    fn evaluations_of_the_network_allocate_nothing_once_their_room_is_made() {
        for hidden in [
            Activation::Sigmoid,
            Activation::Tanh,
            Activation::Softsign,
            Activation::Relu,
            Activation::LeakyRelu,
            Activation::Elu,
            Activation::Linear,
        ] {
            let batches = MiniBatches::new(150, 150, 1).unwrap();
            let (mut model, x) = network(hidden, Loss::HalfSquared, batches).into_parts();
            let mut gradient = vec![0.0; x.len()];
            let rows: Vec<usize> = (0..140).rev().collect();
            let mut evaluate = || {
                for rows in [&[][..], &rows, &rows[..3]] {
                    model.loss(&x, rows, &mut []).unwrap();
                    model.loss_and_gradient(&x, rows, &mut gradient).unwrap();
                }
                model.error(&x).unwrap();
                model.accuracy(&x).unwrap();
            };
            evaluate();
            assert_eq!(allocations(evaluate), 0, "{hidden:?}");
        }
    }
}
