//! The processes of an MPI job as a group of ranks.

use std::convert::Infallible;
use std::fmt;
use std::thread;

use gols::Real;
use gols::parallel::Collective;
use mpi::collective::{Root, SystemOperation};
use mpi::datatype::Equivalence;
use mpi::topology::SimpleCommunicator;
use mpi::traits::Communicator;

/// Elements that travel together: MPI counts them in 32 bits, and rank 0 needs room for as many.
const CHUNK: usize = 1 << 20;

/// A [`Collective`] of the processes of an MPI communicator, for slices of f32 or f64.
///
/// A sum is an `MPI_Reduce` to rank 0 and an `MPI_Bcast` from there: whatever order the network adds in, every rank
/// gets rank 0's bits (`MPI_Allreduce` does not promise that). An average is divided on rank 0 before the broadcast.
/// Vectors travel in chunks of 2²⁰ elements, so the room beside them is 8 MiB at most, and on rank 0 alone.
///
/// It has a communicator of its own, so messages of the program cannot meet with these. Declare it after MPI's
/// `Universe`, so that it is dropped before. If it is dropped by a panic it aborts the job: the other ranks would wait
/// for this one for ever.
///
/// No method returns an error: MPI ends the job on its own errors.
///
/// ```no_run
/// use gols::parallel::Collective;
/// use gols_mpi::MpiCollective;
/// use mpi::traits::Communicator;
///
/// let universe = mpi::initialize().unwrap();
/// let collective = MpiCollective::new(&universe.world());
/// let mut gradient = vec![f64::from(universe.world().rank()); 1000];
/// let Ok(()) = collective.average(&mut gradient);
/// ```
pub struct MpiCollective {
    communicator: SimpleCommunicator,
    rank: usize,
    size: usize,
}

impl MpiCollective {
    /// A group of this communicator's processes. All of them must call it.
    #[must_use]
    pub fn new(communicator: &impl Communicator) -> Self {
        let communicator = communicator.duplicate();
        // MPI counts from 0, and at least one.
        let rank = usize::try_from(communicator.rank()).unwrap_or(0);
        let size = usize::try_from(communicator.size()).unwrap_or(1);
        Self { communicator, rank, size }
    }

    /// This rank's number.
    #[must_use]
    pub fn rank(&self) -> usize {
        self.rank
    }

    /// The number of ranks.
    #[must_use]
    pub fn size(&self) -> usize {
        self.size
    }

    /// Replaces every number by the sum over the ranks, divided by `divisor`.
    fn share<T: Real + Equivalence>(&self, numbers: &mut [T], divisor: T) {
        let root = self.communicator.process_at_rank(0);
        let room = if self.rank == 0 { CHUNK.min(numbers.len()) } else { 0 };
        let mut total = vec![T::zero(); room];
        for chunk in numbers.chunks_mut(CHUNK) {
            if self.rank == 0 {
                let total = &mut total[..chunk.len()];
                root.reduce_into_root(&*chunk, total, SystemOperation::sum());
                for (number, &total) in chunk.iter_mut().zip(&*total) {
                    *number = total / divisor;
                }
            } else {
                root.reduce_into(&*chunk, SystemOperation::sum());
            }
            root.broadcast_into(chunk);
        }
    }
}

impl<T: Real + Equivalence> Collective<Vec<T>> for MpiCollective {
    type Error = Infallible;

    fn rank(&self) -> usize {
        self.rank
    }

    fn size(&self) -> usize {
        self.size
    }

    fn sum(&self, scalars: &mut [f64]) -> Result<(), Infallible> {
        self.share(scalars, 1.0);
        Ok(())
    }

    fn average(&self, vector: &mut Vec<T>) -> Result<(), Infallible> {
        // Every number of ranks that there can be is exact in f32 (up to 2²⁴), or near enough.
        let size = T::from(self.size).unwrap_or_else(T::one);
        self.share(vector, size);
        Ok(())
    }
}

impl fmt::Debug for MpiCollective {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MpiCollective")
            .field("rank", &self.rank)
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

impl Drop for MpiCollective {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("rank {} has panicked: the job is aborted", self.rank);
            self.communicator.abort(1);
        }
    }
}
