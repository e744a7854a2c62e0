//! Seeded random numbers whose values are part of the crate's promises.

use rand::rngs::Xoshiro256PlusPlus;
use rand::{Rng, SeedableRng};

#[cfg(not(feature = "std"))]
use crate::float::Float as _;

/// A stream of random numbers that a seed fixes for good.
///
/// The generator is xoshiro256++ seeded through SplitMix64, both of them published algorithms; whole
/// numbers and reals are made from its words here, so a new release of `rand` cannot move them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Stream(Xoshiro256PlusPlus);

impl Stream {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Xoshiro256PlusPlus::seed_from_u64(seed))
    }

    /// A whole number in 0..`bound`, without bias (Lemire 2019: multiply, and reject the few words that
    /// would favour some numbers). `bound` must be at least 1.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        let bound = bound as u64;
        let rejected = bound.wrapping_neg() % bound;
        loop {
            let product = u128::from(self.0.next_u64()) * u128::from(bound);
            if product as u64 >= rejected {
                return (product >> 64) as usize;
            }
        }
    }

    /// A real number in [0, 1) with 53 random bits.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
    }

    /// A real number in [`low`, `high`).
    pub(crate) fn uniform(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// A draw from the standard normal distribution (Marsaglia's polar method; of each pair of draws it
    /// makes, the second is dropped, so that the stream needs no memory).
    pub(crate) fn normal(&mut self) -> f64 {
        loop {
            let (u, v) = (self.uniform(-1.0, 1.0), self.uniform(-1.0, 1.0));
            let square = u * u + v * v;
            if square > 0.0 && square < 1.0 {
                return u * (-2.0 * square.ln() / square).sqrt();
            }
        }
    }

    /// The next 64 random bits: a seed for another stream.
    pub(crate) fn word(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// Puts `items[..count]` in random order, drawn uniformly and without replacement from all `items`
    /// (the first `count` rounds of Fisher and Yates's shuffle).
    pub(crate) fn shuffle_first<T>(&mut self, items: &mut [T], count: usize) {
        for first in 0..count.min(items.len()) {
            let other = first + self.below(items.len() - first);
            items.swap(first, other);
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;

    // Worked out once by a program of its own, from the publications of the two algorithms.
    const WHOLE: [usize; 8] = [81, 31, 98, 70, 79, 58, 12, 60];
    const REALS: [f64; 2] = [0.2077171716233216, 0.9333471176448307];

    #[test]
    fn a_seed_fixes_the_stream_for_good() {
        let mut stream = Stream::new(42);
        let whole: Vec<usize> = (0..8).map(|_| stream.below(100)).collect();
        assert_eq!(whole, WHOLE);
        let reals: Vec<f64> = (0..2).map(|_| stream.unit()).collect();
        assert_eq!(reals, REALS);
    }

    #[test]
    fn the_seeding_is_splitmix64_and_the_generator_xoshiro256plusplus() {
        // The two algorithms written out once more, from their publications.
        let mut state = 7_u64;
        let mut s = [0_u64; 4];
        for word in &mut s {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let z = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            *word = z ^ (z >> 31);
        }
        let mut stream = Stream::new(7);
        for _ in 0..100 {
            let expected = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
            let t = s[1] << 17;
            s[2] ^= s[0];
            s[3] ^= s[1];
            s[1] ^= s[2];
            s[0] ^= s[3];
            s[2] ^= t;
            s[3] = s[3].rotate_left(45);
            assert_eq!(stream.0.next_u64(), expected);
        }
    }

    #[test]
    fn whole_numbers_are_uniform() {
        let mut stream = Stream::new(1);
        let mut counts = [0_i32; 7];
        for _ in 0..70_000 {
            counts[stream.below(7)] += 1;
        }
        // Binomial(70 000, 1/7): mean 10 000, sd 92.6; 5 sd leaves a chance of 4e-6 for seven cells.
        assert!(counts.iter().all(|&count| (count - 10_000).abs() < 463), "{counts:?}");
    }
    #[test]
    fn normal_draws_have_the_moments_and_the_quartiles_of_a_normal_distribution() {
        let mut stream = Stream::new(5);
        let draws: Vec<f64> = (0..40_000).map(|_| stream.normal()).collect();
        let count = draws.len() as f64;
        let power = |k: i32| draws.iter().map(|z| z.powi(k)).sum::<f64>() / count;
        // The sds of these averages are sqrt(1/n), sqrt(2/n), sqrt(15/n) and sqrt(96/n), n = 40 000:
        // 0.005, 0.0071, 0.0194 and 0.049. Five sd each.
        assert!(power(1).abs() < 0.025, "{}", power(1));
        assert!((power(2) - 1.0).abs() < 0.036, "{}", power(2));
        assert!(power(3).abs() < 0.097, "{}", power(3));
        assert!((power(4) - 3.0).abs() < 0.245, "{}", power(4));
        // Half of the draws lie within 0.67449 of 0: binomial, sd 0.0025.
        let inner = draws.iter().filter(|z| z.abs() < 0.67449).count() as f64 / count;
        assert!((inner - 0.5).abs() < 0.0125, "{inner}");
    }
}
