//! Cheaper evaluations along a line on a fixed batch: the same numbers, the same counts.

use gols::mlp::{Activation, Dataset, Loss, Model, Network};
use gols::{
    Descent, Error, InexactGols, Line, MiniBatches, Origin, Real, Sampling, SliceModel,
    SliceObjective, SteepestDescent, StochasticObjective, VectorSpace,
};

const ACTIVATIONS: [Activation; 7] = [
    Activation::Sigmoid,
    Activation::Tanh,
    Activation::Softsign,
    Activation::Relu,
    Activation::LeakyRelu,
    Activation::Elu,
    Activation::Linear,
];

const SIZES: [&[usize]; 4] = [&[4, 3], &[4, 10, 3], &[4, 5, 6, 3], &[4, 7, 1, 5, 3]];

fn iris_model<T: Real>(sizes: &[usize], activation: Activation, loss: Loss) -> (Model<T>, Vec<T>) {
    let iris = Dataset::iris().with_scaled_inputs(-1.0, 1.0).unwrap();
    let network = Network::new(sizes, activation).unwrap();
    let x = network.uniform_parameters(-0.9, 0.9, 5).unwrap();
    (Model::new(network, loss, iris).unwrap(), x)
}

/// The largest differences of losses and slopes along one line, prepared and plain, relative to the
/// largest loss and slope on it.
fn differences<T: Real>(sizes: &[usize], activation: Activation, rows: usize) -> [f64; 2] {
    let (mut model, x) = iris_model::<T>(sizes, activation, Loss::SquaredPercentage);
    // More rows than one chunk, and some of them twice.
    model.set_batch(&(0..rows).map(|row| row * 7 % 150).collect::<Vec<_>>()).unwrap();
    let mut objective = SliceObjective::new(model, x).unwrap();
    let direction: Vec<T> = objective.model().network().uniform_parameters(-1.0, 1.0, 6).unwrap();
    let mut gradient = objective.zeros().unwrap();
    let origin = Origin::new(-1.0, 1.0);
    let mut points = |keeps_gradients: bool| -> Vec<[f64; 2]> {
        let mut line =
            Line::new(&mut objective, &direction, &mut gradient, origin, Sampling::Static)
                .with_gradients(keeps_gradients);
        let steps = [0.3, 0.0, 1.0, 1e-3, 0.3];
        let points =
            steps.map(|step| [line.loss(step).unwrap(), line.slope(step).unwrap()]).to_vec();
        line.move_to(0.0).unwrap();
        points
    };
    let (prepared, plain) = (points(false), points(true));
    [0, 1].map(|quantity| {
        let scale = plain.iter().map(|point| point[quantity].abs()).fold(0.0, f64::max);
        let pairs = prepared.iter().zip(&plain);
        pairs.map(|(a, b)| (a[quantity] - b[quantity]).abs()).fold(0.0, f64::max) / scale
    })
}

#[test]
fn losses_and_slopes_agree_with_the_plain_way_to_rounding() {
    for sizes in SIZES {
        for activation in ACTIVATIONS {
            for rows in [1, 10, 300] {
                // Four layers of at most ten terms and a sum over 300 rows: some hundred roundings, each
                // of one epsilon of the largest term.
                let double = differences::<f64>(sizes, activation, rows);
                assert!(double.iter().all(|&d| d < 1e-13), "{sizes:?} {activation:?}: {double:?}");
                let single = differences::<f32>(sizes, activation, rows);
                assert!(single.iter().all(|&d| d < 3e-5), "{sizes:?} {activation:?}: {single:?}");
            }
        }
    }
}

