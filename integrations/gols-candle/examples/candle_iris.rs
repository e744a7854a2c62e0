//! Iris learned by a small network of candle's layers: line searches of gols beside candle's own optimizers.
//!
//! Every method starts from the same weights, draws the same mini-batches in order, and is looked at after the same
//! numbers of evaluations. The searches find their steps; SGD and AdamW are given theirs.
//!
//! Run with `cargo run --release -p gols-candle --example candle_iris -- [RUNS [EVALUATIONS]]`.

use candle_core::{D, DType, Device, Result, Tensor};
use candle_nn::loss::cross_entropy;
use candle_nn::{
    AdamW, Module, Optimizer, ParamsAdamW, SGD, Sequential, VarBuilder, VarMap, linear, seq,
};
use gols::landscape::RandomVectors;
use gols::{
    Adam, AmortizedGols, BisectionGols, Dataset, Descent, Direction, InexactGols, LineSearch,
    MiniBatches, Sampling, SteepestDescent, StepBounds, VectorSpace,
};
use gols_candle::{CandleObjective, variables};

const RUNS: u64 = 10;
/// Function evaluations a run, as the line-search paper counts them: a loss is one, a gradient two.
const EVALUATIONS: u64 = 5400;
const TRAINING: usize = 75;
const BATCH: usize = 10;

type Batch = (Tensor, Tensor);

/// Inputs and classes, to train on and to test on; the seed of this run and the evaluations after which to look.
struct Problem {
    training: Batch,
    test: Batch,
    seed: u64,
    budgets: [u64; 3],
}

impl Problem {
    fn new(seed: u64, budgets: [u64; 3]) -> Result<Self> {
        let iris = Dataset::<f32>::iris().with_scaled_inputs(-1.0, 1.0);
        let iris = iris.map_err(candle_core::Error::wrap)?.shuffled(seed);
        let inputs = Tensor::from_slice(iris.inputs(), (150, 4), &Device::Cpu)?;
        let classes = Tensor::from_slice(iris.targets(), (150, 3), &Device::Cpu)?.argmax(1)?;
        let part =
            |first, rows| Ok((inputs.narrow(0, first, rows)?, classes.narrow(0, first, rows)?));
        let (training, test): (Result<Batch>, Result<Batch>) =
            (part(0, TRAINING), part(TRAINING, 150 - TRAINING));
        Ok(Self { training: training?, test: test?, seed, budgets })
    }

    /// A 4-16-3 network at this run's start: weights normal with standard deviation 1/√inputs, biases 0.
    fn network(&self) -> Result<(VarMap, Sequential)> {
        let map = VarMap::new();
        let builder = VarBuilder::from_varmap(&map, DType::F32, &Device::Cpu);
        let network = seq()
            .add(linear(4, 16, builder.pp("hidden"))?)
            .add_fn(Tensor::tanh)
            .add(linear(16, 3, builder.pp("output"))?);
        let space =
            CandleObjective::new(variables(&map), (), |()| Tensor::new(0f32, &Device::Cpu))?;
        let mut start = space.zeros()?;
        space.fill_normal(self.seed, &mut start)?;
        for (variable, numbers) in space.variables().iter().zip(&start) {
            let deviation = match variable.dims() {
                [_, inputs] => 1.0 / (*inputs as f64).sqrt(),
                _ => 0.0,
            };
            variable.set(&numbers.affine(deviation, 0.0)?)?;
        }
        Ok((map, network))
    }

    /// A source of this run's mini-batches.
    fn batches(&self) -> Result<impl FnMut() -> Result<Batch>> {
        let batches = MiniBatches::new(TRAINING, BATCH, self.seed);
        let mut batches = batches.map_err(candle_core::Error::wrap)?;
        let (inputs, classes) = self.training.clone();
        Ok(move || {
            let rows: Vec<u32> = batches.draw().iter().map(|&row| row as u32).collect();
            let rows = Tensor::new(rows.as_slice(), &Device::Cpu)?;
            Ok((inputs.index_select(&rows, 0)?, classes.index_select(&rows, 0)?))
        })
    }

