//! A group of threads in one process.

use alloc::sync::Arc;
use alloc::vec::Vec;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::collective::Collective;
use crate::error::Error;
use crate::vector::Real;

/// A [`Collective`] of threads in one process, for slices of f32 or f64: for the cores of one machine, and for tests.
///
/// [`group`](Self::group) makes the handles, one for each thread. Contributions are added in f64, in the order of the
/// ranks, whichever thread comes first, so that a run gives the same bits every time:
///
/// 1. Rank r waits until the ranks before it have added theirs, and adds its own.
/// 2. When the last has added, every rank takes the total. The next round begins when all have.
///
/// Room: one vector of f64 for the whole group. A thread that ends, by a panic too, drops its handle; then the others
/// do not wait for it but get [`ThreadError::Left`].
///
/// ```
/// use gols::parallel::{Collective, ThreadCollective};
///
/// let workers: Vec<_> = ThreadCollective::group(3)?.into_iter()
///     .map(|collective| std::thread::spawn(move || {
///         let mut vector = vec![1.0, collective.rank() as f64];
///         collective.average(&mut vector).map(|()| vector)
///     }))
///     .collect();
/// for worker in workers {
///     assert_eq!(worker.join().unwrap()?, [1.0, 1.0]);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct ThreadCollective {
    rank: usize,
    size: usize,
    table: Arc<Table>,
}

/// What can go wrong between threads. The group cannot be used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ThreadError {
    /// A rank's handle was dropped while others still needed it: its thread has ended, or panicked.
    #[error("rank {rank} has left its group of {size}")]
    Left {
        /// The rank that left, the first of several.
        rank: usize,
        /// The ranks there were.
        size: usize,
    },
    /// Two ranks brought different numbers of elements to the same round.
    #[error("rank {rank} brought {found} numbers, but rank 0 {expected}")]
    Length {
        /// The rank whose number differs from rank 0's.
        rank: usize,
        /// What it brought.
        found: usize,
        /// What rank 0 brought.
        expected: usize,
    },
}

/// Where the threads of a group meet.
#[derive(Debug)]
struct Table {
    round: Mutex<Round>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Round {
    total: Vec<f64>,
    /// The ranks that have added their share; in order, so it is also the rank whose turn it is.
    added: usize,
    /// The ranks that have taken the total.
    taken: usize,
    /// Why there will be no more rounds.
    end: Option<ThreadError>,
}

impl ThreadCollective {
    /// The handles of a group of `size` ranks, rank 0 first.
    ///
    /// # Errors
    /// [`Error::Empty`] if `size` is 0.
    pub fn group(size: usize) -> Result<Vec<Self>, Error> {
        if size == 0 {
            return Err(Error::Empty { what: "the group" });
        }
        let table = Arc::new(Table { round: Mutex::default(), changed: Condvar::new() });
        Ok((0..size).map(|rank| Self { rank, size, table: Arc::clone(&table) }).collect())
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

    /// Nothing inside the lock can be left half done by a panic, so a poisoned lock is as good as another.
    fn lock(&self) -> MutexGuard<'_, Round> {
        self.table.round.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, round: MutexGuard<'a, Round>) -> MutexGuard<'a, Round> {
        self.table.changed.wait(round).unwrap_or_else(PoisonError::into_inner)
    }

    /// Replaces every number by the sum over the ranks, divided by `divisor`.
    fn share<T: Real>(&self, numbers: &mut [T], divisor: f64) -> Result<(), ThreadError> {
        // 1. Add, in order.
        let mut round = self.lock();
        while round.added != self.rank && round.end.is_none() {
            round = self.wait(round);
        }
        if let Some(end) = round.end {
            return Err(end);
        }
        round.add(self.rank, numbers);
        self.table.changed.notify_all();
        // 2. Take. A round that is complete can be taken even if a rank has left since.
        while round.added != self.size {
            if let Some(end) = round.end {
                return Err(end);
            }
            round = self.wait(round);
        }
        for (number, &total) in numbers.iter_mut().zip(&round.total) {
            *number = T::of(total / divisor);
        }
        round.taken += 1;
        if round.taken == self.size {
            (round.added, round.taken) = (0, 0);
            self.table.changed.notify_all();
        }
        Ok(())
    }
}

impl Round {
    fn add<T: Real>(&mut self, rank: usize, numbers: &[T]) {
        if rank == 0 {
            self.total.clear();
            self.total.extend(numbers.iter().map(|number| number.wide()));
        } else if numbers.len() == self.total.len() {
            for (total, number) in self.total.iter_mut().zip(numbers) {
                *total += number.wide();
            }
        } else {
            let (found, expected) = (numbers.len(), self.total.len());
            self.end = Some(ThreadError::Length { rank, found, expected });
            return;
        }
        self.added += 1;
    }
}

impl Drop for ThreadCollective {
    fn drop(&mut self) {
        let left = ThreadError::Left { rank: self.rank, size: self.size };
        self.lock().end.get_or_insert(left);
        self.table.changed.notify_all();
    }
}

impl<T: Real> Collective<Vec<T>> for ThreadCollective {
    type Error = ThreadError;

    fn rank(&self) -> usize {
        self.rank
    }

    fn size(&self) -> usize {
        self.size
    }

    fn sum(&self, scalars: &mut [f64]) -> Result<(), ThreadError> {
        self.share(scalars, 1.0)
    }

    fn average(&self, vector: &mut Vec<T>) -> Result<(), ThreadError> {
        self.share(vector, self.size as f64)
    }
}
