//! The one network that all adapters build: 4-10-3 on Iris, as the recorded descents have it.

use std::fmt::{Debug, Display};

use gols::landscape::RandomVectors;
use gols::mlp::{Activation, Dataset, Loss, Model};
use gols::{
    ElementWise, MiniBatches, Parameters, SliceObjective, StochasticObjective, VectorSpace,
};
use serde_json::Value;

/// The number types that a framework may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Number {
    F64,
    F32,
    F16,
    Bf16,
}

type Hook<T> = Box<dyn FnMut() -> Result<T, String>>;

/// A 4-10-3 network, sigmoid on every layer, with the loss 100/(B K) Σ (y − t)² on rows of Iris.
pub struct Network {
    pub number: Number,
    /// For each layer the weights, inputs x outputs, row by row, and the biases.
    pub start: Vec<f64>,
    /// 150 x 4.
    pub inputs: Vec<f64>,
    /// 150 x 3.
    pub targets: Vec<f64>,
    /// The rows of the next mini-batch; before it is first called the batch is all the data.
    pub next_rows: Hook<Vec<usize>>,
    /// To be called before every loss.
    pub before_loss: Hook<()>,
}

impl Network {
    /// The recorded start and mini-batches.
    pub fn new(number: Number) -> Self {
        let iris = iris();
        let mut batches = batches();
        Self {
            number,
            start: start(),
            inputs: iris.inputs().to_vec(),
            targets: iris.targets().to_vec(),
            next_rows: Box::new(move || Ok(batches.draw().to_vec())),
            before_loss: Box::new(|| Ok(())),
        }
    }

    /// The shapes and the numbers of w₁, b₁, w₂ and b₂.
    pub fn layers(&self) -> [(Vec<usize>, &[f64]); 4] {
        let mut rest = self.start.as_slice();
        [vec![4, 10], vec![10], vec![10, 3], vec![3]].map(|shape| {
            let (own, others) = rest.split_at(shape.iter().product());
            rest = others;
            (shape, own)
        })
    }
}

/// A framework's adapter, as the tests see it.
pub trait Adapter {
    type Objective: StochasticObjective<Error: Debug + Display>
        + Parameters
        + ElementWise
        + RandomVectors;

    /// The number types it trains.
    const NUMBERS: &[Number];

    /// The objective of this network, with mini-batches.
    fn objective(network: Network) -> Self::Objective;

    /// A vector's numbers, in the order of [`Network::start`].
    fn numbers(objective: &Self::Objective, vector: &Vector<Self>) -> Vec<f64>;
}

pub type Vector<A> = <<A as Adapter>::Objective as VectorSpace>::Vector;

/// The parameters, exactly.
pub(crate) fn bits<A: Adapter>(objective: &A::Objective) -> Vec<u64> {
    parameters::<A>(objective).into_iter().map(f64::to_bits).collect()
}

pub(crate) fn parameters<A: Adapter>(objective: &A::Objective) -> Vec<f64> {
    let mut x = objective.zeros().unwrap();
    objective.copy_to(&mut x).unwrap();
    A::numbers(objective, &x)
}

/// The crate's own network, in f64.
pub(crate) fn reference() -> SliceObjective<f64, Model<f64>> {
    let network = gols::mlp::Network::new(&[4, 10, 3], Activation::Sigmoid).unwrap();
    let model = Model::new(network, Loss::SquaredPercentage, iris()).unwrap();
    SliceObjective::new(start(), batches(), model).unwrap()
}

fn iris() -> Dataset<f64> {
    Dataset::iris().with_scaled_inputs(-1.0, 1.0).unwrap()
}

/// What the crate's own tests have recorded, and say how.
pub(crate) fn recording() -> Value {
    serde_json::from_str(include_str!("../../../tests/oracles/recorded_descents.json")).unwrap()
}

fn batches() -> MiniBatches {
    let recording = recording();
    let number = |name: &str| recording[name].as_u64().unwrap();
    MiniBatches::new(150, number("batch") as usize, number("batch_seed")).unwrap()
}

fn start() -> Vec<f64> {
    let recording = recording();
    recording["start"].as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
}
