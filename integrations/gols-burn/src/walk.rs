//! Going through a module's parameters, whatever their ranks.

use burn::module::{Module, ModuleVisitor, Param, ParamId};
use burn::tensor::Tensor;

use crate::error::Error;

/// What is done with one parameter x that requires a gradient.
pub(crate) trait Operation {
    fn apply<const D: usize>(&mut self, id: ParamId, x: Tensor<D>) -> Result<(), Error>;
}

/// Applies `operation` to the parameters of `model` that require gradients, in order, up to the first error.
pub(crate) fn for_each<M: Module>(model: &M, operation: &mut impl Operation) -> Result<(), Error> {
    let mut walk = Walk { operation, outcome: Ok(()) };
    model.visit(&mut walk);
    walk.outcome
}

struct Walk<'a, O> {
    operation: &'a mut O,
    outcome: Result<(), Error>,
}

impl<O: Operation> ModuleVisitor for Walk<'_, O> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let x = param.val();
        if self.outcome.is_ok() && x.is_require_grad() {
            self.outcome = self.operation.apply(param.id, x);
        }
    }
}
