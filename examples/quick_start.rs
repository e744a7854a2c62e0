//! The shortest way in: a closure that knows its loss and gradient on the rows of a mini-batch.
//!
//! Fits a line to a thousand noisy points, ten at a time, without a learning rate.
//!
//! Run with `cargo run --release --example quick_start`.

use std::io::Write;

use gols::{Descent, Error, MiniBatches, SliceObjective};

fn main() -> Result<(), Error> {
    let point = |i: usize| (i as f64 / 500.0 - 1.0, i as f64 / 250.0 - 3.0 + (i as f64).sin());
    let batches = MiniBatches::new(1000, 10, 1)?;
    // L(x) = 1/(2B) Σ (x₀ u + x₁ − y)² over the points (u, y) around y = 2 u − 1.
    let objective = SliceObjective::from_batches(vec![0.0; 2], batches, |x, rows, gradient| {
        gradient.fill(0.0);
        let losses = rows.iter().map(|&row| point(row)).map(|(u, y)| {
            let error = (x[0] * u + x[1] - y) / 10.0;
            gradient[0] += error * u;
            gradient[1] += error;
            5.0 * error * error
        });
        losses.sum::<f64>()
    })?;
    let mut descent = Descent::new(objective)?;
    let summary = descent.run(100)?;
    writeln!(std::io::stdout(), "x = {:.2?}: {summary}", descent.objective().parameters()).ok();
    Ok(())
}
