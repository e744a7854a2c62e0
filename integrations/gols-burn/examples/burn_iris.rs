//! Iris learned by a small network of burn's layers: line searches of gols beside burn's own optimizers.
//!
//! Every method starts from the same weights, draws the same mini-batches in order, and is looked at after the same
//! numbers of evaluations. The searches find their steps; SGD and Adam are given theirs.
//!
//! Run with `cargo run --release -p gols-burn --example burn_iris -- [RUNS [EVALUATIONS]]`.

use burn::module::{Initializer, Module};
use burn::nn::loss::CrossEntropyLossConfig;
use burn::nn::{Linear, LinearConfig};
use burn::optim::{AdamConfig, GradientsParams, ModuleOptimizer, SgdConfig};
use burn::tensor::{Device, Int, Tensor, TensorData};
use gols::landscape::RandomVectors;
use gols::mlp::Dataset;
use gols::search::{AmortizedGols, BisectionGols, InexactGols, LineSearch};
use gols::{Descent, MiniBatches, Optimizer, Parameters, VectorSpace};
use gols_burn::{BurnObjective, Error};
use gols_conformance::comparison::{Comparison, Method, Outcome};

const RUNS: u64 = 10;
/// Function evaluations a run, as the line-search paper counts them: a loss is one, a gradient two.
const EVALUATIONS: u64 = 5400;
const TRAINING: usize = 75;
const BATCH: usize = 10;

/// A 4-16-3 network.
#[derive(Module, Debug)]
struct Network {
    hidden: Linear,
    output: Linear,
}

impl Network {
    fn forward(&self, inputs: Tensor<2>) -> Tensor<2> {
        self.output.forward(self.hidden.forward(inputs).tanh())
    }

    fn loss(&self, batch: &Batch) -> Tensor<1> {
        let outputs = self.forward(batch.inputs.clone());
        let loss = CrossEntropyLossConfig::new().init(&outputs.device());
        loss.forward(outputs, batch.classes.clone())
    }
}

#[derive(Clone, Debug)]
struct Batch {
    inputs: Tensor<2>,
    classes: Tensor<1, Int>,
}

impl Batch {
    /// Some of its rows.
    fn rows(&self, rows: &[usize]) -> Self {
        let rows: Vec<i64> = rows.iter().map(|&row| row as i64).collect();
        let data = TensorData::from(rows.as_slice());
        let rows = Tensor::<1, Int>::from_data(data, &self.inputs.device());
        Self {
            inputs: self.inputs.clone().select(0, rows.clone()),
            classes: self.classes.clone().select(0, rows),
        }
    }
}

/// Inputs and classes, to train on and to test on; the seed of this run and the evaluations after which to look.
struct Problem {
    device: Device,
    training: Batch,
    test: Batch,
    seed: u64,
    budgets: [u64; 3],
}

impl Problem {
    fn new(seed: u64, budgets: [u64; 3]) -> Result<Self, Error> {
        let device = Device::flex().autodiff();
        let iris = Dataset::<f32>::iris().with_scaled_inputs(-1.0, 1.0).map_err(Error::other)?;
        let iris = iris.shuffled(seed);
        let inputs = TensorData::new(iris.inputs().to_vec(), [iris.len(), 4]);
        let targets = TensorData::new(iris.targets().to_vec(), [iris.len(), 3]);
        let classes = Tensor::<2>::from_data(targets, &device).argmax(1).squeeze_dim(1);
        let all = Batch { inputs: Tensor::from_data(inputs, &device), classes };
        let rows: Vec<usize> = (0..iris.len()).collect();
        let (training, test) = rows.split_at(TRAINING);
        let (training, test) = (all.rows(training), all.rows(test));
        Ok(Self { device, training, test, seed, budgets })
    }

    /// The network at this run's start: weights and biases normal with standard deviation 0.3.
    fn network(&self) -> Result<Network, Error> {
        let layer = |inputs, outputs| {
            let config = LinearConfig::new(inputs, outputs).with_initializer(Initializer::Zeros);
            config.init(&self.device)
        };
        let zero = Network { hidden: layer(4, 16), output: layer(16, 3) };
        let loss = |network: &Network, batch: &Batch| Ok(network.loss(batch));
        let mut space = BurnObjective::new(zero, self.training.clone(), loss)?;
        let mut normal = space.zeros()?;
        space.fill_normal(self.seed, &mut normal)?;
        space.combine(0.0, 0.3, &normal)?;
        Ok(space.into_model())
    }

