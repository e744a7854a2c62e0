//! The shortest way in: a closure that knows its loss and gradient on the rows of a mini-batch.
//!
//! Fits y = x₀ u + x₁ to a thousand points (u, y) scattered around y = 2 u − 1, ten at a time, without a
//! learning rate: L(x) = 1/(2B) Σ (x₀ u + x₁ − y)².
//!
//! Run with `cargo run --release --example quick_start`.

use std::io::Write;

use gols::{Error, MiniBatches, Optimizer, SliceObjective};

fn main() -> Result<(), Error> {
    let point = |i: usize| (i as f64 / 500.0 - 1.0, i as f64 / 250.0 - 3.0 + (i as f64).sin());
    let batches = MiniBatches::new(1000, 10, 1)?;
    let mut objective =
        SliceObjective::from_batches(vec![0.0; 2], batches, |x, rows, gradient| {
            gradient.fill(0.0);
            rows.iter().map(|&row| point(row)).fold(0.0, |loss, (u, y)| {
                let error = (x[0] * u + x[1] - y) / 10.0;
                gradient[0] += error * u;
                gradient[1] += error;
                loss + 5.0 * error * error
            })
        })?;
    let mut optimizer = Optimizer::new(&objective)?;
    let summary = optimizer.train(&mut objective, 300)?;
    optimizer.finish(&mut objective)?;
    writeln!(std::io::stdout(), "x = {:.2?}: {summary}", objective.parameters()).ok();
    Ok(())
}
