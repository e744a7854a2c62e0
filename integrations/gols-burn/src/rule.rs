//! From a gradient to a direction, as the settings have it.

use burn::module::{Module, ParamId};
use burn::optim::GradientsParams;
use burn::tensor::Tensor;
use gols::direction::{Adam, Direction, SteepestDescent};
use gols::{Error as Wrong, Parameters};
use serde::{Deserialize, Serialize};

use crate::arithmetic::{narrow, sum, widest};
use crate::error::Error;
use crate::gols_optimizer_config::{Along, GolsOptimizerConfig};
use crate::module_space::ModuleSpace;
use crate::tensors::Tensors;
use crate::vectors::part;
use crate::walk::{Operation, for_each};

/// d, from a gradient that is clipped, by Adam or as it is, with decay.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Rule {
    kind: Kind,
    clip_norm: Option<f64>,
    weight_decay: f64,
}

#[derive(Debug, Serialize, Deserialize)]
enum Kind {
    Adam(Box<Adam<Tensors>>),
    Gradient(SteepestDescent),
}

impl Rule {
    /// The rule of these settings.
    ///
    /// # Errors
    /// If one is outside its range.
    pub(crate) fn new(config: &GolsOptimizerConfig) -> Result<Self, Wrong> {
        let GolsOptimizerConfig { along, beta2, eps, weight_decay, clip_norm, .. } = *config;
        let error = |setting, value, expected| Err(Wrong::Setting { setting, value, expected });
        if !(weight_decay >= 0.0 && weight_decay.is_finite()) {
            return error("weight_decay", weight_decay, "at least 0 and finite");
        }
        if let Some(norm) = clip_norm.filter(|norm| !(*norm > 0.0 && norm.is_finite())) {
            return error("clip_norm", norm, "positive and finite");
        }
        let adam = Adam::without_momentum().with_beta2(beta2)?.with_epsilon(eps)?;
        let kind = match along {
            Along::Adam => Kind::Adam(Box::new(adam)),
            Along::Gradient => Kind::Gradient(SteepestDescent),
        };
        Ok(Self { kind, clip_norm, weight_decay })
    }
}

impl<M: Module> Direction<ModuleSpace<'_, M>> for Rule {
    fn update(
        &mut self,
        space: &ModuleSpace<'_, M>,
        g: &Tensors,
        d: &mut Tensors,
    ) -> Result<(), Error> {
        let clipped = self.clip_norm.map(|norm| clipped(&space.model, &g.0, norm)).transpose()?;
        let g = clipped.as_ref().unwrap_or(g);
        match &mut self.kind {
            Kind::Adam(rule) => rule.update(space, g, d)?,
            Kind::Gradient(rule) => rule.update(space, g, d)?,
        }
        if self.weight_decay == 0.0 { Ok(()) } else { space.add_to(-self.weight_decay, d) }
    }

    fn take_back(&mut self) {
        match &mut self.kind {
            Kind::Adam(rule) => Direction::<ModuleSpace<'_, M>>::take_back(&mut **rule),
            Kind::Gradient(rule) => Direction::<ModuleSpace<'_, M>>::take_back(rule),
        }
    }

    fn reset(&mut self) {
        match &mut self.kind {
            Kind::Adam(rule) => Direction::<ModuleSpace<'_, M>>::reset(&mut **rule),
            Kind::Gradient(rule) => Direction::<ModuleSpace<'_, M>>::reset(rule),
        }
    }
}

/// g, shortened to at most this norm; nothing leaves the device. Squares are taken of shares of the largest
/// element, so that none is lost.
fn clipped<M: Module>(model: &M, g: &GradientsParams, norm: f64) -> Result<Tensors, Error> {
    let mut largest = Largest { g, each: Vec::new() };
    for_each(model, &mut largest)?;
    let largest = Tensor::cat(largest.each, 0).max().clamp_min(f32::MIN_POSITIVE);
    let mut squares = Squares { g, largest: largest.clone(), each: Vec::new() };
    for_each(model, &mut squares)?;
    let length = Tensor::cat(squares.each, 0).sum().sqrt() * largest;
    let factor = length.recip().mul_scalar(norm).clamp_max(1.0);
    let mut clipped = Tensors::default();
    for_each(model, &mut Scale { factor, g, y: &mut clipped.0 })?;
    Ok(clipped)
}

/// The largest absolute values, one for each parameter.
struct Largest<'a> {
    g: &'a GradientsParams,
    each: Vec<Tensor<1>>,
}

impl Operation for Largest<'_> {
    fn apply<const D: usize>(&mut self, id: ParamId, _: Tensor<D>) -> Result<(), Error> {
        let g = part::<D>(self.g, id)?;
        if g.shape().num_elements() > 0 {
            self.each.push(widest(g.abs().max()));
        }
        Ok(())
    }
}

/// Σ (g / largest)², one for each parameter.
struct Squares<'a> {
    g: &'a GradientsParams,
    largest: Tensor<1>,
    each: Vec<Tensor<1>>,
}

impl Operation for Squares<'_> {
    fn apply<const D: usize>(&mut self, id: ParamId, _: Tensor<D>) -> Result<(), Error> {
        let g = part::<D>(self.g, id)?;
        let largest = narrow(self.largest.clone(), g.dtype()).reshape([1; D]);
        self.each.push(sum((g / largest).square()));
        Ok(())
    }
}

/// y ← factor g.
struct Scale<'a> {
    factor: Tensor<1>,
    g: &'a GradientsParams,
    y: &'a mut GradientsParams,
}

impl Operation for Scale<'_> {
    fn apply<const D: usize>(&mut self, id: ParamId, _: Tensor<D>) -> Result<(), Error> {
        let g = part::<D>(self.g, id)?;
        let factor = narrow(self.factor.clone(), g.dtype()).reshape([1; D]);
        self.y.register(id, g * factor);
        Ok(())
    }
}
