//! Element-wise operations, with which adaptive directions (Adam, Adagrad) work on burn's tensors.

use burn::module::{Module, ParamId};
use burn::optim::GradientsParams;
use burn::tensor::Tensor;
use gols::ElementWise;

use crate::arithmetic::{combine, narrow, wide};
use crate::error::Error;
use crate::extremes::positive;
use crate::objective::BurnObjective;
use crate::vectors::part;
use crate::walk::Operation;

impl<M: Module, B, L, N> ElementWise for BurnObjective<M, B, L, N> {
    fn add_squares(
        &self,
        a: f64,
        x: &GradientsParams,
        b: f64,
        y: &mut GradientsParams,
    ) -> Result<(), Error> {
        self.apply(AddSquares { a, x, b, y })
    }

    fn divide_by_root(
        &self,
        v: &GradientsParams,
        inside: f64,
        outside: f64,
        y: &mut GradientsParams,
    ) -> Result<(), Error> {
        self.apply(DivideByRoot { v, inside, outside, y })
    }

    fn multiply_by_root(
        &self,
        v: &GradientsParams,
        inside: f64,
        y: &mut GradientsParams,
    ) -> Result<(), Error> {
        self.apply(MultiplyByRoot { v, inside, y })
    }
}

/// √(v + `inside`), widened.
fn root<const D: usize>(v: Tensor<D>, inside: f64) -> Tensor<D> {
    let v = wide(v);
    let inside = positive(inside, v.dtype());
    v.add_scalar(inside).sqrt()
}

/// y ← a x⊙x + b y.
pub(crate) struct AddSquares<'a> {
    pub a: f64,
    pub x: &'a GradientsParams,
    pub b: f64,
    pub y: &'a mut GradientsParams,
}

impl Operation for AddSquares<'_> {
    fn apply<const D: usize>(&mut self, id: ParamId, _: Tensor<D>) -> Result<(), Error> {
        let (x, y) = (part::<D>(self.x, id)?, part(self.y, id)?);
        self.y.register(id, combine(self.a, wide(x).square(), self.b, y));
        Ok(())
    }
}

/// y ← y / (√(v + inside) + outside).
pub(crate) struct DivideByRoot<'a> {
    pub v: &'a GradientsParams,
    pub inside: f64,
    pub outside: f64,
    pub y: &'a mut GradientsParams,
}

impl Operation for DivideByRoot<'_> {
    fn apply<const D: usize>(&mut self, id: ParamId, _: Tensor<D>) -> Result<(), Error> {
        let (v, y) = (part::<D>(self.v, id)?, part::<D>(self.y, id)?);
        let (dtype, root) = (y.dtype(), root(v, self.inside));
        let outside = positive(self.outside, root.dtype());
        let root = root.add_scalar(outside);
        self.y.register(id, narrow(wide(y) / root, dtype));
        Ok(())
    }
}

/// y ← y √(v + inside).
pub(crate) struct MultiplyByRoot<'a> {
    pub v: &'a GradientsParams,
    pub inside: f64,
    pub y: &'a mut GradientsParams,
}

impl Operation for MultiplyByRoot<'_> {
    fn apply<const D: usize>(&mut self, id: ParamId, _: Tensor<D>) -> Result<(), Error> {
        let (v, y) = (part::<D>(self.v, id)?, part::<D>(self.y, id)?);
        let dtype = y.dtype();
        self.y.register(id, narrow(wide(y) * root(v, self.inside), dtype));
        Ok(())
    }
}
