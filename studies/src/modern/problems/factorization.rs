//! Matrix factorization: a matrix of low rank, seen in some of its entries and with noise.
//!
//! M = A Bᵀ + 0.1 N(0, 1), 200 × 150, A and B of rank 5 with elements from N(0, 1). Of the 30 000
//! entries 9000 are training rows and 3000 are held out, drawn at random. The loss of an entry is
//! half the squared error of its product of two rows.

use super::super::problem::{HeldOut, Problem};
use crate::noise::Noise;

const ROWS: usize = 200;
const COLUMNS: usize = 150;
const RANK: usize = 5;
const TRAINING: usize = 9000;
const HELD_OUT: usize = 3000;

/// An entry of the matrix: row, column and value.
type Entry = (usize, usize, f64);

pub(super) struct Factorization {
    training: Vec<Entry>,
    held_out: Vec<Entry>,
}

impl Factorization {
    pub(super) fn new() -> Self {
        let mut noise = Noise::new(1);
        let factors: Vec<f64> = (0..(ROWS + COLUMNS) * RANK).map(|_| noise.normal()).collect();
        let mut entries: Vec<Entry> = (0..ROWS * COLUMNS)
            .map(|index| (index / COLUMNS, index % COLUMNS))
            .map(|(row, column)| {
                (row, column, product(&factors, row, column) + 0.1 * noise.normal())
            })
            .collect();
        for first in 0..TRAINING + HELD_OUT {
            let other = noise.uniform(first as f64, entries.len() as f64) as usize;
            entries.swap(first, other);
        }
        let held_out = entries[TRAINING..TRAINING + HELD_OUT].to_vec();
        entries.truncate(TRAINING);
        Self { training: entries, held_out }
    }
}

/// Where the factors of a row and a column begin.
fn places(row: usize, column: usize) -> [usize; 2] {
    [row * RANK, (ROWS + column) * RANK]
}

fn product<T: Copy + Into<f64>>(x: &[T], row: usize, column: usize) -> f64 {
    let [a, b] = places(row, column).map(|place| &x[place..place + RANK]);
    a.iter().zip(b).map(|(&a, &b)| a.into() * b.into()).sum()
}

fn mean_loss(x: &[f32], entries: &[Entry]) -> f64 {
    let half_square =
        |&(row, column, value): &Entry| 0.5 * (product(x, row, column) - value).powi(2);
    entries.iter().map(half_square).sum::<f64>() / entries.len() as f64
}

impl Problem for Factorization {
    fn parameters(&self) -> usize {
        (ROWS + COLUMNS) * RANK
    }

    /// Elements from N(0, 0.1²).
    fn start(&self, seed: u64) -> Vec<f32> {
        let mut noise = Noise::new(seed);
        (0..self.parameters()).map(|_| 0.1 * noise.normal() as f32).collect()
    }

    fn population(&self) -> usize {
        TRAINING
    }

    fn loss_and_gradient(&mut self, x: &[f32], rows: &[usize], gradient: &mut [f32]) -> f64 {
        gradient.fill(0.0);
        let (mut loss, share) = (0.0, 1.0 / rows.len() as f64);
        for &(row, column, value) in rows.iter().map(|&row| &self.training[row]) {
            let error = product(x, row, column) - value;
            loss += 0.5 * share * error * error;
            let [a, b] = places(row, column);
            let factor = (share * error) as f32;
            for k in 0..RANK {
                gradient[a + k] += factor * x[b + k];
                gradient[b + k] += factor * x[a + k];
            }
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
