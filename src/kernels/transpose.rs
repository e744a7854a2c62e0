//! The transpose of a matrix, for the way back through a layer.

use fearless_simd::{Simd, SimdBase};

use super::{Lane, MAX_LANES, Vector, load};

/// `out[n x k] = w[k x n]^T`, for `e = delta w^T` by [`forward`].
#[inline(always)]
pub fn transpose<S: Simd, T: Lane>(simd: S, w: &[T], n: usize, out: &mut [T]) {
    debug_assert_eq!(w.len(), out.len());
    let (k, lanes) = (w.len() / n.max(1), Vector::<T, S>::LEN);
    simd.vectorize(
        #[inline(always)]
        || {
            if k < lanes || n < lanes {
                for i in 0..k {
                    (0..n).for_each(|j| out[j * k + i] = w[i * n + j]);
                }
                return;
            }
            for i in (0..k).step_by(lanes).map(|i| i.min(k - lanes)) {
                for j in (0..n).step_by(lanes).map(|j| j.min(n - lanes)) {
                    transpose_square(simd, &w[i * n + j..], n, &mut out[j * k + i..], k);
                }
            }
        },
    );
}

/// Transposes a square as wide as a vector. Interleaving the first half of the rows with the second
/// half, as often as a row can be halved, brings every element to its place.
#[inline(always)]
fn transpose_square<S: Simd, T: Lane>(simd: S, w: &[T], n: usize, out: &mut [T], k: usize) {
    let lanes = Vector::<T, S>::LEN;
    let mut rows = [Vector::<T, S>::splat(simd, T::zero()); MAX_LANES];
    for (i, row) in rows[..lanes].iter_mut().enumerate() {
        *row = load(simd, w, i * n);
    }
    for _ in 0..lanes.ilog2() {
        let old = rows;
        for i in 0..lanes / 2 {
            (rows[2 * i], rows[2 * i + 1]) = old[i].interleave(old[i + lanes / 2]);
        }
    }
    for (j, row) in rows[..lanes].iter().enumerate() {
        row.store_slice(&mut out[j * k..j * k + lanes]);
    }
}
