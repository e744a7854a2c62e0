//! What the tests share: Iris as tensors, and the layers of the network that all adapters are tested with.
#![allow(dead_code, reason = "every test file uses a part of it")]

use candle_core::{DType, Device, Result, Tensor, Var};
use candle_nn::ops::sigmoid;
use gols_conformance::{Network, Number};

pub(crate) type Batch = (Tensor, Tensor);

pub(crate) fn tensor(numbers: &[f64], shape: &[usize], dtype: DType) -> Result<Tensor> {
    Tensor::from_slice(numbers, shape, &Device::Cpu)?.to_dtype(dtype)
}

/// Iris: 150 x 4 inputs, 150 x 3 targets.
pub(crate) fn iris(dtype: DType) -> Result<Batch> {
    let Network { inputs, targets, .. } = Network::new(Number::F64);
    Ok((tensor(&inputs, &[150, 4], dtype)?, tensor(&targets, &[150, 3], dtype)?))
}

/// Weights and biases in turn.
pub(crate) fn layers(dtype: DType) -> Result<Vec<Var>> {
    let network = Network::new(Number::F64);
    let layers =
        network.layers().map(|(shape, own)| Var::from_tensor(&tensor(own, &shape, dtype)?));
    layers.into_iter().collect()
}

/// 100/(B K) Σ (y - t)², sigmoid on every layer.
pub(crate) fn error(layers: &[Var], (inputs, targets): &Batch) -> Result<Tensor> {
    let mut y = inputs.clone();
    for layer in layers.chunks(2) {
        y = sigmoid(&y.matmul(&layer[0])?.broadcast_add(&layer[1])?)?;
    }
    (y - targets)?.sqr()?.mean_all()? * 100.0
}

/// These rows of a batch.
pub(crate) fn select((inputs, targets): &Batch, rows: &[usize]) -> Result<Batch> {
    let rows: Vec<u32> = rows.iter().map(|&row| row as u32).collect();
    let rows = Tensor::new(rows, &Device::Cpu)?;
    Ok((inputs.index_select(&rows, 0)?, targets.index_select(&rows, 0)?))
}

/// Every number of every tensor.
pub(crate) fn numbers<'a>(tensors: impl IntoIterator<Item = &'a Tensor>) -> Result<Vec<f64>> {
    let parts = tensors
        .into_iter()
        .map(|tensor| tensor.flatten_all()?.to_dtype(DType::F64)?.to_vec1::<f64>());
    Ok(parts.collect::<Result<Vec<_>>>()?.concat())
}
