//! The regression of scale: weights from 1 to 20 are to be found from 0, and hardly any noise.
//!
//! y = Σ i uᵢ + 0.001 N(0, 1), u from N(0, I₂₀), 500 rows to train on and 500 held out. The loss of
//! a row is half its squared error.

use super::super::problem::{HeldOut, Problem};
use crate::noise::Noise;

const INPUTS: usize = 20;
const ROWS: usize = 500;

/// Inputs and their target.
type Row = ([f32; INPUTS], f64);

pub(super) struct Scale {
    training: Vec<Row>,
    held_out: Vec<Row>,
}

impl Scale {
    pub(super) fn new() -> Self {
        let mut noise = Noise::new(1);
        let mut rows = || {
            let row = |_| {
                let inputs = std::array::from_fn(|_| noise.normal() as f32);
                let weights: [f32; INPUTS] = std::array::from_fn(|index| index as f32 + 1.0);
                (inputs, dot(&inputs, &weights) + 1e-3 * noise.normal())
            };
            (0..ROWS).map(row).collect()
        };
        Self { training: rows(), held_out: rows() }
    }
}

/// In f64: near the end errors are small differences of large numbers.
fn dot(u: &[f32], x: &[f32]) -> f64 {
    u.iter().zip(x).map(|(&u, &x)| f64::from(u) * f64::from(x)).sum()
}

fn mean_loss(x: &[f32], rows: &[Row]) -> f64 {
    let half_square = |(u, y): &Row| 0.5 * (dot(u, x) - y).powi(2);
    rows.iter().map(half_square).sum::<f64>() / rows.len() as f64
}

impl Problem for Scale {
    fn parameters(&self) -> usize {
        INPUTS
    }

    /// 0, whatever the seed.
    fn start(&self, _seed: u64) -> Vec<f32> {
        vec![0.0; INPUTS]
    }

    fn population(&self) -> usize {
        ROWS
    }

    fn loss_and_gradient(&mut self, x: &[f32], rows: &[usize], gradient: &mut [f32]) -> f64 {
        let (mut loss, mut sums) = (0.0, [0.0_f64; INPUTS]);
        for (u, y) in rows.iter().map(|&row| &self.training[row]) {
            let error = dot(u, x) - y;
            loss += 0.5 * error * error / rows.len() as f64;
            sums.iter_mut().zip(u).for_each(|(sum, &u)| *sum += error * f64::from(u));
        }
        for (gradient, sum) in gradient.iter_mut().zip(sums) {
            *gradient = (sum / rows.len() as f64) as f32;
        }
        loss
    }

    fn training_loss(&mut self, x: &[f32]) -> f64 {
        mean_loss(x, &self.training)
    }

    fn held_out(&mut self, x: &[f32]) -> Option<HeldOut> {
        Some(HeldOut { loss: mean_loss(x, &self.held_out), accuracy: None })
    }
}
