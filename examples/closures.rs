//! Two closures and a search: the shortest way in.
//!
//! Fits a line to noisy points, ten at a time, without a learning rate.
//!
//! Run with `cargo run --release --example closures`.

use std::cell::RefCell;

use gols::{Descent, Error, InexactGols, MiniBatches, Sampling, SliceObjective, SteepestDescent};

fn main() -> Result<(), Error> {
    // A thousand points (u, y) around y = 2 u - 1, and the ten that are the current mini-batch.
    let point = |i: usize| (i as f64 / 500.0 - 1.0, i as f64 / 250.0 - 3.0 + (i as f64).sin());
    let mut batches = MiniBatches::new(1000, 10, 1)?;
    let batch = RefCell::new(batches.draw().to_vec());

    // L(x) = 1/(2B) Σ (x₀ u + x₁ - y)², and its gradient.
    let loss_and_gradient = |x: &[f64], gradient: &mut [f64]| {
        let (mut loss, rows) = (0.0, batch.borrow());
        gradient.fill(0.0);
        for (u, y) in rows.iter().map(|&row| point(row)) {
            let error = (x[0] * u + x[1] - y) / rows.len() as f64;
            loss += 0.5 * error * error * rows.len() as f64;
            gradient[0] += error * u;
            gradient[1] += error;
        }
        loss
    };
    let loss = |x: &[f64]| loss_and_gradient(x, &mut [0.0; 2]);

    let mut objective = SliceObjective::from_fns(vec![0.0; 2], loss, loss_and_gradient)?
        .with_resample(|| batch.borrow_mut().copy_from_slice(batches.draw()));
    let search = InexactGols::default();
    let mut descent = Descent::new(&objective, SteepestDescent, search, Sampling::Dynamic)?;
    for _ in 0..100 {
        descent.step(&mut objective)?;
    }
    println!("x = {:.2?} after {:?}", objective.parameters(), descent.evaluations());
    Ok(())
}
