//! The vector space of slices.

use std::marker::PhantomData;

use super::loops::Level;
use super::{ElementWise, Real, VectorSpace};
use crate::error::Error;

/// The vector space of `Vec<T>` with n elements each, T being f32 or f64: a [`VectorSpace`] and nothing more.
///
/// Inner products are added in many lanes of T and folded into f64 every 4096 elements. Nothing but
/// [`zeros`](VectorSpace::zeros) allocates. A vector of another length is [`Error::Length`].
///
/// ```
/// use gols::{Slices, VectorSpace};
///
/// let space = Slices::<f64>::new(2);
/// let mut y = space.zeros()?;
/// space.axpby(2.0, &vec![1.0, 3.0], 1.0, &mut y)?; // y ← 2 x + y
/// assert_eq!(space.dot(&y, &y)?, 40.0);
/// assert!(space.dot(&y, &vec![1.0]).is_err());
/// # Ok::<(), gols::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Slices<T> {
    length: usize,
    level: Level,
    number: PhantomData<T>,
}

impl<T: Real> Slices<T> {
    /// The space of vectors with `length` elements.
    #[must_use]
    pub fn new(length: usize) -> Self {
        Self { length, level: Level::new(), number: PhantomData }
    }

    /// z ← x + a d, x and z being of the right length.
    pub(crate) fn step(&self, x: &[T], a: f64, d: &[T], z: &mut [T]) -> Result<(), Error> {
        Error::check_length("the direction", d.len(), self.length)?;
        T::step(self.level, x, T::of(a), d, z);
        Ok(())
    }

    fn check(&self, x: &[T], y: &[T]) -> Result<(), Error> {
        Error::check_length("a vector", x.len(), self.length)?;
        Error::check_length("a vector", y.len(), self.length)
    }
}

impl<T: Real> VectorSpace for Slices<T> {
    type Vector = Vec<T>;
    type Error = Error;

    fn zeros(&self) -> Result<Vec<T>, Error> {
        Ok(vec![T::zero(); self.length])
    }

    fn dot(&self, a: &Vec<T>, b: &Vec<T>) -> Result<f64, Error> {
        self.check(a, b)?;
        Ok(T::dot(self.level, a, b))
    }

    fn axpby(&self, a: f64, x: &Vec<T>, b: f64, y: &mut Vec<T>) -> Result<(), Error> {
        self.check(x, y)?;
        T::axpby(self.level, T::of(a), x, T::of(b), y);
        Ok(())
    }
}

impl<T: Real> ElementWise for Slices<T> {
    fn add_squares(&self, a: f64, x: &Vec<T>, b: f64, y: &mut Vec<T>) -> Result<(), Error> {
        self.check(x, y)?;
        T::add_squares(self.level, T::of(a), x, T::of(b), y);
        Ok(())
    }

    fn divide_by_root(
        &self,
        v: &Vec<T>,
        inside: f64,
        outside: f64,
        y: &mut Vec<T>,
    ) -> Result<(), Error> {
        self.check(v, y)?;
        T::divide_by_root(self.level, v, T::of(inside), T::of(outside), y);
        Ok(())
    }

    fn multiply_by_root(&self, v: &Vec<T>, inside: f64, y: &mut Vec<T>) -> Result<(), Error> {
        self.check(v, y)?;
        T::multiply_by_root(self.level, v, T::of(inside), y);
        Ok(())
    }
}
