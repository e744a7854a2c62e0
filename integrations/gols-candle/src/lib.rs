//! Candle models trained without a learning rate: the optimizer and the line searches of [`gols`].
//!
//! [`Gols`] is a [`candle_nn::Optimizer`] that takes the place of `AdamW` in a trainer of one's own; nothing
//! else changes.
//!
//! A [`CandleObjective`] puts a model's variables and a loss on a mini-batch under
//! [`gols::StochasticObjective`], for a [`gols::Descent`] to search along lines:
//!
//! ```
//! use candle_core::{DType, Device, Result, Tensor};
//! use candle_nn::{Module, VarBuilder, VarMap, linear, loss::mse};
//! use gols::Descent;
//! use gols_candle::{CandleObjective, variables};
//!
//! fn main() -> Result<()> {
//!     // The usual: variables, a model over them, data.
//!     let device = Device::Cpu;
//!     let map = VarMap::new();
//!     let model = linear(2, 1, VarBuilder::from_varmap(&map, DType::F32, &device))?;
//!     let inputs = Tensor::new(&[[0f32, 0.], [1., 0.], [0., 1.], [1., 1.]], &device)?;
//!     let targets = Tensor::new(&[[1f32], [3.], [0.], [2.]], &device)?;
//!
//!     // Instead of an optimizer: an objective, and a descent with a search.
//!     let data = (inputs, targets);
//!     let loss = |(x, y): &(Tensor, Tensor)| mse(&model.forward(x)?, y);
//!     let mut descent = Descent::new(CandleObjective::new(variables(&map), data, loss)?)?;
//!     let summary = descent.run(100)?;
//!     assert!(summary.last_loss.unwrap() < 1e-3, "{summary}");
//!     Ok(())
//! }
//! ```
//!
//! With mini-batches: [`CandleObjective::with_batches`] and [`gols::Optimizer`], one gradient an update.
//! `examples/candle_iris.rs` is a whole training loop beside candle's own optimizers.
//!
//! # What moves, and where
//!
//! * Vectors (gradients, directions) are `Vec<Tensor>`s of the variables' shapes and types, on the
//!   variables' device. Beside the model there are three of them: x₀, the gradient, the direction.
//! * One number leaves the device for an evaluation: the loss, or the slope. Sums are added there, in f64 (in
//!   f32 on Metal, which has no f64), whatever the variables' type.
//! * f64, f32, f16 and bf16 variables. The vectors of halves are f32, so that moments and small steps add up;
//!   only what is written into a variable is rounded to its type.
//! * Variables are written in place ([`Var::set`](candle_core::Var::set)), so that the model sees every step.
//!   The way back to x₀ is bit for bit.
//! * A variable that the loss does not depend on has a gradient of zero; it goes back to x₀ with every step.
//!   The running statistics of `candle_nn::BatchNorm` are such variables: trials that were rejected leave no
//!   trace in them (see [`CandleObjective`]).

#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod arithmetic;
mod element_wise;
mod error;
mod extremes;
mod fused;

mod objective;
mod optimizer;
mod params_gols;
mod random_vectors;
mod rule;
mod state;
mod tensors;
mod variable_space;
mod variables;

pub use error::Error;
pub use objective::CandleObjective;
pub use optimizer::Gols;
pub use params_gols::{Along, ParamsGols};
pub use variables::variables;

/// The README's code, compiled and run by `cargo test`.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
