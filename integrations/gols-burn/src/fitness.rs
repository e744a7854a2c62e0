//! What a model must be to be trained, looked at once.

use std::collections::HashSet;

use burn::module::{Module, ModuleVisitor, Param, ParamId};
use burn::tensor::Tensor;

use crate::arithmetic::{scalar, sum};
use crate::error::Error;

/// Whether the model has tensors that require no gradient, running statistics among them.
///
/// # Errors
/// If the model cannot be trained, or searched from where it is.
pub(crate) fn check_fitness<M: Module>(model: &M) -> Result<bool, Error> {
    let devices = model.devices().len();
    if devices > 1 {
        return Err(Error::Devices { devices });
    }
    let mut inspection = Inspection::default();
    model.visit(&mut inspection);
    match inspection.error {
        Some(error) => Err(error),
        None if inspection.seen.is_empty() => Err(Error::NoParameters),
        None => Ok(inspection.has_state),
    }
}

#[derive(Default)]
struct Inspection {
    path: Vec<String>,
    seen: HashSet<ParamId>,
    has_state: bool,
    error: Option<Error>,
}

impl Inspection {
    fn inspect<const D: usize>(&mut self, id: ParamId, x: Tensor<D>) -> Result<(), Error> {
        let parameter = self.path.join(".");
        if !self.seen.insert(id) {
            return Err(Error::Duplicate { parameter });
        }
        // 0 x is 0, or NaN where x is not finite.
        if scalar(sum(x.inner().mul_scalar(0.0)))? != 0.0 {
            return Err(Error::Start { parameter });
        }
        Ok(())
    }
}

impl ModuleVisitor for Inspection {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let x = param.val();
        if !x.is_require_grad() {
            self.has_state = true;
        } else if self.error.is_none() {
            self.error = self.inspect(param.id, x).err();
        }
    }

    fn enter_module(&mut self, name: &str, _container_type: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.path.pop();
    }
}
