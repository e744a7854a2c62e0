//! The few operations on tensors that an objective is made of: all on the device, none recorded for gradients.

use candle_core::{DType, Result, Tensor};

use crate::extremes::{self, fits};

/// Elements that are added in the tensor's own type before their sum is widened.
const ROW: usize = 1024;

/// The tensor's numbers as they are computed with: without history, f16 and bf16 as f32.
pub(crate) fn wide(tensor: &Tensor) -> Result<Tensor> {
    if is_half(tensor) { tensor.detach().to_dtype(DType::F32) } else { Ok(tensor.detach()) }
}

pub(crate) fn is_half(tensor: &Tensor) -> bool {
    matches!(tensor.dtype(), DType::F16 | DType::BF16)
}

/// a x + b y, of y's type; with b = 0, y is ignored.
pub(crate) fn combine(a: f64, x: &Tensor, b: f64, y: &Tensor) -> Result<Tensor> {
    if !(fits(a, y.dtype()) && fits(b, y.dtype())) {
        return extremes::combine(a, x, b, y);
    }
    let mut sum = wide(x)?.affine(a, 0.0)?;
    if b == 1.0 {
        sum = (sum + wide(y)?)?;
    } else if b != 0.0 {
        sum = (sum + wide(y)?.affine(b, 0.0)?)?;
    }
    sum.to_dtype(y.dtype())
}

/// Σ x y over the elements of two tensors, one number on the device.
pub(crate) fn dot_of(x: &Tensor, y: &Tensor) -> Result<Tensor> {
    sum(&(wide(x)? * wide(y)?)?)
}

/// The sum of all elements, one number on the device.
///
/// Rows are added in the tensor's own type and their sums in f64: a running f32 sum of millions of squares
/// would stop growing.
pub(crate) fn sum(tensor: &Tensor) -> Result<Tensor> {
    let flat = tensor.flatten_all()?;
    let elements = flat.elem_count();
    if elements < ROW {
        return widest(&flat.sum_all()?);
    }
    let (rows, rest) = (elements / ROW, elements % ROW);
    let row_sums = flat.narrow(0, 0, rows * ROW)?.reshape((rows, ROW))?.sum(1)?;
    let sum_of_rows = widest(&row_sums)?.sum_all()?;
    if rest == 0 {
        return Ok(sum_of_rows);
    }
    sum_of_rows + widest(&flat.narrow(0, rows * ROW, rest)?.sum_all()?)?
}

#[cfg(test)]
thread_local! {
    /// Reads from the device.
    pub(crate) static READS: std::cell::Cell<u32> = const { std::cell::Cell::new(0) };
}

/// The numbers of `tensor`, brought to the host. Nothing else reads from the device.
pub(crate) fn numbers(tensor: &Tensor) -> Result<Vec<f64>> {
    #[cfg(test)]
    READS.set(READS.get() + 1);
    let numbers = widest(&tensor.detach().flatten_all()?)?;
    match numbers.dtype() {
        DType::F32 => Ok(numbers.to_vec1::<f32>()?.into_iter().map(f64::from).collect()),
        _ => numbers.to_vec1::<f64>(),
    }
}

/// The sum of numbers, the same in whatever order they come.
pub(crate) fn ordered_sum(numbers: impl IntoIterator<Item = f64>) -> f64 {
    let mut numbers: Vec<f64> = numbers.into_iter().collect();
    numbers.sort_by(f64::total_cmp);
    numbers.iter().sum()
}

/// The one number of `tensor`, brought to the host.
pub(crate) fn scalar(tensor: &Tensor) -> Result<f64> {
    Ok(numbers(tensor)?.into_iter().sum())
}

/// The same numbers in f64, or in f32 where the device has no f64.
pub(crate) fn widest(tensor: &Tensor) -> Result<Tensor> {
    tensor.to_dtype(if tensor.device().is_metal() { DType::F32 } else { DType::F64 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::Device;

    #[test]
    fn sums_of_any_length_are_exact() -> Result<()> {
        for elements in [0_u32, 1, 1023, 1024, 1025, 5000] {
            let numbers = Tensor::arange(0, elements, &Device::Cpu)?.to_dtype(DType::F64)?;
            let n = f64::from(elements);
            assert_eq!(scalar(&sum(&numbers)?)?, n * (n - 1.0).max(0.0) / 2.0);
        }
        Ok(())
    }

    #[test]
    fn a_sum_of_many_small_f32_numbers_does_not_stop_growing() -> Result<()> {
        // A running f32 sum stops at 2^24, where adding 1 changes nothing. Rows of 1024 ones are exact.
        let elements = (1 << 24) + 1000;
        let ones = Tensor::ones(elements, DType::F32, &Device::Cpu)?;
        assert_eq!(scalar(&sum(&ones)?)?, elements as f64);
        Ok(())
    }

    #[test]
    fn a_factor_of_zero_ignores_what_is_not_a_number() -> Result<()> {
        let x = Tensor::new(&[1.0, 2.0], &Device::Cpu)?;
        let y = Tensor::new(&[f64::NAN, f64::INFINITY], &Device::Cpu)?;
        assert_eq!(combine(-2.0, &x, 0.0, &y)?.to_vec1::<f64>()?, [-2.0, -4.0]);
        Ok(())
    }

    #[test]
    fn halves_are_rounded_once() -> Result<()> {
        // f16 numbers are 2 apart at 2048. 1.999 · 1.5 = 2.9985 rounds to 2050 when added at once; as an f16 of
        // its own it is 3.0 (they are 2^-9 apart there), and 2051 would go to the even 2052.
        let halves = |x: f32| Tensor::new(&[x], &Device::Cpu)?.to_dtype(DType::F16);
        let sum = combine(1.999, &halves(1.5)?, 1.0, &halves(2048.0)?)?;
        assert_eq!(sum.dtype(), DType::F16);
        assert_eq!(sum.to_dtype(DType::F64)?.to_vec1::<f64>()?, [2050.0]);
        assert_eq!(scalar(&dot_of(&halves(300.0)?, &halves(300.0)?)?)?, 90000.0); // beyond f16
        Ok(())
    }
}
