//! Where each matrix of a model lies among its parameters, and how it starts.

use super::Var;
use crate::noise::Noise;

/// The matrices of a model, one after the other.
#[derive(Debug, Default)]
pub(crate) struct Layout {
    len: usize,
    starts: Vec<(usize, Start)>,
}

#[derive(Debug, Clone, Copy)]
enum Start {
    Constant(f32),
    /// From N(0, deviation²).
    Normal(f64),
}

impl Layout {
    /// How many parameters there are.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// A row that starts with one value everywhere.
    pub(crate) fn row(&mut self, columns: usize, value: f32) -> Var {
        self.push((1, columns), Start::Constant(value))
    }

    /// A matrix from N(0, deviation²).
    pub(crate) fn normal(&mut self, rows: usize, columns: usize, deviation: f64) -> Var {
        self.push((rows, columns), Start::Normal(deviation))
    }

    /// Weights from N(0, gain / inputs), and biases from 0.
    pub(crate) fn layer(&mut self, inputs: usize, outputs: usize, gain: f64) -> [Var; 2] {
        let deviation = (gain / inputs as f64).sqrt();
        [self.normal(inputs, outputs, deviation), self.row(outputs, 0.0)]
    }

    fn push(&mut self, (rows, columns): (usize, usize), start: Start) -> Var {
        let var = Var { node: 0, start: self.len, rows, columns };
        self.len += rows * columns;
        self.starts.push((rows * columns, start));
        var
    }

    /// Parameters to start from.
    pub(crate) fn draw(&self, seed: u64) -> Vec<f32> {
        let mut noise = Noise::new(seed);
        let mut x = Vec::with_capacity(self.len);
        for &(count, start) in &self.starts {
            x.extend((0..count).map(|_| match start {
                Start::Constant(value) => value,
                Start::Normal(deviation) => (deviation * noise.normal()) as f32,
            }));
        }
        x
    }
}
