//! One function on every element of a slice, a vector at a time.

use fearless_simd::{Simd, SimdBase};

use super::{Lane, MAX_LANES, Vector, load};

/// y ← f(y). The last vector overlaps the one before; it is read first.
#[inline(always)]
pub(super) fn map<S: Simd, T: Lane>(
    simd: S,
    y: &mut [T],
    f: impl Fn(Vector<T, S>) -> Vector<T, S>,
) {
    let (lanes, len) = (Vector::<T, S>::LEN, y.len());
    if len < lanes {
        let mut short = [T::zero(); MAX_LANES];
        short[..len].copy_from_slice(y);
        let result = f(load(simd, &short, 0));
        return y.copy_from_slice(&result.as_slice()[..len]);
    }
    let last = load(simd, y, len - lanes);
    for chunk in y.chunks_exact_mut(lanes) {
        f(load(simd, chunk, 0)).store_slice(chunk);
    }
    if !len.is_multiple_of(lanes) {
        f(last).store_slice(&mut y[len - lanes..]);
    }
}

/// y ← f(y, x), like [`map`].
#[inline(always)]
pub(super) fn update<S: Simd, T: Lane>(
    simd: S,
    y: &mut [T],
    x: &[T],
    f: impl Fn(Vector<T, S>, Vector<T, S>) -> Vector<T, S>,
) {
    let (lanes, len) = (Vector::<T, S>::LEN, y.len());
    if len < lanes {
        let mut short = [[T::zero(); MAX_LANES]; 2];
        short[0][..len].copy_from_slice(y);
        short[1][..len].copy_from_slice(&x[..len]);
        let result = f(load(simd, &short[0], 0), load(simd, &short[1], 0));
        return y.copy_from_slice(&result.as_slice()[..len]);
    }
    let last = (load(simd, y, len - lanes), load(simd, x, len - lanes));
    for (y, x) in y.chunks_exact_mut(lanes).zip(x.chunks_exact(lanes)) {
        f(load(simd, y, 0), load(simd, x, 0)).store_slice(y);
    }
    if !len.is_multiple_of(lanes) {
        f(last.0, last.1).store_slice(&mut y[len - lanes..]);
    }
}
