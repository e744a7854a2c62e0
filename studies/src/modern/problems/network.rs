//! Problems of the crate's reference network on a table.

use gols::mlp::{Activation, Loss, Model, Network};
use gols::{Error, SliceModel};

use super::super::problem::{HeldOut, Problem};
use super::data::Parts;
use crate::AnyError;

/// How parameters are drawn.
#[derive(Debug, Clone, Copy)]
pub(super) enum Start {
    Zero,
    /// From U[−0.1, 0.1].
    Uniform,
    /// Weights from N(0, 2/inputs).
    He,
}

/// A network, its loss, training rows and rows held out.
pub(super) struct Fitted {
    network: Network,
    start: Start,
    population: usize,
    /// The training rows that the training loss is taken over.
    evaluated: Vec<usize>,
    training: Model<f32>,
    held_out: Model<f32>,
}

/// More training rows than these do not count in the training loss.
const EVALUATED: usize = 2000;

impl Fitted {
    /// Trained on the first rows alone.
    pub(super) fn with_population(self, population: usize) -> Self {
        Self { population, ..self }
    }

    fn new(network: Network, loss: Loss, start: Start, parts: &Parts) -> Result<Self, Error> {
        let population = parts.training.len();
        Ok(Self {
            start,
            population,
            evaluated: (0..population.min(EVALUATED)).collect(),
            training: Model::new(network.clone(), loss, parts.training.clone())?,
            held_out: Model::new(network.clone(), loss, parts.held_out.clone())?,
            network,
        })
    }
}

/// Inputs, these hidden layers, classes.
fn sizes(parts: &Parts, hidden: &[usize]) -> Vec<usize> {
    let ends = [parts.training.input_columns(), parts.training.target_columns()];
    [&ends[..1], hidden, &ends[1..]].concat()
}

/// A hidden layer of 10 sigmoids, sigmoids at the output, the squared error in percent.
pub(super) fn sigmoid(parts: &Parts) -> Result<Box<dyn Problem>, AnyError> {
    let network = Network::new(&sizes(parts, &[10]), Activation::Sigmoid)?;
    Ok(Box::new(Fitted::new(network, Loss::SquaredPercentage, Start::Uniform, parts)?))
}

/// Hidden layers with this activation, linear outputs, cross entropy.
pub(super) fn classifier(
    parts: &Parts,
    hidden: &[usize],
    activation: Activation,
) -> Result<Fitted, AnyError> {
    let network = Network::new(&sizes(parts, hidden), activation)?;
    let start = if hidden.is_empty() { Start::Zero } else { Start::He };
    let network = network.with_output(Activation::Linear);
    Ok(Fitted::new(network, Loss::CrossEntropy, start, parts)?)
}

/// A classifier with two hidden layers of 32 ReLUs.
pub(super) fn relu(parts: &Parts) -> Result<Box<dyn Problem>, AnyError> {
    Ok(Box::new(classifier(parts, &[32, 32], Activation::Relu)?))
}

impl Problem for Fitted {
    fn parameters(&self) -> usize {
        self.network.parameters()
    }

    fn start(&self, seed: u64) -> Vec<f32> {
        match self.start {
            Start::Zero => vec![0.0; self.parameters()],
            Start::Uniform => self.network.uniform_parameters(-0.1, 0.1, seed).expect("a range"),
            Start::He => self.network.he_parameters(seed),
        }
    }

    fn population(&self) -> usize {
        self.population
    }

    fn loss_and_gradient(&mut self, x: &[f32], rows: &[usize], gradient: &mut [f32]) -> f64 {
        self.training.loss_and_gradient(x, rows, gradient).expect("rows of the table")
    }

    fn training_loss(&mut self, x: &[f32]) -> f64 {
        self.training.loss(x, &self.evaluated, &mut []).expect("parameters of the network")
    }

    fn held_out(&mut self, x: &[f32]) -> Option<HeldOut> {
        let loss = self.held_out.error(x).expect("parameters of the network");
        Some(HeldOut { loss, accuracy: self.held_out.accuracy(x).ok() })
    }
}
