//! The numbers of a tape: f32 to train with, f64 to check gradients by differences.

use ndarray::NdFloat;

/// A real number with an exponential that a compiler can make vectors of.
pub(crate) trait Number: NdFloat {
    fn of(value: f64) -> Self;

    fn wide(self) -> f64;

    /// eˣ.
    fn exponential(self) -> Self;

    /// 1 / (1 + e⁻ˣ).
    #[inline(always)]
    fn logistic(self) -> Self {
        Self::one() / (Self::one() + (-self).exponential())
    }

    /// tanh x = 1 − 2 / (1 + e²ˣ).
    #[inline(always)]
    fn tangent(self) -> Self {
        let two = Self::of(2.0);
        Self::one() - two / (Self::one() + (two * self).exponential())
    }
}

impl Number for f64 {
    fn of(value: f64) -> Self {
        value
    }

    fn wide(self) -> f64 {
        self
    }

    fn exponential(self) -> Self {
        self.exp()
    }
}

impl Number for f32 {
    fn of(value: f64) -> Self {
        value as Self
    }

    fn wide(self) -> f64 {
        f64::from(self)
    }

    /// 2ⁿ eʳ, n the nearest whole number to x / ln 2 and |r| at most ln 2 / 2, where seven terms
    /// of eʳ suffice. Beyond −87 and 88 as at these ends.
    #[inline(always)]
    fn exponential(self) -> Self {
        const SHIFT: f32 = 12_582_912.0; // 1.5 · 2²³: a number added to it is rounded to a whole one
        const LN_2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4]; // high and low part
        let x = if self < -87.0 { -87.0 } else { self };
        let x = if x > 88.0 { 88.0 } else { x };
        let shifted = x * std::f32::consts::LOG2_E + SHIFT;
        let n = shifted - SHIFT;
        let r = x - n * LN_2[0] - n * LN_2[1];
        let terms = [1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0];
        let sum = terms.iter().fold(1.0 / 5040.0, |sum, term| sum * r + term);
        sum * Self::from_bits((shifted.to_bits() << 23).wrapping_add(1.0_f32.to_bits()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponential_is_good_to_a_few_units_in_the_last_place() {
        for k in -87_000..=88_000 {
            let x = k as f32 / 1000.0;
            let (found, expected) = (f64::from(x.exponential()), f64::from(x).exp());
            // The last term left out is (ln 2 / 2)⁸ / 8! = 5e-9; r is rounded by 6e-8 · 0.35 and by
            // what n LN_2[1] loses, 88 / ln 2 · 2.1e-4 · 6e-8; sum and product by 6e-8 each.
            assert!((found / expected - 1.0).abs() < 3e-7, "{x}: {found} {expected}");
        }
        assert!(f32::NAN.exponential().is_nan());
        assert_eq!(1e9_f32.exponential(), 88_f32.exponential());
        assert_eq!(f32::NEG_INFINITY.exponential(), (-87_f32).exponential());
    }
}
