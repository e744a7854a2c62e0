//! Loops over slices on explicit vectors, as wide as the processor has them.
//!
//! Published crates cannot assume what they run on, so every caller holds a [`Level`] found at run time
//! (AVX-512, AVX2, SSE2, NEON, WebAssembly), and the methods of [`Element`] enter the loop for that level.
//! None allocates.

mod activation;
mod element;
mod elementwise;
mod exponential;
mod layer;
mod loss;
mod pass;
mod product;
mod rows;
#[cfg(test)]
mod tests;
mod threads;
mod tile;
mod transpose;
mod vector;

pub(crate) use fearless_simd::Level;

pub use activation::Activation;
pub use element::Element;
use element::Lane;
pub(crate) use layer::Layer;
pub use loss::Loss;
pub(crate) use pass::CHUNK;
pub use pass::{Chunk, Pass};
pub use product::Start;
pub use rows::Rows;

use fearless_simd::{Simd, SimdBase, SimdFloatElement};

/// Runs an expression with the vectors of a level. SSE4.2 adds nothing to SSE2 that the loops use. Scalar code
/// is reached by tests only: every x86-64 processor has SSE2.
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
use dispatch;

/// The native vector of `T` at the level `S`.
type Vector<T, S> = <T as SimdFloatElement>::Native<S>;

/// No vector has more lanes than this.
const MAX_LANES: usize = 16;

/// The vector at `from[at..]`.
#[inline(always)]
fn load<S: Simd, T: Lane>(simd: S, from: &[T], at: usize) -> Vector<T, S> {
    Vector::<T, S>::from_slice(simd, &from[at..at + Vector::<T, S>::LEN])
}

/// All lanes equal to `x`.
#[inline(always)]
fn splat<S: Simd, T: Lane>(simd: S, x: f64) -> Vector<T, S> {
    Vector::<T, S>::splat(simd, T::of(x))
}

/// A copy of a short slice, followed by zeros.
#[inline(always)]
fn padded<T: Lane>(short: &[T]) -> [T; 2 * MAX_LANES] {
    let mut long = [T::zero(); 2 * MAX_LANES];
    long[..short.len()].copy_from_slice(short);
    long
}
