//! The runs: every search from every start.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use gols::mlp::{Activation, Dataset, Loss, Model, Network};
use gols::{
    Adam, AmortizedGols, Armijo, BisectionGols, Descent, Direction, Error, FixedStep,
    GoldenSection, InexactGols, LineSearch, MiniBatches, SliceObjective, SteepestDescent,
    Termination,
};
use indicatif::{ProgressBar, ProgressStyle};

use crate::options::Options;

/// A way to train: a search by its type's name, along −g unless another direction is named.
pub struct Method {
    pub name: &'static str,
    search: fn() -> Result<Box<dyn LineSearch>, Error>,
    direction: fn() -> Result<Box<dyn Direction<Objective>>, Error>,
}

type Objective = SliceObjective<f64, Model<f64>>;

/// The searches, and three fixed steps an order of magnitude apart.
pub const METHODS: [Method; 9] = [
    along_g("GoldenSection", || Ok(Box::new(GoldenSection::default()))),
    along_g("Armijo", || Ok(Box::new(Armijo::default()))),
    along_g("BisectionGols", || Ok(Box::new(BisectionGols::default()))),
    along_g("InexactGols", || Ok(Box::new(InexactGols::default()))),
    along_g("AmortizedGols", || Ok(Box::new(AmortizedGols::default()))),
    // Adam's direction without momentum.
    Method {
        name: "Amortized+Adam",
        search: || Ok(Box::new(AmortizedGols::default())),
        direction: || Ok(Box::new(Adam::default().with_momentum(0.0)?)),
    },
    along_g("FixedStep 0.001", || Ok(Box::new(FixedStep::new(0.001)?))),
    along_g("FixedStep 0.01", || Ok(Box::new(FixedStep::new(0.01)?))),
    along_g("FixedStep 0.1", || Ok(Box::new(FixedStep::new(0.1)?))),
];

const fn along_g(name: &'static str, search: fn() -> Result<Box<dyn LineSearch>, Error>) -> Method {
    Method { name, search, direction: || Ok(Box::new(SteepestDescent)) }
}

/// One run of one method.
#[derive(Clone)]
pub struct Run {
    /// Errors on the way, at [`checkpoints`] iterations.
    pub curve: Vec<Checkpoint>,
    /// The step length of every iteration.
    pub steps: Vec<f64>,
    /// Iterations that ended at the largest allowed step.
    pub max_steps: usize,
    pub test_accuracy: f64,
    pub information_calls: u64,
}

/// Where a run stands after some iterations; errors in percent ([LR] 3.1).
#[derive(Clone, Copy)]
pub struct Checkpoint {
    pub iteration: usize,
    pub function_evaluations: u64,
    pub training: f64,
    pub validation: f64,
    pub test: f64,
}

/// All runs of one method.
pub struct Outcome {
    pub name: &'static str,
    pub runs: Vec<Run>,
}

/// Runs everything, on all cores; the results do not depend on their number.
pub fn run(options: &Options) -> Result<Vec<Outcome>, Error> {
    let tasks = METHODS.len() * options.runs;
    let progress = ProgressBar::new((tasks * options.iterations) as u64).with_style(style());
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<Option<Result<Run, Error>>>> = Mutex::new(vec![None; tasks]);
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let task = next.fetch_add(1, Ordering::Relaxed);
                    if task >= tasks {
                        return;
                    }
                    // Runs outside, methods inside: the slow methods do not all come last.
                    let method = &METHODS[task % METHODS.len()];
                    let result = train(method, task / METHODS.len(), options, &progress);
                    done.lock().expect("no thread panics")[task] = Some(result);
                }
            });
        }
    });
    progress.finish_and_clear();
    collect(done.into_inner().expect("no thread panics"))
}

fn collect(done: Vec<Option<Result<Run, Error>>>) -> Result<Vec<Outcome>, Error> {
    let runs = done.into_iter().flatten().collect::<Result<Vec<Run>, Error>>()?;
    let outcome = |(index, method): (usize, &Method)| Outcome {
        name: method.name,
        runs: runs.iter().skip(index).step_by(METHODS.len()).cloned().collect(),
    };
    Ok(METHODS.iter().enumerate().map(outcome).collect())
}

fn train(
    method: &Method,
    run: usize,
    options: &Options,
    progress: &ProgressBar,
) -> Result<Run, Error> {
    let iris = Dataset::<f64>::iris().with_scaled_inputs(-1.0, 1.0)?.shuffled(options.seed);
    let parts = iris.split([0.5, 0.25, 0.25])?.map(Arc::new);
    let network = Network::new(&[4, options.hidden, 3], Activation::Sigmoid)?;
    let model = |part: &Arc<Dataset<f64>>| {
        Model::new(network.clone(), Loss::SquaredPercentage, Arc::clone(part))
    };
    let [training, validation, test] = &parts;
    let mut observers = Observers {
        training: model(training)?,
        validation: model(validation)?,
        test: model(test)?,
    };

    // The start is shared by all methods, and so is the seed of the batches.
    let seed = options.seed.wrapping_mul(1_000_003).wrapping_add(run as u64);
    let batches = MiniBatches::new(training.len(), options.batch, seed.wrapping_add(500_000))?;
    let x0 = network.uniform_parameters(-0.1, 0.1, seed)?;
    let mut objective = SliceObjective::new(model(training)?.with_mini_batches(batches)?, x0)?;
    let (direction, search) = ((method.direction)()?, (method.search)()?);
    let mut descent = Descent::new(&objective, direction, search, options.sampling)?;

    let mut curve = vec![observers.look(0, 0, objective.parameters())?];
    let mut steps = Vec::with_capacity(options.iterations);
    let mut max_steps = 0;
    let mut due = checkpoints(options.iterations);
    let mut next = due.next();
    for iteration in 1..=options.iterations {
        let step = descent.step(&mut objective)?.step;
        steps.push(step.length);
        max_steps += usize::from(step.termination == Termination::MaxStep);
        if next == Some(iteration) {
            next = due.next();
            let cost = descent.evaluations().function_evaluations();
            curve.push(observers.look(iteration, cost, objective.parameters())?);
        }
        progress.inc(1);
    }
    let test_accuracy = observers.test.accuracy(objective.parameters())?;
    let information_calls = descent.evaluations().information_calls();
    Ok(Run { curve, steps, max_steps, test_accuracy, information_calls })
}

/// The iterations after which errors are taken: the first ones all, then some forty a decade, and the
/// last.
fn checkpoints(iterations: usize) -> impl Iterator<Item = usize> {
    let mut iteration = 0;
    std::iter::from_fn(move || {
        if iteration == iterations {
            return None;
        }
        iteration = (iteration + 1).max(iteration * 106 / 100);
        if iteration * 106 / 100 >= iterations {
            iteration = iterations; // no stub of an interval at the end
        }
        Some(iteration)
    })
}

/// The three parts of the data, as full-batch models.
struct Observers {
    training: Model<f64>,
    validation: Model<f64>,
    test: Model<f64>,
}

impl Observers {
    fn look(&mut self, iteration: usize, cost: u64, x: &[f64]) -> Result<Checkpoint, Error> {
        Ok(Checkpoint {
            iteration,
            function_evaluations: cost,
            training: self.training.error(x)?,
            validation: self.validation.error(x)?,
            test: self.test.error(x)?,
        })
    }
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{bar:40} {percent:>3} %  {elapsed} (about {eta} left)")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
}
