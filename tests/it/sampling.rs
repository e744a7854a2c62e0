//! Mini-batches: uniform, seeded, independent.

use gols::{Descent, Error, MiniBatches, SliceObjective};
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
    fn an_epoch_has_every_row_once_and_its_last_batch_is_kept_or_dropped(
        population in 1_usize..100,
        share in 0.0..=1.0_f64,
        seed in any::<u64>(),
        drop_last in any::<bool>(),
    ) {
        let size = ((population as f64 * share) as usize).max(1);
        let batches = MiniBatches::in_epochs(population, size, seed).unwrap();
        let mut batches = batches.with_drop_last(drop_last);
        let whole = population / size;
        let is_last_kept = !drop_last && population % size > 0;
        prop_assert_eq!(batches.batches_per_epoch(), whole + usize::from(is_last_kept));
        for epoch in 1..4 {
            let mut rows = Vec::new();
            for batch in 0..batches.batches_per_epoch() {
                let drawn = batches.draw();
                prop_assert_eq!(drawn.len(), if batch < whole { size } else { population % size });
                rows.extend_from_slice(drawn);
            }
            prop_assert!(is_distinct(&rows) && rows.iter().all(|&row| row < population));
            prop_assert_eq!(rows.len(), if drop_last { whole * size } else { population });
            prop_assert_eq!(batches.drawn(), (epoch * batches.batches_per_epoch()) as u64);
        }
    }

    #[test]
    fn dropping_the_last_batch_begins_with_the_first_epoch(seed in any::<u64>(), drawn in 0..9) {
        let fresh = MiniBatches::in_epochs(20, 6, seed).unwrap();
        let mut used = fresh.clone();
        (0..drawn).for_each(|_| drop(used.draw().to_vec()));
        prop_assert_eq!(used.with_drop_last(true), fresh.with_drop_last(true));
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
        for build in [MiniBatches::new, MiniBatches::with_replacement, MiniBatches::in_epochs] {
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
    assert_eq!(MiniBatches::in_epochs(5, 6, 0).err(), MiniBatches::new(5, 6, 0).err());
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
fn a_seed_gives_the_same_epochs_for_good() {
    let mut batches = MiniBatches::in_epochs(10, 4, 42).unwrap();
    for rows in [&[8, 3, 9, 7][..], &[0, 1, 6, 4], &[5, 2], &[1, 5, 4, 7], &[6, 9, 0, 8], &[2, 3]] {
        assert_eq!(batches.draw(), rows);
    }
    let mut whole = MiniBatches::in_epochs(10, 4, 42).unwrap().with_drop_last(true);
    for rows in [[8, 3, 9, 7], [0, 1, 6, 4], [1, 5, 4, 7], [6, 9, 0, 8], [5, 2, 8, 0]] {
        assert_eq!(whole.draw(), rows);
    }
}

#[test]
fn every_order_of_an_epoch_is_as_likely_as_any_other() {
    // 24 orders of 4 rows, two at a time, 48 000 epochs.
    let mut batches = MiniBatches::in_epochs(4, 2, 9).unwrap();
    let mut counts = [0_u32; 256];
    for _ in 0..48_000 {
        let rows: Vec<usize> = (0..2).flat_map(|_| batches.draw().to_vec()).collect();
        counts[rows.iter().fold(0, |code, row| 4 * code + row)] += 1;
    }
    let orders: Vec<u32> = counts.into_iter().filter(|&count| count > 0).collect();
    assert_eq!(orders.len(), 24);
    assert_chi_square(&orders, 2000.0);
}

#[test]
fn a_dynamic_search_takes_every_batch_from_the_same_epoch() {
    let batches = MiniBatches::in_epochs(12, 5, 1).unwrap();
    let drawn = std::cell::RefCell::new(Vec::new());
    let objective = SliceObjective::from_batches(vec![3.0], batches, |x, rows, gradient| {
        drawn.borrow_mut().extend_from_slice(rows);
        gradient[0] = x[0];
        0.5 * x[0] * x[0]
    });
    let mut descent = Descent::new(objective.unwrap()).unwrap();
    descent.run(7).unwrap();
    let batches = descent.objective().batches().unwrap();
    assert_eq!(batches.drawn(), descent.evaluations().batches);
    assert!(batches.drawn() > 7);
    for epoch in drawn.borrow().chunks_exact(12) {
        assert!(is_distinct(epoch), "{epoch:?}");
    }
}

#[test]
fn a_seed_gives_the_same_rows_with_replacement_for_good() {
    let mut batches = MiniBatches::with_replacement(150, 6, 42).unwrap();
    assert_eq!(batches.draw(), [122, 47, 147, 105, 119, 88]);
    assert_eq!(batches.draw(), [18, 90, 31, 140, 83, 127]);
}
