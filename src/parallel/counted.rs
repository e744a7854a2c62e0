//! What a rank hands to the network, counted.

use alloc::vec::Vec;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::collective::Collective;
use crate::vector::Real;

/// What one rank has handed to a [`Collective`] so far.
///
/// Bytes are those of the numbers it contributed: 8 a scalar, 4 or 8 an element of a vector. The result comes back in
/// as many; which messages a network makes of that is its own affair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Traffic {
    /// Sums of scalars.
    pub sums: u64,
    /// Bytes of their scalars.
    pub scalar_bytes: u64,
    /// Averages of a vector.
    pub averages: u64,
    /// Bytes of their vectors.
    pub vector_bytes: u64,
}

impl Traffic {
    /// All bytes, of scalars and vectors.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.scalar_bytes + self.vector_bytes
    }
}

/// A [`Collective`] over slices that counts what this rank hands to it.
///
/// ```
/// use gols::parallel::{Collective, Counted, ThreadCollective};
///
/// let group = ThreadCollective::group(1)?.into_iter();
/// for collective in group.map(Counted::new) {
///     Collective::<Vec<f64>>::sum(&collective, &mut [1.0, 2.0])?;
///     collective.average(&mut vec![0.0_f32; 100])?;
///     assert_eq!(collective.traffic().scalar_bytes, 16);
///     assert_eq!(collective.traffic().vector_bytes, 400);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Counted<C> {
    inner: C,
    traffic: Mutex<Traffic>,
}

impl<C> Counted<C> {
    /// The same collective, counted from here on.
    pub fn new(inner: C) -> Self {
        Self { inner, traffic: Mutex::default() }
    }

    /// What was handed over since [`new`](Self::new).
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        *self.count()
    }

    /// The count, which no panic can leave half done.
    fn count(&self) -> MutexGuard<'_, Traffic> {
        self.traffic.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Real, C: Collective<Vec<T>>> Collective<Vec<T>> for Counted<C> {
    type Error = C::Error;

    fn rank(&self) -> usize {
        self.inner.rank()
    }

    fn size(&self) -> usize {
        self.inner.size()
    }

    fn sum(&self, scalars: &mut [f64]) -> Result<(), C::Error> {
        let mut traffic = self.count();
        traffic.sums += 1;
        traffic.scalar_bytes += size_of_val(scalars) as u64;
        drop(traffic); // before ranks wait for each other
        self.inner.sum(scalars)
    }

    fn average(&self, vector: &mut Vec<T>) -> Result<(), C::Error> {
        let mut traffic = self.count();
        traffic.averages += 1;
        traffic.vector_bytes += size_of_val(vector.as_slice()) as u64;
        drop(traffic);
        self.inner.average(vector)
    }
}
