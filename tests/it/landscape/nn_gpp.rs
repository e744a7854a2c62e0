//! Gradient projection points, on all data and by their probability.

use gols::landscape::{NnGppTest, RandomVectors};
use gols::{Error, MiniBatches, Sampling, SliceObjective, StochasticObjective};

/// Whether the origin passes on all data.
fn holds(loss: impl FnMut(&[f64], &mut [f64]) -> f64) -> bool {
    let mut objective = SliceObjective::from_fn(vec![0.0; 2], loss).unwrap();
    NnGppTest::new(0.5).unwrap().with_pairs(500).unwrap().holds(&mut objective).unwrap()
}

#[test]
fn a_saddle_is_no_nn_gpp_and_a_kink_is_one() {
    assert!(holds(|x, g| {
        g.copy_from_slice(&[x[0].signum(), 2.0 * x[1].signum()]);
        x[0].abs() + 2.0 * x[1].abs()
    }));
    assert!(!holds(|x, g| {
        g.copy_from_slice(&[x[0], -x[1]]);
        0.5 * (x[0] * x[0] - x[1] * x[1])
    }));
}

/// L = 1/2 |x − m|², where m = (±1, 0) is the mini-batch: the slope at ε u is ε − m·u.
fn two_bowls() -> impl StochasticObjective<Vector = Vec<f64>, Error = Error> + RandomVectors {
    let batches = MiniBatches::new(2, 1, 6).unwrap();
    SliceObjective::from_batches(vec![1.0, 0.0], batches, |x, rows, g| {
        let m = if rows[0] == 0 { -1.0 } else { 1.0 };
        g.copy_from_slice(&[x[0] - m, x[1]]);
        0.5 * ((x[0] - m) * (x[0] - m) + x[1] * x[1])
    })
    .unwrap()
}

#[test]
fn the_probability_of_an_snn_gpp_is_that_of_its_mini_batch() {
    // x = (1, 0) is the minimum on half of the batches, and on them every pair passes.
    let test = NnGppTest::new(0.5).unwrap().with_pairs(200).unwrap();
    let proportion = test.probability(&mut two_bowls(), Sampling::Static, 400).unwrap();
    // Binomial(400, 1/2): sd of the estimate 0.025, four of them 0.1.
    assert!((proportion.estimate() - 0.5).abs() < 0.1, "{proportion:?}");
    let (low, high) = proportion.interval(4.0);
    assert!(low < 0.5 && 0.5 < high);

    // One pair a trial, each on its own batch. On the other half of the batches the slope along u is
    // ε + 2 u₁ with ε uniform in (0, 1/2]: it is negative for u₁ < −ε/2, which has the chance
    // 1/2 − E asin(ε/2)/π = 0.46, so a pair passes with 1 − 0.46/2 = 0.7699; sd 0.0094 for 2000.
    let single = test.with_pairs(1).unwrap();
    let proportion = single.probability(&mut two_bowls(), Sampling::Dynamic, 2000).unwrap();
    assert!((proportion.estimate() - 0.7699).abs() < 0.038, "{proportion:?}");
}
