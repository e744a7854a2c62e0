//! The two number types, and the loops over slices of each.

use std::f64::consts::LN_2;

use fearless_simd::{Level, SimdFloatElement};
use num_traits::Float;

use super::activation::{self, Activation};
use super::product::{self, Start, with_room};
use super::rows::Rows;
use super::{dispatch, transpose, vector};

/// A number type with everything that is done to slices of it.
///
/// The loops are methods of the two types, not generic functions, so that they are compiled once, with
/// this crate, and not again with every crate that uses it.
pub trait Element: Float + Send + Sync + 'static {
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
    const EXP_RANGE: (f64, f64);

    /// The number nearest to `x`.
    fn of(x: f64) -> Self;

    /// This number, exactly.
    fn wide(self) -> f64;

    /// x·y, summed in many lanes and, block by block, in f64.
    fn dot(level: Level, x: &[Self], y: &[Self]) -> f64;

    /// y ← a x + b y. With b = 0 the old y does not matter, whatever it is.
    fn axpby(level: Level, a: Self, x: &[Self], b: Self, y: &mut [Self]);

    /// z ← x + a d.
    fn step(level: Level, x: &[Self], a: Self, d: &[Self], z: &mut [Self]);

    /// y ← a x⊙x + b y. With b = 0 the old y does not matter, whatever it is.
    fn add_squares(level: Level, a: Self, x: &[Self], b: Self, y: &mut [Self]);

    /// y ← y / (√(v + inside) + outside).
    fn divide_by_root(level: Level, v: &[Self], inside: Self, outside: Self, y: &mut [Self]);

    /// y ← y √(v + inside).
    fn multiply_by_root(level: Level, v: &[Self], inside: Self, y: &mut [Self]);

    /// out ← `start` + A W: A is samples x inputs, W inputs x outputs.
    fn forward(level: Level, a: Rows<Self>, w: &[Self], start: Start<Self>, out: &mut [Self]);

    /// dW ← Aᵀ Δ, or added to what is there.
    fn weight_gradient(level: Level, a: Rows<Self>, delta: &[Self], add: bool, dw: &mut [Self]);

    /// db ← the column sums of Δ, or added to what is there.
    fn bias_gradient(level: Level, delta: &[Self], add: bool, db: &mut [Self]);

    /// out ← Wᵀ, W having `outputs` columns.
    fn transpose(level: Level, w: &[Self], outputs: usize, out: &mut [Self]);

    /// z ← h(z), for every element.
    fn activate(level: Level, h: Activation, z: &mut [Self]);

    /// delta ← delta · h'(z), for every element, given the outputs y = h(z).
    fn scale_by_derivative(level: Level, h: Activation, y: &[Self], delta: &mut [Self]);
}

/// A number type as the loops see it: with vectors.
pub(super) trait Lane: Element + SimdFloatElement {}

impl Lane for f32 {}
impl Lane for f64 {}

/// The loops of one type, at the level found at run time.
macro_rules! loops {
    ($t:ty) => {
        fn dot(level: Level, x: &[$t], y: &[$t]) -> f64 {
            dispatch!(level, simd => vector::dot(simd, x, y))
        }

        fn axpby(level: Level, a: $t, x: &[$t], b: $t, y: &mut [$t]) {
            dispatch!(level, simd => vector::axpby(simd, a, x, b, y));
        }

        fn step(level: Level, x: &[$t], a: $t, d: &[$t], z: &mut [$t]) {
            dispatch!(level, simd => vector::step(simd, x, a, d, z));
        }

        fn add_squares(level: Level, a: $t, x: &[$t], b: $t, y: &mut [$t]) {
            dispatch!(level, simd => vector::add_squares(simd, a, x, b, y));
        }

        fn divide_by_root(level: Level, v: &[$t], inside: $t, outside: $t, y: &mut [$t]) {
            dispatch!(level, simd => vector::divide_by_root(simd, v, inside, outside, y));
        }

        fn multiply_by_root(level: Level, v: &[$t], inside: $t, y: &mut [$t]) {
            dispatch!(level, simd => vector::multiply_by_root(simd, v, inside, y));
        }

        fn forward(level: Level, a: Rows<$t>, w: &[$t], start: Start<$t>, out: &mut [$t]) {
            with_room(a.len(), a.width, |room| {
                dispatch!(level, simd => product::forward(simd, a, w, start, room, out));
            });
        }

        fn weight_gradient(
            level: Level,
            a: Rows<$t>,
            delta: &[$t],
            add: bool,
            dw: &mut [$t],
        ) {
            with_room(a.width, a.len(), |room| {
                dispatch!(level, simd => product::weight_gradient(simd, a, delta, add, room, dw));
            });
        }

        fn bias_gradient(level: Level, delta: &[$t], add: bool, db: &mut [$t]) {
            dispatch!(level, simd => product::bias_gradient(simd, delta, add, db));
        }

        fn transpose(level: Level, w: &[$t], outputs: usize, out: &mut [$t]) {
            dispatch!(level, simd => transpose::transpose(simd, w, outputs, out));
        }

        fn activate(level: Level, h: Activation, z: &mut [$t]) {
            dispatch!(level, simd => activation::apply(simd, h, z));
        }

        fn scale_by_derivative(level: Level, h: Activation, y: &[$t], delta: &mut [$t]) {
            dispatch!(level, simd => activation::scale_by_derivative(simd, h, y, delta));
        }
    };
}

impl Element for f32 {
    const TERMS: usize = 7;
    const MANTISSA_BITS: u32 = 23;
    const MAGIC: f64 = 12_582_912.0;
    const LN2_HIGH: f64 = 355.0 / 512.0;
    const LN2_LOW: f64 = LN_2 - Self::LN2_HIGH;
    const EXP_RANGE: (f64, f64) = (-105.0, 89.0);

    #[inline(always)]
    fn of(x: f64) -> f32 {
        x as f32
    }

    #[inline(always)]
    fn wide(self) -> f64 {
        f64::from(self)
    }

    loops!(f32);
}

impl Element for f64 {
    const TERMS: usize = 13;
    const MANTISSA_BITS: u32 = 52;
    const MAGIC: f64 = 6_755_399_441_055_744.0;
    const LN2_HIGH: f64 = 1_488_522_235.0 / 2_147_483_648.0;
    /// ln 2 − `LN2_HIGH`, to more digits than a difference of two f64 would have.
    const LN2_LOW: f64 = 4.236_521_365_809_284e-10;
    const EXP_RANGE: (f64, f64) = (-746.0, 710.0);

    #[inline(always)]
    fn of(x: f64) -> f64 {
        x
    }

    #[inline(always)]
    fn wide(self) -> f64 {
        self
    }

    loops!(f64);
}
