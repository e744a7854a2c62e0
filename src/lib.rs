//! Training without a learning rate: an optimizer that finds its step lengths from the slopes it meets, and
//! the gradient-only line searches that it comes from.
//!
//! ```
//! use gols::{MiniBatches, Optimizer, SliceObjective};
//!
//! // A thousand points (u, y) around y = 2 u − 1, ten at a time: L(x) = 1/(2B) Σ (x₀ u + x₁ − y)².
//! let point = |i: usize| (i as f64 / 500.0 - 1.0, i as f64 / 250.0 - 3.0 + (i as f64).sin());
//! let batches = MiniBatches::new(1000, 10, 1)?;
//! let mut objective = SliceObjective::from_batches(vec![0.0_f64; 2], batches, |x, rows, gradient| {
//!     gradient.fill(0.0);
//!     rows.iter().map(|&row| point(row)).fold(0.0, |loss, (u, y)| {
//!         let error = (x[0] * u + x[1] - y) / 10.0;
//!         gradient[0] += error * u;
//!         gradient[1] += error;
//!         loss + 5.0 * error * error
//!     })
//! })?;
//! let mut optimizer = Optimizer::new(&objective)?;
//! println!("{}", optimizer.train(&mut objective, 300)?);
//! optimizer.finish(&mut objective)?;
//! assert!((objective.parameters()[0] - 2.0).abs() < 0.3);
//! # Ok::<(), gols::Error>(())
//! ```
//!
//! # The problem
//!
//! Training on mini-batches makes the loss jump from one evaluation to the next, because each is taken
//! on other data. A line search that minimizes the loss finds those jumps, not minima, which is why
//! trainers fall back on learning rates tuned by hand. Kafka and Wilke look for something else: a step at
//! which the *slope* along the search direction, F'(α) = g(x + α d)·d, changes its sign from negative to
//! positive. Such points (stochastic non-negative associated gradient projection points, SNN-GPPs) stay
//! near the true optimum whatever batch is drawn.
//!
//! # Two front doors
//!
//! * [`Descent`] is for whoever wants lines searched: pull-style, it owns an objective and asks it. Its
//!   [`search`]es are the papers' four and others: [`InexactGols`](search::InexactGols) is the papers'
//!   everyday choice and the default, [`AmortizedGols`](search::AmortizedGols) costs one gradient an
//!   iteration. To train a network, [`Optimizer`] ends lower than any of them on most problems.
//! * [`Optimizer`] is for whoever has parameters and a gradient in hand: push-style, one
//!   [`step`](Optimizer::step) a gradient, no rate and no schedule. Over plain slices,
//!   [`SliceOptimizer`] does the same in less time.
//!
//! Behind both stand [`direction`]s: steepest descent, momentum, Adam and its kin, L-BFGS. On mini-batches
//! take one that always descends on its batch, −g or [Adam without
//! momentum](direction::Adam::without_momentum).
//!
//! # The parts, from left to right
//!
//! 1. A [`search`] is a state machine over f64 that asks for losses or slopes. It knows no model, no
//!    vector, no batch: it runs inside any loop.
//! 2. An *objective* ([`StochasticObjective`]) owns a model, its parameters and its mini-batches. Most
//!    people write a closure or a [`SliceModel`] and let [`SliceObjective`] do the rest; [`check`] says
//!    whether it is right.
//! 3. A [`Line`] restricts an objective to a direction, answers a search's requests, draws mini-batches
//!    as [`Sampling`] says, and counts [`Evaluations`].
//! 4. A [`Descent`] is the loop's one step: gradient, direction, search, move.
//! 5. [`parallel`] shares an objective out among threads or machines, at a few bytes an evaluation.
//! 6. [`landscape`] looks at what sub-sampling does to a loss; `mlp` is the papers' reference network and
//!    its data.
//!
//! # Features
//!
//! | feature | what it brings | default |
//! |---|---|---|
//! | `std` | what the standard library alone has: [`ThreadCollective`](parallel::ThreadCollective), [`Counted`](parallel::Counted), the clock behind [`Stop::within`] and [`Progress::elapsed`] | yes |
//! | `libm` | f64's roots and exponentials where there is no standard library; no effect beside `std` | no |
//! | `mlp` | the reference network of the papers, with Iris; brings `simd` | yes |
//! | `simd` | loops over slices on the widest vectors of the processor, found at run time; brings `std` | yes |
//! | `rayon` | the network's large products on several threads, with the bits of one; brings `std` | no |
//! | `serde` | a run saved and restored, see below | no |
//!
//! With `std` and no other feature the crate builds on num-traits, rand and thiserror alone.
//!
//! Without `std` it is `no_std`, with `alloc`: take `default-features = false, features = ["libm"]`. All of
//! it is there but what the table says. A root has the same bits in `libm`; an exponential, a logarithm or a
//! power may differ in the last one, and so may runs of what takes them: [`AmortizedGols`](search::AmortizedGols)
//! and [`Optimizer`]. One of the two features must be on.
//!
//! # A run saved and restored
//!
//! With the feature `serde` every search, rule and [`Optimizer`] is `Serialize` and `Deserialize`, as are
//! [`MiniBatches`] (a seed and a position), [`Evaluations`], and the states of what owns a model:
//! `Descent::state` and `SliceObjective::state`, taken back by `with_state`. A run of 2 n steps is one of
//! n steps, saved, loaded, and n steps more, bit for bit, in a format that keeps numbers exactly, such as
//! serde_json with its feature `float_roundtrip`. What is saved bears the number of its format; a number
//! that this version does not know is refused, as is any setting that its setter would not take. JSON
//! has no numbers but finite ones: vectors with others need another format.
//!
//! # Words
//!
//! * *Search direction* d, *step length* α (step size, learning rate): x ← x + α d.
//! * *Slope*, or directional derivative: F'(α) = g(x + α d)·d. The *arrival slope* is that along the last
//!   direction where the last step led, the field's hypergradient.
//! * *Evaluation*: one question to the objective. A loss costs 1 function evaluation, a gradient 2
//!   (\[LR\] 3.1). A *sample* is a row of data.
//! * *Static* sub-sampling keeps one mini-batch for a whole search direction; *dynamic* sub-sampling draws
//!   a new one for every evaluation.
//! * *Bracket*: an interval known to hold what is sought. *Sufficient decrease*: Armijo's rule.
//! * *SNN-GPP*: along a line, a sign change of the slope from negative to positive.
//!
//! # References
//!
//! * **\[LR\]** D. Kafka, D. N. Wilke: *Resolving learning rates adaptively by locating stochastic
//!   non-negative associated gradient projection points using line searches*, 2020.
//! * **\[VG\]** D. Kafka, D. N. Wilke: *Traversing the noise of dynamic mini-batch sub-sampled loss
//!   functions: a visual guide*, arXiv.
//! * J. Nocedal, S. J. Wright: *Numerical Optimization*, 2nd edition, 2006.

