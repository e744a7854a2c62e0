//! eˣ and eˣ − 1 on vectors.
//!
//! x = n ln 2 + r with |r| ≤ ln 2 / 2 (Cody and Waite: ln 2 in two parts), and eʳ − 1 from its Taylor series,
//! so that eˣ − 1 is as accurate as eˣ and serves tanh and ELU near zero.

use fearless_simd::{Select, Simd, SimdBase, SimdFloat};

use super::{Lane, Vector, splat};

/// eˣ, infinite or zero beyond the range of `T`; NaN stays NaN.
#[inline(always)]
pub(super) fn exp<S: Simd, T: Lane>(simd: S, x: Vector<T, S>) -> Vector<T, S> {
    let (low, high) = (splat::<S, T>(simd, T::EXP_RANGE.0), splat::<S, T>(simd, T::EXP_RANGE.1));
    let x = x.simd_lt(low).select(low, x);
    let x = x.simd_gt(high).select(high, x);
    let (n, e) = reduce::<S, T>(simd, x);
    // 2ⁿ in two factors: n itself may lie outside the exponents of T.
    let magic = splat::<S, T>(simd, T::MAGIC);
    let half = n.mul_add(splat::<S, T>(simd, 0.5), magic) - magic;
    let (a, b) = (power_of_two::<S, T>(simd, half), power_of_two::<S, T>(simd, n - half));
    (e + splat::<S, T>(simd, 1.0)) * a * b
}

/// eˣ − 1 for x ≤ 0; NaN stays NaN, and a positive x gives any number.
#[inline(always)]
pub(super) fn expm1_negative<S: Simd, T: Lane>(simd: S, x: Vector<T, S>) -> Vector<T, S> {
    let low = splat::<S, T>(simd, -40.0);
    let (n, e) = reduce::<S, T>(simd, x.simd_lt(low).select(low, x));
    let scale = power_of_two::<S, T>(simd, n);
    scale.mul_add(e, scale - splat::<S, T>(simd, 1.0))
}

/// x = n ln 2 + r: the integer n nearest to x / ln 2, and eʳ − 1.
#[inline(always)]
fn reduce<S: Simd, T: Lane>(simd: S, x: Vector<T, S>) -> (Vector<T, S>, Vector<T, S>) {
    let magic = splat::<S, T>(simd, T::MAGIC);
    let n = x.mul_add(splat::<S, T>(simd, std::f64::consts::LOG2_E), magic) - magic;
    let r = n.mul_add(splat::<S, T>(simd, -T::LN2_HIGH), x);
    let r = n.mul_add(splat::<S, T>(simd, -T::LN2_LOW), r);
    let mut series = splat::<S, T>(simd, 0.0);
    for inverse in INVERSE_FACTORIALS[2..=T::TERMS].iter().rev() {
        series = series.mul_add(r, splat::<S, T>(simd, *inverse));
    }
    (n, (r * r).mul_add(series, r))
}

/// 2ⁿ for an integer n within the range of exponents.
#[inline(always)]
fn power_of_two<S: Simd, T: Lane>(simd: S, n: Vector<T, S>) -> Vector<T, S> {
    let bits = (n + splat::<S, T>(simd, T::MAGIC)).to_bits() << T::MANTISSA_BITS;
    Vector::<T, S>::from_bits(bits + splat::<S, T>(simd, 1.0).to_bits())
}

/// 1 / k!
const INVERSE_FACTORIALS: [f64; 14] = {
    let mut table = [1.0; 14];
    let mut k = 1;
    while k < 14 {
        table[k] = table[k - 1] / k as f64;
        k += 1;
    }
    table
};
