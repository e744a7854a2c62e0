//! What the tests share: Iris as tensors, and a model of two layers.
#![allow(dead_code, reason = "every test file uses a part of it")]

use burn::module::{Module, Param};
use burn::tensor::{DType, Device, Tensor, TensorData};
use gols::Dataset;

/// A device that records gradients.
pub fn device() -> Device {
    Device::flex().autodiff()
}

pub fn tensor<const D: usize>(numbers: &[f64], shape: [usize; D], dtype: DType) -> Tensor<D> {
    Tensor::from_data(TensorData::new(numbers.to_vec(), shape), (&device(), dtype))
}

pub type Batch = (Tensor<2>, Tensor<2>);

/// Iris, inputs scaled to [-1, 1]: 150 x 4 inputs, 150 x 3 targets.
pub fn iris(dtype: DType) -> Batch {
    let iris = Dataset::<f64>::iris().with_scaled_inputs(-1.0, 1.0).unwrap();
    (tensor(iris.inputs(), [150, 4], dtype), tensor(iris.targets(), [150, 3], dtype))
}

/// Two layers of weights and biases.
#[derive(Module, Debug)]
pub struct Layers {
    w1: Param<Tensor<2>>,
    b1: Param<Tensor<1>>,
    w2: Param<Tensor<2>>,
    b2: Param<Tensor<1>>,
}

impl Layers {
    /// Layers of `sizes`, their numbers taken from `start`: weights (inputs x outputs) and biases in turn.
    pub fn new([i, h, o]: [usize; 3], start: &[f64], dtype: DType) -> Self {
        let (w1, rest) = start.split_at(i * h);
        let (b1, rest) = rest.split_at(h);
        let (w2, b2) = rest.split_at(h * o);
        Self {
            w1: Param::from_tensor(tensor(w1, [i, h], dtype)),
            b1: Param::from_tensor(tensor(b1, [h], dtype)),
            w2: Param::from_tensor(tensor(w2, [h, o], dtype)),
            b2: Param::from_tensor(tensor(b2, [o], dtype)),
        }
    }

    /// A 4-5-3 model with numbers of no particular meaning.
    pub fn some(dtype: DType) -> Self {
        let start: Vec<f64> = (0..43).map(|i| (1.7 * f64::from(i)).sin()).collect();
        Self::new([4, 5, 3], &start, dtype)
    }

    /// The outputs with this activation on both layers.
    pub fn forward(&self, x: &Tensor<2>, activation: fn(Tensor<2>) -> Tensor<2>) -> Tensor<2> {
        let hidden = activation(x.clone().matmul(self.w1.val()) + self.b1.val().unsqueeze());
        activation(hidden.matmul(self.w2.val()) + self.b2.val().unsqueeze())
    }

    /// The mean squared error with tanh.
    pub fn error(&self, (x, y): &Batch) -> Tensor<1> {
        (self.forward(x, Tensor::tanh) - y.clone()).square().mean()
    }

    /// Every parameter, exactly.
    pub fn bits(&self) -> Vec<u64> {
        let parts = [numbers(self.w1.val()), numbers(self.b1.val())];
        let others = [numbers(self.w2.val()), numbers(self.b2.val())];
        parts.into_iter().chain(others).flatten().map(f64::to_bits).collect()
    }
}

pub fn numbers<const D: usize>(tensor: Tensor<D>) -> Vec<f64> {
    tensor.inner().try_into_vec_as::<f64>().unwrap()
}
