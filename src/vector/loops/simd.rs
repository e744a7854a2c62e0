//! Loops on explicit vectors, as wide as the processor has them.

pub(crate) use fearless_simd::Level;
pub(super) use fearless_simd::Simd;
use fearless_simd::{SimdBase, SimdFloat, SimdFloatElement};

use super::BLOCK;
use crate::vector::Real;

/// A number type as the loops see it: with vectors.
pub(crate) trait Lane: Real + SimdFloatElement {}

impl Lane for f32 {}
impl Lane for f64 {}

/// Runs an expression with the vectors of a level. SSE4.2 adds nothing to SSE2 that the loops use.
/// Scalar code is reached by tests only: every x86-64 processor has SSE2. With `--cfg gols_avx2` a processor with
/// AVX-512 does as one without it, so that one machine can measure both.
macro_rules! dispatch {
    ($level:expr, $simd:ident => $body:expr) => {{
        let level = $level;
        #[cfg(target_arch = "x86_64")]
        let result = if let Some($simd) = level.as_avx512().filter(|_| !cfg!(gols_avx2)) {
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

#[inline(always)]
fn block_dot<S: Simd, T: Lane>(simd: S, x: &[T], y: &[T]) -> f64 {
    let mut sums = Sums::new(simd);
    sums.add(simd, x, y);
    sums.total()
}

/// The sums of one block.
pub(super) struct Sums<S: Simd, T: Lane> {
    vectors: [Vector<T, S>; SUMS],
    rest: T,
}

impl<S: Simd, T: Lane> Sums<S, T> {
    #[inline(always)]
    pub(super) fn new(simd: S) -> Self {
        Self { vectors: [splat::<S, T>(simd, 0.0); SUMS], rest: T::zero() }
    }

    /// Adds x·y. All but the last of a block's pieces hold a multiple of all lanes of all sums.
    #[inline(always)]
    pub(super) fn add(&mut self, simd: S, x: &[T], y: &[T]) {
        let lanes = Vector::<T, S>::LEN;
        let (mut xs, mut ys) = (x.chunks_exact(SUMS * lanes), y.chunks_exact(SUMS * lanes));
        let mut sums = self.vectors;
        for (x, y) in (&mut xs).zip(&mut ys) {
            for (c, sum) in sums.iter_mut().enumerate() {
                let x = load::<S, T>(simd, x, c * lanes);
                *sum = x.mul_add(load(simd, y, c * lanes), *sum);
            }
        }
        let (mut xs, mut ys) =
            (xs.remainder().chunks_exact(lanes), ys.remainder().chunks_exact(lanes));
        for ((x, y), sum) in (&mut xs).zip(&mut ys).zip(&mut sums) {
            *sum = load::<S, T>(simd, x, 0).mul_add(load(simd, y, 0), *sum);
        }
        let rest = xs.remainder().iter().zip(ys.remainder());
        self.rest = rest.fold(self.rest, |sum, (&x, &y)| sum + x * y);
        self.vectors = sums;
    }

    #[inline(always)]
    pub(super) fn total(self) -> f64 {
        let [a, b, c, d, e, f, g, h] = self.vectors;
        let sum = ((a + b) + (c + d)) + ((e + f) + (g + h));
        sum.reduce_sum().wide() + self.rest.wide()
    }
}
