//! Adaptive directions on candle's tensors: the operations, and candle's AdamW rebuilt from them.

mod common;

use candle_core::{DType, Device, Result, Tensor, Var};
use candle_nn::{AdamW, Optimizer, ParamsAdamW};
use common::{error, iris, layers};
use gols::{Descent, Direction, ElementWise, FixedStep, Sampling};
use gols_candle::CandleObjective;

#[test]
fn the_operations_are_those_they_are_named_after() -> Result<()> {
    for dtype in [DType::F64, DType::F32, DType::F16] {
        let tensor = |numbers: &[f64]| Tensor::new(numbers, &Device::Cpu)?.to_dtype(dtype);
        let x = Var::from_tensor(&tensor(&[10.0, 20.0])?)?;
        let space = CandleObjective::new(vec![x], (), |()| Tensor::new(0.0, &Device::Cpu))?;
        let numbers = |y: &[Tensor]| y[0].to_dtype(DType::F64)?.to_vec1::<f64>();

        let mut v = vec![tensor(&[1.0, 1.0])?];
        space.add_squares(0.5, &vec![tensor(&[2.0, 4.0])?], 1.0, &mut v)?;
        assert_eq!(numbers(&v)?, [3.0, 9.0]);
        let mut d = vec![tensor(&[9.0, 12.0])?];
        space.divide_by_root(&v, 1.0, 0.0, &mut d)?;
        assert_eq!(numbers(&d)?[0], 4.5);
        let mut d = vec![tensor(&[6.0, 12.0])?];
        space.divide_by_root(&v, 0.0, 1.0, &mut d)?;
        assert_eq!(numbers(&d)?[1], 3.0);
        space.multiply_by_root(&v, 16.0, &mut d)?;
        assert_eq!(numbers(&d)?[1], 15.0);
        space.add_parameters(-0.5, &mut d)?;
        assert_eq!(numbers(&d)?[1], 5.0);
        let mut y = vec![tensor(&[f64::NAN, f64::NAN])?];
        space.add_squares(2.0, &vec![tensor(&[2.0, 3.0])?], 0.0, &mut y)?;
        assert_eq!(numbers(&y)?, [8.0, 18.0]);
    }
    Ok(())
}

/// Adam's direction with decoupled weight decay, such that a step of length 1 is candle's.
struct AdamWDirection {
    settings: ParamsAdamW,
    step: i32,
    moments: Option<[Vec<Tensor>; 2]>,
}

impl<O: ElementWise<Vector = Vec<Tensor>>> Direction<O> for AdamWDirection {
    fn update(
        &mut self,
        space: &O,
        g: &O::Vector,
        d: &mut O::Vector,
    ) -> std::result::Result<(), O::Error> {
        let ParamsAdamW { lr, beta1, beta2, eps, weight_decay } = self.settings;
        if self.moments.is_none() {
            self.moments = Some([space.zeros()?, space.zeros()?]);
        }
        let Some([m, v]) = &mut self.moments else { unreachable!() };
        self.step += 1;
        space.axpby(1.0 - beta1, g, beta1, m)?;
        space.add_squares(1.0 - beta2, g, beta2, v)?;
        let (unbias_m, unbias_v) =
            (1.0 - beta1.powi(self.step), (1.0 - beta2.powi(self.step)).sqrt());
        // m̂ / (√v̂ + ε) = (√(1 - β₂ᵗ) / (1 - β₁ᵗ)) m / (√v + √(1 - β₂ᵗ) ε)
        space.axpby(-lr * unbias_v / unbias_m, m, 0.0, d)?;
        space.divide_by_root(v, 0.0, unbias_v * eps, d)?;
        space.add_parameters(-lr * weight_decay, d)
    }

    fn reset(&mut self) {
        self.moments = None;
        self.step = 0;
    }
}

#[test]
fn a_constant_step_along_adams_direction_is_the_adamw_of_candle() -> Result<()> {
    let (ours, theirs) = (layers(DType::F64)?, layers(DType::F64)?);
    let data = iris(DType::F64)?;
    let model = ours.clone();
    let mut objective = CandleObjective::new(ours, data.clone(), |batch| error(&model, batch))?;
    let settings = ParamsAdamW::default();
    let rule = AdamWDirection { settings: settings.clone(), step: 0, moments: None };
    let search = FixedStep::new(1.0).unwrap();
    let mut descent = Descent::new(&objective, rule, search, Sampling::Full)?;
    let mut adam = AdamW::new(theirs.clone(), settings)?;
    for _ in 0..50 {
        let iteration = descent.step(&mut objective)?;
        assert_eq!(iteration.step.length, 1.0);
        adam.backward_step(&error(&theirs, &data)?)?;
    }
    for (ours, theirs) in objective.variables().iter().zip(&theirs) {
        let difference = (ours.as_tensor() - theirs.as_tensor())?.abs()?.max_all()?;
        // 50 steps of 1e-3, rounded in another order.
        assert!(difference.to_scalar::<f64>()? < 1e-12);
    }
    Ok(())
}
