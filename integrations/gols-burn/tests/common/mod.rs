//! What the tests share: Iris as tensors, and the network that all adapters are tested with.
#![allow(dead_code, reason = "every test file uses a part of it")]

pub(crate) mod iris_learner;
pub(crate) mod quiet;

use burn::module::{Module, Param};
use burn::tensor::{DType, Device, Int, Tensor, TensorData, activation};
use gols_conformance::{Network, Number};

/// A device that records gradients.
pub(crate) fn device() -> Device {
    Device::flex().autodiff()
}

pub(crate) fn tensor<const D: usize>(
    numbers: &[f64],
    shape: [usize; D],
    dtype: DType,
) -> Tensor<D> {
    Tensor::from_data(TensorData::new(numbers.to_vec(), shape), (&device(), dtype))
}

pub(crate) type Batch = (Tensor<2>, Tensor<2>);

/// Iris: 150 x 4 inputs, 150 x 3 targets.
pub(crate) fn iris(dtype: DType) -> Batch {
    let Network { inputs, targets, .. } = Network::new(Number::F64);
    (tensor(&inputs, [150, 4], dtype), tensor(&targets, [150, 3], dtype))
}

/// These rows of a batch.
pub(crate) fn select((inputs, targets): &Batch, rows: &[usize]) -> Batch {
    let rows: Vec<i64> = rows.iter().map(|&row| row as i64).collect();
    let rows = Tensor::<1, Int>::from_data(TensorData::from(rows.as_slice()), &device());
    (inputs.clone().select(0, rows.clone()), targets.clone().select(0, rows))
}

/// Two layers of weights and biases.
#[derive(Module, Debug)]
pub(crate) struct Layers {
    pub w1: Param<Tensor<2>>,
    pub b1: Param<Tensor<1>>,
    pub w2: Param<Tensor<2>>,
    pub b2: Param<Tensor<1>>,
}

impl Layers {
    pub(crate) fn new(dtype: DType) -> Self {
        let network = Network::new(Number::F64);
        let [(_, w1), (_, b1), (_, w2), (_, b2)] = network.layers();
        Self {
            w1: Param::from_tensor(tensor(w1, [4, 10], dtype)),
            b1: Param::from_tensor(tensor(b1, [10], dtype)),
            w2: Param::from_tensor(tensor(w2, [10, 3], dtype)),
            b2: Param::from_tensor(tensor(b2, [3], dtype)),
        }
    }

    /// 100/(B K) Σ (y - t)², sigmoid on every layer.
    pub(crate) fn error(&self, (x, t): &Batch) -> Tensor<1> {
        let hidden =
            activation::sigmoid(x.clone().matmul(self.w1.val()) + self.b1.val().unsqueeze());
        let y = activation::sigmoid(hidden.matmul(self.w2.val()) + self.b2.val().unsqueeze());
        (y - t.clone()).square().mean() * 100.0
    }
}

/// One trainable list of numbers.
#[derive(Module, Debug)]
pub(crate) struct Point {
    pub x: Param<Tensor<1>>,
}

impl Point {
    pub(crate) fn new(x: &[f64]) -> Self {
        Self { x: Param::from_tensor(tensor(x, [x.len()], DType::F64)) }
    }
}

pub(crate) fn numbers<const D: usize>(tensor: Tensor<D>) -> Vec<f64> {
    tensor.try_into_vec_as::<f64>().unwrap()
}
