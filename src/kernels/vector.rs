//! Sums and products of whole vectors: what a descent does beside its model.

use fearless_simd::{Simd, SimdBase, SimdFloat};

use super::{Lane, Vector, load, splat};

/// Products that are added in T before the sum is folded into f64.
const BLOCK: usize = 4096;
/// Vectors of sums that are added to in turn, enough to hide the latency of an addition.
const SUMS: usize = 8;

/// x·y, summed in many lanes of T and, block by block, in f64.
#[inline(always)]
pub(super) fn dot<S: Simd, T: Lane>(simd: S, x: &[T], y: &[T]) -> f64 {
    simd.vectorize(
        #[inline(always)]
        || x.chunks(BLOCK).zip(y.chunks(BLOCK)).map(|(x, y)| block_dot(simd, x, y)).sum(),
    )
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

/// y ← a x + b y. With b = 0 the old y does not matter, whatever it is.
#[inline(always)]
pub(super) fn axpby<S: Simd, T: Lane>(simd: S, a: T, x: &[T], b: T, y: &mut [T]) {
    simd.vectorize(
        #[inline(always)]
        || {
            if b == T::zero() {
                y.iter_mut().zip(x).for_each(|(y, &x)| *y = a * x);
            } else {
                y.iter_mut().zip(x).for_each(|(y, &x)| *y = a * x + b * *y);
            }
        },
    );
}

/// z ← x + a d.
#[inline(always)]
pub(super) fn step<S: Simd, T: Lane>(simd: S, x: &[T], a: T, d: &[T], z: &mut [T]) {
    simd.vectorize(
        #[inline(always)]
        || z.iter_mut().zip(x.iter().zip(d)).for_each(|(z, (&x, &d))| *z = x + a * d),
    );
}

/// y ← a x⊙x + b y. With b = 0 the old y does not matter, whatever it is.
#[inline(always)]
pub(super) fn add_squares<S: Simd, T: Lane>(simd: S, a: T, x: &[T], b: T, y: &mut [T]) {
    simd.vectorize(
        #[inline(always)]
        || {
            if b == T::zero() {
                y.iter_mut().zip(x).for_each(|(y, &x)| *y = a * (x * x));
            } else {
                y.iter_mut().zip(x).for_each(|(y, &x)| *y = a * (x * x) + b * *y);
            }
        },
    );
}

/// y ← y / (√(v + inside) + outside).
#[inline(always)]
pub(super) fn divide_by_root<S: Simd, T: Lane>(
    simd: S,
    v: &[T],
    inside: T,
    outside: T,
    y: &mut [T],
) {
    simd.vectorize(
        #[inline(always)]
        || y.iter_mut().zip(v).for_each(|(y, &v)| *y = *y / ((v + inside).sqrt() + outside)),
    );
}

/// y ← y √(v + inside).
#[inline(always)]
pub(super) fn multiply_by_root<S: Simd, T: Lane>(simd: S, v: &[T], inside: T, y: &mut [T]) {
    simd.vectorize(
        #[inline(always)]
        || y.iter_mut().zip(v).for_each(|(y, &v)| *y = *y * (v + inside).sqrt()),
    );
}
