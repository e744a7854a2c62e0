//! What a sub-sampled loss looks like: its lines and planes sampled, its minima and sign changes
//! counted (\[VG\]).
//!
//! \[VG\] samples the loss L\[n\] and the slope D\[n\] of a line at equally spaced steps, each from a new
//! mini-batch, and asks how many candidates each view offers to a search: minima of L, or sign changes
//! of D from negative to positive (SNN-GPPs). The minima are everywhere; the sign changes stay near the
//! true optimum.
//!
//! | to see | use |
//! |---|---|
//! | loss and slope along a line | [`scan`]; mean and sd of several draws: [`repeated_scan`] |
//! | loss and slope over a plane | [`Plane`], [`SurfaceScan`] |
//! | random directions | [`random_orthonormal`], for any space with [`RandomVectors`] |
//! | how many optima there are, and where | [`local_minima`], [`sign_changes`], [`Histogram`](crate::statistics::Histogram) |
//! | how far sign changes spread | [`Ball`] (\[LR\] definition 5) |
//! | whether a point is an NN-GPP | [`NnGppTest`], [`Proportion`](crate::statistics::Proportion) |
//!
//! Everything works on any [`StochasticObjective`](crate::StochasticObjective), returns plain data, and
//! puts the parameters back bit for bit, also after an error. The program `visual_guide` in `studies/`
//! draws every figure of the paper with it.
//!
//! ```
//! use gols::landscape::{Grid, Plane, scan};
//! use gols::mlp::{Activation, Dataset, Loss, Model, Network};
//! use gols::{MiniBatches, Sampling, SliceObjective};
//!
//! let network = Network::new(&[4, 10, 3], Activation::Sigmoid)?;
//! let x0 = network.uniform_parameters(-0.1, 0.1, 1)?;
//! let iris = Dataset::<f64>::iris().with_scaled_inputs(0.0, 1.0)?;
//! let model = Model::new(network, Loss::HalfSquared, iris)?;
//! let mut objective = SliceObjective::new(x0, MiniBatches::new(150, 10, 2)?, model)?;
//!
//! let plane = Plane::random(&objective, 3)?;
//! let grid = Grid::increments(-20.0, 20.0, 100)?;
//! let all_data = scan(&mut objective, plane.first(), &grid, Sampling::Full)?;
//! let sampled = scan(&mut objective, plane.first(), &grid, Sampling::Dynamic)?;
//! assert!(all_data.local_minima().len() <= 3);
//! assert!(sampled.local_minima().len() > 20); // what a minimizer would have to choose from
//! assert!(sampled.sign_changes().len() < 15);
//! # Ok::<(), gols::Error>(())
//! ```

mod ball;
mod excursion;
mod grid;
mod local_minima;
mod nn_gpp_test;
mod plane;
mod random_vectors;
mod scan;
mod scan_error;
mod sign_changes;
mod surface;

pub use ball::Ball;
pub use grid::Grid;
pub use local_minima::local_minima;
pub use nn_gpp_test::NnGppTest;
pub use plane::{Plane, PlaneLine};
pub use random_vectors::{RandomVectors, random_orthonormal};
pub use scan::{RepeatedScan, Scan, repeated_scan, scan};
pub use scan_error::ScanError;
pub use sign_changes::sign_changes;
pub use surface::{SurfacePoint, SurfaceScan};

/// The visual guide's code, compiled and run by `cargo test`.
#[cfg(doctest)]
#[doc = include_str!("../../docs/VISUAL_GUIDE.md")]
struct VisualGuide;
