//! Seeded random numbers of every size.

/// SplitMix64.
#[derive(Debug, Clone)]
pub(crate) struct Random(pub u64);

impl Random {
    pub(crate) fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.word() % bound
    }

    /// In [0, 1).
    pub(crate) fn unit(&mut self) -> f64 {
        (self.word() >> 11) as f64 / 9_007_199_254_740_992.0
    }

    /// Ten to a power in this range.
    pub(crate) fn size(&mut self, low: f64, high: f64) -> f64 {
        10.0_f64.powf(low + (high - low) * self.unit())
    }

    /// Any f64: mostly of an ordinary size, else any bits, NaN and infinities among them.
    pub(crate) fn any(&mut self) -> f64 {
        match self.below(8) {
            0 => f64::from_bits(self.word()),
            1 => [0.0, -0.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY][self.below(5) as usize],
            2 => 5e-324 * (self.below(9) as f64 - 4.0),
            sign => self.size(-9.0, 6.0) * if sign < 5 { -1.0 } else { 1.0 },
        }
    }

    /// A positive, finite f64: mostly of an ordinary size, now and then any.
    pub(crate) fn positive(&mut self) -> f64 {
        match self.below(6) {
            0 => {
                let any = f64::from_bits(self.word() >> 1);
                if any.is_finite() { any.max(5e-324) } else { f64::MAX }
            }
            _ => self.size(-9.0, 9.0),
        }
    }
}