#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic))]
// Where another crate brings the standard library along, f64 has its functions without `float`.
#![cfg_attr(not(feature = "std"), allow(unused_imports))]
#![warn(clippy::alloc_instead_of_core, clippy::std_instead_of_alloc, clippy::std_instead_of_core)]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

#[cfg(not(any(feature = "std", feature = "libm")))]
compile_error!(
    "gols takes roots and exponentials of f64 from the feature `std`, or without a standard library \
     from `libm`: enable one of them"
);

mod best;
pub mod check;
mod descent;
pub mod direction;
mod error;
mod float;
pub mod landscape;
mod line;
#[cfg(feature = "mlp")]
pub mod mlp;
mod model;
mod objective;
mod optimizer;
pub mod parallel;
mod run;
mod sampling;
mod saved;
pub mod search;
mod slice_objective;
mod slice_optimizer;
pub mod statistics;
mod stream;
mod update;
mod vector;

pub use best::Best;
#[cfg(feature = "serde")]
pub use descent::DescentState;
pub use descent::{Descent, Iteration};
pub use error::Error;
pub use line::{Evaluations, Line};
pub use model::{FnModel, LossValue, SliceModel};
pub use objective::{Along, PreparedLine, StochasticObjective};
pub use optimizer::Optimizer;
pub use run::{Progress, Stop, StopReason, Summary, Verdict};
pub use sampling::{MiniBatches, Sampling};
pub use slice_objective::SliceObjective;
#[cfg(feature = "serde")]
pub use slice_objective::SliceState;
pub use slice_optimizer::SliceOptimizer;
pub use update::Update;
pub use vector::{ElementWise, Parameters, Real, Slices, VectorSpace};

/// The README's code, compiled and run by `cargo test`.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// The page on adapters: its code, compiled and run by `cargo test`.
#[cfg(doctest)]
#[doc = include_str!("../docs/ADAPTERS.md")]
struct Adapters;
