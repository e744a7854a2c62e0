//! The runs: every method from every start.

use std::io::{IsTerminal, Write, stderr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use gols::direction::{Adam, Direction, SteepestDescent};
use gols::mlp::{Activation, Dataset, Loss, Model, Network};
use gols::search::{
    AmortizedGols, Armijo, BisectionGols, FixedStep, GoldenSection, InexactGols, LineSearch,
    Termination,
};
use gols::{Descent, Error, Evaluations, MiniBatches, SliceObjective};

use crate::options::Options;

/// A method's name, and what trains by it.
type Method = (&'static str, fn(&Options, usize) -> Result<Run, Error>);

/// The searches along −g, the amortized one along Adam's direction without momentum as well, and three
/// fixed steps an order of magnitude apart.
const METHODS: [Method; 9] = [
    ("GoldenSection", |o, run| train(o, run, SteepestDescent, GoldenSection::default())),
    ("Armijo", |o, run| train(o, run, SteepestDescent, Armijo::default())),
    ("BisectionGols", |o, run| train(o, run, SteepestDescent, BisectionGols::default())),
    ("InexactGols", |o, run| train(o, run, SteepestDescent, InexactGols::default())),
    ("AmortizedGols", |o, run| train(o, run, SteepestDescent, AmortizedGols::default())),
    ("Amortized+Adam", |o, run| {
        train(o, run, Adam::default().with_beta1(0.0)?, AmortizedGols::default())
    }),
    ("FixedStep 0.001", |o, run| train(o, run, SteepestDescent, FixedStep::new(0.001)?)),
    ("FixedStep 0.01", |o, run| train(o, run, SteepestDescent, FixedStep::new(0.01)?)),
    ("FixedStep 0.1", |o, run| train(o, run, SteepestDescent, FixedStep::new(0.1)?)),
];

/// One run of one method.
pub struct Run {
    pub curve: Vec<Checkpoint>,
    /// The step length of every iteration.
    pub steps: Vec<f64>,
    /// Iterations that ended at the largest allowed step.
    pub max_steps: u64,
    pub test_accuracy: f64,
}

/// Where a run stands after some iterations.
pub struct Checkpoint {
    pub iteration: usize,
    pub evaluations: Evaluations,
    /// Training, validation and test error in percent ([LR] 3.1).
    pub errors: [f64; 3],
}

impl Run {
    pub fn end(&self) -> &Checkpoint {
        &self.curve[self.curve.len() - 1]
    }
}

/// All runs of one method.
pub struct Outcome {
    pub name: &'static str,
    pub runs: Vec<Run>,
}

/// Runs everything, on all cores; the results do not depend on their number.
pub fn run(options: &Options) -> Result<[Outcome; METHODS.len()], Error> {
    let tasks = METHODS.len() * options.runs;
    let next = AtomicUsize::new(0);
    let work = || -> Result<Vec<(usize, Run)>, Error> {
        let mut done = Vec::new();
        loop {
            let task = next.fetch_add(1, Ordering::Relaxed);
            if task >= tasks {
                return Ok(done);
            }
            if stderr().is_terminal() {
                write!(stderr(), "\r{} of {tasks} runs", task + 1).ok();
            }
            // Runs outside, methods inside: the slow methods do not all come last.
            let (_, train) = METHODS[task % METHODS.len()];
            done.push((task, train(options, task / METHODS.len())?));
        }
    };
    let done = thread::scope(|scope| {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        let results = threads.into_iter().map(|thread| thread.join().expect("no thread panics"));
        results.collect::<Result<Vec<_>, Error>>()
    })?;
    let mut done: Vec<(usize, Run)> = done.into_iter().flatten().collect();
    done.sort_by_key(|&(task, _)| task);
    let mut outcomes = METHODS.map(|(name, _)| Outcome { name, runs: Vec::new() });
    for (task, run) in done {
        outcomes[task % METHODS.len()].runs.push(run);
    }
    Ok(outcomes)
}

fn train(
    options: &Options,
    run: usize,
    direction: impl Direction<SliceObjective<f64, Model<f64>>>,
    search: impl LineSearch,
) -> Result<Run, Error> {
    let network = Network::new(&[4, options.hidden, 3], Activation::Sigmoid)?;
    let iris = Dataset::<f64>::iris().with_scaled_inputs(-1.0, 1.0)?.shuffled(options.seed);
    let [training, validation, test] = iris
        .split([0.5, 0.25, 0.25])?
        .map(|part| Model::new(network.clone(), Loss::SquaredPercentage, part));
    let mut models = [training?, validation?, test?];

    // The start is shared by all methods, and so is the seed of the batches.
    let seed = options.seed.wrapping_mul(1_000_003).wrapping_add(run as u64);
    let rows = models[0].data().len();
    let batches = MiniBatches::new(rows, options.batch, seed.wrapping_add(500_000))?;
    let x0 = network.uniform_parameters(-0.1, 0.1, seed)?;
    let objective = SliceObjective::new(x0, batches, models[0].clone())?;
    let descent = Descent::new(objective)?.along(direction).with_search(search);
    let mut descent = descent.with_sampling(options.sampling);

    let mut look = |iteration, evaluations, x: &[f64]| -> Result<Checkpoint, Error> {
        let [training, validation, test] = models.each_mut().map(|model| model.error(x));
        Ok(Checkpoint { iteration, evaluations, errors: [training?, validation?, test?] })
    };
    let mut curve = vec![look(0, descent.evaluations(), descent.objective().parameters())?];
    let (mut steps, mut max_steps) = (Vec::with_capacity(options.iterations), 0);
    for iteration in checkpoints(options.iterations) {
        while steps.len() < iteration {
            let step = descent.step()?.step;
            steps.push(step.length);
            max_steps += u64::from(step.termination == Termination::MaxStep);
        }
        curve.push(look(iteration, descent.evaluations(), descent.objective().parameters())?);
    }
    let test_accuracy = models[2].accuracy(descent.objective().parameters())?;
    Ok(Run { curve, steps, max_steps, test_accuracy })
}

/// The iterations after which errors are taken: the first ones all, then some forty a decade, and the
/// last.
fn checkpoints(iterations: usize) -> impl Iterator<Item = usize> {
    let after = move |&iteration: &usize| {
        let next = (iteration + 1).max(iteration * 106 / 100);
        // No stub of an interval at the end.
        let next = if next * 106 / 100 >= iterations { iterations } else { next };
        (iteration < iterations).then_some(next)
    };
    std::iter::successors(after(&0), after)
}
