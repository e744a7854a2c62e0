//! The start of a line, x₀, and the way from there.

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::optim::GradientsParams;
use burn::tensor::Tensor;

use crate::arithmetic::combine;
use crate::error::Error;
use crate::vectors::part;

/// x₀, and what else the model held there: all its floating-point tensors, without autodiff where they are
/// parameters. Tensors are shared with the model until it moves on.
#[derive(Debug, Default)]
pub(crate) struct Anchor(GradientsParams);

impl Anchor {
    /// x₀ ← x.
    pub fn of<M: Module>(model: &M) -> Self {
        let mut anchor = Self::default();
        model.visit(&mut anchor);
        anchor
    }

    /// `model` at x₀ + `step` · `direction`.
    pub fn moved<M: Module>(
        &self,
        model: M,
        step: f64,
        direction: &GradientsParams,
    ) -> Result<M, Error> {
        let mut journey = Journey { anchor: self, step, direction, outcome: Ok(()) };
        let moved = model.map(&mut journey);
        journey.outcome.map(|()| moved)
    }
}

impl ModuleVisitor for Anchor {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let x = param.val();
        self.0.register(param.id, if x.is_require_grad() { x.inner() } else { x });
    }
}

struct Journey<'a> {
    anchor: &'a Anchor,
    step: f64,
    direction: &'a GradientsParams,
    outcome: Result<(), Error>,
}

impl Journey<'_> {
    /// x₀ + α d for a parameter that stands at x.
    fn point<const D: usize>(&self, param: &Param<Tensor<D>>) -> Result<Tensor<D>, Error> {
        let (id, x) = (param.id, param.val());
        let x0 = part::<D>(&self.anchor.0, id)?;
        if !x.is_require_grad() {
            return Ok(x0);
        }
        let inner = match self.step {
            0.0 => x0,
            step => combine(step, part(self.direction, id)?, 1.0, x0),
        };
        // As the tensor it replaces: a leaf that retains its gradient, with the same checkpoints.
        let mut point = inner.autodiff();
        if let Some(strategy) = x.gradient_checkpointing_strategy() {
            point = point.with_gradient_checkpointing_strategy(strategy);
        }
        point = point.require_grad();
        Ok(if x.is_distributed() { point.set_distributed(id) } else { point })
    }
}

impl ModuleMapper for Journey<'_> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        if self.outcome.is_err() {
            return param;
        }
        match self.point(&param) {
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
