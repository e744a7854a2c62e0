//! Loops over slices on explicit vectors, as wide as the processor has them.
//!
//! Published crates cannot assume what they run on, so every caller holds a [`Level`] found at run time
//! (AVX-512, AVX2, SSE, NEON, WebAssembly) and enters these functions through `dispatch!`. All are generic
//! over the level and are inlined into their caller; none allocates.

pub(crate) mod elementwise;
pub(crate) mod exponential;
pub(crate) mod product;
pub(crate) mod vector;

pub(crate) use fearless_simd::{Level, Simd, dispatch};

use fearless_simd::{SimdBase, SimdFloatElement};

use crate::real::Real;

/// The native vector of `T` at the level `S`.
pub(crate) type Vector<T, S> = <T as SimdFloatElement>::Native<S>;

/// No vector has more lanes than this.
pub(crate) const MAX_LANES: usize = 16;

/// The vector at `from[at..]`.
#[inline(always)]
pub(crate) fn load<S: Simd, T: Real>(simd: S, from: &[T], at: usize) -> Vector<T, S> {
    Vector::<T, S>::from_slice(simd, &from[at..at + Vector::<T, S>::LEN])
}

/// All lanes equal to `x`.
#[inline(always)]
pub(crate) fn splat<S: Simd, T: Real>(simd: S, x: f64) -> Vector<T, S> {
    Vector::<T, S>::splat(simd, T::of(x))
}

/// The levels of this machine, from the widest vectors to the narrowest, for tests of each.
#[cfg(test)]
pub(crate) fn levels() -> Vec<Level> {
    let best = Level::new();
    let mut levels = vec![best];
    #[cfg(target_arch = "x86_64")]
    {
        levels.extend(best.as_avx2().map(Simd::level));
        levels.extend(best.as_sse4_2().map(Simd::level));
        levels.extend(best.as_sse2().map(Simd::level));
    }
    levels
}
