//! From a gradient to a direction, as the settings have it.

use candle_core::{Result, Tensor};
use gols::direction::{Adam, Direction, SteepestDescent};
use gols::{Error, Parameters};
use serde::{Deserialize, Serialize};

use crate::arithmetic::widest;
use crate::params_gols::{Along, ParamsGols};
use crate::tensors::Tensors;
use crate::variable_space::VariableSpace;

/// d, from a gradient that is clipped, by Adam or as it is, with decay.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Rule {
    kind: Kind,
    clip_norm: Option<f64>,
    weight_decay: f64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
enum Kind {
    Adam(Adam<Tensors>),
    Gradient(SteepestDescent),
}

impl Rule {
    /// The rule of these settings.
    ///
    /// # Errors
    /// [`Error::Setting`] if one is outside its range.
    pub(crate) fn new(params: &ParamsGols) -> std::result::Result<Self, Error> {
        let ParamsGols { along, beta2, eps, weight_decay, clip_norm, .. } = *params;
        let error = |setting, value, expected| Err(Error::Setting { setting, value, expected });
        if !(weight_decay >= 0.0 && weight_decay.is_finite()) {
            return error("weight_decay", weight_decay, "at least 0 and finite");
        }
        if let Some(norm) = clip_norm.filter(|norm| !(*norm > 0.0 && norm.is_finite())) {
            return error("clip_norm", norm, "positive and finite");
        }
        let adam = Adam::without_momentum().with_beta2(beta2)?.with_epsilon(eps)?;
        let kind = match along {
            Along::Adam => Kind::Adam(adam),
            Along::Gradient => Kind::Gradient(SteepestDescent),
        };
        Ok(Self { kind, clip_norm, weight_decay })
    }
}

impl Direction<VariableSpace> for Rule {
    fn update(&mut self, space: &VariableSpace, g: &Tensors, d: &mut Tensors) -> Result<()> {
        let clipped = self.clip_norm.map(|norm| clipped(g, norm)).transpose()?;
        let g = clipped.as_ref().unwrap_or(g);
        match &mut self.kind {
            Kind::Adam(rule) => rule.update(space, g, d)?,
            Kind::Gradient(rule) => rule.update(space, g, d)?,
        }
        if self.weight_decay == 0.0 { Ok(()) } else { space.add_to(-self.weight_decay, d) }
    }

    fn take_back(&mut self) {
        match &mut self.kind {
            Kind::Adam(rule) => Direction::<VariableSpace>::take_back(rule),
            Kind::Gradient(rule) => Direction::<VariableSpace>::take_back(rule),
        }
    }

    fn reset(&mut self) {
        match &mut self.kind {
            Kind::Adam(rule) => Direction::<VariableSpace>::reset(rule),
            Kind::Gradient(rule) => Direction::<VariableSpace>::reset(rule),
        }
    }
}

/// g, shortened to at most this norm; nothing leaves the device. Squares are taken of shares of the largest
/// element, so that none is lost.
fn clipped(g: &Tensors, norm: f64) -> Result<Tensors> {
    let each = g.0.iter().filter(|g| g.elem_count() > 0);
    let each = each.map(|g| widest(&g.flatten_all()?.abs()?.max(0)?));
    let largest = Tensor::stack(&each.collect::<Result<Vec<_>>>()?, 0)?.max(0)?;
    let largest = largest.maximum(f64::from(f32::MIN_POSITIVE))?;
    let share = |g: &Tensor| g.broadcast_div(&largest.to_dtype(g.dtype())?);
    let squares = g.0.iter().map(|g| widest(&share(g)?.sqr()?.sum_all()?));
    let square = Tensor::stack(&squares.collect::<Result<Vec<_>>>()?, 0)?.sum_all()?;
    let factor = (square.sqrt()? * largest)?.recip()?.affine(norm, 0.0)?.minimum(1.0)?;
    let clipped = g.0.iter().map(|g| g.broadcast_mul(&factor.to_dtype(g.dtype())?));
    Ok(Tensors(clipped.collect::<Result<_>>()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arithmetic::numbers;
    use candle_core::{DType, Device};

    #[test]
    fn a_long_gradient_is_shortened_and_a_short_one_is_not() -> Result<()> {
        for dtype in [DType::F32, DType::F64] {
            for (size, expected) in [(10.0, 0.4), (1e30, 0.4), (0.01, 0.004), (0.0, 0.0)] {
                let tensor =
                    |x: &[f64]| Tensor::new(x, &Device::Cpu)?.affine(size, 0.0)?.to_dtype(dtype);
                let g = Tensors(vec![tensor(&[0.4, 0.2])?, tensor(&[-0.4, 0.8])?]); // of length 1
                let found = numbers(&clipped(&g, 1.0)?.0[0])?[0];
                assert!((found - expected).abs() < 1e-6, "{size}: {found}, not {expected}");
            }
        }
        Ok(())
    }
}
