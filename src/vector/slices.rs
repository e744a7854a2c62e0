//! The vector space of slices.

use std::marker::PhantomData;

use super::extremes::{self, finite, fits, positive};
use super::loops::Level;
use super::{ElementWise, Real, VectorSpace};
use crate::error::Error;

/// The vector space of `Vec<T>` with n elements each, T being f32 or f64: a [`VectorSpace`] and
/// nothing more.
///
/// Inner products are added in many lanes of T and folded into f64 every 4096 elements. Nothing but
/// [`zeros`](VectorSpace::zeros) allocates. A product of finite vectors is finite, and 0 only where it is:
/// sums and factors outside the range of T are found by another way. A vector of another length is [`Error::Length`].
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
        if fits::<T>(a) {
            T::step(self.level, x, T::of(a), d, z);
        } else {
            let moved = x.iter().zip(d).map(|(x, d)| finite(x.wide() + a * d.wide()));
            z.iter_mut().zip(moved).for_each(|(z, moved)| *z = moved);
        }
        Ok(())
    }

    /// x ← x + a u + b d, and u ← p u + q d, x being of the right length.
    pub(crate) fn follow(
        &self,
        [a, b]: [f64; 2],
        [p, q]: [f64; 2],
        d: &[T],
        x: &mut [T],
        u: &mut [T],
    ) -> Result<(), Error> {
        self.check(d, u)?;
        if [a, b, p, q].into_iter().all(fits::<T>) {
            T::follow(self.level, [a, b].map(T::of), [p, q].map(T::of), d, x, u);
            return Ok(());
        }
        for (x, (u, d)) in x.iter_mut().zip(u.iter_mut().zip(d)) {
            *x = finite(x.wide() + a * u.wide() + b * d.wide());
            *u = finite(p * u.wide() + q * d.wide());
        }
        Ok(())
    }

    /// x·x, x·y and y·y of slices, of equal lengths.
    pub(crate) fn products_of(&self, x: &[T], y: &[T]) -> [f64; 3] {
        let [xx, xy, yy] = T::products(self.level, x, y);
        [checked(xx, x, x), checked(xy, x, y), checked(yy, y, y)]
    }

    /// x·y of slices, of equal lengths.
    pub(crate) fn dot_of(&self, x: &[T], y: &[T]) -> f64 {
        checked(T::dot(self.level, x, y), x, y)
    }

    fn check(&self, x: &[T], y: &[T]) -> Result<(), Error> {
        Error::check_length("a vector", x.len(), self.length)?;
        Error::check_length("a vector", y.len(), self.length)
    }
}

/// The sum of products x·y, unless T or f64 could not hold it.
fn checked<T: Real>(sum: f64, x: &[T], y: &[T]) -> f64 {
    if sum == 0.0 || !sum.is_finite() { extremes::dot(x, y, sum) } else { sum }
}

impl<T: Real> VectorSpace for Slices<T> {
    type Vector = Vec<T>;
    type Error = Error;

    fn zeros(&self) -> Result<Vec<T>, Error> {
        Ok(vec![T::zero(); self.length])
    }

    fn dot(&self, a: &Vec<T>, b: &Vec<T>) -> Result<f64, Error> {
        self.check(a, b)?;
        Ok(self.dot_of(a, b))
    }

    fn products(&self, a: &Vec<T>, b: &Vec<T>) -> Result<[f64; 3], Error> {
        self.check(a, b)?;
        Ok(self.products_of(a, b))
    }

    fn axpby(&self, a: f64, x: &Vec<T>, b: f64, y: &mut Vec<T>) -> Result<(), Error> {
        self.check(x, y)?;
        if fits::<T>(a) && fits::<T>(b) {
            T::axpby(self.level, T::of(a), x, T::of(b), y);
        } else {
            let sum = |x: &T, y: T| finite(a * x.wide() + b * y.wide());
            y.iter_mut().zip(x).for_each(|(y, x)| *y = sum(x, *y));
        }
        Ok(())
    }
}

impl<T: Real> ElementWise for Slices<T> {
    fn add_squares(&self, a: f64, x: &Vec<T>, b: f64, y: &mut Vec<T>) -> Result<(), Error> {
        self.check(x, y)?;
        T::add_squares(self.level, finite(a), x, finite(b), y);
        Ok(())
    }

    fn squares_onto(
        &self,
        a: f64,
        x: &Vec<T>,
        b: f64,
        y: &Vec<T>,
        z: &mut Vec<T>,
    ) -> Result<(), Error> {
        self.check(x, y)?;
        self.check(x, z)?;
        match b {
            0.0 => T::add_squares(self.level, finite(a), x, T::zero(), z),
            b => T::squares_onto(self.level, finite(a), x, finite(b), y, z),
        }
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
        T::divide_by_root(self.level, v, positive(inside), positive(outside), y);
        Ok(())
    }

    fn multiply_by_root(&self, v: &Vec<T>, inside: f64, y: &mut Vec<T>) -> Result<(), Error> {
        self.check(v, y)?;
        T::multiply_by_root(self.level, v, positive(inside), y);
        Ok(())
    }
}
