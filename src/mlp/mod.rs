//! The reference network: a fully connected one (multi-layer perceptron), as both papers train it.
//!
//! A [`Network`] is an architecture, a [`Loss`] compares its outputs with targets, and a [`Model`] puts
//! them over a [`Dataset`] as a [`SliceModel`](crate::SliceModel) that any search can
//! train. Parameters are one flat slice of f32 or f64.
//!
//! ```
//! use gols::mlp::{Activation, Dataset, Loss, Model, Network};
//! use gols::{Descent, InexactGols, MiniBatches, Sampling, SliceObjective, SteepestDescent};
//!
//! let iris = Dataset::<f64>::iris().with_scaled_inputs(-1.0, 1.0)?;
//! let network = Network::new(&[4, 10, 3], Activation::Sigmoid)?;
//! let x0 = network.uniform_parameters(-0.1, 0.1, 1)?;
//! let batches = MiniBatches::new(iris.len(), 10, 2)?;
//! let model = Model::new(network, Loss::SquaredPercentage, iris)?.with_mini_batches(batches)?;
//!
//! let mut objective = SliceObjective::new(model, x0)?;
//! let search = InexactGols::default();
//! let mut descent = Descent::new(&objective, SteepestDescent, search, Sampling::Dynamic)?;
//! for _ in 0..1000 {
//!     descent.step(&mut objective)?;
//! }
//! let (mut model, x) = objective.into_parts();
//! assert!(model.accuracy(&x)? > 0.9);
//! # Ok::<(), gols::Error>(())
//! ```

mod dataset;
mod kernels;
mod line;
mod model;
mod network;

pub use dataset::Dataset;
pub use kernels::{Activation, Loss};
pub use model::Model;
pub use network::Network;
