//! Loops as the compiler makes them, where there are no explicit vectors.

use super::BLOCK;
use crate::vector::Real;

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

/// Runs an expression.
macro_rules! dispatch {
    ($level:expr, $simd:ident => $body:expr) => {{
        let $simd = $level;
        $body
    }};
}
pub(crate) use dispatch;

/// x·y, summed in many lanes of T and, block by block, in f64.
pub(crate) fn dot<T: Real>(_: Level, x: &[T], y: &[T]) -> f64 {
    x.chunks(BLOCK).zip(y.chunks(BLOCK)).map(|(x, y)| block_dot(x, y)).sum()
}

/// x·x, x·y and y·y, as by [`dot`].
pub(super) fn products<T: Real>(level: Level, x: &[T], y: &[T]) -> [f64; 3] {
    [dot(level, x, x), dot(level, x, y), dot(level, y, y)]
}

fn block_dot<T: Real>(x: &[T], y: &[T]) -> f64 {
    let mut sums = [T::zero(); SUMS];
    let ((xs, last_x), (ys, last_y)) = (x.as_chunks::<SUMS>(), y.as_chunks::<SUMS>());
    xs.iter().zip(ys).for_each(|(x, y)| add_products(x, y, &mut sums));
    add_products(last_x, last_y, &mut sums);
    sums.iter().map(|sum| sum.wide()).sum()
}

#[inline(always)]
fn add_products<T: Real>(x: &[T], y: &[T], sums: &mut [T; SUMS]) {
    sums.iter_mut().zip(x.iter().zip(y)).for_each(|(sum, (&x, &y))| *sum = *sum + x * y);
}
