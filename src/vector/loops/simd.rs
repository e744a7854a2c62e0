//! Loops on explicit vectors, as wide as the processor has them.

pub(crate) use fearless_simd::Level;
use fearless_simd::{Simd, SimdBase, SimdFloat, SimdFloatElement};

use super::BLOCK;
use crate::vector::Real;

/// A number type as the loops see it: with vectors.
pub(crate) trait Lane: Real + SimdFloatElement {}

impl Lane for f32 {}
impl Lane for f64 {}

/// Runs an expression with the vectors of a level. SSE4.2 adds nothing to SSE2 that the loops use.
/// Scalar code is reached by tests only: every x86-64 processor has SSE2.
macro_rules! dispatch {
    ($level:expr, $simd:ident => $body:expr) => {{
        let level = $level;
        #[cfg(target_arch = "x86_64")]
        let result = if let Some($simd) = level.as_avx512() {
            $body
        } else if let Some($simd) = level.as_avx2() {
            $body
        } else if let Some($simd) = level.as_sse2() {
            $body
        } else {
            match level {
                #[cfg(test)]
                fearless_simd::Level::Fallback($simd) => $body,
                _ => unreachable!("every x86-64 processor has SSE2"),
            }
        };
        #[cfg(not(target_arch = "x86_64"))]
        let result = fearless_simd::dispatch!(level, $simd => $body);
        result
    }};
}
pub(crate) use dispatch;

/// The native vector of `T` at the level `S`.
pub(crate) type Vector<T, S> = <T as SimdFloatElement>::Native<S>;

/// The vector at `from[at..]`.
#[inline(always)]
pub(crate) fn load<S: Simd, T: Lane>(simd: S, from: &[T], at: usize) -> Vector<T, S> {
    Vector::<T, S>::from_slice(simd, &from[at..at + Vector::<T, S>::LEN])
}

/// All lanes equal to `x`.
#[inline(always)]
pub(crate) fn splat<S: Simd, T: Lane>(simd: S, x: f64) -> Vector<T, S> {
    Vector::<T, S>::splat(simd, T::of(x))
}

/// Vectors of sums that are added to in turn, enough to hide the latency of an addition.
const SUMS: usize = 8;

/// x·y, summed in many lanes of T and, block by block, in f64.
#[inline(always)]
pub(crate) fn dot<S: Simd, T: Lane>(simd: S, x: &[T], y: &[T]) -> f64 {
    simd.vectorize(
        #[inline(always)]
        || {
            // A loop, not `map` and `sum`: those may be left as calls, and then know nothing of the
            // level.
            let mut sum = 0.0;
            for (x, y) in x.chunks(BLOCK).zip(y.chunks(BLOCK)) {
                sum += block_dot(simd, x, y);
            }
            sum
        },
    )
}

/// x·x, x·y and y·y, as by [`dot`], from one pass through memory.
#[inline(always)]
pub(super) fn products<S: Simd, T: Lane>(simd: S, x: &[T], y: &[T]) -> [f64; 3] {
    let mut sums = [0.0; 3];
    for (x, y) in x.chunks(BLOCK).zip(y.chunks(BLOCK)) {
        for (sum, [x, y]) in sums.iter_mut().zip([[x, x], [x, y], [y, y]]) {
            *sum += block_dot(simd, x, y);
        }
    }
    sums
}

#[inline(always)]
fn block_dot<S: Simd, T: Lane>(simd: S, x: &[T], y: &[T]) -> f64 {
    let lanes = Vector::<T, S>::LEN;
    let mut sums = [splat::<S, T>(simd, 0.0); SUMS];
    let (mut xs, mut ys) = (x.chunks_exact(SUMS * lanes), y.chunks_exact(SUMS * lanes));
    for (x, y) in (&mut xs).zip(&mut ys) {
        for (c, sum) in sums.iter_mut().enumerate() {
            let x = load::<S, T>(simd, x, c * lanes);
            *sum = x.mul_add(load(simd, y, c * lanes), *sum);
        }
    }
    let (mut xs, mut ys) = (xs.remainder().chunks_exact(lanes), ys.remainder().chunks_exact(lanes));
    for ((x, y), sum) in (&mut xs).zip(&mut ys).zip(&mut sums) {
        *sum = load::<S, T>(simd, x, 0).mul_add(load(simd, y, 0), *sum);
    }
    let rest = xs.remainder().iter().zip(ys.remainder());
    let rest = rest.fold(T::zero(), |sum, (&x, &y)| sum + x * y);
    let [a, b, c, d, e, f, g, h] = sums;
    let sum = ((a + b) + (c + d)) + ((e + f) + (g + h));
    sum.reduce_sum().wide() + rest.wide()
}
