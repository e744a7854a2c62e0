//! Adaptive directions on burn's tensors: the operations, and burn's Adam rebuilt from them.

mod common;

use burn::module::{Module, Param};
use burn::optim::{AdamConfig, GradientsParams};
use burn::tensor::{DType, Tensor};
use common::{Batch, Layers, iris, numbers, tensor};
use gols::{Descent, Direction, ElementWise, FixedStep, Sampling};
use gols_burn::{BurnObjective, Error};

#[derive(Module, Debug)]
struct Point {
    x: Param<Tensor<1>>,
}

#[test]
fn the_operations_are_those_they_are_named_after() -> Result<(), Error> {
    for dtype in [DType::F64, DType::F32, DType::F16] {
        let model = Point { x: Param::from_tensor(tensor(&[10.0, 20.0], [2], dtype)) };
        let id = model.x.id;
        let space = BurnObjective::new(model, (), |model: &Point, ()| Ok(model.x.val().sum()))?;
        let vector = |numbers: &[f64]| {
            let mut vector = GradientsParams::new();
            vector.register(id, tensor(numbers, [2], dtype).inner());
            vector
        };
        let read = |vector: &GradientsParams| numbers(vector.get::<1>(id).unwrap());

        let mut v = vector(&[1.0, 1.0]);
        space.add_squares(0.5, &vector(&[2.0, 4.0]), 1.0, &mut v)?;
        assert_eq!(read(&v), [3.0, 9.0]);
        let mut d = vector(&[9.0, 12.0]);
        space.divide_by_root(&v, 1.0, 0.0, &mut d)?;
        assert_eq!(read(&d)[0], 4.5);
        let mut d = vector(&[6.0, 12.0]);
        space.divide_by_root(&v, 0.0, 1.0, &mut d)?;
        assert_eq!(read(&d)[1], 3.0);
        space.multiply_by_root(&v, 16.0, &mut d)?;
        assert_eq!(read(&d)[1], 15.0);
        space.add_parameters(-0.5, &mut d)?;
        assert_eq!(read(&d)[1], 5.0);
        let mut y = vector(&[f64::NAN, f64::NAN]);
        space.add_squares(2.0, &vector(&[2.0, 3.0]), 0.0, &mut y)?;
        assert_eq!(read(&y), [8.0, 18.0]);
    }
    Ok(())
}

/// Adam's direction, such that a step of length 1 is burn's with a learning rate of 1e-3.
struct AdamDirection {
    step: i32,
    moments: Option<[GradientsParams; 2]>,
}

impl<O: ElementWise<Vector = GradientsParams>> Direction<O> for AdamDirection {
    fn update(&mut self, space: &O, g: &O::Vector, d: &mut O::Vector) -> Result<(), O::Error> {
        // f32, as burn's settings are.
        let (beta_1, beta_2, epsilon) =
            (f64::from(0.9_f32), f64::from(0.999_f32), f64::from(1e-5_f32));
        if self.moments.is_none() {
            self.moments = Some([space.zeros()?, space.zeros()?]);
        }
        let Some([m, v]) = &mut self.moments else { unreachable!() };
        self.step += 1;
        space.axpby(1.0 - beta_1, g, beta_1, m)?;
        space.add_squares(1.0 - beta_2, g, beta_2, v)?;
        let (unbias_m, unbias_v) =
            (1.0 - beta_1.powi(self.step), (1.0 - beta_2.powi(self.step)).sqrt());
        // m̂ / (√v̂ + ε) = (√(1 - β₂ᵗ) / (1 - β₁ᵗ)) m / (√v + √(1 - β₂ᵗ) ε)
        space.axpby(-1e-3 * unbias_v / unbias_m, m, 0.0, d)?;
        space.divide_by_root(v, 0.0, unbias_v * epsilon, d)
    }

    fn reset(&mut self) {
        self.moments = None;
        self.step = 0;
    }
}

#[test]
fn a_constant_step_along_adams_direction_is_the_adam_of_burn() -> Result<(), Error> {
    let data = iris(DType::F64);
    let mut theirs = Layers::some(DType::F64);
    let loss = |model: &Layers, batch: &Batch| Ok(model.error(batch));
    let mut objective = BurnObjective::new(Layers::some(DType::F64), data.clone(), loss)?;
    let rule = AdamDirection { step: 0, moments: None };
    let search = FixedStep::new(1.0).unwrap();
    let mut descent = Descent::new(&objective, rule, search, Sampling::Full)?;
    let mut adam = AdamConfig::new().init();
    for _ in 0..50 {
        let iteration = descent.step(&mut objective)?;
        assert_eq!(iteration.step.length, 1.0);
        let gradients = GradientsParams::from_grads(theirs.error(&data).backward(), &theirs);
        theirs = adam.step(1e-3, theirs, gradients);
    }
    for (ours, theirs) in objective.model().bits().into_iter().zip(theirs.bits()) {
        // 50 steps of 1e-3; burn computes its factors in f32.
        assert!((f64::from_bits(ours) - f64::from_bits(theirs)).abs() < 1e-6);
    }
    Ok(())
}
