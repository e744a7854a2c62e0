//! Loops as the compiler makes them, where there are no explicit vectors.

use core::marker::PhantomData;

use super::BLOCK;
use crate::vector::Real;
pub(super) use crate::vector::Real as Lane;

/// Sums that are added to in turn, enough to fill the vectors of most processors.
const SUMS: usize = 16;

/// The one level there is.
#[derive(Debug, Clone, Copy)]
#[allow(unnameable_types, reason = "the loops of `Sealed` take it")]
pub struct Level;

impl Level {
    pub fn new() -> Self {
        Self
    }

    #[inline(always)]
    pub fn vectorize<R>(self, f: impl FnOnce() -> R) -> R {
        f()
    }
}

/// What a level of vectors is called where there are some.
pub(super) trait Simd: Copy {}

impl Simd for Level {}

/// Runs an expression.
macro_rules! dispatch {
    ($level:expr, $simd:ident => $body:expr) => {{
        let $simd = $level;
        $body
    }};
}
pub(crate) use dispatch;

/// x·y, summed in many lanes of T and, block by block, in f64.
pub(crate) fn dot<T: Real>(level: Level, x: &[T], y: &[T]) -> f64 {
    x.chunks(BLOCK).zip(y.chunks(BLOCK)).map(|(x, y)| block_dot(level, x, y)).sum()
}

fn block_dot<T: Real>(level: Level, x: &[T], y: &[T]) -> f64 {
    let mut sums = Sums::new(level);
    sums.add(level, x, y);
    sums.total()
}

/// The sums of one block.
pub(super) struct Sums<S, T>([T; SUMS], PhantomData<S>);

impl<S, T: Real> Sums<S, T> {
    pub(super) fn new(_: S) -> Self {
        Self([T::zero(); SUMS], PhantomData)
    }

    /// Adds x·y. All but the last of a block's pieces hold a multiple of all sums.
    pub(super) fn add(&mut self, _: S, x: &[T], y: &[T]) {
        let ((xs, last_x), (ys, last_y)) = (x.as_chunks::<SUMS>(), y.as_chunks::<SUMS>());
        xs.iter().zip(ys).for_each(|(x, y)| add_products(x, y, &mut self.0));
        add_products(last_x, last_y, &mut self.0);
    }

    pub(super) fn total(self) -> f64 {
        self.0.iter().map(|sum| sum.wide()).sum()
    }
}

#[inline(always)]
fn add_products<T: Real>(x: &[T], y: &[T], sums: &mut [T; SUMS]) {
    sums.iter_mut().zip(x.iter().zip(y)).for_each(|(sum, (&x, &y))| *sum = *sum + x * y);
}
