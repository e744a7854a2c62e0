//! Iris learned by a small network of candle's layers: line searches of gols beside candle's own optimizers.
//!
//! Every method starts from the same weights, draws the same mini-batches in order, and has the same budget of
//! evaluations. The searches find their steps; SGD and AdamW are given theirs.
//!
//! Run with `cargo run --release -p gols-candle --example iris -- [RUNS [EVALUATIONS]]`.

use candle_core::{D, DType, Device, Result, Tensor};
use candle_nn::loss::cross_entropy;
use candle_nn::{
    AdamW, Module, Optimizer, ParamsAdamW, SGD, Sequential, VarBuilder, VarMap, linear, seq,
};
use gols::landscape::RandomVectors;
use gols::{
    BisectionGols, Dataset, Descent, InexactGols, LineSearch, MiniBatches, Sampling,
    SteepestDescent, VectorSpace,
};
use gols_candle::{CandleObjective, variables};

const RUNS: u64 = 20;
/// Function evaluations a run, as the line-search paper counts them: a loss is one, a gradient two.
const EVALUATIONS: u64 = 6000;
const TRAINING: usize = 75;
const BATCH: usize = 10;

type Batch = (Tensor, Tensor);

/// Inputs and classes, to train on and to test on; the seed of this run and its budget of evaluations.
struct Problem {
    training: Batch,
    test: Batch,
    seed: u64,
    budget: u64,
}

impl Problem {
    fn new(seed: u64, budget: u64) -> Result<Self> {
        let iris = Dataset::<f32>::iris().with_scaled_inputs(-1.0, 1.0);
        let iris = iris.map_err(candle_core::Error::wrap)?.shuffled(seed);
        let inputs = Tensor::from_slice(iris.inputs(), (150, 4), &Device::Cpu)?;
        let classes = Tensor::from_slice(iris.targets(), (150, 3), &Device::Cpu)?.argmax(1)?;
        let part =
            |first, rows| Ok((inputs.narrow(0, first, rows)?, classes.narrow(0, first, rows)?));
        let (training, test): (Result<Batch>, Result<Batch>) =
            (part(0, TRAINING), part(TRAINING, 150 - TRAINING));
        Ok(Self { training: training?, test: test?, seed, budget })
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

    fn outcome(&self, network: &Sequential, iterations: u64) -> Result<Outcome> {
        let loss = loss(network, &self.training)?.to_scalar::<f32>()?;
        let (inputs, classes) = &self.test;
        let right = network.forward(inputs)?.argmax(D::Minus1)?.eq(classes)?;
        let accuracy = right.to_dtype(DType::F32)?.mean_all()?.to_scalar::<f32>()?;
        let accuracy = 100.0 * f64::from(accuracy);
        Ok(Outcome { loss: f64::from(loss), accuracy, iterations: iterations as f64 })
    }
}

fn loss(network: &Sequential, (inputs, classes): &Batch) -> Result<Tensor> {
    cross_entropy(&network.forward(inputs)?, classes)
}

/// What a run ended with: training loss, test accuracy in per cent, iterations.
struct Outcome {
    loss: f64,
    accuracy: f64,
    iterations: f64,
}

/// A run with a search, no learning rate; `reuse` saves a gradient an iteration, see `with_gradient_reuse`.
fn search(problem: &Problem, search: impl LineSearch, reuse: bool) -> Result<Outcome> {
    let (map, network) = problem.network()?;
    let all = problem.training.clone();
    let mut objective = CandleObjective::new(variables(&map), all, |batch| loss(&network, batch))?
        .with_batches(problem.batches()?);
    let descent = Descent::new(&objective, SteepestDescent, search, Sampling::Dynamic)?;
    let mut descent = descent.with_gradient_reuse(reuse);
    let mut iterations = 0;
    while descent.evaluations().function_evaluations() < problem.budget {
        descent.step(&mut objective)?;
        iterations += 1;
    }
    problem.outcome(&network, iterations)
}

/// A run with one of candle's optimizers: a gradient a step.
fn optimize<O: Optimizer>(problem: &Problem, settings: O::Config) -> Result<Outcome> {
    let (map, network) = problem.network()?;
    let mut next_batch = problem.batches()?;
    let mut optimizer = O::new(variables(&map), settings)?;
    let iterations = problem.budget / 2;
    for _ in 0..iterations {
        optimizer.backward_step(&loss(&network, &next_batch()?)?)?;
    }
    problem.outcome(&network, iterations)
}

type Run = Box<dyn Fn(&Problem) -> Result<Outcome>>;

/// Every method by name, with its learning rate if it needs one.
fn methods() -> Vec<(&'static str, &'static str, Run)> {
    vec![
        ("InexactGols", "-", Box::new(|p| search(p, InexactGols::default(), false))),
        ("  with reuse", "-", Box::new(|p| search(p, InexactGols::default(), true))),
        ("BisectionGols", "-", Box::new(|p| search(p, BisectionGols::default(), false))),
        ("candle SGD", "0.001", Box::new(|p| optimize::<SGD>(p, 0.001))),
        ("candle SGD", "0.01", Box::new(|p| optimize::<SGD>(p, 0.01))),
        ("candle SGD", "0.1", Box::new(|p| optimize::<SGD>(p, 0.1))),
        ("candle AdamW", "0.001", Box::new(|p| optimize::<AdamW>(p, ParamsAdamW::default()))),
    ]
}

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
        _ => candle_core::bail!("usage: iris [RUNS [EVALUATIONS]], both at least 2, not {text:?}"),
    }
}

fn main() -> Result<()> {
    let (runs, budget) = (argument(1, RUNS)?, argument(2, EVALUATIONS)?);
    println!(
        "Iris, 4-16-3 network, mini-batches of {BATCH}: {budget} function evaluations a run, {runs} runs"
    );
    println!(
        "{:<14} {:>13} {:>16} {:>16} {:>10}",
        "method", "learning rate", "training loss", "test accuracy %", "iterations"
    );
    let problems = (1..=runs).map(|seed| Problem::new(seed, budget));
    let problems = problems.collect::<Result<Vec<Problem>>>()?;
    for (name, rate, run) in methods() {
        let outcomes = problems.iter().map(run).collect::<Result<Vec<Outcome>>>()?;
        let of = |get: fn(&Outcome) -> f64| {
            mean_and_deviation(&outcomes.iter().map(get).collect::<Vec<f64>>())
        };
        let (loss, accuracy) = (of(|run| run.loss), of(|run| run.accuracy));
        let (iterations, _) = of(|run| run.iterations);
        let loss = format!("{:.3} ± {:.3}", loss.0, loss.1);
        let accuracy = format!("{:.1} ± {:.1}", accuracy.0, accuracy.1);
        println!("{name:<14} {rate:>13} {loss:>16} {accuracy:>16} {iterations:>10.0}");
    }
    Ok(())
}
