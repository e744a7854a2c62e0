//! What rounding to a tensor's type would lose: sums of products outside its range, factors too small or too
//! large for it. Rare, so written for safety, not for speed.

use candle_core::{DType, Result, Tensor};

use crate::arithmetic::{dot_of, numbers, ordered_sum, sum, wide, widest};

/// Products of f32 lose nothing where the largest one is above this; those of f64 neither.
const SAFE: f64 = (f32::MIN_POSITIVE / f32::EPSILON) as f64;

/// Σ x y over all tensors, where the plain sum came out as 0 or as not finite.
///
/// A sum outside the range of f64 is the nearest number inside that is neither 0 nor infinite, so that a
/// sum of finite vectors is finite, and 0 only where it is.
pub(crate) fn dot(x: &[Tensor], y: &[Tensor], plain: f64) -> Result<f64> {
    let [a, b] = [largest(x)?, largest(y)?];
    let looks = numbers(&Tensor::stack(&[&a, &b, &excess(x)?, &excess(y)?], 0)?)?;
    let (largest_product, is_finite) = (looks[0] * looks[1], looks[2] == 0.0 && looks[3] == 0.0);
    if !is_finite {
        return Ok(f64::NAN);
    }
    if looks[0] == 0.0 || looks[1] == 0.0 || (plain == 0.0 && largest_product > SAFE) {
        return Ok(0.0);
    }
    let scaled = |x: &Tensor, largest| widest(&wide(x)?)?.broadcast_div(largest);
    let sums = x.iter().zip(y).map(|(x, y)| dot_of(&scaled(x, &a)?, &scaled(y, &b)?));
    let sum = ordered_sum(numbers(&Tensor::stack(&sums.collect::<Result<Vec<_>>>()?, 0)?)?);
    Ok(match (sum * looks[0]) * looks[1] {
        0.0 if sum != 0.0 => f64::from_bits(1).copysign(sum),
        product => product.clamp(-f64::MAX, f64::MAX),
    })
}

/// The sum of products a·b, unless the tensors' type or f64 could not hold it.
pub(crate) fn checked(sum: f64, a: &[Tensor], b: &[Tensor]) -> Result<f64> {
    if sum == 0.0 || !sum.is_finite() { dot(a, b, sum) } else { Ok(sum) }
}

/// The largest absolute value, on the device.
fn largest(x: &[Tensor]) -> Result<Tensor> {
    let each = x.iter().filter(|x| x.elem_count() > 0);
    let each = each.map(|x| widest(&wide(x)?.flatten_all()?.abs()?.max(0)?));
    Tensor::stack(&each.collect::<Result<Vec<_>>>()?, 0)?.max(0)
}

/// 0, or NaN where an element is not finite; on the device.
fn excess(x: &[Tensor]) -> Result<Tensor> {
    let each = x.iter().map(|x| sum(&wide(x)?.affine(0.0, 0.0)?));
    Tensor::stack(&each.collect::<Result<Vec<_>>>()?, 0)?.sum_all()
}

/// Whether the type holds this factor: neither infinite nor 0 unless it is. Halves are computed with in f32.
pub(crate) fn fits(factor: f64, dtype: DType) -> bool {
    let near = factor as f32;
    dtype == DType::F64
        || (near.is_finite() == factor.is_finite() && (near != 0.0 || factor == 0.0))
}

/// The number nearest to a positive one that is positive and finite in the type.
pub(crate) fn positive(x: f64, dtype: DType) -> f64 {
    if x > 0.0 && dtype != DType::F64 {
        x.clamp(f32::MIN_POSITIVE.into(), f32::MAX.into())
    } else {
        x
    }
}

/// a x + b y of y's type, where it cannot hold a or b: the nearest finite numbers.
pub(crate) fn combine(a: f64, x: &Tensor, b: f64, y: &Tensor) -> Result<Tensor> {
    let largest = match y.dtype() {
        DType::F16 => 65504.0,
        DType::BF16 => f64::from(f32::from_bits(0x7f7f_0000)),
        _ => f64::from(f32::MAX),
    };
    let (x, y, dtype) = (widest(&wide(x)?)?, widest(&wide(y)?)?, y.dtype());
    // On Metal they are f32 still.
    let factor = |a: f64| if fits(a, x.dtype()) { a } else { a.clamp(-largest, largest) };
    let mut sum = x.affine(factor(a), 0.0)?;
    let mut excess = x.affine(0.0, 0.0)?; // NaN where an element is not finite
    if b != 0.0 {
        sum = (sum + y.affine(factor(b), 0.0)?)?;
        excess = (excess + y.affine(0.0, 0.0)?)?;
    }
    (sum.clamp(-largest, largest)? + excess)?.to_dtype(dtype)
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::Device;

    #[test]
    fn a_product_is_found_whatever_the_sizes_of_the_tensors() -> Result<()> {
        let cpu = &Device::Cpu;
        let none = Tensor::zeros(0, DType::F32, cpu)?;
        let x = [Tensor::new(&[1e-30_f32, 2e-30], cpu)?, none, Tensor::new(3e-30_f32, cpu)?];
        let found = dot(&x, &x, 0.0)?;
        assert!((found / 14e-60 - 1.0).abs() < 1e-6, "{found}");
        Ok(())
    }

    #[test]
    fn what_cancels_is_0() -> Result<()> {
        let x = [Tensor::new(&[1.0_f32, -1.0], &Device::Cpu)?];
        let y = [Tensor::new(&[3.0_f32, 3.0], &Device::Cpu)?];
        assert_eq!(dot(&x, &y, 0.0)?, 0.0);
        Ok(())
    }

    #[test]
    fn factors_that_a_type_cannot_hold_are_seen() {
        assert!(fits(0.0, DType::F32) && fits(1e38, DType::F16) && fits(1e300, DType::F64));
        assert!(!fits(1e39, DType::F32) && !fits(1e-50, DType::BF16));
        assert_eq!(positive(1e-46, DType::F32), f64::from(f32::MIN_POSITIVE));
        assert_eq!(positive(0.0, DType::F32), 0.0);
    }
}
