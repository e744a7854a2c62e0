//! The number types that parameters can be made of.

use num_traits::Float;

/// A number type for parameters: f32 or f64, and no other.
///
/// It is closed because the vector loops behind it are written for these two.
pub trait Real: Float + Send + Sync + 'static + element::Element {}

impl Real for f32 {}
impl Real for f64 {}

/// What the crate's own loops know of a number type.
pub(crate) mod element {
    use std::f64::consts::LN_2;

    use fearless_simd::SimdFloatElement;

    /// Conversions, and the constants by which a number type's exponential is worked out.
    pub trait Element: SimdFloatElement {
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
    }
}
