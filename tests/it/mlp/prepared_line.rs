//! Cheaper evaluations along a line on a fixed batch: the same numbers, the same counts.

use super::{ACTIVATIONS, dot, gradient, iris};
use crate::common::bits;
use gols::mlp::{Activation, Loss, Model, Network};
use gols::search::{InexactGols, Origin};
use gols::{
    Descent, Line, MiniBatches, Real, Sampling, SliceModel, SliceObjective, StochasticObjective,
    VectorSpace,
};

const SIZES: [&[usize]; 4] = [&[4, 3], &[4, 10, 3], &[4, 5, 6, 3], &[4, 7, 1, 5, 3]];
const STEPS: [f64; 5] = [0.3, 0.0, 1.0, 1e-3, 0.3];

fn iris_model<T: Real>(sizes: &[usize], activation: Activation, loss: Loss) -> (Model<T>, Vec<T>) {
    let network = Network::new(sizes, activation).unwrap();
    let x = network.uniform_parameters(-0.9, 0.9, 5).unwrap();
    (Model::new(network, loss, iris(-1.0, 1.0)).unwrap(), x)
}

/// Losses and slopes along a prepared line.
fn prepared<T: Real>(model: &mut Model<T>, x: &[T], d: &[T], rows: &[usize]) -> [Vec<f64>; 2] {
    let [mut losses, mut slopes] = [vec![], vec![]];
    let is_prepared = model.along_prepared_line(x, d, rows, &mut |line| {
        for step in STEPS {
            losses.push(line.loss(step).unwrap());
            slopes.push(line.slope(step).unwrap());
        }
    });
    assert_eq!(is_prepared, Ok(true));
    [losses, slopes]
}

/// The largest differences of losses and slopes along one line, prepared and plain, relative to the
/// largest loss and slope on it.
fn differences<T: Real>(sizes: &[usize], activation: Activation, rows: &[usize]) -> [f64; 2] {
    let (mut model, x) = iris_model::<T>(sizes, activation, Loss::SquaredPercentage);
    let direction: Vec<T> = model.network().uniform_parameters(-1.0, 1.0, 6).unwrap();
    let found = prepared(&mut model, &x, &direction, rows);
    let wide = |v: &[T]| v.iter().map(|v| v.to_f64().unwrap()).collect::<Vec<f64>>();
    let mut expected = [vec![], vec![]];
    for step in STEPS {
        let step = T::from(step).unwrap();
        let moved: Vec<T> = x.iter().zip(&direction).map(|(&x, &d)| x + step * d).collect();
        let (loss, g) = gradient(&mut model, &moved, rows);
        expected[0].push(loss);
        expected[1].push(dot(&wide(&g), &wide(&direction)));
    }
    [0, 1].map(|quantity| {
        let scale = expected[quantity].iter().fold(0.0_f64, |scale, e| scale.max(e.abs()));
        let pairs = found[quantity].iter().zip(&expected[quantity]);
        pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max) / scale
    })
}

#[test]
fn losses_and_slopes_agree_with_the_plain_way_to_rounding() {
    for sizes in SIZES {
        for activation in ACTIVATIONS {
            // All rows, one, ten, more than two chunks of them.
            for rows in [0, 1, 10, 300] {
                let rows: Vec<usize> = (0..rows).map(|row| row * 7 % 150).collect();
                // Four layers of at most ten terms and a sum over 300 rows: some hundred roundings,
                // each of one epsilon of the largest term.
                let double = differences::<f64>(sizes, activation, &rows);
                assert!(double.iter().all(|&d| d < 1e-13), "{sizes:?} {activation:?}: {double:?}");
                let single = differences::<f32>(sizes, activation, &rows);
                assert!(single.iter().all(|&d| d < 3e-5), "{sizes:?} {activation:?}: {single:?}");
            }
        }
    }
}

#[test]
fn a_line_leaves_nothing_to_the_next() {
    let (model, x) = iris_model::<f64>(&[4, 5, 6, 3], Activation::Tanh, Loss::HalfSquared);
    let mut used = model.clone();
    prepared(&mut used, &vec![1.0; x.len()], &x, &[7; 200]);
    let direction = vec![0.5; x.len()];
    for rows in [&[3, 1, 4][..], &[]] {
        let found = prepared(&mut used, &x, &direction, rows);
        let expected = prepared(&mut model.clone(), &x, &direction, rows);
        assert_eq!(found.map(|f| bits(&f)), expected.map(|e| bits(&e)));
    }
}

type Trained = Descent<SliceObjective<f64, Model<f64>>>;

/// Five steps, on mini-batches of ten or on all data.
fn train(batches: Option<MiniBatches>, sampling: Sampling, reuse: bool) -> Trained {
    let (model, x) = iris_model::<f64>(&[4, 10, 3], Activation::Sigmoid, Loss::HalfSquared);
    let objective = SliceObjective::new(x, batches, model).unwrap();
    let descent = Descent::new(objective).unwrap();
    let mut descent = descent.with_sampling(sampling).with_gradient_reuse(reuse);
    descent.run(5).unwrap();
    descent
}

#[test]
fn a_full_batch_run_with_prepared_lines_takes_the_steps_of_a_plain_one() {
    // With reuse every slope leaves its gradient, so no line is prepared; on a full batch the
    // reused gradient is the one that would be evaluated again, one an iteration but the first.
    let [prepared, plain] = [false, true].map(|reuse| train(None, Sampling::Full, reuse));
    assert_eq!(prepared.evaluations().gradients, plain.evaluations().gradients + 4);
    let [prepared, plain] =
        [prepared, plain].map(|descent| descent.into_objective().into_parts().1);
    for (a, b) in prepared.iter().zip(&plain) {
        assert!((a - b).abs() < 1e-12, "{a} is not {b}");
    }
}

#[test]
fn the_parameters_after_a_prepared_search_are_the_origin_plus_the_step_along_the_direction() {
    let batches = MiniBatches::new(150, 10, 1).unwrap();
    let mut objective = train(Some(batches), Sampling::Static, false).into_objective();
    let x0 = objective.parameters().to_vec();
    let mut gradient = objective.zeros().unwrap();
    objective.loss_and_gradient(&mut gradient).unwrap();
    let direction: Vec<f64> = gradient.iter().map(|g| -g).collect();
    let slope = dot(&gradient, &direction);
    let origin = Origin::new(slope, (-slope).sqrt());
    let mut line = Line::new(&mut objective, &direction, &mut gradient, origin, Sampling::Static);
    let step = line.search(&mut InexactGols::default()).unwrap();
    assert!(step.length > 0.0);
    let expected: Vec<f64> = x0.iter().zip(&direction).map(|(x, d)| x + step.length * d).collect();
    assert_eq!(objective.parameters(), expected);
}
