//! The few operations on tensors that an objective is made of: all on the device, none recorded for gradients.

use burn::tensor::{DType, FloatDType, Tensor, TensorData};

use crate::error::Error;
use crate::extremes::{self, fits};

/// Elements that are added in the tensor's own type before their sum is widened.
const ROW: usize = 1024;

/// The tensor's numbers as they are computed with: f16 and bf16 as f32.
pub(crate) fn wide<const D: usize>(tensor: Tensor<D>) -> Tensor<D> {
    match tensor.dtype() {
        DType::F16 | DType::BF16 => tensor.cast(FloatDType::F32),
        _ => tensor,
    }
}

/// The tensor's numbers in this type.
pub(crate) fn narrow<const D: usize>(tensor: Tensor<D>, dtype: DType) -> Tensor<D> {
    if tensor.dtype() == dtype { tensor } else { tensor.cast(dtype) }
}

/// a x + b y, of y's type; with b = 0, y is ignored.
pub(crate) fn combine<const D: usize>(a: f64, x: Tensor<D>, b: f64, y: Tensor<D>) -> Tensor<D> {
    let dtype = y.dtype();
    if !(fits(a, dtype) && fits(b, dtype)) {
        return extremes::combine(a, x, b, y);
    }
    let mut sum = wide(x).mul_scalar(a);
    if b == 1.0 {
        sum = sum + wide(y);
    } else if b != 0.0 {
        sum = sum + wide(y).mul_scalar(b);
    }
    narrow(sum, dtype)
}

/// Σ x y over the elements of two tensors, one number on the device.
pub(crate) fn dot_of<const D: usize>(x: Tensor<D>, y: Tensor<D>) -> Tensor<1> {
    sum(wide(x) * wide(y))
}

/// The sum of all elements, one number on the device.
///
/// Rows are added in the tensor's own type and their sums in f64: a running f32 sum of millions of squares
/// would stop growing.
pub(crate) fn sum<const D: usize>(tensor: Tensor<D>) -> Tensor<1> {
    let elements = tensor.shape().num_elements();
    if elements < ROW {
        return widest(tensor.sum());
    }
    let flat = tensor.reshape([elements]);
    let (rows, rest) = (elements / ROW, elements % ROW);
    let whole = flat.clone().narrow(0, 0, rows * ROW).reshape([rows, ROW]);
    let sum_of_rows = widest(whole.sum_dim(1)).sum();
    if rest == 0 {
        return sum_of_rows;
    }
    sum_of_rows + widest(flat.narrow(0, rows * ROW, rest).sum())
}

/// These numbers in the place of a tensor: of its type, on its device. Nothing else is sent to the device.
pub(crate) fn in_place_of<const D: usize>(x: &Tensor<D>, data: TensorData) -> Tensor<D> {
    Tensor::from_data(data, (&x.device(), x.dtype()))
}

#[cfg(test)]
thread_local! {
    /// Reads from the device.
    pub(crate) static READS: std::cell::Cell<u32> = const { std::cell::Cell::new(0) };
}

/// The numbers of `tensor`, brought to the host. Nothing else reads from the device.
pub(crate) fn numbers(tensor: Tensor<1>) -> Result<Vec<f64>, Error> {
    #[cfg(test)]
    READS.set(READS.get() + 1);
    Ok(tensor.try_into_vec_as::<f64>()?)
}

/// The one number of `tensor`, brought to the host.
pub(crate) fn scalar(tensor: Tensor<1>) -> Result<f64, Error> {
    Ok(numbers(tensor)?.into_iter().sum())
}

/// The same numbers in f64, or in f32 where the device has no f64.
pub(crate) fn widest<const D: usize>(tensor: Tensor<D>) -> Tensor<D> {
    if tensor.device().supports_dtype(DType::F64) { tensor.cast(FloatDType::F64) } else { tensor }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Device;

    fn tensor(numbers: &[f64], dtype: DType) -> Tensor<1> {
        Tensor::from_data(TensorData::from(numbers), (&Device::default(), dtype))
    }

    #[test]
    fn sums_of_any_length_are_exact() -> Result<(), Error> {
        for elements in [1_u32, 1023, 1024, 1025, 5000] {
            let row: Vec<f64> = (0..elements).map(f64::from).collect();
            let n = f64::from(elements);
            assert_eq!(scalar(sum(tensor(&row, DType::F64)))?, n * (n - 1.0) / 2.0);
        }
        Ok(())
    }

    #[test]
    fn a_sum_of_many_small_f32_numbers_does_not_stop_growing() -> Result<(), Error> {
        // A running f32 sum stops at 2^24, where adding 1 changes nothing. Rows of 1024 ones are exact.
        let elements = (1 << 24) + 1000;
        let ones = Tensor::<1>::ones([elements], &Device::default());
        assert_eq!(scalar(sum(ones))?, elements as f64);
        Ok(())
    }

    #[test]
    fn a_factor_of_zero_ignores_what_is_not_a_number() -> Result<(), Error> {
        let x = tensor(&[1.0, 2.0], DType::F64);
        let y = tensor(&[f64::NAN, f64::INFINITY], DType::F64);
        assert_eq!(numbers(combine(-2.0, x, 0.0, y))?, [-2.0, -4.0]);
        Ok(())
    }

    #[test]
    fn halves_are_rounded_once() -> Result<(), Error> {
        // f16 numbers are 2 apart at 2048. 1.999 · 1.5 = 2.9985 rounds to 2050 when added at once; as an f16 of
        // its own it is 3.0 (they are 2^-9 apart there), and 2051 would go to the even 2052.
        let half = |x: f64| tensor(&[x], DType::F16);
        let sum = combine(1.999, half(1.5), 1.0, half(2048.0));
        assert_eq!(sum.dtype(), DType::F16);
        assert_eq!(numbers(sum)?, [2050.0]);
        assert_eq!(scalar(dot_of(half(300.0), half(300.0)))?, 90000.0); // beyond f16
        Ok(())
    }
}
