//! eˣ and eˣ − 1 on vectors.
//!
//! x = n ln 2 + r with |r| ≤ ln 2 / 2 (Cody and Waite: ln 2 in two parts), and eʳ − 1 from its
//! Taylor series, so that eˣ − 1 is as accurate as eˣ and serves tanh and ELU near zero.

use core::f64::consts::{LN_2, LOG2_E};

use fearless_simd::{Select, Simd, SimdBase, SimdFloat};

use super::{Lane, Vector, splat};

/// A number type and the constants of its exponential.
pub(crate) trait Exponential: Lane {
    /// How many terms of the series of eʳ are summed.
    const TERMS: usize;
    /// The number of stored bits of the mantissa.
    const MANTISSA_BITS: u32;
    /// 1.5 · 2^`MANTISSA_BITS`: adding it rounds to integers, which then are the lowest bits.
    const MAGIC: f64;
    /// The first bits of ln 2, few enough that products with exponents are exact.
    const LN2_HIGH: f64;
    /// The rest of ln 2.
    const LN2_LOW: f64;
    /// Where eˣ surely is zero, and where it surely is infinite.
    const RANGE: (f64, f64);
}

impl Exponential for f32 {
    const TERMS: usize = 7;
    const MANTISSA_BITS: u32 = 23;
    const MAGIC: f64 = 12_582_912.0;
    const LN2_HIGH: f64 = 355.0 / 512.0;
    const LN2_LOW: f64 = LN_2 - Self::LN2_HIGH;
    const RANGE: (f64, f64) = (-105.0, 89.0);
}

impl Exponential for f64 {
    const TERMS: usize = 13;
    const MANTISSA_BITS: u32 = 52;
    const MAGIC: f64 = 6_755_399_441_055_744.0;
    const LN2_HIGH: f64 = 1_488_522_235.0 / 2_147_483_648.0;
    /// ln 2 − `LN2_HIGH`, to more digits than a difference of two f64 would have.
    const LN2_LOW: f64 = 4.236_521_365_809_284e-10;
    const RANGE: (f64, f64) = (-746.0, 710.0);
}

/// eˣ, infinite or zero beyond the range of `T`; NaN stays NaN.
#[inline(always)]
pub(super) fn exp<S: Simd, T: Exponential>(simd: S, x: Vector<T, S>) -> Vector<T, S> {
    let (low, high) = (splat::<S, T>(simd, T::RANGE.0), splat::<S, T>(simd, T::RANGE.1));
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
pub(super) fn expm1_negative<S: Simd, T: Exponential>(simd: S, x: Vector<T, S>) -> Vector<T, S> {
    let low = splat::<S, T>(simd, -40.0);
    let (n, e) = reduce::<S, T>(simd, x.simd_lt(low).select(low, x));
    let scale = power_of_two::<S, T>(simd, n);
    scale.mul_add(e, scale - splat::<S, T>(simd, 1.0))
}

/// x = n ln 2 + r: the integer n nearest to x / ln 2, and eʳ − 1.
#[inline(always)]
fn reduce<S: Simd, T: Exponential>(simd: S, x: Vector<T, S>) -> (Vector<T, S>, Vector<T, S>) {
    let magic = splat::<S, T>(simd, T::MAGIC);
    let n = x.mul_add(splat::<S, T>(simd, LOG2_E), magic) - magic;
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
fn power_of_two<S: Simd, T: Exponential>(simd: S, n: Vector<T, S>) -> Vector<T, S> {
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
