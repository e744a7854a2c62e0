//! The ways in which a module's parameters move.

use burn::module::{Module, ModuleMapper, Param, ParamId};
use burn::optim::GradientsParams;
use burn::tensor::Tensor;

use crate::anchor::Anchor;
use crate::arithmetic::{combine, narrow};
use crate::error::Error;
use crate::vectors::part;

/// Where the parameters go.
#[derive(Clone, Copy)]
pub(crate) enum Destination<'a> {
    /// x₀ + α d; all that is no parameter goes back to what it was at x₀.
    Along(&'a Anchor, f64, &'a GradientsParams),
    /// x₀, and all that is no parameter as well.
    Start(&'a Anchor),
    /// a x + b v; all that is no parameter stays.
    Combination(f64, f64, &'a GradientsParams),
    /// Where these tensors say, rounded to the parameters' types; all else stays.
    Places(&'a GradientsParams),
}

impl Destination<'_> {
    /// `model` there.
    pub(crate) fn of<M: Module>(self, model: M) -> Result<M, Error> {
        let mut journey = Journey { destination: self, outcome: Ok(()) };
        let moved = model.map(&mut journey);
        journey.outcome.map(|()| moved)
    }

    /// Where a tensor that stands at x goes; without autodiff, as x is.
    fn tensor<const D: usize>(
        self,
        id: ParamId,
        x: Tensor<D>,
        is_parameter: bool,
    ) -> Result<Tensor<D>, Error> {
        match self {
            Self::Along(anchor, step, direction) if is_parameter => {
                Ok(combine(step, part(direction, id)?, 1.0, anchor.get(id)?))
            }
            Self::Along(anchor, ..) | Self::Start(anchor) => anchor.get(id),
            Self::Combination(a, b, v) if is_parameter => Ok(combine(b, part(v, id)?, a, x)),
            Self::Places(places) if is_parameter => {
                let dtype = x.dtype();
                Ok(places.get(id).map_or(x, |place| narrow(place, dtype)))
            }
            Self::Combination(..) | Self::Places(_) => Ok(x),
        }
    }
}

struct Journey<'a> {
    destination: Destination<'a>,
    outcome: Result<(), Error>,
}

impl Journey<'_> {
    fn arrive<const D: usize>(&self, param: &Param<Tensor<D>>) -> Result<Tensor<D>, Error> {
        let (id, x) = (param.id, param.val());
        if !x.is_require_grad() {
            return self.destination.tensor(id, x, false);
        }
        // As the tensor it replaces: a leaf that retains its gradient, with the same checkpoints.
        let (strategy, is_distributed) = (x.gradient_checkpointing_strategy(), x.is_distributed());
        let mut point = self.destination.tensor(id, x.inner(), true)?.autodiff();
        if let Some(strategy) = strategy {
            point = point.with_gradient_checkpointing_strategy(strategy);
        }
        point = point.require_grad();
        Ok(if is_distributed { point.set_distributed(id) } else { point })
    }
}

impl ModuleMapper for Journey<'_> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        if self.outcome.is_err() {
            return param;
        }
        match self.arrive(&param) {
            Ok(point) => {
                let (id, _, mapper) = param.consume();
                Param::from_mapped_value(id, point, mapper)
            }
            Err(error) => {
                self.outcome = Err(error);
                param
            }
        }
    }
}
