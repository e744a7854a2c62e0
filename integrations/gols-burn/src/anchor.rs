//! The start of a line, x₀.

use burn::module::{Module, ModuleVisitor, Param, ParamId};
use burn::optim::GradientsParams;
use burn::tensor::Tensor;

use crate::error::Error;
use crate::vectors::part;

/// x₀, and what else the model held there: all its floating-point tensors, without autodiff where they are
/// parameters. Tensors are shared with the model until it moves on.
#[derive(Debug, Default)]
pub(crate) struct Anchor(GradientsParams);

impl Anchor {
    /// x₀ ← x.
    pub(crate) fn of<M: Module>(model: &M) -> Self {
        let mut anchor = Self::default();
        model.visit(&mut anchor);
        anchor
    }

    pub(crate) fn get<const D: usize>(&self, id: ParamId) -> Result<Tensor<D>, Error> {
        part(&self.0, id)
    }
}

impl ModuleVisitor for Anchor {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let x = param.val();
        self.0.register(param.id, if x.is_require_grad() { x.inner() } else { x });
    }
}
