//! The register tile of the matrix products: MR x NV vectors of sums.
//!
//! Arrays are filled by loops, not by `from_fn` or `map`, and adding and storing are apart: so the
//! compiler inlines and unrolls everything, and keeps the sums in registers.

use fearless_simd::{Select, Simd, SimdBase, SimdFloat, SimdMask};

use super::{Lane, MAX_LANES, Vector, load};

/// The tile: `sums += left(p) * right[p]` over the `depth`; `right` begins with row `depth.start`,
/// its rows are `stride` apart.
#[inline(always)]
pub(super) fn accumulate<'a, S: Simd, T: Lane, const MR: usize, const NV: usize>(
    simd: S,
    left: &impl Fn(usize) -> [&'a T; MR],
    depth: usize,
    right: &[T],
    stride: usize,
    sums: &mut [[Vector<T, S>; NV]; MR],
) {
    if depth == 0 {
        return;
    }
    // Checked once, for all rows.
    let width = NV * Vector::<T, S>::LEN;
    let right = &right[..(depth - 1) * stride + width];
    for (p, row) in (0..depth).zip(right.windows(width).step_by(stride)) {
        let row = &row[..width];
        let mut vectors = [Vector::<T, S>::splat(simd, T::zero()); NV];
        for (c, vector) in vectors.iter_mut().enumerate() {
            *vector = load(simd, row, c * Vector::<T, S>::LEN);
        }
        let left = left(p);
        for r in 0..MR {
            let factor = Vector::<T, S>::splat(simd, *left[r]);
            for c in 0..NV {
                sums[r][c] = factor.mul_add(vectors[c], sums[r][c]);
            }
        }
    }
}

/// Stores the sums of one row at the beginning of `out`, a row of `width` numbers and what follows
/// it. If the row is narrower than a vector, the rows that follow are written later.
#[inline(always)]
pub(super) fn store<S: Simd, T: Lane, const NV: usize>(
    _: S,
    sums: &[Vector<T, S>; NV],
    out: &mut [T],
    width: usize,
) {
    let lanes = Vector::<T, S>::LEN;
    if NV == 1 && out.len() < lanes {
        let mut room = [T::zero(); MAX_LANES];
        sums[0].store_slice(&mut room[..lanes]);
        return out[..width].copy_from_slice(&room[..width]);
    }
    let out = &mut out[..NV * lanes];
    for c in 0..NV {
        sums[c].store_slice(&mut out[c * lanes..(c + 1) * lanes]);
    }
}

/// Adds the sums of one row, those in `fresh` lanes of the first vector, to `out`.
#[inline(always)]
pub(super) fn add<S: Simd, T: Lane, const NV: usize>(
    simd: S,
    sums: &[Vector<T, S>; NV],
    out: &mut [T],
    width: usize,
    fresh: u64,
) {
    let lanes = Vector::<T, S>::LEN;
    let mask = <Vector<T, S> as SimdBase<S>>::Mask::from_bitmask(simd, fresh);
    let first = mask.select(sums[0], Vector::<T, S>::splat(simd, T::zero()));
    if NV == 1 && out.len() < lanes {
        let mut room = [T::zero(); MAX_LANES];
        room[..width].copy_from_slice(&out[..width]);
        let sum = first + load(simd, &room, 0);
        sum.store_slice(&mut room[..lanes]);
        return out[..width].copy_from_slice(&room[..width]);
    }
    let out = &mut out[..NV * lanes];
    for c in 0..NV {
        let sum = if c == 0 { first } else { sums[c] };
        (sum + load(simd, out, c * lanes)).store_slice(&mut out[c * lanes..(c + 1) * lanes]);
    }
}

/// Whether a tile may be as large as 6 x 4 vectors (true of AVX-512); otherwise it is 4 x 3 or 6 x 2.
pub(super) const fn has_32_registers<S: Simd, T: Lane>() -> bool {
    size_of::<Vector<T, S>>() == 64
}
