//! A network over a data set, ready to be trained.

use alloc::sync::Arc;

use super::dataset::Dataset;
use super::kernels::{Activation, Chunk, Loss, Pass, Rows};
use super::network::Network;
use super::network_line::{NetworkLine, Room, chunks};
use crate::error::Error;
use crate::model::SliceModel;
use crate::objective::Along;
use crate::vector::Real;

/// A [`Network`], its [`Loss`] and a [`Dataset`]: the [`SliceModel`] that both papers train.
///
/// Rows are samples of the data set, in any order; they may repeat, and none means all of them. A
/// row that does not exist is [`Error::Row`].
///
/// Samples pass through in chunks of at most 128, so the room it takes beside the parameters does
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
/// let loss = model.loss_and_gradient(&x, &[0, 50, 100], &mut gradient)?; // one flower of each kind
/// assert_eq!(loss, model.loss(&x, &[0, 50, 100], &mut gradient)?);
/// assert!(model.loss(&x, &[150], &mut gradient).is_err());
/// # Ok::<(), gols::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Model<T> {
    network: Network,
    loss: Loss,
    data: Arc<Dataset<T>>,
    pass: Pass<T>,
    room: Room<T>,
}

impl<T: Real> Model<T> {
    /// A model on all of `data`: a [`Dataset`], or an `Arc` of one that several models share.
    ///
    /// # Errors
    /// [`Error::Length`] if the data set's columns are not the network's inputs and outputs,
    /// [`Error::Outputs`] if the loss is [`Loss::CrossEntropy`] and the outputs are not linear.
    pub fn new(
        network: Network,
        loss: Loss,
        data: impl Into<Arc<Dataset<T>>>,
    ) -> Result<Self, Error> {
        let data = data.into();
        Error::check_length("a row of inputs", data.input_columns(), network.inputs())?;
        Error::check_length("a row of targets", data.target_columns(), network.outputs())?;
        if loss == Loss::CrossEntropy && network.output() != Activation::Linear {
            return Err(Error::Outputs { loss: "CrossEntropy", expected: "Linear" });
        }
        let pass = Pass::new(network.layers().collect());
        Ok(Self { network, loss, data, pass, room: Room::new() })
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

    /// The loss on the whole data set: the training, validation or test
    /// error of \[LR\] 3.1.
    ///
    /// # Errors
    /// [`Error::Length`] if `x` has not as many elements as the network has parameters.
    pub fn error(&mut self, x: &[T]) -> Result<f64, Error> {
        self.loss(x, &[], &mut [])
    }

    /// The share of all samples whose largest output is that of their largest target, in \[0, 1\].
    /// A sample with an output that is NaN is wrong.
    ///
    /// # Errors
    /// [`Error::Length`] if `x` has not as many elements as the network has parameters.
    pub fn accuracy(&mut self, x: &[T]) -> Result<f64, Error> {
        self.check_parameters(x)?;
        let outputs = self.network.outputs();
        let mut correct = 0;
        for (_, chunk) in chunks(batch(&self.data, &[], self.loss)?) {
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

    fn loss_and_gradient(
        &mut self,
        x: &[T],
        rows: &[usize],
        gradient: &mut [T],
    ) -> Result<f64, Error> {
        self.check_parameters(x)?;
        Error::check_length("the gradient", gradient.len(), x.len())?;
        let mut loss = 0.0;
        for (first, chunk) in chunks(batch(&self.data, rows, self.loss)?) {
            loss += self.pass.loss_and_gradient(0, x, chunk, first > 0, gradient);
        }
        Ok(loss)
    }

    fn loss(&mut self, x: &[T], rows: &[usize], _scratch: &mut [T]) -> Result<f64, Error> {
        self.check_parameters(x)?;
        let batch = batch(&self.data, rows, self.loss)?;
        Ok(chunks(batch).map(|(_, chunk)| self.pass.loss(0, x, chunk)).sum())
    }

    fn along_prepared_line(
        &mut self,
        x0: &[T],
        direction: &[T],
        rows: &[usize],
        search: Along<'_, Error>,
    ) -> Result<bool, Error> {
        self.check_parameters(x0)?;
        Error::check_length("the direction", direction.len(), x0.len())?;
        let batch = batch(&self.data, rows, self.loss)?;
        search(&mut NetworkLine::new(&mut self.pass, &mut self.room, [x0, direction], batch));
        Ok(true)
    }
}

/// These rows of a data set, or all of them, as one chunk.
fn batch<'a, T: Real>(
    data: &'a Dataset<T>,
    rows: &'a [usize],
    loss: Loss,
) -> Result<Chunk<'a, T>, Error> {
    if let Some(&row) = rows.iter().find(|&&row| row >= data.len()) {
        return Err(Error::Row { row, rows: data.len() });
    }
    let pick = |cells, width| match rows {
        [] => Rows::all(cells, width),
        _ => Rows::picked(cells, width, rows),
    };
    let inputs = pick(data.inputs(), data.input_columns());
    let targets = pick(data.targets(), data.target_columns());
    Ok(Chunk { inputs, targets, loss, samples: inputs.len() })
}

/// Whether outputs and targets are largest at the same place.
fn is_right<T: Real>(outputs: &[T], targets: &[T]) -> bool {
    outputs.iter().all(|y| !y.is_nan()) && largest(outputs) == largest(targets)
}

/// The index of the largest value; the first of equals.
fn largest<T: Real>(values: &[T]) -> usize {
    (1..values.len()).fold(0, |best, index| if values[index] > values[best] { index } else { best })
}
