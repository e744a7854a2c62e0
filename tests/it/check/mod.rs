//! Whether a check finds a planted fault by its name, and passes what is right.

mod flawed;
mod gradient;
mod objective;

use gols::{Error, SliceModel};

/// L = Σ sin(xᵢ) (1 + 1/2 xᵢ₊₁²), around the circle.
fn loss_and_gradient(x: &[f64], gradient: &mut [f64]) -> f64 {
    let n = x.len();
    gradient.fill(0.0);
    let mut loss = 0.0;
    for i in 0..n {
        let next = (i + 1) % n;
        loss += x[i].sin() * (1.0 + 0.5 * x[next].powi(2));
        gradient[i] += x[i].cos() * (1.0 + 0.5 * x[next].powi(2));
        gradient[next] += x[i].sin() * x[next];
    }
    loss
}

fn start(n: usize) -> Vec<f64> {
    (0..n).map(|i| (1.7 * i as f64 + 0.3).sin()).collect()
}

/// A model made of a function.
struct Function<F>(F);

impl<T, F: FnMut(&[T], &[usize], &mut [T]) -> f64> SliceModel<T> for Function<F> {
    type Error = Error;

    fn loss_and_gradient(&mut self, x: &[T], rows: &[usize], g: &mut [T]) -> Result<f64, Error> {
        Ok((self.0)(x, rows, g))
    }
}
