//! A data set and a network: one of the classification problems.

use std::path::Path;
use std::sync::Arc;

use gols::Error;
use gols::mlp::{Activation, Dataset, Network};
use gols_studies::readers::FileError;
use gols_studies::seeds::Hash;

use crate::part::{Part, Parts};
use crate::setup::Setup;
use gols_studies::catalogue::{self, Samples};

/// A data set, cut into training, validation and test samples in file order.
pub(crate) struct Data {
    pub name: String,
    pub parts: Parts<Arc<Dataset<f32>>>,
    /// Changes with every bit of the samples.
    pub fingerprint: String,
}

/// A data set with a number of hidden layers.
#[derive(Clone)]
pub(crate) struct Problem {
    pub data: Arc<Data>,
    pub layers: usize,
}

/// Nodes of each hidden layer, from the numbers of training samples, inputs D and outputs K:
/// min(⌈(n / 1.5 − K) / (D + K + 1)⌉, D − 1), but at least 1.
pub(crate) fn hidden_nodes(samples: usize, inputs: usize, outputs: usize) -> usize {
    let (n, d, k) = (samples as f64, inputs as f64, outputs as f64);
    let nodes = ((n / 1.5 - k) / (d + k + 1.0)).ceil().min(d - 1.0);
    nodes.max(1.0) as usize
}

impl Data {
    /// Reads and cuts the set `name`.
    pub(crate) fn load(folder: Option<&Path>, name: &str) -> Result<Self, FileError> {
        let data = Self::new(name, catalogue::load(folder, name)?);
        data.map_err(|error| FileError::Damaged(format!("{name}: {error}")))
    }

    fn new(name: &str, samples: Samples) -> Result<Self, Error> {
        let rows = samples.inputs.rows();
        let mut all = Dataset::new(rows, samples.inputs.cells, samples.targets.cells)?;
        if samples.is_scaled {
            all = all.with_scaled_inputs(-1.0, 1.0)?;
        }
        let narrow = |cells: &[f64]| cells.iter().map(|&cell| cell as f32).collect::<Vec<_>>();
        let all = Dataset::new(rows, narrow(all.inputs()), narrow(all.targets()))?;
        let mut hash = Hash::default();
        for cell in all.inputs().iter().chain(all.targets()) {
            hash.add(&cell.to_bits().to_le_bytes());
        }
        let parts = match samples.parts {
            Some(counts) => cut(&all, counts)?,
            None => all.split([0.5, 0.25, 0.25])?,
        };
        let parts = Parts(parts.map(Arc::new));
        Ok(Self { name: name.to_owned(), parts, fingerprint: format!("{:016x}", hash.value()) })
    }
}

/// Consecutive parts with these numbers of samples, which add up to all.
fn cut(all: &Dataset<f32>, counts: [usize; 3]) -> Result<[Dataset<f32>; 3], Error> {
    let (inputs, targets) = (all.input_columns(), all.target_columns());
    let mut start = 0;
    let mut part = |count: usize| {
        let rows = start..start + count;
        start += count;
        Dataset::new(
            count,
            all.inputs()[rows.start * inputs..rows.end * inputs].to_vec(),
            all.targets()[rows.start * targets..rows.end * targets].to_vec(),
        )
    };
    Ok([part(counts[0])?, part(counts[1])?, part(counts[2])?])
}

impl Problem {
    pub(crate) fn name(&self) -> &str {
        &self.data.name
    }

    pub(crate) fn training(&self) -> &Arc<Dataset<f32>> {
        &self.data.parts[Part::Training]
    }

    /// Nodes of each hidden layer: the paper's number times the width, rounded up.
    pub(crate) fn hidden(&self, setup: &Setup) -> usize {
        let training = self.training();
        let nodes =
            hidden_nodes(training.len(), training.input_columns(), training.target_columns());
        (nodes as f64 * setup.width).ceil() as usize
    }

    pub(crate) fn network(&self, setup: &Setup) -> Result<Network, Error> {
        let mut sizes = vec![self.training().input_columns()];
        sizes.extend(vec![self.hidden(setup); self.layers]);
        sizes.push(self.training().target_columns());
        Ok(Network::new(&sizes, setup.activation)?.with_output(Activation::Sigmoid))
    }

    /// The training error of the best constant outputs, the classes' shares, in percent.
    pub(crate) fn prior_error(&self) -> f64 {
        let training = self.training();
        let (rows, columns) = (training.len() as f64, training.target_columns());
        let variance = |column: usize| {
            let cells = || training.targets().iter().skip(column).step_by(columns);
            let mean = cells().map(|&cell| f64::from(cell)).sum::<f64>() / rows;
            cells().map(|&cell| (f64::from(cell) - mean).powi(2)).sum::<f64>() / rows
        };
        100.0 * (0..columns).map(variance).sum::<f64>() / columns as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_nodes_are_those_of_the_paper() {
        // Iris, Glass1, Cancer1 and MNIST.
        assert_eq!(hidden_nodes(75, 4, 3), 3);
        assert_eq!(hidden_nodes(107, 9, 6), 5);
        assert_eq!(hidden_nodes(350, 9, 2), 8);
        assert_eq!(hidden_nodes(35_000, 784, 10), 30);
        assert_eq!(hidden_nodes(10, 1, 8), 1);
    }

    #[test]
    fn the_prior_error_of_iris_is_that_of_three_equal_thirds_where_the_file_order_leaves_two() {
        let data = Arc::new(Data::load(None, "iris").unwrap());
        let problem = Problem { data, layers: 1 };
        // The first 75 rows hold 50 of one class, 25 of another and none of the third:
        // 100/3 (2/3 1/3 + 1/3 2/3) = 14.8.
        assert!((problem.prior_error() - 400.0 / 27.0).abs() < 1e-9);
        assert_eq!(problem.network(&Setup::default()).unwrap().sizes(), [4, 3, 3]);
        let wide = Setup { width: 1.5, ..Setup::default() };
        assert_eq!(problem.network(&wide).unwrap().sizes(), [4, 5, 3]);
    }
}
