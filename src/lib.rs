//! Learning rates found while a model trains on mini-batches, by gradient-only line searches.
//!
//! # The problem
//!
//! Training on mini-batches makes the loss jump from one evaluation to the next, because each is taken on
//! other data. A line search that minimizes the loss finds those jumps, not minima, which is why trainers
//! fall back on learning rates tuned by hand. Kafka and Wilke look for something else: a step at which the
//! *slope* along the search direction, F'(α) = g(x + α d)·d, changes its sign from negative to positive.
//! Such points (stochastic non-negative associated gradient projection points, SNN-GPPs) stay near the
//! true optimum whatever batch is drawn.
//!
//! # The searches
//!
//! | | by function value | gradient only |
//! |---|---|---|
//! | **exact** | [`GoldenSection`] (GS) | [`BisectionGols`] (B-GOLS) |
//! | **inexact** | [`Armijo`] (ARLS) | [`InexactGols`] (I-GOLS) |
//! | **amortized** | | [`AmortizedGols`] |
//!
//! Take [`AmortizedGols`] to train: it spreads I-GOLS's test over the iterations, at one gradient an update.
//! Take [`InexactGols`] where every line is to be searched, as in the papers. [`FixedStep`] is a constant learning rate, and your
//! own rule is one `impl` of [`LineSearch`] away. [`BacktrackingGols`], [`ThresholdGols`] and [`SecantGols`]
//! are gradient-only forms of rules from the literature; [`FirstTrial`] says where a search begins, and
//! [`EveryKth`] makes it now and then only.
//!
//! # The directions
//!
//! | | same scale everywhere | scale by coordinate |
//! |---|---|---|
//! | **always descends on its batch** | [`SteepestDescent`], [`LBfgs`] | [`Adagrad`], [`RMSProp`], [`Adadelta`], [`Adam`] with momentum 0 |
//! | **has momentum** | [`HeavyBall`], [`Nesterov`] | [`Adam`], [`AdamW`] |
//!
//! On mini-batches take one of the first row: [`SteepestDescent`], or [`Adam`] with momentum 0. Momentum goes with a
//! [`FixedStep`] that takes [any slope](FixedStep::with_any_slope), or with all data. [`LBfgs`] is for full batches.
//!
//! # An example
//!
//! ```
//! use gols::{Descent, InexactGols, Sampling, SliceObjective, SteepestDescent};
//!
//! // Rosenbrock's valley, and its gradient.
//! let loss = |x: &[f64]| (1.0 - x[0]).powi(2) + 10.0 * (x[1] - x[0] * x[0]).powi(2);
//! let loss_and_gradient = move |x: &[f64], gradient: &mut [f64]| {
//!     gradient[0] = -2.0 * (1.0 - x[0]) - 40.0 * x[0] * (x[1] - x[0] * x[0]);
//!     gradient[1] = 20.0 * (x[1] - x[0] * x[0]);
//!     loss(x)
//! };
//! let mut objective = SliceObjective::from_fns(vec![-1.0, 1.0], loss, loss_and_gradient)?;
//! let search = InexactGols::default();
//! let mut descent = Descent::new(&objective, SteepestDescent, search, Sampling::Full)?;
//! for _ in 0..2000 {
//!     descent.step(&mut objective)?;
//! }
//! assert!(loss(objective.parameters()) < 1e-3);
//! # Ok::<(), gols::Error>(())
//! ```
//!
//! # The parts, from left to right
//!
//! 1. A *search* ([`LineSearch`]) is a state machine over f64 that asks for losses or slopes. It knows no
//!    model, no vector, no batch: it runs inside any loop.
//! 2. An *objective* ([`StochasticObjective`]) owns a model, its parameters and its mini-batches. Most
//!    people write a [`SliceModel`] or two closures and let [`SliceObjective`] do the rest.
//! 3. A [`Line`] restricts an objective to a direction, answers a search's requests, draws mini-batches as
//!    [`Sampling`] says, and counts [`Evaluations`].
//! 4. A [`Descent`] is the loop's one step: gradient, [`Direction`], search, move.
//! 5. [`parallel`] shares an objective out among threads or machines, at a few bytes an evaluation.
//! 6. [`landscape`] looks at what sub-sampling does to a loss; `mlp` (a default feature) is the papers'
//!    reference network and its data.
//!
//! # Words
//!
//! * *Search direction* d, *step length* α (step size, learning rate): x ← x + α d.
//! * *Slope*, or directional derivative: F'(α) = g(x + α d)·d.
//! * *Evaluation*: one question to the objective. A loss costs 1 function evaluation, a gradient 2
//!   (\[LR\] 3.1). A *sample* is a row of data.
//! * *Static* sub-sampling keeps one mini-batch for a whole search direction; *dynamic* sub-sampling draws
//!   a new one for every evaluation.
//! * *Bracket*: an interval known to hold what is sought. *Sufficient decrease*: Armijo's rule.
//! * *SNN-GPP*: along a line, a sign change of the slope from negative to positive.
//!
//! # References
//!
//! * **\[LR\]** D. Kafka, D. N. Wilke: *Resolving learning rates adaptively by locating stochastic non-negative
//!   associated gradient projection points using line searches*, 2020.
//! * **\[VG\]** D. Kafka, D. N. Wilke: *Traversing the noise of dynamic mini-batch sub-sampled loss functions: a
//!   visual guide*, arXiv.
//! * J. Nocedal, S. J. Wright: *Numerical Optimization*, 2nd edition, 2006.

#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod check;
mod descent;
pub mod direction;
mod error;
pub mod landscape;
mod line;
#[cfg(feature = "mlp")]
pub mod mlp;
mod model;
mod objective;
mod optimizer;
pub mod parallel;
mod sampling;
pub mod search;
pub mod statistics;
mod stream;
mod summary;
mod vector;

pub use descent::{Descent, Iteration};
pub use error::Error;
pub use line::{Evaluations, Line};
pub use model::{FnModel, LossValue, SliceModel, SliceObjective};
pub use objective::{Along, PreparedLine, StochasticObjective};
pub use optimizer::{Optimizer, Update};
pub use sampling::{MiniBatches, Sampling};
pub use summary::Summary;
pub use vector::{ElementWise, Parameters, Real, Slices, VectorSpace};

/// The README's code, compiled and run by `cargo test`.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// The page on adapters: its code, compiled and run by `cargo test`.
#[cfg(doctest)]
#[doc = include_str!("../docs/ADAPTERS.md")]
struct Adapters;
