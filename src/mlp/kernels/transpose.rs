//! The transpose of a matrix, for the way back through a layer.

use fearless_simd::{Simd, SimdBase};

use super::{Lane, MAX_LANES, Vector, load, padded};

/// `out[n x k] = w[k x n]^T`, for `e = delta w^T` by [`forward`](super::product::forward).
#[inline(always)]
pub(super) fn transpose<S: Simd, T: Lane>(simd: S, w: &[T], n: usize, out: &mut [T]) {
    let (k, lanes) = (w.len() / n.max(1), Vector::<T, S>::LEN);
    debug_assert!(out.len() >= w.len());
    simd.vectorize(
        #[inline(always)]
        || {
            if k < lanes {
                for i in 0..k {
                    (0..n).for_each(|j| out[j * k + i] = w[i * n + j]);
                }
                return;
            }
            for i in (0..k).step_by(lanes).map(|i| i.min(k - lanes)) {
                for j in (0..n).step_by(lanes).map(|j| j.min(n.saturating_sub(lanes))) {
                    let square = transposed_square(simd, &w[i * n + j..], n);
                    for (j, row) in (j..).zip(&square[..lanes.min(n)]) {
                        row.store_slice(&mut out[j * k + i..j * k + i + lanes]);
                    }
                }
            }
        },
    );
}

/// The transpose of a square as wide as a vector. Interleaving the first half of the rows with the
/// second half, as often as a row can be halved, brings every element to its place.
#[inline(always)]
fn transposed_square<S: Simd, T: Lane>(simd: S, w: &[T], n: usize) -> [Vector<T, S>; MAX_LANES] {
    let lanes = Vector::<T, S>::LEN;
    let mut rows = [Vector::<T, S>::splat(simd, T::zero()); MAX_LANES];
    for (i, row) in rows[..lanes].iter_mut().enumerate() {
        // The last rows of a matrix narrower than a vector may end before the vector does.
        *row = match w.get(i * n..i * n + lanes) {
            Some(row) => load(simd, row, 0),
            None => load(simd, &padded(&w[i * n..i * n + n]), 0),
        };
    }
    for _ in 0..lanes.ilog2() {
        let old = rows;
        for i in 0..lanes / 2 {
            (rows[2 * i], rows[2 * i + 1]) = old[i].interleave(old[i + lanes / 2]);
        }
    }
    rows
}
