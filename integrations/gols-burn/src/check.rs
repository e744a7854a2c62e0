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
pub(crate) fn check<M: Module>(model: &M) -> Result<bool, Error> {
    let devices = model.devices().len();
    if devices > 1 {
        return Err(Error::Devices { devices });
    }
    let mut check = Check::default();
    model.visit(&mut check);
    match check.error {
        Some(error) => Err(error),
        None if check.seen.is_empty() => Err(Error::NoParameters),
        None => Ok(check.has_state),
    }
}

#[derive(Default)]
struct Check {
    path: Vec<String>,
    seen: HashSet<ParamId>,
    has_state: bool,
    error: Option<Error>,
}

impl Check {
    fn check<const D: usize>(&mut self, id: ParamId, x: Tensor<D>) -> Result<(), Error> {
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

impl ModuleVisitor for Check {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let x = param.val();
        if !x.is_require_grad() {
            self.has_state = true;
        } else if self.error.is_none() {
            self.error = self.check(param.id, x).err();
        }
    }

    fn enter_module(&mut self, name: &str, _container_type: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.path.pop();
    }
}
