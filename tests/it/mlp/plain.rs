//! The network once more, as a plain program.

use std::f64::consts::PI;

use gols::mlp::{Activation, Dataset, Loss};

/// The network once more, sample by sample and node by node, straight from its definition.
pub struct Plain<'a> {
    pub sizes: &'a [usize],
    pub hidden: Activation,
    pub output: Activation,
}

impl Plain<'_> {
    /// The weighted sums of all nodes, and the outputs.
    fn forward(&self, x: &[f64], input: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let (mut sums, mut a, mut start) = (Vec::new(), input.to_vec(), 0);
        for (layer, size) in self.sizes.windows(2).enumerate() {
            let (inputs, outputs) = (size[0], size[1]);
            let is_last = layer == self.sizes.len() - 2;
            let h = if is_last { self.output } else { self.hidden };
            let mut next = Vec::new();
            for j in 0..outputs {
                let bias = x[start + inputs * outputs + j];
                let z = bias + (0..inputs).map(|i| a[i] * x[start + i * outputs + j]).sum::<f64>();
                sums.push(z);
                next.push(match h {
                    Activation::Sigmoid => 1.0 / (1.0 + (-z).exp()),
                    Activation::Tanh => z.tanh(),
                    Activation::Softsign => z / (1.0 + z.abs()),
                    Activation::Relu => z.max(0.0),
                    Activation::LeakyRelu => {
                        if z > 0.0 {
                            z
                        } else {
                            0.01 * z
                        }
                    }
                    Activation::Elu => {
                        if z > 0.0 {
                            z
                        } else {
                            z.exp() - 1.0
                        }
                    }
                    Activation::Gelu => {
                        let u = (2.0 / PI).sqrt() * (z + 0.044_715 * z.powi(3));
                        0.5 * z * (1.0 + u.tanh())
                    }
                    Activation::Linear => z,
                });
            }
            (a, start) = (next, start + (inputs + 1) * outputs);
        }
        (sums, a)
    }

    pub fn loss(&self, loss: Loss, x: &[f64], data: &Dataset<f64>, rows: &[usize]) -> f64 {
        let term = |&row: &usize| {
            let (_, y) = self.forward(x, data.input(row));
            let whole: f64 = y.iter().map(|y| y.exp()).sum();
            let each = |(y, t): (&f64, &f64)| match loss {
                Loss::CrossEntropy => -t * (y.exp() / whole).ln(),
                _ => (y - t).powi(2),
            };
            y.iter().zip(data.target(row)).map(each).sum::<f64>()
        };
        let sum: f64 = rows.iter().map(term).sum();
        let (samples, outputs) = (rows.len() as f64, data.target_columns() as f64);
        match loss {
            Loss::HalfSquared => sum / (2.0 * samples),
            Loss::CrossEntropy => sum / samples,
            Loss::SquaredPercentage => 100.0 * sum / (samples * outputs),
        }
    }

    /// On which side of its kink every node is, for every sample.
    pub fn sides(&self, x: &[f64], data: &Dataset<f64>) -> Vec<bool> {
        let rows = 0..data.len();
        rows.flat_map(|row| self.forward(x, data.input(row)).0).map(|z| z > 0.0).collect()
    }
}
