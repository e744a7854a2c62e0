//! Gradient-only line searches on many machines: [`gols::parallel`] over MPI.
//!
//! [`MpiCollective`] is a [`Collective`](gols::parallel::Collective) for slices of f32 or f64. Put it into a
//! [`DataParallel`](gols::parallel::DataParallel) together with each process's objective, and train as on one machine:
//!
//! ```no_run
//! use gols::parallel::DataParallel;
//! use gols::{Descent, SliceObjective};
//! use gols_mpi::MpiCollective;
//! use mpi::traits::Communicator;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let universe = mpi::initialize().ok_or("MPI was initialized before")?;
//! let world = universe.world();
//! let target = f64::from(world.rank()); // this process's data
//!
//! let objective = SliceObjective::from_fn(vec![0.0], move |x: &[f64], gradient: &mut [f64]| {
//!     gradient[0] = 2.0 * (x[0] - target);
//!     (x[0] - target).powi(2)
//! })?;
//! let mut descent = Descent::new(DataParallel::new(objective, MpiCollective::new(&world)))?;
//! descent.run(100)?;
//! let x = descent.objective().objective().parameters();
//! println!("rank {}: {x:?}", world.rank()); // the mean of all targets
//! # Ok(())
//! # }
//! ```
//!
//! In a loop of one's own [`average`](gols::parallel::average) stands between the gradient and the optimizer's step:
//!
//! ```no_run
//! use gols::SliceOptimizer;
//! use gols::parallel::average;
//! use gols_mpi::MpiCollective;
//! use mpi::traits::Communicator;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let universe = mpi::initialize().ok_or("MPI was initialized before")?;
//! let collective = MpiCollective::new(&universe.world());
//! let target = collective.rank() as f64; // this process's data
//!
//! let (mut x, mut optimizer) = ([0.0], SliceOptimizer::new(1));
//! for _ in 0..100 {
//!     let (loss, mut gradient) = ((x[0] - target).powi(2), vec![2.0 * (x[0] - target)]);
//!     average(&collective, Ok::<_, gols::Error>(loss), &mut gradient)?;
//!     optimizer.step(&mut x, &gradient)?;
//! }
//! optimizer.finish(&mut x)?;
//! # Ok(())
//! # }
//! ```
//!
//! # When a process fails
//!
//! * An error of an objective reaches all ranks in the same iteration; see
//!   [`DataParallel`](gols::parallel::DataParallel).
//! * A panic in a process that holds a collective ends the whole job, through `MPI_Abort`.
//! * An error of MPI itself ends the whole job: that is MPI's default.
//! * A process that returns early, because it cannot read its data, say, must not just return: the others would wait for
//!   it. Let it call `world.abort(1)`.

#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod mpi_collective;

pub use mpi_collective::MpiCollective;

/// The README's code, compiled by `cargo test`.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
