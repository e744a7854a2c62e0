//! What the tests share: Iris as tensors.
#![allow(dead_code, reason = "every test file uses a part of it")]

use candle_core::{DType, Device, Result, Tensor, Var};
use gols::Dataset;

/// Iris, inputs scaled to [-1, 1]: 150 x 4 inputs, 150 x 3 targets.
pub fn iris(dtype: DType) -> Result<(Tensor, Tensor)> {
    let iris = Dataset::<f64>::iris().with_scaled_inputs(-1.0, 1.0).unwrap();
    let inputs = Tensor::from_slice(iris.inputs(), (150, 4), &Device::Cpu)?;
    let targets = Tensor::from_slice(iris.targets(), (150, 3), &Device::Cpu)?;
    Ok((inputs.to_dtype(dtype)?, targets.to_dtype(dtype)?))
}

/// Two layers with numbers of no particular meaning: weights 4 x 5 and 5 x 3, biases 5 and 3.
pub fn layers(dtype: DType) -> Result<Vec<Var>> {
    [vec![4, 5], vec![5], vec![5, 3], vec![3]]
        .into_iter()
        .enumerate()
        .map(|(layer, shape)| {
            let elements: usize = shape.iter().product();
            let numbers: Vec<f64> =
                (0..elements).map(|i| (1.7 * i as f64 + layer as f64).sin()).collect();
            Var::from_tensor(&Tensor::from_vec(numbers, shape, &Device::Cpu)?.to_dtype(dtype)?)
        })
        .collect()
}

/// The mean squared error of tanh layers.
pub fn error(layers: &[Var], (inputs, targets): &(Tensor, Tensor)) -> Result<Tensor> {
    let mut y = inputs.clone();
    for layer in layers.chunks(2) {
        y = y.matmul(&layer[0])?.broadcast_add(&layer[1])?.tanh()?;
    }
    (y - targets)?.sqr()?.mean_all()
}

/// Every number of every tensor, exactly.
pub fn bits<'a>(tensors: impl IntoIterator<Item = &'a Tensor>) -> Result<Vec<u64>> {
    let mut bits = Vec::new();
    for tensor in tensors {
        let numbers = tensor.flatten_all()?.to_dtype(DType::F64)?.to_vec1::<f64>()?;
        bits.extend(numbers.into_iter().map(f64::to_bits));
    }
    Ok(bits)
}

/// The same of variables.
pub fn variable_bits(variables: &[Var]) -> Result<Vec<u64>> {
    bits(variables.iter().map(Var::as_tensor))
}