    fn outcome(&self, network: &Sequential) -> Result<Outcome> {
        let loss = loss(network, &self.training)?.to_scalar::<f32>()?;
        let (inputs, classes) = &self.test;
        let right = network.forward(inputs)?.argmax(D::Minus1)?.eq(classes)?;
        let accuracy = right.to_dtype(DType::F32)?.mean_all()?.to_scalar::<f32>()?;
        Ok(Outcome { loss: f64::from(loss), accuracy: 100.0 * f64::from(accuracy) })
    }
}

fn loss(network: &Sequential, (inputs, classes): &Batch) -> Result<Tensor> {
    cross_entropy(&network.forward(inputs)?, classes)
}

/// How far a run has come: training loss, test accuracy in per cent.
struct Outcome {
    loss: f64,
    accuracy: f64,
}

/// How a search is used.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    /// Along the negative gradient.
    Plain,
    /// The same, saving a gradient an iteration: see `with_gradient_reuse`.
    Reuse,
    /// Along Adam's direction.
    AlongAdam,
}

/// A run with a search, no learning rate.
fn search(problem: &Problem, search: impl LineSearch, way: Way) -> Result<Vec<Outcome>> {
    let (map, network) = problem.network()?;
    let all = problem.training.clone();
    let mut objective = CandleObjective::new(variables(&map), all, |batch| loss(&network, batch))?
        .with_batches(problem.batches()?);
    let direction: Box<dyn Direction<_>> = match way {
        Way::AlongAdam => Box::new(Adam::default()),
        Way::Plain | Way::Reuse => Box::new(SteepestDescent),
    };
    let descent = Descent::new(&objective, direction, search, Sampling::Dynamic)?;
    let mut descent = descent.with_gradient_reuse(way == Way::Reuse);
    let looks = problem.budgets.into_iter().map(|budget| {
        while descent.evaluations().function_evaluations() < budget {
            descent.step(&mut objective)?;
        }
        problem.outcome(&network)
    });
    looks.collect()
}

/// A run with one of candle's optimizers: a gradient a step.
fn optimize<O: Optimizer>(problem: &Problem, settings: O::Config) -> Result<Vec<Outcome>> {
    let (map, network) = problem.network()?;
    let mut next_batch = problem.batches()?;
    let (mut iteration, mut optimizer) = (0, O::new(variables(&map), settings)?);
    let looks = problem.budgets.into_iter().map(|budget| {
        while 2 * iteration < budget {
            optimizer.backward_step(&loss(&network, &next_batch()?)?)?;
            iteration += 1;
        }
        problem.outcome(&network)
    });
    looks.collect()
}

/// The search to train with, along Adam's direction: its momentum of 0.9 adds up ten steps or so, so that the cap on
/// one of them is 2 (1 - 0.9).
fn amortized_adam(problem: &Problem) -> Result<Vec<Outcome>> {
    let defaults = StepBounds::default();
    let bounds = StepBounds::new(defaults.min(), defaults.max(), Some(0.2))
        .map_err(candle_core::Error::wrap)?;
    search(problem, AmortizedGols::default().with_bounds(bounds), Way::AlongAdam)
}

type Run = Box<dyn Fn(&Problem) -> Result<Vec<Outcome>>>;

