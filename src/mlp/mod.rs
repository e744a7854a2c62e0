//! The reference network: a fully connected one (multi-layer perceptron), as both papers train it.
//!
//! A [`Network`] is an architecture, a [`Loss`] compares its outputs with targets, and a [`Model`]
//! puts them over a [`Dataset`] as a [`SliceModel`](crate::SliceModel) that any search can train.
//! Parameters are one flat slice of f32 or f64.
//!
//! ```
//! use gols::mlp::{Activation, Dataset, Loss, Model, Network};
//! use gols::{Descent, MiniBatches, SliceObjective};
//!
//! let iris = Dataset::<f64>::iris().with_scaled_inputs(-1.0, 1.0)?;
//! let network = Network::new(&[4, 10, 3], Activation::Sigmoid)?;
//! let x0 = network.uniform_parameters(-0.1, 0.1, 1)?;
//! let batches = MiniBatches::new(iris.len(), 10, 2)?;
//! let model = Model::new(network, Loss::SquaredPercentage, iris)?;
//!
//! let mut descent = Descent::new(SliceObjective::new(x0, batches, model)?)?;
//! descent.run(1000)?;
//! let (mut model, x) = descent.into_objective().into_parts();
//! assert!(model.accuracy(&x)? > 0.9);
//! # Ok::<(), gols::Error>(())
//! ```

mod dataset;
mod kernels;
mod model;
mod network;
mod network_line;

pub use dataset::{Dataset, Scaling};
pub use kernels::{Activation, Loss};
pub use model::Model;
pub use network::Network;
