//! Learning rates found while a burn model trains, by the line searches of [`gols`].
//!
//! A [`BurnObjective`] puts a module and a loss on a mini-batch under [`gols::StochasticObjective`]. Then a
//! [`gols::Descent`] takes the optimizer's place, and no learning rate is left to choose:
//!
//! ```
//! use burn::module::Module;
//! use burn::nn::loss::{MseLoss, Reduction};
//! use burn::nn::{Linear, LinearConfig};
//! use burn::tensor::{Device, Tensor};
//! use gols::Descent;
//! use gols_burn::{BurnObjective, Error};
//!
//! #[derive(Module, Debug)]
//! struct Model {
//!     layer: Linear,
//! }
//!
//! fn main() -> Result<(), Error> {
//!     // The usual: a model on a device with autodiff, data.
//!     let device = Device::default().autodiff();
//!     let model = Model { layer: LinearConfig::new(2, 1).init(&device) };
//!     let inputs = Tensor::<2>::from_data([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]], &device);
//!     let targets = Tensor::<2>::from_data([[1.0], [3.0], [0.0], [2.0]], &device);
//!
//!     // Instead of an optimizer: an objective, and a descent with a search.
//!     let loss = |model: &Model, (x, y): &(Tensor<2>, Tensor<2>)| {
//!         let outputs = model.layer.forward(x.clone());
//!         Ok(MseLoss::new().forward(outputs, y.clone(), Reduction::Mean))
//!     };
//!     let mut descent = Descent::new(BurnObjective::new(model, (inputs, targets), loss)?)?;
//!     let summary = descent.run(100)?;
//!     assert!(summary.last_loss.unwrap() < 1e-3, "{summary}");
//!     let _trained: Model = descent.into_objective().into_model();
//!     Ok(())
//! }
//! ```
//!
//! With mini-batches: [`BurnObjective::with_batches`] and [`gols::Optimizer`], one gradient an update.
//! In a loop of one's own: [`GolsOptimizer`]. In burn's `Learner`: [`optimize`] and [`SharedOptimizer`].
//! `examples/burn_iris.rs` is a whole training loop beside burn's own optimizers, `examples/burn_mnist` a `Learner`.
//!
//! # What moves, and where
//!
//! * Vectors (gradients, directions) are [`GradientsParams`](burn::optim::GradientsParams), as burn's optimizers
//!   take them: a tensor for every parameter that requires a gradient, by its identity. Nothing is flattened. Beside
//!   the model there are three vectors: x₀, the gradient, the direction.
//! * One number leaves the device for an evaluation: the loss, or the slope. Sums are added there, in f64 (in
//!   f32 on devices without f64), whatever the parameters' type.
//! * f64, f32, f16 and bf16 parameters. The vectors of halves are f32, so that moments and small steps add up;
//!   only the parameters themselves are rounded to their type.
//! * The way back to x₀ is bit for bit.
//! * Parameters that require no gradient, and the running statistics of batch normalization, go back with every
//!   step to what they were at x₀: trials that were rejected leave no trace in them (see [`BurnObjective`]).

#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod anchor;
mod arithmetic;
mod element_wise;
mod error;
mod extremes;
mod fitness;
mod gols_optimizer_config;
mod journey;
mod module_space;
mod objective;
mod optimize;
mod optimizer;
mod random_vectors;
mod rule;
mod saved;
mod shared_optimizer;
mod state;
mod tensors;
mod vectors;
mod walk;

pub use error::Error;
pub use gols_optimizer_config::{Along, GolsOptimizerConfig};
pub use objective::BurnObjective;
pub use optimize::optimize;
pub use optimizer::GolsOptimizer;
pub use shared_optimizer::SharedOptimizer;

/// The README's code, compiled and run by `cargo test`.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
