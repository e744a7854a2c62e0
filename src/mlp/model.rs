//! A network over a data set, ready to be trained.

use std::sync::Arc;

use super::dataset::Dataset;
use super::kernels::{Chunk, Loss, Pass, Rows};
use super::line::{PreparedLine, chunks};
use super::network::Network;
use crate::error::Error;
use crate::sampling::MiniBatches;
use crate::slice::SliceModel;
use crate::vector::Real;

/// A [`Network`], its [`Loss`] and a [`Dataset`]: the [`SliceModel`] that both papers train.
///
/// Until the first mini-batch is drawn, and always without [`MiniBatches`], the batch is the whole data
/// set. Samples pass through in chunks of at most 128, so the room it takes beside the parameters does
/// not grow with the batch; evaluations allocate nothing.
///
/// ```
/// use gols::SliceModel;
/// use gols::mlp::{Activation, Dataset, Loss, Model, Network};
///
/// let network = Network::new(&[4, 10, 3], Activation::Sigmoid)?;
/// let x = network.uniform_parameters::<f64>(-0.1, 0.1, 1)?;
/// let mut model = Model::new(network, Loss::HalfSquared, Dataset::iris())?;
/// let mut gradient = vec![0.0; 83];
/// let loss = model.loss_and_gradient(&x, &mut gradient)?;
/// assert_eq!(loss, model.loss(&x)?);
/// # Ok::<(), gols::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Model<T> {
    network: Network,
    loss: Loss,
    data: Arc<Dataset<T>>,
    batches: Option<MiniBatches>,
    batch: Vec<usize>,
    all: Vec<usize>,
    pass: Pass<T>,
    line: PreparedLine<T>,
}

impl<T: Real> Model<T> {
    /// A model on all of `data`: a [`Dataset`], or an `Arc` of one that several models share.
    ///
    /// # Errors
    /// [`Error::Length`] if the data set's columns are not the network's inputs and outputs.
    pub fn new(
        network: Network,
        loss: Loss,
        data: impl Into<Arc<Dataset<T>>>,
    ) -> Result<Self, Error> {
        let data = data.into();
        Error::check_length("a row of inputs", data.input_columns(), network.inputs())?;
        Error::check_length("a row of targets", data.target_columns(), network.outputs())?;
        let all: Vec<usize> = (0..data.len()).collect();
        let pass = Pass::new(network.layers().collect());
        let (batch, line) = (all.clone(), PreparedLine::new());
        Ok(Self { network, loss, data, batches: None, batch, all, pass, line })
    }

    /// The same model with a source of mini-batches, from which
    /// [`resample`](SliceModel::resample) draws.
    ///
    /// # Errors
    /// [`Error::Length`] if the batches' population is not the number of samples.
    pub fn with_mini_batches(self, batches: MiniBatches) -> Result<Self, Error> {
        Error::check_length("the population", batches.population(), self.data.len())?;
        Ok(Self { batches: Some(batches), ..self })
    }

    /// Sets the current batch to these rows of the data set, in this order.
    ///
    /// # Errors
    /// [`Error::Empty`] if there are none, [`Error::Row`] if one does not exist. Then the batch is
    /// unchanged.
    pub fn set_batch(&mut self, rows: &[usize]) -> Result<(), Error> {
        if rows.is_empty() {
            return Err(Error::Empty { what: "mini-batch" });
        }
        if let Some(&row) = rows.iter().find(|&&row| row >= self.data.len()) {
            return Err(Error::Row { row, rows: self.data.len() });
        }
        self.line.invalidate();
        self.batch.clear();
        self.batch.extend_from_slice(rows);
        Ok(())
    }

    /// The rows of the current batch.
    #[must_use]
    pub fn batch(&self) -> &[usize] {
        &self.batch
    }

    /// The network.
    #[must_use]
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// The data set.
    #[must_use]
    pub fn data(&self) -> &Dataset<T> {
        &self.data
    }

    /// The loss on the whole data set, whatever the current batch: the training, validation or test
    /// error of \[LR\] 3.1.
    ///
    /// # Errors
    /// [`Error::Length`] if `x` has not as many elements as the network has parameters.
    pub fn error(&mut self, x: &[T]) -> Result<f64, Error> {
        self.check_parameters(x)?;
        let batch = batch(&self.data, &self.all, self.loss);
        Ok(chunks(batch).map(|(_, chunk)| self.pass.loss(0, x, chunk)).sum())
    }

