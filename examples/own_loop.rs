//! A search inside a training loop of your own: `start`, then `resume` until it is done.
//!
//! No objective type, no trait, no closure: the loop below could as well train on a device, await a
//! remote worker, or stop half way and go on tomorrow.
//!
//! Run with `cargo run --release --example own_loop`.

use gols::mlp::Dataset;
use gols::{Error, InexactGols, LineSearch, MiniBatches, Origin, Request};

fn main() -> Result<(), Error> {
    let iris = Dataset::<f64>::iris().with_scaled_inputs(-1.0, 1.0)?;
    let mut batches = MiniBatches::new(iris.len(), 10, 1)?;
    let mut search = InexactGols::default();
    let mut weights = [0.0; 5]; // four inputs and a bias, to tell Virginica from the others
    let mut gradients = 0;

    for iteration in 0..=300 {
        let gradient = logistic_gradient(&iris, batches.draw(), &weights);
        let direction = gradient.map(|g| -g);
        let origin = Origin::new(dot(&gradient, &direction), dot(&direction, &direction).sqrt());

        let mut request = search.start(origin);
        let step = loop {
            let answer = match request {
                Request::Done(step) => break step,
                Request::Slope(alpha) => {
                    let trial = moved(&weights, alpha, &direction);
                    dot(&logistic_gradient(&iris, batches.draw(), &trial), &direction)
                }
                Request::Loss(_) => unreachable!("gradient-only searches ask for slopes"),
            };
            gradients += 1;
            request = search.resume(answer);
        };
        weights = moved(&weights, step.length, &direction);

        if iteration % 100 == 0 {
            let (length, right) = (step.length, accuracy(&iris, &weights));
            println!(
                "iteration {iteration:3}: step {length:.3}, accuracy {right:.3}, {gradients} probes"
            );
        }
    }
    Ok(())
}

/// The gradient of the logistic loss 1/B Σ log(1 + exp(−s z)), s = ±1 the class and z = w·(u, 1).
fn logistic_gradient(iris: &Dataset<f64>, rows: &[usize], weights: &[f64; 5]) -> [f64; 5] {
    let mut gradient = [0.0; 5];
    for &row in rows {
        let features = features(iris, row);
        let sign = if is_virginica(iris, row) { 1.0 } else { -1.0 };
        let share = -sign / (1.0 + (sign * dot(weights, &features)).exp()) / rows.len() as f64;
        for (gradient, feature) in gradient.iter_mut().zip(features) {
            *gradient += share * feature;
        }
    }
    gradient
}

fn accuracy(iris: &Dataset<f64>, weights: &[f64; 5]) -> f64 {
    let right =
        |row: &usize| (dot(weights, &features(iris, *row)) > 0.0) == is_virginica(iris, *row);
    (0..iris.len()).filter(right).count() as f64 / iris.len() as f64
}

fn features(iris: &Dataset<f64>, row: usize) -> [f64; 5] {
    std::array::from_fn(|column| iris.input(row).get(column).copied().unwrap_or(1.0))
}

fn is_virginica(iris: &Dataset<f64>, row: usize) -> bool {
    iris.target(row)[2] == 1.0
}

fn moved(from: &[f64; 5], alpha: f64, direction: &[f64; 5]) -> [f64; 5] {
    std::array::from_fn(|i| from[i] + alpha * direction[i])
}

fn dot(a: &[f64; 5], b: &[f64; 5]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
