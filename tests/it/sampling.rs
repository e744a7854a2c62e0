//! Mini-batches: uniform, seeded, independent.

use gols::{Error, MiniBatches};
use proptest::prelude::*;

use crate::common::config;

fn is_distinct(rows: &[usize]) -> bool {
    let mut rows = rows.to_vec();
    rows.sort_unstable();
    rows.windows(2).all(|pair| pair[0] != pair[1])
}

proptest! {
    #![proptest_config(config(300))]

    #[test]
    fn a_batch_without_replacement_has_distinct_rows_of_the_population(
        population in 1_usize..200,
        share in 0.0..=1.0_f64,
        seed in any::<u64>(),
    ) {
        let size = ((population as f64 * share) as usize).max(1);
        let mut batches = MiniBatches::new(population, size, seed).unwrap();
        prop_assert_eq!((batches.population(), batches.size()), (population, size));
        for _ in 0..5 {
            let rows = batches.draw();
            prop_assert_eq!(rows.len(), size);
            prop_assert!(rows.iter().all(|&row| row < population));
            prop_assert!(is_distinct(rows));
        }
    }

    #[test]
    fn a_batch_with_replacement_has_rows_of_the_population(
        population in 1_usize..50,
        size in 1_usize..200,
        seed in any::<u64>(),
    ) {
        let mut batches = MiniBatches::with_replacement(population, size, seed).unwrap();
        prop_assert_eq!((batches.population(), batches.size()), (population, size));
        for _ in 0..3 {
            let rows = batches.draw();
            prop_assert_eq!(rows.len(), size);
            prop_assert!(rows.iter().all(|&row| row < population));
            // More rows than there are must repeat.
            prop_assert!(size <= population || !is_distinct(rows));
        }
    }

    #[test]
    fn the_whole_population_is_a_permutation(population in 1_usize..100, seed in any::<u64>()) {
        let mut batches = MiniBatches::new(population, population, seed).unwrap();
        for _ in 0..3 {
            let mut rows = batches.draw().to_vec();
            rows.sort_unstable();
            prop_assert!(rows.iter().copied().eq(0..population));
        }
    }

    #[test]
    fn a_seed_fixes_the_batches_and_a_clone_continues_them(
        population in 1_usize..100,
        seed in any::<u64>(),
        cut in 0_usize..5,
    ) {
        let size = population.div_ceil(2);
        for build in [MiniBatches::new, MiniBatches::with_replacement] {
            let mut batches = build(population, size, seed).unwrap();
            let mut twin = build(population, size, seed).unwrap();
            for _ in 0..cut {
                prop_assert_eq!(batches.draw(), twin.draw());
            }
            let mut clone = batches.clone();
            for _ in 0..5 {
                prop_assert_eq!(clone.draw(), twin.draw());
            }
        }
    }
}

// For k cells with expected counts E, Σ (count − E)² / E is chi-square with k − 1 degrees of freedom,
// mean k − 1 and variance 2 (k − 1). Six standard deviations above the mean leave a chance below 1e-6
// for the degrees used here (Laurent and Massart 2000: P(X ≥ k + 2 √(k t) + 2 t) ≤ e⁻ᵗ, with t = 14 at
// most k + 7.5 √k + 28). The seeds are fixed, so a pass is a pass for good.
fn assert_chi_square(counts: &[u32], expected: f64) {
    let square = |&count: &u32| (f64::from(count) - expected).powi(2) / expected;
    let chi_square: f64 = counts.iter().map(square).sum();
    let degrees = (counts.len() - 1) as f64;
    let limit = degrees + 7.5 * degrees.sqrt() + 28.0;
    assert!(chi_square < limit, "{chi_square} of at most {limit}: {counts:?}");
    // Too even to be random is wrong as well: P(X ≤ k − 2 √(k t)) ≤ e⁻ᵗ.
    assert!(chi_square > degrees - 7.5 * degrees.sqrt(), "{chi_square} is too even");
}

#[test]
fn every_row_is_as_likely_as_any_other() {
    // 20 000 batches of 10 out of 150: each row is drawn 20 000 / 15 times on average.
    let mut batches = MiniBatches::new(150, 10, 3).unwrap();
    let mut counts = [0_u32; 150];
    for _ in 0..20_000 {
        batches.draw().iter().for_each(|&row| counts[row] += 1);
    }
    // A row is in a batch or not: its count is binomial with p = 1/15, which makes the sum of squares
    // (1 − p) times 150/149 that of independent cells: 0.94. The upper limit holds all the more.
    assert_chi_square(&counts, 20_000.0 / 15.0);
}

#[test]
fn every_row_is_as_likely_with_replacement() {
    let mut batches = MiniBatches::with_replacement(100, 7, 4).unwrap();
    let mut counts = [0_u32; 100];
    for _ in 0..20_000 {
        batches.draw().iter().for_each(|&row| counts[row] += 1);
    }
    assert_chi_square(&counts, 1400.0);
}