    /// The share of all samples whose largest output is that of their largest target, in \[0, 1\]. A
    /// sample with an output that is NaN is wrong.
    ///
    /// # Errors
    /// [`Error::Length`] if `x` has not as many elements as the network has parameters.
    pub fn accuracy(&mut self, x: &[T]) -> Result<f64, Error> {
        self.check_parameters(x)?;
        let outputs = self.network.outputs();
        let mut correct = 0;
        for (_, chunk) in chunks(batch(&self.data, &self.all, self.loss)) {
            let predictions = self.pass.outputs(x, chunk.inputs).chunks_exact(outputs);
            let pairs = predictions.enumerate().map(|(row, y)| (y, chunk.targets.row(row)));
            correct += pairs.filter(|(y, target)| is_right(y, target)).count();
        }
        Ok(correct as f64 / self.data.len() as f64)
    }

    fn check_parameters(&self, x: &[T]) -> Result<(), Error> {
        Error::check_length("the parameters", x.len(), self.network.parameters())
    }
}

impl<T: Real> SliceModel<T> for Model<T> {
    type Error = Error;

    fn resample(&mut self) -> Result<(), Error> {
        if let Some(batches) = &mut self.batches {
            self.line.invalidate();
            self.batch.clear();
            self.batch.extend_from_slice(batches.draw());
        }
        Ok(())
    }

    fn loss(&mut self, x: &[T]) -> Result<f64, Error> {
        self.check_parameters(x)?;
        let batch = batch(&self.data, &self.batch, self.loss);
        Ok(chunks(batch).map(|(_, chunk)| self.pass.loss(0, x, chunk)).sum())
    }

    fn loss_and_gradient(&mut self, x: &[T], gradient: &mut [T]) -> Result<f64, Error> {
        self.check_parameters(x)?;
        Error::check_length("the gradient", gradient.len(), x.len())?;
        let mut loss = 0.0;
        for (first, chunk) in chunks(batch(&self.data, &self.batch, self.loss)) {
            loss += self.pass.loss_and_gradient(0, x, chunk, first > 0, gradient);
        }
        Ok(loss)
    }

    fn prepare_line(&mut self, x0: &[T], direction: &[T]) -> Result<bool, Error> {
        self.check_parameters(x0)?;
        Error::check_length("the direction", direction.len(), x0.len())?;
        let inputs = batch(&self.data, &self.batch, self.loss).inputs;
        self.line.prepare(&self.pass, x0, direction, inputs);
        Ok(true)
    }

    fn line_loss(&mut self, step: f64, x0: &[T], direction: &[T]) -> Result<f64, Error> {
        self.line.check()?;
        self.check_parameters(x0)?;
        Error::check_length("the direction", direction.len(), x0.len())?;
        let batch = batch(&self.data, &self.batch, self.loss);
        Ok(self.line.loss(&mut self.pass, step, (x0, direction), batch))
    }

    fn line_slope(&mut self, step: f64, x0: &[T], direction: &[T]) -> Result<f64, Error> {
        self.line.check()?;
        self.check_parameters(x0)?;
        Error::check_length("the direction", direction.len(), x0.len())?;
        let batch = batch(&self.data, &self.batch, self.loss);
        Ok(self.line.slope(&mut self.pass, step, (x0, direction), batch))
    }
}

/// These rows of a data set, as one chunk.
fn batch<'a, T: Real>(data: &'a Dataset<T>, rows: &'a [usize], loss: Loss) -> Chunk<'a, T> {
    let inputs = Rows::picked(data.inputs(), data.input_columns(), rows);
    let targets = Rows::picked(data.targets(), data.target_columns(), rows);
    Chunk { inputs, targets, loss, samples: rows.len() }
}

/// Whether outputs and targets are largest at the same place.
fn is_right<T: Real>(outputs: &[T], targets: &[T]) -> bool {
    outputs.iter().all(|y| !y.is_nan()) && largest(outputs) == largest(targets)
}

/// The index of the largest value; the first of equals.
fn largest<T: Real>(values: &[T]) -> usize {
    let mut best = 0;
    for (index, &value) in values.iter().enumerate() {
        if value > values[best] {
            best = index;
        }
    }
    best
}
