//! What the tests share.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// The same cases in every run: a fixed seed, and no file of past failures.
pub fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        rng_seed: RngSeed::Fixed(2024),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// The bits of some numbers, to compare them exactly.
pub fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|value| value.to_bits()).collect()
}
