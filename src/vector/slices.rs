//! The vector space of slices.

use alloc::vec;
use alloc::vec::Vec;
use core::marker::PhantomData;

use super::extremes::{self, finite, fits, positive};
use super::loops::Level;
use super::{ElementWise, Real, VectorSpace};
use crate::error::Error;
#[cfg(not(feature = "std"))]
use crate::float::Float as _;

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
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Slices<T> {
    length: usize,
    #[cfg_attr(feature = "serde", serde(skip, default = "Level::new"))]
    level: Level,
    number: PhantomData<T>,
}

#[cfg(feature = "serde")]
impl<T> Slices<T> {
    /// The number of elements of a vector.
    pub(crate) fn length(&self) -> usize {
        self.length
    }
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

    /// d ← −g, and with it x ← x + a u + b d, and u ← p u + q d; all of the right length.
    pub(crate) fn follow_against(
        &self,
        of_x: [f64; 2],
        of_u: [f64; 2],
        g: &[T],
        d: &mut [T],
        x: &mut [T],
        u: &mut [T],
    ) -> Result<(), Error> {
        if of_x.into_iter().chain(of_u).all(fits::<T>) {
            T::follow_against(self.level, of_x.map(T::of), of_u.map(T::of), g, d, x, u);
            return Ok(());
        }
        self.axpby_of(-1.0, g, 0.0, d);
        self.follow(of_x, of_u, d, x, u)
    }

    /// y ← a x + b y of slices, of equal lengths.
    pub(crate) fn axpby_of(&self, a: f64, x: &[T], b: f64, y: &mut [T]) {
        if fits::<T>(a) && fits::<T>(b) {
            T::axpby(self.level, T::of(a), x, T::of(b), y);
        } else {
            let sum = |x: &T, y: T| finite(a * x.wide() + b * y.wide());
            y.iter_mut().zip(x).for_each(|(y, x)| *y = sum(x, *y));
        }
    }

    /// Adam's direction in one pass, with the products that an update needs: g·d and g·u; then
    /// v ← (1 − β₂) g⊙g + β₂ v and d ← −b g / (√v + e), given \[β₂, b, e\]; then g·d and d·d. Without a u its
    /// product is 0. `norms` is |g| |d|, of the old d; all slices are of the right length.
    pub(crate) fn adapt(
        &self,
        [kept, b, e]: [f64; 3],
        norms: f64,
        g: &[T],
        u: Option<&[T]>,
        v: &mut [T],
        d: &mut [T],
    ) -> [f64; 4] {
        let is_plain = extremes::is_plain::<T>(norms, self.length);
        let careful = (!is_plain).then(|| self.dot_of(g, d));
        let factors = [finite(1.0 - kept), finite(kept), T::of(-b), positive(e)];
        let [arrival, along_u, slope, square] = T::adapt(self.level, factors, g, u, v, d);
        let along_u = u.map_or(0.0, |u| checked(along_u, g, u));
        [careful.unwrap_or(arrival), along_u, checked(slope, g, d), checked(square, d, d)]
    }

    /// [`products_around`](VectorSpace::products_around), whatever `renew` may fail with: g·g, g·d and g·u
    /// in one pass.
    #[allow(clippy::type_complexity, reason = "a name for the closure's type would say less")]
    pub(crate) fn products_and_renew<E: From<Error>>(
        &self,
        g: &Vec<T>,
        u: Option<&Vec<T>>,
        d: &mut Vec<T>,
        renew: &mut dyn FnMut(&mut Vec<T>) -> Result<(), E>,
    ) -> Result<[f64; 5], E> {
        self.check(g, d)?;
        self.check(g, u.unwrap_or(g))?;
        let [square, arrival, along_u] = self.products_with(g, d, u.map(Vec::as_slice));
        if square == 0.0 || !square.is_finite() {
            return Ok([square, arrival, 0.0, 0.0, 0.0]);
        }
        renew(d)?;
        let [_, slope, direction_square] = self.products(g, d)?;
        Ok([square, arrival, along_u, slope, direction_square])
    }

    /// g·g, g·d and g·u of slices, of equal lengths; without a u its product is 0.
    pub(crate) fn products_with(&self, g: &[T], d: &[T], u: Option<&[T]>) -> [f64; 3] {
        let [square, arrival, along_u] = T::products_with(self.level, g, d, u);
        let along_u = u.map_or(0.0, |u| checked(along_u, g, u));
        [checked(square, g, g), checked(arrival, g, d), along_u]
    }

    /// |x + b u − start| of slices, of equal lengths; |x − start| without a u.
    pub(crate) fn distance(&self, x: &[T], b: f64, u: Option<&[T]>, start: &[T]) -> f64 {
        let b = T::of(b);
        let plain = T::distance(self.level, x, b, u, start);
        let square = if plain == 0.0 || !plain.is_finite() {
            let offset = |i: usize| u.map_or(T::zero(), |u| b * u[i]);
            let ways = (0..x.len()).map(|i| offset(i) + x[i] - start[i]);
            extremes::dot(ways.clone(), ways, plain)
        } else {
            plain
        };
        square.sqrt()
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
    if sum == 0.0 || !sum.is_finite() {
        extremes::dot(x.iter().copied(), y.iter().copied(), sum)
    } else {
        sum
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
        Ok(self.dot_of(a, b))
    }

    fn products(&self, a: &Vec<T>, b: &Vec<T>) -> Result<[f64; 3], Error> {
        self.check(a, b)?;
        Ok(self.products_of(a, b))
    }

    fn products_around(
        &self,
        g: &Vec<T>,
        u: Option<&Vec<T>>,
        d: &mut Vec<T>,
        renew: &mut dyn FnMut(&mut Vec<T>) -> Result<(), Error>,
    ) -> Result<[f64; 5], Error> {
        self.products_and_renew(g, u, d, renew)
    }

    fn axpby(&self, a: f64, x: &Vec<T>, b: f64, y: &mut Vec<T>) -> Result<(), Error> {
        self.check(x, y)?;
        self.axpby_of(a, x, b, y);
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

    fn divide_by_mean_square(
        &self,
        [a, b]: [f64; 2],
        x: &Vec<T>,
        y: &Vec<T>,
        z: &mut Vec<T>,
        [c, e]: [f64; 2],
        d: &mut Vec<T>,
    ) -> Result<(), Error> {
        self.check(x, y)?;
        self.check(z, d)?;
        if b == 0.0 || !fits::<T>(c) {
            self.squares_onto(a, x, b, y, z)?;
            self.axpby(c, x, 0.0, d)?;
            return self.divide_by_root(z, 0.0, e, d);
        }
        let factors = [finite(a), finite(b), T::of(c), positive(e)];
        T::divide_by_mean_square(self.level, factors, x, y, z, d);
        Ok(())
    }

    fn multiply_by_root(&self, v: &Vec<T>, inside: f64, y: &mut Vec<T>) -> Result<(), Error> {
        self.check(v, y)?;
        T::multiply_by_root(self.level, v, positive(inside), y);
        Ok(())
    }
}
