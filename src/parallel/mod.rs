//! One objective on many workers: threads, processes, machines.
//!
//! Every worker (*rank*) holds the same parameters x and data of its own; the loss is the mean of theirs,
//! L(x) = 1/R Σ_r L_r(x). What a search asks for is a scalar, and the mean of the ranks' slopes is the slope of their
//! mean:
//!
//! 1/R Σ_r g_r·d = (1/R Σ_r g_r)·d
//!
//! So an evaluation during a search costs each rank 16 bytes, whatever the number of parameters; the gradient itself is
//! averaged once an iteration.
//!
//! A loop of one's own calls [`average`] with every gradient. Where lines are searched,
//! [`DataParallel`] is the objective, and is trained by [`Descent`](crate::Descent) as any other. It asks of the
//! network two operations, a [`Collective`]: add up a few scalars, average a vector. [`ThreadCollective`] has them for
//! the threads of one process, the crate `gols-mpi` for the processes of an MPI job, and [`Counted`] counts the bytes
//! of either.
//!
//! Four threads train a network on Iris, each with mini-batches of its own:
//!
//! ```
//! use gols::mlp::{Activation, Dataset, Loss, Model, Network};
//! use gols::parallel::{DataParallel, ThreadCollective};
//! use gols::{Descent, MiniBatches, SliceObjective};
//!
//! type Outcome = Result<Vec<f64>, Box<dyn std::error::Error + Send + Sync>>;
//!
//! fn train(rank: u64, collective: ThreadCollective) -> Outcome {
//!     let iris = Dataset::<f64>::iris().with_scaled_inputs(-1.0, 1.0)?;
//!     let network = Network::new(&[4, 10, 3], Activation::Sigmoid)?;
//!     let x0 = network.uniform_parameters(-0.1, 0.1, 1)?; // the same on every rank
//!     let batches = MiniBatches::new(iris.len(), 10, rank)?; // other batches on every rank
//!     let model = Model::new(network, Loss::SquaredPercentage, iris)?;
//!     let objective = SliceObjective::new(x0, batches, model)?;
//!
//!     let mut descent = Descent::new(DataParallel::new(objective, collective))?;
//!     descent.run(100)?;
//!     Ok(descent.objective().objective().parameters().to_vec())
//! }
//!
//! let workers: Vec<_> = (0..).zip(ThreadCollective::group(4)?)
//!     .map(|(rank, collective)| std::thread::spawn(move || train(rank, collective)))
//!     .collect();
//! let mut parameters = Vec::new();
//! for worker in workers {
//!     parameters.push(worker.join().map_err(|_| "a worker panicked")??);
//! }
//! assert!(parameters.iter().all(|x| *x == parameters[0]));
//! # Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
//! ```

mod average;
mod collective;
#[cfg(feature = "std")]
mod counted;
mod data_parallel;
mod meetings;
mod parallel_error;
#[cfg(feature = "std")]
mod thread_collective;

pub use average::average;
pub use collective::Collective;
#[cfg(feature = "std")]
pub use counted::{Counted, Traffic};
pub use data_parallel::DataParallel;
pub use parallel_error::{Operation, ParallelError};
#[cfg(feature = "std")]
pub use thread_collective::{ThreadCollective, ThreadError};