fn train(sampling: Sampling, reuse: bool) -> (SliceObjective<f64, Model<f64>>, [u64; 3]) {
    let (model, x) = iris_model::<f64>(&[4, 10, 3], Activation::Sigmoid, Loss::HalfSquared);
    let model = model.with_mini_batches(MiniBatches::new(150, 10, 1).unwrap()).unwrap();
    let mut objective = SliceObjective::new(model, x).unwrap();
    let search = InexactGols::default();
    let mut descent = Descent::new(&objective, SteepestDescent, search, sampling)
        .unwrap()
        .with_gradient_reuse(reuse);
    for _ in 0..5 {
        descent.step(&mut objective).unwrap();
    }
    let evaluations = descent.evaluations();
    (objective, [evaluations.losses, evaluations.gradients, evaluations.batches])
}

#[test]
fn a_full_batch_run_with_prepared_lines_takes_the_steps_of_a_plain_one() {
    // With reuse every slope leaves its gradient, so no line is prepared; on a full batch the reused
    // gradient is the one that would be evaluated again, one an iteration but the first.
    let (prepared, counts) = train(Sampling::Full, false);
    let (plain, plain_counts) = train(Sampling::Full, true);
    assert_eq!(counts[1], plain_counts[1] + 4);
    for (a, b) in prepared.parameters().iter().zip(plain.parameters()) {
        assert!((a - b).abs() < 1e-12, "{a} is not {b}");
    }
}

#[test]
fn the_parameters_after_a_prepared_search_are_the_origin_plus_the_step_along_the_direction() {
    let (mut objective, _) = train(Sampling::Static, false);
    let x0 = objective.parameters().to_vec();
    let mut gradient = objective.zeros().unwrap();
    objective.loss_and_gradient(&mut gradient).unwrap();
    let direction: Vec<f64> = gradient.iter().map(|g| -g).collect();
    let slope: f64 = gradient.iter().zip(&direction).map(|(g, d)| g * d).sum();
    let origin = Origin::new(slope, (-slope).sqrt());
    let mut line = Line::new(&mut objective, &direction, &mut gradient, origin, Sampling::Static);
    let step = line.search(&mut InexactGols::default()).unwrap();
    assert!(step.length > 0.0);
    let expected: Vec<f64> = x0.iter().zip(&direction).map(|(x, d)| x + step.length * d).collect();
    assert_eq!(objective.parameters(), expected);
}

#[test]
fn a_line_is_forgotten_with_its_mini_batch() {
    let (model, x) = iris_model::<f64>(&[4, 10, 3], Activation::Tanh, Loss::HalfSquared);
    let mut model = model.with_mini_batches(MiniBatches::new(150, 10, 1).unwrap()).unwrap();
    let direction = vec![1.0; x.len()];
    assert_eq!(model.line_loss(0.1, &x, &direction), Err(Error::Unprepared));
    assert_eq!(model.prepare_line(&x, &direction), Ok(true));
    assert!(model.line_slope(0.1, &x, &direction).is_ok());
    model.resample().unwrap();
    assert_eq!(model.line_slope(0.1, &x, &direction), Err(Error::Unprepared));
    model.prepare_line(&x, &direction).unwrap();
    model.set_batch(&[1, 2, 3]).unwrap();
    assert_eq!(model.line_loss(0.1, &x, &direction), Err(Error::Unprepared));
}

#[test]
fn a_model_that_prepares_but_does_not_evaluate_is_told_what_is_missing() {
    struct Half;
    impl SliceModel<f64> for Half {
        type Error = Error;
        fn loss(&mut self, x: &[f64]) -> Result<f64, Error> {
            Ok(x[0] * x[0])
        }
        fn loss_and_gradient(&mut self, x: &[f64], gradient: &mut [f64]) -> Result<f64, Error> {
            gradient[0] = 2.0 * x[0];
            self.loss(x)
        }
        fn prepare_line(&mut self, _: &[f64], _: &[f64]) -> Result<bool, Error> {
            Ok(true)
        }
    }
    let mut objective = SliceObjective::new(Half, vec![1.0]).unwrap();
    let search = InexactGols::default();
    let mut descent = Descent::new(&objective, SteepestDescent, search, Sampling::Full).unwrap();
    assert_eq!(descent.step(&mut objective), Err(Error::Unprepared));
    assert_eq!(objective.parameters(), [1.0]);
}