#[test]
fn every_place_of_a_batch_is_as_likely_for_every_row() {
    // The order within a batch is random too: 6 rows in 3 places, 36 000 batches, 18 cells of 6000.
    let mut batches = MiniBatches::new(6, 3, 5).unwrap();
    let mut counts = [0_u32; 18];
    for _ in 0..36_000 {
        let rows = batches.draw();
        rows.iter().enumerate().for_each(|(place, &row)| counts[6 * place + row] += 1);
    }
    assert_chi_square(&counts, 6000.0);
}

#[test]
fn every_subset_is_as_likely_as_any_other() {
    // 20 subsets of 3 out of 6, 40 000 batches.
    let mut batches = MiniBatches::new(6, 3, 6).unwrap();
    let mut counts = [0_u32; 64];
    for _ in 0..40_000 {
        let subset: usize = batches.draw().iter().map(|&row| 1 << row).sum();
        counts[subset] += 1;
    }
    let subsets: Vec<u32> = (0..64_u32)
        .filter(|subset| subset.count_ones() == 3)
        .map(|subset| counts[subset as usize])
        .collect();
    assert_eq!(subsets.iter().sum::<u32>(), 40_000);
    assert_chi_square(&subsets, 2000.0);
}

#[test]
fn a_batch_does_not_depend_on_the_last_one() {
    // First rows of neighbouring batches, 25 pairs of 40 000. Without epochs any pair is as likely.
    let mut batches = MiniBatches::new(5, 2, 7).unwrap();
    let mut counts = [0_u32; 25];
    let mut last = batches.draw()[0];
    for _ in 0..40_000 {
        let row = batches.draw()[0];
        counts[5 * last + row] += 1;
        last = row;
    }
    assert_chi_square(&counts, 1600.0);
}

#[test]
fn no_epochs_are_kept() {
    // 15 batches of 10 cover all 150 rows with a chance of about 1e-60 where they are independent.
    let mut batches = MiniBatches::new(150, 10, 8).unwrap();
    let mut seen = [false; 150];
    for _ in 0..15 {
        batches.draw().iter().for_each(|&row| seen[row] = true);
    }
    let missed = seen.iter().filter(|seen| !**seen).count();
    // 150 (14/15)¹⁵ = 53.3 on average; sd below √53.3 = 7.3.
    assert!((24..84).contains(&missed), "{missed}");
}

#[test]
fn neighbouring_seeds_give_different_batches() {
    let first = |seed| MiniBatches::new(1000, 10, seed).unwrap().draw().to_vec();
    for seed in 0..200 {
        assert_ne!(first(seed), first(seed + 1));
    }
}

#[test]
fn what_cannot_be_drawn_is_refused() {
    let empty = |what| Some(Error::Empty { what });
    assert_eq!(MiniBatches::new(0, 1, 0).err(), empty("population"));
    assert_eq!(MiniBatches::new(0, 0, 0).err(), empty("population"));
    assert_eq!(MiniBatches::new(5, 0, 0).err(), empty("mini-batch"));
    let too_large = Error::BatchTooLarge { size: 6, population: 5 };
    assert_eq!(MiniBatches::new(5, 6, 0).err(), Some(too_large));
    assert_eq!(MiniBatches::with_replacement(0, 1, 0).err(), empty("population"));
    assert_eq!(MiniBatches::with_replacement(5, 0, 0).err(), empty("mini-batch"));
    assert!(MiniBatches::with_replacement(5, 6, 0).is_ok());
    assert!(MiniBatches::new(1, 1, 0).is_ok());
}

// The numbers below were worked out by a program of its own from the publications of SplitMix64,
// xoshiro256++, Lemire's bounded numbers and Fisher and Yates's shuffle. They are promised for good.

#[test]
fn a_seed_gives_the_same_rows_for_good() {
    let expected: [(u64, [[usize; 10]; 2]); 3] = [
        (0, [[48, 57, 55, 4, 76, 7, 129, 127, 49, 19], [47, 10, 17, 16, 13, 63, 96, 23, 54, 65]]),
        (
            42,
            [
                [122, 48, 147, 106, 119, 90, 24, 93, 37, 140],
                [83, 127, 102, 13, 62, 84, 36, 14, 89, 74],
            ],
        ),
        (
            u64::MAX,
            [
                [50, 135, 133, 43, 99, 63, 2, 76, 98, 129],
                [51, 96, 138, 11, 42, 52, 115, 29, 59, 18],
            ],
        ),
    ];
    for (seed, rows) in expected {
        let mut batches = MiniBatches::new(150, 10, seed).unwrap();
        assert_eq!(batches.draw(), rows[0], "{seed}");
        assert_eq!(batches.draw(), rows[1], "{seed}");
    }
}

#[test]
fn a_seed_gives_the_same_rows_with_replacement_for_good() {
    let mut batches = MiniBatches::with_replacement(150, 6, 42).unwrap();
    assert_eq!(batches.draw(), [122, 47, 147, 105, 119, 88]);
    assert_eq!(batches.draw(), [18, 90, 31, 140, 83, 127]);
}
