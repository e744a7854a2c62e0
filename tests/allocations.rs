//! After the first step nothing is allocated: a counting allocator sees it.

mod common;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use common::{Any, KINDS, Settings};
use gols::mlp::{Activation, Dataset, Loss, Model, Network};
use gols::{
    Adadelta, Adagrad, Adam, AdamW, Descent, Direction, FixedStep, HeavyBall, InexactGols, LBfgs,
    LineSearch, MiniBatches, Nesterov, Origin, RMSProp, Request, Sampling, SliceModel,
    SliceObjective, SteepestDescent, StochasticObjective, VectorSpace,
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

const SAMPLINGS: [Sampling; 3] = [Sampling::Full, Sampling::Static, Sampling::Dynamic];

fn searches() -> Vec<Any> {
    let settings = Settings {
        min: 1e-8,
        max: 1e7,
        displacement: Some(1.0),
        first_bracket: 0.5,
        tolerance: 1e-2,
        previous: None,
        overshoot: 0.9,
        factor: 2.0,
        sufficient_decrease: 0.2,
        budget: 60,
    };
    let mut searches: Vec<Any> = KINDS.map(|kind| settings.build(kind)).to_vec();
    searches.push(Any::Fixed(FixedStep::new(0.01).unwrap()));
    searches
}

/// Steps with every sampling, with and without reuse, a search as it is and boxed.
fn check<O>(objective: &O, steps: usize)
where
    O: StochasticObjective<Vector: Clone, Error: std::fmt::Debug> + Clone,
{
    for search in searches() {
        for sampling in SAMPLINGS {
            for reuse in [false, true] {
                let name = format!("{search:?} {sampling:?} {reuse}");
                check_steps(&name, objective.clone(), search.clone(), sampling, reuse, steps);
                check_steps(
                    &name,
                    objective.clone(),
                    search.clone().boxed(),
                    sampling,
                    reuse,
                    steps,
                );
            }
        }
    }
}

fn check_steps<O, S>(
    name: &str,
    mut objective: O,
    search: S,
    sampling: Sampling,
    reuse: bool,
    steps: usize,
) where
    O: StochasticObjective<Error: std::fmt::Debug>,
    S: LineSearch,
{
    let mut descent = Descent::new(&objective, SteepestDescent, search, sampling)
        .unwrap()
        .with_gradient_reuse(reuse);
    descent.step(&mut objective).unwrap();
    let count = allocations(|| {
        for _ in 0..steps {
            descent.step(&mut objective).unwrap();
        }
    });
    assert_eq!(count, 0, "{name}");
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

#[test]
fn directions_allocate_nothing_after_the_first_step() {
    type Rule = Box<dyn Direction<SliceObjective<f32, Fit>>>;
    let rules: [fn() -> Rule; 8] = [
        || Box::new(HeavyBall::default()),
        || Box::new(Nesterov::default()),
        || Box::new(Adagrad::default()),
        || Box::new(RMSProp::default()),
        || Box::new(Adadelta::default()),
        || Box::new(Adam::default()),
        || Box::new(AdamW::default()),
        || Box::new(LBfgs::default().with_memory(3).unwrap()),
    ];
    for (index, rule) in rules.into_iter().enumerate() {
        for sampling in SAMPLINGS {
            let batches = MiniBatches::new(50, 10, 1).unwrap();
            let model = Fit(batches, (0..50).collect());
            let mut objective = SliceObjective::new(model, vec![0.0_f32]).unwrap();
            let search = InexactGols::default();
            let mut descent = Descent::new(&objective, rule(), search, sampling).unwrap();
            descent.step(&mut objective).unwrap();
            // Twenty steps, with falls back on -g among them where there is momentum.
            let count = allocations(|| {
                for _ in 0..20 {
                    descent.step(&mut objective).unwrap();
                }
            });
            assert_eq!(count, 0, "rule {index}, {sampling:?}");
        }
    }
}

#[test]
fn a_search_alone_allocates_nothing_at_all() {
    for mut search in searches() {
        let count = allocations(|| {
            for _ in 0..3 {
                let mut request = search.start(Origin::new(-1.0, 1.0));
                while let Request::Loss(alpha) | Request::Slope(alpha) = request {
                    request = search.resume(alpha - 0.3);
                }
                search.reset();
            }
        });
        assert_eq!(count, 0, "{search:?}");
    }
}

#[test]
fn descent_on_closures_allocates_nothing_after_the_first_step() {
    fn loss(x: &[f64]) -> f64 {
        x.iter().zip(1..).map(|(x, i)| f64::from(i) * (x - 0.5) * (x - 0.5)).sum()
    }
    fn gradient(x: &[f64], gradient: &mut [f64]) -> f64 {
        let terms = gradient.iter_mut().zip(x).zip(1..);
        terms.for_each(|((g, x), i)| *g = 2.0 * f64::from(i) * (x - 0.5));
        loss(x)
    }
    let objective = SliceObjective::from_fns(vec![0.0; 10], loss, gradient).unwrap();
    check(&objective, 20);
}

/// Least squares on mini-batches: a slice model with a resample of its own.
#[derive(Clone)]
struct Fit(MiniBatches, Vec<usize>);

impl SliceModel<f32> for Fit {
    type Error = gols::Error;

    fn loss(&mut self, x: &[f32]) -> Result<f64, gols::Error> {
        let square = |&row: &usize| (f64::from(x[0]) * row as f64 / 50.0 - 1.0).powi(2);
        Ok(self.1.iter().map(square).sum())
    }

    fn loss_and_gradient(&mut self, x: &[f32], gradient: &mut [f32]) -> Result<f64, gols::Error> {
        gradient[0] = 0.0;
        for &row in &self.1 {
            let u = row as f32 / 50.0;
            gradient[0] += 2.0 * u * (x[0] * u - 1.0);
        }
        self.loss(x)
    }

    fn resample(&mut self) -> Result<(), gols::Error> {
        self.1.clear();
        self.1.extend_from_slice(self.0.draw());
        Ok(())
    }
}

#[test]
fn descent_on_a_slice_model_allocates_nothing_after_the_first_step() {
    let without = MiniBatches::new(50, 10, 1).unwrap();
    let with = MiniBatches::with_replacement(50, 10, 1).unwrap();
    for batches in [without, with] {
        let model = Fit(batches, (0..50).collect());
        check(&SliceObjective::new(model, vec![0.0_f32]).unwrap(), 20);
    }
}

fn network(
    hidden: Activation,
    loss: Loss,
    batches: MiniBatches,
) -> SliceObjective<f64, Model<f64>> {
    let iris = Dataset::iris().with_scaled_inputs(-1.0, 1.0).unwrap();
    let network = Network::new(&[4, 5, 4, 3], hidden).unwrap();
    let x0 = network.uniform_parameters(-0.5, 0.5, 1).unwrap();
    let model = Model::new(network, loss, iris).unwrap().with_mini_batches(batches).unwrap();
    SliceObjective::new(model, x0).unwrap()
}

#[test]
fn descent_on_the_network_allocates_nothing_after_the_first_step() {
    let batches = MiniBatches::new(150, 10, 1).unwrap();
    check(&network(Activation::Sigmoid, Loss::SquaredPercentage, batches.clone()), 4);
    check(&network(Activation::Relu, Loss::HalfSquared, batches), 2);
}

#[test]
fn batches_larger_than_the_data_allocate_once() {
    // With replacement a batch may exceed the data set; the room for it is made by the first draw.
    let batches = MiniBatches::with_replacement(150, 400, 1).unwrap();
    let objective = network(Activation::Tanh, Loss::HalfSquared, batches);
    check_steps("dynamic", objective, searches().remove(0), Sampling::Dynamic, false, 5);
}

#[test]
fn evaluations_of_the_network_allocate_nothing_ever() {
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
        let objective = network(hidden, Loss::HalfSquared, batches);
        let (mut model, x) = objective.into_parts();
        let mut gradient = vec![0.0; x.len()];
        let rows: Vec<usize> = (0..140).collect();
        let count = allocations(|| {
            model.loss(&x).unwrap();
            model.loss_and_gradient(&x, &mut gradient).unwrap();
            model.error(&x).unwrap();
            model.accuracy(&x).unwrap();
            model.resample().unwrap();
            model.loss_and_gradient(&x, &mut gradient).unwrap();
            model.set_batch(&rows).unwrap();
            model.loss(&x).unwrap();
        });
        assert_eq!(count, 0, "{hidden:?}");
    }
}

#[test]
fn vectors_are_combined_without_allocating() {
    let mut objective = SliceObjective::from_fns(vec![0.5; 5000], |x| x[0], |x, _| x[0]).unwrap();
    let d = objective.zeros().unwrap();
    let mut y = objective.zeros().unwrap();
    let count = allocations(|| {
        objective.dot(&d, &y).unwrap();
        objective.axpby(1.0, &d, 2.0, &mut y).unwrap();
        objective.anchor().unwrap();
        objective.move_to(1.0, &d).unwrap();
        objective.move_to(0.0, &d).unwrap();
        objective.set_parameters(&y).unwrap();
    });
    assert_eq!(count, 0);
}
