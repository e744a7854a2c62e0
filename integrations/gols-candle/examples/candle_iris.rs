//! Iris learned by a small network of candle's layers: line searches of gols beside candle's own optimizers.
//!
//! Every method starts from the same weights, draws the same mini-batches in order, and is looked at after the same
//! numbers of evaluations. The searches find their steps; SGD and AdamW are given theirs.
//!
//! Run with `cargo run --release -p gols-candle --example candle_iris -- [RUNS [EVALUATIONS]]`.

use candle_core::{D, DType, Device, Error, Result, Tensor};
use candle_nn::loss::cross_entropy;
use candle_nn::{AdamW, Module, ParamsAdamW, SGD, Sequential, VarBuilder, VarMap, linear, seq};
use gols::landscape::RandomVectors;
use gols::mlp::Dataset;
use gols::search::{AmortizedGols, BisectionGols, InexactGols, LineSearch};
use gols::{Descent, MiniBatches, Optimizer, VectorSpace};
use gols_candle::{CandleObjective, variables};
use gols_conformance::comparison::{Comparison, Method, Outcome};

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
        let iris = iris.map_err(Error::wrap)?.shuffled(seed);
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
        let mut batches = batches.map_err(Error::wrap)?;
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

/// A run with the optimizer: no learning rate, one gradient an update.
fn optimize(problem: &Problem) -> Result<Vec<Outcome>> {
    let (map, network) = problem.network()?;
    let all = problem.training.clone();
    let mut objective = CandleObjective::new(variables(&map), all, |batch| loss(&network, batch))?
        .with_batches(problem.batches()?);
    let (mut updates, mut optimizer) = (0, Optimizer::new(&objective)?);
    let looks = problem.budgets.into_iter().map(|budget| {
        while 2 * updates < budget {
            optimizer.train(&mut objective, 1)?;
            updates += 1;
        }
        optimizer.averaged(&mut objective, |_| problem.outcome(&network))?
    });
    looks.collect()
}

/// A run with a search: no learning rate either.
fn search(problem: &Problem, search: impl LineSearch, reuse: bool) -> Result<Vec<Outcome>> {
    let (map, network) = problem.network()?;
    let all = problem.training.clone();
    let objective = CandleObjective::new(variables(&map), all, |batch| loss(&network, batch))?
        .with_batches(problem.batches()?);
    let descent = Descent::new(objective)?.with_search(search);
    let mut descent = descent.with_gradient_reuse(reuse);
    let looks = problem.budgets.into_iter().map(|budget| {
        while descent.evaluations().function_evaluations() < budget {
            descent.step()?;
        }
        problem.outcome(&network)
    });
    looks.collect()
}

/// A run with one of candle's optimizers: a gradient a step.
fn optimize_by_candle<O: candle_nn::Optimizer>(
    problem: &Problem,
    settings: O::Config,
) -> Result<Vec<Outcome>> {
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

/// Every method by name, with its learning rate if it needs one.
fn methods() -> Vec<Method<Problem, Error>> {
    vec![
        ("Optimizer", "-", Box::new(optimize)),
        ("AmortizedGols", "-", Box::new(|p| search(p, AmortizedGols::default(), false))),
        ("InexactGols", "-", Box::new(|p| search(p, InexactGols::default(), false))),
        ("  with reuse", "-", Box::new(|p| search(p, InexactGols::default(), true))),
        ("BisectionGols", "-", Box::new(|p| search(p, BisectionGols::default(), false))),
        ("candle SGD", "0.001", Box::new(|p| optimize_by_candle::<SGD>(p, 0.001))),
        ("candle SGD", "0.01", Box::new(|p| optimize_by_candle::<SGD>(p, 0.01))),
        ("candle SGD", "0.1", Box::new(|p| optimize_by_candle::<SGD>(p, 0.1))),
        (ADAM, "0.001", Box::new(|p| optimize_by_candle::<AdamW>(p, ParamsAdamW::default()))),
    ]
}

/// What the others are compared with at the end.
const ADAM: &str = "candle AdamW";

fn main() -> Result<()> {
    let comparison = Comparison::from_arguments(RUNS, EVALUATIONS).map_err(Error::Msg)?;
    println!("Iris, 4-16-3 network, mini-batches of {BATCH}, {} runs.", comparison.runs);
    let problems = (1..=comparison.runs).map(|seed| Problem::new(seed, comparison.budgets));
    comparison.print(&problems.collect::<Result<Vec<Problem>>>()?, methods(), ADAM)
}
