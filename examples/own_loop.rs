//! A search inside a training loop of your own: no objective type, no descent, your own vectors.
//!
//! `run` asks a closure for slopes until the search is done. A loop that awaits a remote worker, or stops half
//! way and goes on tomorrow, calls `start` and `resume` itself.
//!
//! Run with `cargo run --release --example own_loop`.

use std::io::{Write, stdout};

use gols::mlp::Dataset;
use gols::search::{InexactGols, LineSearch, Origin};
use gols::{Error, MiniBatches};

fn main() -> Result<(), Error> {
    let iris = Dataset::<f64>::iris().with_scaled_inputs(-1.0, 1.0)?;
    let mut batches = MiniBatches::new(iris.len(), 10, 1)?;
    let mut search = InexactGols::default();
    let mut weights = [0.0; 5]; // four inputs and a bias, to tell Virginica from the others
    let mut probes = 0;

    for iteration in 0..=300 {
        let gradient = logistic_gradient(&iris, batches.draw(), &weights);
        let direction = gradient.map(|g| -g);
        let origin = Origin::new(dot(&gradient, &direction), dot(&direction, &direction).sqrt());

        let step = search.run(origin, |request| -> Result<f64, Error> {
            probes += 1;
            let trial = moved(&weights, request.alpha(), &direction);
            Ok(dot(&logistic_gradient(&iris, batches.draw(), &trial), &direction))
        })?;
        weights = moved(&weights, step.length, &direction);

        if iteration % 100 == 0 {
            let (length, right) = (step.length, accuracy(&iris, &weights));
            let line = format!("step {length:.3}, accuracy {right:.3}, {probes} probes");
            writeln!(stdout(), "iteration {iteration:3}: {line}").ok();
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