/// Every method by name, with its learning rate if it needs one.
fn methods() -> Vec<(&'static str, &'static str, Run)> {
    vec![
        ("AmortizedGols", "-", Box::new(|p| search(p, AmortizedGols::default(), Way::Plain))),
        ("  along Adam", "-", Box::new(amortized_adam)),
        ("InexactGols", "-", Box::new(|p| search(p, InexactGols::default(), Way::Plain))),
        ("  with reuse", "-", Box::new(|p| search(p, InexactGols::default(), Way::Reuse))),
        ("BisectionGols", "-", Box::new(|p| search(p, BisectionGols::default(), Way::Plain))),
        ("candle SGD", "0.001", Box::new(|p| optimize::<SGD>(p, 0.001))),
        ("candle SGD", "0.01", Box::new(|p| optimize::<SGD>(p, 0.01))),
        ("candle SGD", "0.1", Box::new(|p| optimize::<SGD>(p, 0.1))),
        (ADAM, "0.001", Box::new(|p| optimize::<AdamW>(p, ParamsAdamW::default()))),
    ]
}

/// What the others are compared with at the end.
const ADAM: &str = "candle AdamW";

fn mean_and_deviation(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (mean, (squares / (n - 1.0)).sqrt())
}

/// The number at this place on the command line, if there is one.
fn argument(place: usize, default: u64) -> Result<u64> {
    let Some(text) = std::env::args().nth(place) else { return Ok(default) };
    match text.parse() {
        Ok(number) if number > 1 => Ok(number),
        _ => candle_core::bail!(
            "usage: candle_iris [RUNS [EVALUATIONS]], both at least 2, not {text:?}"
        ),
    }
}

fn main() -> Result<()> {
    let (runs, evaluations) = (argument(1, RUNS)?, argument(2, EVALUATIONS)?);
    let budgets = [evaluations / 9, evaluations / 3, evaluations];
    println!("Iris, 4-16-3 network, mini-batches of {BATCH}, {runs} runs.");
    println!("Training loss and test accuracy in % after so many function evaluations:\n");
    print!("{:<14} {:>13}", "method", "learning rate");
    budgets.iter().for_each(|budget| print!("  | {budget:>27}"));
    println!();
    let problems = (1..=runs).map(|seed| Problem::new(seed, budgets));
    let problems = problems.collect::<Result<Vec<Problem>>>()?;
    let mut accuracies = Vec::new();
    for (name, rate, run) in methods() {
        let outcomes = problems.iter().map(run).collect::<Result<Vec<Vec<Outcome>>>>()?;
        print!("{name:<14} {rate:>13}");
        let column = |look: usize, get: fn(&Outcome) -> f64| {
            outcomes.iter().map(|run| get(&run[look])).collect::<Vec<f64>>()
        };
        for look in 0..budgets.len() {
            let loss = mean_and_deviation(&column(look, |outcome| outcome.loss));
            let accuracy = mean_and_deviation(&column(look, |outcome| outcome.accuracy));
            print!("  | {:>14}  {:>11}", cell(loss, 3), cell(accuracy, 1));
        }
        println!();
        accuracies.push((
            name,
            rate,
            [0, 1, 2].map(|look| column(look, |outcome| outcome.accuracy)),
        ));
    }
    compare(&accuracies);
    Ok(())
}

type Accuracies = (&'static str, &'static str, [Vec<f64>; 3]);

/// The others' accuracy less Adam's, run by run.
fn compare(accuracies: &[Accuracies]) {
    println!(
        "\nTest accuracy less that of {ADAM}, in points ± the standard error of the difference:\n"
    );
    let Some((.., adam)) = accuracies.iter().find(|(name, ..)| *name == ADAM) else { return };
    for (name, rate, own) in accuracies.iter().filter(|(name, ..)| *name != ADAM) {
        print!("{name:<14} {rate:>13}");
        for (own, adam) in own.iter().zip(adam) {
            let differences: Vec<f64> =
                own.iter().zip(adam).map(|(own, adam)| own - adam).collect();
            let (mean, deviation) = mean_and_deviation(&differences);
            let error = deviation / (differences.len() as f64).sqrt();
            print!("  | {:>27}", format!("{mean:+.1} ± {error:.1}"));
        }
        println!();
    }
}

fn cell((mean, deviation): (f64, f64), digits: usize) -> String {
    format!("{mean:.digits$} ± {deviation:.digits$}")
}
