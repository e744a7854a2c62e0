//! What rounding to a tensor's type would lose: sums of products outside its range, factors too small or too
//! large for it. Rare, so written for safety, not for speed.

use burn::module::{Module, ParamId};
use burn::optim::GradientsParams;
use burn::tensor::{DType, Tensor};

use crate::arithmetic::{dot_of, narrow, numbers, sum, wide, widest};
use crate::error::Error;
use crate::vectors::part;
use crate::walk::{Operation, for_each};

/// Products of f32 lose nothing where the largest one is above this; those of f64 neither.
const SAFE: f64 = (f32::MIN_POSITIVE / f32::EPSILON) as f64;

/// Σ x y over all parameters, where the plain sum came out as 0 or as not finite.
///
/// A sum outside the range of f64 is the nearest number inside that is neither 0 nor infinite, so that a
/// sum of finite vectors is finite, and 0 only where it is.
pub(crate) fn dot<M: Module>(
    model: &M,
    x: &GradientsParams,
    y: &GradientsParams,
    plain: f64,
) -> Result<f64, Error> {
    let [(a, excess_a), (b, excess_b)] = [look(model, x)?, look(model, y)?];
    let looks = numbers(Tensor::cat(vec![a.clone(), b.clone(), excess_a, excess_b], 0))?;
    let (largest_product, is_finite) = (looks[0] * looks[1], looks[2] == 0.0 && looks[3] == 0.0);
    if !is_finite {
        return Ok(f64::NAN);
    }
    if looks[0] == 0.0 || looks[1] == 0.0 || (plain == 0.0 && largest_product > SAFE) {
        return Ok(0.0);
    }
    let mut products = ScaledProducts { x, y, a, b, sums: Vec::new() };
    for_each(model, &mut products)?;
    let sum = numbers(Tensor::cat(products.sums, 0))?.iter().sum::<f64>();
    Ok(match (sum * looks[0]) * looks[1] {
        0.0 if sum != 0.0 => f64::from_bits(1).copysign(sum),
        product => product.clamp(-f64::MAX, f64::MAX),
    })
}

/// The largest absolute value; 0, or NaN where an element is not finite. Both on the device.
fn look<M: Module>(model: &M, x: &GradientsParams) -> Result<(Tensor<1>, Tensor<1>), Error> {
    let mut look = Look { x, largest: Vec::new(), excess: Vec::new() };
    for_each(model, &mut look)?;
    Ok((Tensor::cat(look.largest, 0).max(), Tensor::cat(look.excess, 0).sum()))
}

struct Look<'a> {
    x: &'a GradientsParams,
    largest: Vec<Tensor<1>>,
    excess: Vec<Tensor<1>>,
}

impl Operation for Look<'_> {
    fn apply<const D: usize>(&mut self, id: ParamId, _: Tensor<D>) -> Result<(), Error> {
        let x = wide(part::<D>(self.x, id)?);
        if x.shape().num_elements() > 0 {
            self.excess.push(sum(x.clone().mul_scalar(0.0)));
            self.largest.push(widest(x.abs().max()));
        }
        Ok(())
    }
}

/// Σ (x/a) (y/b), parameter by parameter.
struct ScaledProducts<'a> {
    x: &'a GradientsParams,
    y: &'a GradientsParams,
    a: Tensor<1>,
    b: Tensor<1>,
    sums: Vec<Tensor<1>>,
}

impl Operation for ScaledProducts<'_> {
    fn apply<const D: usize>(&mut self, id: ParamId, _: Tensor<D>) -> Result<(), Error> {
        let scaled =
            |x: Tensor<D>, largest: &Tensor<1>| widest(wide(x)) / largest.clone().reshape([1; D]);
        let (x, y) = (scaled(part(self.x, id)?, &self.a), scaled(part(self.y, id)?, &self.b));
        self.sums.push(dot_of(x, y));
        Ok(())
    }
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
pub(crate) fn combine<const D: usize>(a: f64, x: Tensor<D>, b: f64, y: Tensor<D>) -> Tensor<D> {
    let dtype = y.dtype();
    let largest = match dtype {
        DType::F16 => 65504.0,
        DType::BF16 => f64::from(f32::from_bits(0x7f7f_0000)),
        _ => f64::from(f32::MAX),
    };
    let (x, y) = (widest(wide(x)), widest(wide(y)));
    // On devices without f64 they are f32 still.
    let type_now = x.dtype();
    let factor = |a: f64| if fits(a, type_now) { a } else { a.clamp(-largest, largest) };
    let mut sum = x.clone().mul_scalar(factor(a));
    let mut excess = x.mul_scalar(0.0); // NaN where an element is not finite
    if b != 0.0 {
        sum = sum + y.clone().mul_scalar(factor(b));
        excess = excess + y.mul_scalar(0.0);
    }
    narrow(sum.clamp(-largest, largest) + excess, dtype)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factors_that_a_type_cannot_hold_are_seen() {
        assert!(fits(0.0, DType::F32) && fits(1e38, DType::F16) && fits(1e300, DType::F64));
        assert!(!fits(1e39, DType::F32) && !fits(1e-50, DType::BF16));
        assert_eq!(positive(1e-46, DType::F32), f64::from(f32::MIN_POSITIVE));
        assert_eq!(positive(0.0, DType::F32), 0.0);
    }
}
