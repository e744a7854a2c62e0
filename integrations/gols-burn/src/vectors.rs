//! Vectors of a module's shape, and the operations of a vector space on them.

use burn::module::{Module, ParamId};
use burn::optim::GradientsParams;
use burn::tensor::Tensor;

use crate::arithmetic::{combine, dot_of, wide};
use crate::error::Error;
use crate::extremes;
use crate::walk::{Operation, for_each};

/// A vector's tensor for one parameter.
pub(crate) fn part<const D: usize>(
    vector: &GradientsParams,
    id: ParamId,
) -> Result<Tensor<D>, Error> {
    vector.get(id).ok_or(Error::Vector { id })
}

/// vector ← 0 where it has nothing yet; halves in it become f32.
pub(crate) struct Complete<'a>(pub &'a mut GradientsParams);

impl Operation for Complete<'_> {
    fn apply<const D: usize>(&mut self, id: ParamId, x: Tensor<D>) -> Result<(), Error> {
        let own = self.0.remove::<D>(id);
        self.0.register(id, own.map_or_else(|| wide(x.inner()).zeros_like(), wide));
        Ok(())
    }
}

/// The inner products of two vectors, one for each parameter, on the device.
struct Dot<'a> {
    a: &'a GradientsParams,
    b: &'a GradientsParams,
    products: Vec<Tensor<1>>,
}

impl Operation for Dot<'_> {
    fn apply<const D: usize>(&mut self, id: ParamId, _: Tensor<D>) -> Result<(), Error> {
        self.products.push(dot_of::<D>(part(self.a, id)?, part(self.b, id)?));
        Ok(())
    }
}

/// Σ a b, one number on the device.
pub(crate) fn product<M: Module>(
    model: &M,
    a: &GradientsParams,
    b: &GradientsParams,
) -> Result<Tensor<1>, Error> {
    let mut dot = Dot { a, b, products: Vec::new() };
    for_each(model, &mut dot)?;
    Ok(Tensor::cat(dot.products, 0).sum())
}

/// The sum of products a·b, unless the tensors' type or f64 could not hold it.
pub(crate) fn checked<M: Module>(
    model: &M,
    sum: f64,
    a: &GradientsParams,
    b: &GradientsParams,
) -> Result<f64, Error> {
    if sum == 0.0 || !sum.is_finite() { extremes::dot(model, a, b, sum) } else { Ok(sum) }
}

/// y ← x; tensors are shared.
pub(crate) struct Share<'a> {
    pub x: &'a GradientsParams,
    pub y: &'a mut GradientsParams,
}

impl Operation for Share<'_> {
    fn apply<const D: usize>(&mut self, id: ParamId, _: Tensor<D>) -> Result<(), Error> {
        self.y.register(id, part::<D>(self.x, id)?);
        Ok(())
    }
}

/// y ← a x + b y.
pub(crate) struct Combine<'a> {
    pub a: f64,
    pub x: &'a GradientsParams,
    pub b: f64,
    pub y: &'a mut GradientsParams,
}

impl Operation for Combine<'_> {
    fn apply<const D: usize>(&mut self, id: ParamId, _: Tensor<D>) -> Result<(), Error> {
        let (x, y) = (part::<D>(self.x, id)?, part(self.y, id)?);
        self.y.register(id, combine(self.a, x, self.b, y));
        Ok(())
    }
}

/// v ← x, the parameters.
pub(crate) struct CopyParameters<'a>(pub &'a mut GradientsParams);

impl Operation for CopyParameters<'_> {
    fn apply<const D: usize>(&mut self, id: ParamId, x: Tensor<D>) -> Result<(), Error> {
        self.0.register(id, wide(x.inner()));
        Ok(())
    }
}

/// y ← y + a x, where x are the parameters.
pub(crate) struct AddParameters<'a> {
    pub a: f64,
    pub y: &'a mut GradientsParams,
}

impl Operation for AddParameters<'_> {
    fn apply<const D: usize>(&mut self, id: ParamId, x: Tensor<D>) -> Result<(), Error> {
        let y = part(self.y, id)?;
        self.y.register(id, combine(self.a, x.inner(), 1.0, y));
        Ok(())
    }
}
