//! The two number types, and the loops over slices of each.

use std::f64::consts::LN_2;

use fearless_simd::{Level, Simd, SimdFloatElement};
use num_traits::Float;

use super::activation::{self, Activation};
use super::product::Start;
use super::rows::Rows;
use super::{Chunk, Pass, dispatch, threads, vector};

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

    /// out ← A W + b: A is samples x inputs, W inputs x outputs.
    fn forward(level: Level, a: Rows<Self>, w: &[Self], bias: &[Self], out: &mut [Self]);

    /// z ← h(z), for every element.
    fn activate(level: Level, h: Activation, z: &mut [Self]);

    /// The activations of all layers of a network, see [`Pass`].
    fn run(pass: &mut Pass<Self>, x: &[Self], inputs: Rows<Self>);

    /// The activations of all layers from this one on, and a chunk's share of the loss.
    fn run_to_loss(pass: &mut Pass<Self>, from: usize, x: &[Self], chunk: Chunk<Self>) -> f64;

    /// Forward and back: a chunk's share of the loss, and its gradient, see [`Pass`].
    fn run_and_return(
        pass: &mut Pass<Self>,
        from: usize,
        x: &[Self],
        chunk: Chunk<Self>,
        add: bool,
        gradient: &mut [Self],
    ) -> f64;
}

/// A number type as the loops see it: with vectors.
pub trait Lane: Element + SimdFloatElement {}

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

        fn forward(level: Level, a: Rows<$t>, w: &[$t], bias: &[$t], out: &mut [$t]) {
            let (w, start) = ((w, bias.len()), Start::Bias(bias));
            dispatch!(level, simd => threads::forward(simd, a, w, start, out));
        }

        fn activate(level: Level, h: Activation, z: &mut [$t]) {
            dispatch!(level, simd => activation::apply(simd, h, z));
        }

        fn run(pass: &mut Pass<$t>, x: &[$t], inputs: Rows<$t>) {
            dispatch!(pass.level(), simd => pass.forward(simd, 0, x, inputs));
        }

        fn run_to_loss(pass: &mut Pass<$t>, from: usize, x: &[$t], chunk: Chunk<$t>) -> f64 {
            dispatch!(pass.level(), simd => simd.vectorize(
                #[inline(always)]
                || pass.forward_to_loss(simd, from, x, chunk),
            ))
        }

        fn run_and_return(
            pass: &mut Pass<$t>,
            from: usize,
            x: &[$t],
            chunk: Chunk<$t>,
            add: bool,
            gradient: &mut [$t],
        ) -> f64 {
            dispatch!(pass.level(), simd => simd.vectorize(
                #[inline(always)]
                || pass.forward_and_back(simd, from, x, chunk, add, gradient),
            ))
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
