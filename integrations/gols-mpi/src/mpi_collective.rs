//! The processes of an MPI job as a group of ranks.

use std::cell::RefCell;
use std::convert::Infallible;
use std::thread;

use gols::Real;
use gols::parallel::Collective;
use mpi::collective::{Root, SystemOperation};
use mpi::datatype::Equivalence;
use mpi::topology::SimpleCommunicator;
use mpi::traits::{Communicator, CommunicatorCollectives};

/// Elements that travel together: MPI counts them in 32 bits, and rank 0 needs room for as many.
const CHUNK: usize = 1 << 20;

/// A [`Collective`] of the processes of an MPI communicator, for slices of f32 or f64.
///
/// A sum is an `MPI_Reduce` to rank 0 and an `MPI_Bcast` from there: whatever order the network adds in, every rank
/// gets rank 0's bits (`MPI_Allreduce` does not promise that). An average is divided on rank 0 before the broadcast.
/// Vectors travel in chunks of 2²⁰ elements, so room beside them is 8 MiB at most, and on rank 0 alone.
///
/// Drop it before MPI's `Universe`: declare it after. If it is dropped by a panic it aborts the job, since the other
/// ranks would wait for this one for ever.
///
/// No method returns an error: MPI ends the job on its own errors.
pub struct MpiCollective {
    communicator: SimpleCommunicator,
    /// Room on rank 0 for what MPI adds up.
    scalars: RefCell<Vec<f64>>,
    bytes: RefCell<Room>,
}