    /// A source of this run's mini-batches.
    fn batches(&self) -> Result<impl FnMut() -> Result<Batch, Error>, Error> {
        let batches = MiniBatches::new(TRAINING, BATCH, self.seed);
        let (mut batches, training) = (batches.map_err(Error::other)?, self.training.clone());
        Ok(move || Ok(training.rows(batches.draw())))
    }

    fn outcome(&self, network: &Network) -> Result<Outcome, Error> {
        let network = network.valid();
        let Batch { inputs, classes } = self.test.clone();
        let predictions = network.forward(inputs.inner()).argmax(1).squeeze_dim(1);
        let right = predictions.equal(classes.inner()).float().mean();
        let accuracy = 100.0 * right.try_into_scalar::<f64>()?;
        let loss = network.loss(&self.training).try_into_scalar::<f64>()?;
        Ok(Outcome { loss, accuracy })
    }
}

/// A run with the optimizer: no learning rate, one gradient an update.
fn optimize(problem: &Problem) -> Result<Vec<Outcome>, Error> {
    let loss = |network: &Network, batch: &Batch| Ok(network.loss(batch));
    let all = problem.training.clone();
    let mut objective =
        BurnObjective::new(problem.network()?, all, loss)?.with_batches(problem.batches()?);
    let (mut updates, mut optimizer) = (0, Optimizer::new(&objective)?);
    let looks = problem.budgets.into_iter().map(|budget| {
        while 2 * updates < budget {
            optimizer.train(&mut objective, 1)?;
            updates += 1;
        }
        optimizer.averaged(&mut objective, |objective| problem.outcome(objective.model()))?
    });
    looks.collect()
}

/// A run with a search: no learning rate either.
fn search(problem: &Problem, search: impl LineSearch, reuse: bool) -> Result<Vec<Outcome>, Error> {
    let loss = |network: &Network, batch: &Batch| Ok(network.loss(batch));
    let all = problem.training.clone();
    let objective =
        BurnObjective::new(problem.network()?, all, loss)?.with_batches(problem.batches()?);
    let descent = Descent::new(objective)?.with_search(search);
    let mut descent = descent.with_gradient_reuse(reuse);
    let looks = problem.budgets.into_iter().map(|budget| {
        while descent.evaluations().function_evaluations() < budget {
            descent.step()?;
        }
        problem.outcome(descent.objective().model())
    });
    looks.collect()
}

/// A run with one of burn's optimizers: a gradient a step.
fn optimize_by_burn(
    problem: &Problem,
    mut optimizer: ModuleOptimizer,
    rate: f64,
) -> Result<Vec<Outcome>, Error> {
    let (mut network, mut next_batch) = (problem.network()?, problem.batches()?);
    let mut iteration = 0;
    let looks = problem.budgets.into_iter().map(|budget| {
        while 2 * iteration < budget {
            let gradients = network.loss(&next_batch()?).backward();
            let gradients = GradientsParams::from_grads(gradients, &network);
            network = optimizer.step(rate, network.clone(), gradients);
            iteration += 1;
        }
        problem.outcome(&network)
    });
    looks.collect()
}

/// Every method by name, with its learning rate if it needs one.
fn methods() -> Vec<Method<Problem, Error>> {
    let sgd = || SgdConfig::new().init();
    vec![
        ("Optimizer", "-", Box::new(optimize)),
        ("AmortizedGols", "-", Box::new(|p| search(p, AmortizedGols::default(), false))),
        ("InexactGols", "-", Box::new(|p| search(p, InexactGols::default(), false))),
        ("  with reuse", "-", Box::new(|p| search(p, InexactGols::default(), true))),
        ("BisectionGols", "-", Box::new(|p| search(p, BisectionGols::default(), false))),
        ("burn SGD", "0.001", Box::new(move |p| optimize_by_burn(p, sgd(), 0.001))),
        ("burn SGD", "0.01", Box::new(move |p| optimize_by_burn(p, sgd(), 0.01))),
        ("burn SGD", "0.1", Box::new(move |p| optimize_by_burn(p, sgd(), 0.1))),
        (ADAM, "0.001", Box::new(|p| optimize_by_burn(p, AdamConfig::new().init(), 0.001))),
    ]
}

/// What the others are compared with at the end.
const ADAM: &str = "burn Adam";

fn main() -> Result<(), Error> {
    let comparison = Comparison::from_arguments(RUNS, EVALUATIONS).map_err(Error::other)?;
    println!("Iris, 4-16-3 network, mini-batches of {BATCH}, {} runs.", comparison.runs);
    let problems = (1..=comparison.runs).map(|seed| Problem::new(seed, comparison.budgets));
    comparison.print(&problems.collect::<Result<Vec<Problem>, Error>>()?, methods(), ADAM)
}
