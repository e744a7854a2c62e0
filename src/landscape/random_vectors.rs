//! Random directions, in whatever space the parameters live.

use alloc::vec::Vec;

use super::excursion::checked_norm;
use super::scan_error::ScanError;
use crate::error::Error;
#[cfg(not(feature = "std"))]
use crate::float::Float as _;
use crate::model::SliceModel;
use crate::slice_objective::SliceObjective;
use crate::stream::Stream;
use crate::vector::{Real, Slices, VectorSpace};

/// A vector space that can fill a vector with random numbers.
///
/// It is all that random directions need beside [`VectorSpace`]: a vector of independent standard
/// normal numbers points in every direction with the same chance. [`Slices`] and [`SliceObjective`] have it; a space of
/// device tensors fills each of them by its framework's own generator.
pub trait RandomVectors: VectorSpace {
    /// Writes independent draws from the standard normal distribution over `vector`. The same seed
    /// gives the same numbers.
    ///
    /// # Errors
    /// The model's own.
    fn fill_normal(&self, seed: u64, vector: &mut Self::Vector) -> Result<(), Self::Error>;
}

impl<T: Real> RandomVectors for Slices<T> {
    fn fill_normal(&self, seed: u64, vector: &mut Vec<T>) -> Result<(), Error> {
        let mut stream = Stream::new(seed);
        vector.fill_with(|| T::of(stream.normal()));
        Ok(())
    }
}

impl<T: Real, M: SliceModel<T>> RandomVectors for SliceObjective<T, M> {
    fn fill_normal(&self, seed: u64, vector: &mut Vec<T>) -> Result<(), M::Error> {
        Ok(Slices::new(vector.len()).fill_normal(seed, vector)?)
    }
}

/// `count` random directions d₁, d₂, ... with |dᵢ| = 1 and dᵢ·dⱼ = 0, every such set equally likely
/// (\[VG\] 2).
///
/// Each is a vector of normal numbers made perpendicular to those before it, twice (Gram and Schmidt;
/// the second pass removes what rounding left of the first), and scaled to length 1.
///
/// # Errors
/// [`ScanError::Input`] if `count` is 0, or larger than the space's dimension;
/// [`ScanError::Objective`] with the objective's own.
///
/// ```
/// use gols::landscape::random_orthonormal;
/// use gols::{Slices, VectorSpace};
///
/// let space = Slices::<f64>::new(83);
/// let d = random_orthonormal(&space, 2, 42)?;
/// assert!((space.dot(&d[0], &d[0])? - 1.0).abs() < 1e-14);
/// assert!(space.dot(&d[0], &d[1])?.abs() < 1e-14);
/// # Ok::<(), gols::Error>(())
/// ```
pub fn random_orthonormal<O: RandomVectors>(
    space: &O,
    count: usize,
    seed: u64,
) -> Result<Vec<O::Vector>, ScanError<O::Error>> {
    Error::check_count("the number of directions", count)?;
    let mut seeds = Stream::new(seed);
    let mut directions = Vec::with_capacity(count);
    for _ in 0..count {
        let next = random_perpendicular(space, &directions, seeds.word())?;
        directions.push(next);
    }
    Ok(directions)
}

/// A random unit vector perpendicular to all of `others`, which are unit vectors.
pub(super) fn random_perpendicular<O: RandomVectors>(
    space: &O,
    others: &[O::Vector],
    seed: u64,
) -> Result<O::Vector, ScanError<O::Error>> {
    let mut seeds = Stream::new(seed);
    let mut vector = space.zeros().map_err(ScanError::Objective)?;
    for _ in 0..ATTEMPTS {
        space.fill_normal(seeds.word(), &mut vector).map_err(ScanError::Objective)?;
        let drawn = checked_norm(space, &vector, "the norm of a random vector")?;
        let left = make_perpendicular(space, others, &mut vector).map_err(ScanError::Objective)?;
        if left > LEAST_REMAINDER * drawn {
            scale(space, 1.0 / left, &mut vector).map_err(ScanError::Objective)?;
            return Ok(vector);
        }
    }
    Err(Error::Setting {
        setting: "the number of directions",
        value: (others.len() + 1) as f64,
        expected: "at most the number of parameters",
    }
    .into())
}

/// A remainder below this share of its vector is rounding: the others span the whole space.
const LEAST_REMAINDER: f64 = 1e-4;
/// The chance that a good space fails this often is below 1e-12.
const ATTEMPTS: usize = 4;

/// Removes from `vector` what lies along the unit vectors `others`; returns the norm that is left.
fn make_perpendicular<O: VectorSpace>(
    space: &O,
    others: &[O::Vector],
    vector: &mut O::Vector,
) -> Result<f64, O::Error> {
    for _pass in 0..2 {
        for other in others {
            let along = space.dot(vector, other)?;
            space.axpby(-along, other, 1.0, vector)?;
        }
    }
    Ok(space.dot(vector, vector)?.sqrt())
}

/// v ← a v.
pub(super) fn scale<O: VectorSpace>(
    space: &O,
    a: f64,
    vector: &mut O::Vector,
) -> Result<(), O::Error> {
    let mut scaled = space.zeros()?;
    space.axpby(a, vector, 0.0, &mut scaled)?;
    *vector = scaled;
    Ok(())
}
