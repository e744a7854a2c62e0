//! What the objective promises: right slopes, tested parameters, nothing changed by an error.

mod common;

use std::cell::{Cell, RefCell};

use burn::module::{Module, Param};
use burn::optim::{GradientsParams, SgdConfig};
use burn::tensor::{DType, Device, Tensor};
use common::{Batch, Layers, iris, numbers, tensor};
use gols::{
    Descent, FixedStep, InexactGols, Sampling, SteepestDescent, StochasticObjective, Termination,
    VectorSpace,
};
use gols_burn::{BurnObjective, Error};

fn error(model: &Layers, batch: &Batch) -> Result<Tensor<1>, Error> {
    Ok(model.error(batch))
}

/// One trainable number or list of numbers.
#[derive(Module, Debug)]
struct Point {
    x: Param<Tensor<1>>,
}

impl Point {
    fn new(x: &[f64]) -> Self {
        Self { x: Param::from_tensor(tensor(x, [x.len()], DType::F64)) }
    }
}

#[test]
fn slopes_agree_with_finite_differences() -> Result<(), Error> {
    let mut objective = BurnObjective::new(Layers::some(DType::F64), iris(DType::F64), error)?;
    let mut gradient = objective.zeros()?;
    let mut direction = objective.zeros()?;
    objective.loss_and_gradient(&mut gradient)?;
    objective.axpby(-1.0, &gradient, 0.0, &mut direction)?;
    objective.anchor()?;
    for alpha in [0.0, 0.1, 1.5] {
        objective.move_to(alpha, &direction)?;
        let slope = objective.slope(&direction, &mut gradient)?;
        // Central differences: h² F'''/6 ~ 1e-8 of truncation, eps/h ~ 1e-12 of rounding.
        let h = 1e-4;
        let mut at = |alpha: f64| {
            objective.move_to(alpha, &direction)?;
            objective.loss()
        };
        let difference = (at(alpha + h)? - at(alpha - h)?) / (2.0 * h);
        assert!((slope - difference).abs() < 1e-6 * slope.abs(), "{slope} and {difference}");
    }
    Ok(())
}

#[test]
fn after_a_step_the_parameters_are_the_tested_ones() -> Result<(), Error> {
    for dtype in [DType::F64, DType::F32] {
        let tested = RefCell::new(Vec::new());
        let loss = |model: &Layers, batch: &Batch| {
            *tested.borrow_mut() = model.bits();
            error(model, batch)
        };
        let mut objective = BurnObjective::new(Layers::some(dtype), iris(dtype), loss)?;
        let search = InexactGols::default();
        let mut descent = Descent::new(&objective, SteepestDescent, search, Sampling::Full)?;
        for _ in 0..10 {
            let end = descent.step(&mut objective)?.step.termination;
            // Each of these three ends at the last trial.
            use Termination::{MaxStep, SignChange, SlopeReduced};
            assert!(matches!(end, SignChange | SlopeReduced | MaxStep), "{end:?}");
            assert_eq!(objective.model().bits(), *tested.borrow());
        }
    }
    Ok(())
}

#[test]
fn a_step_comes_back_to_the_same_bits_from_anywhere() -> Result<(), Error> {
    for dtype in [DType::F64, DType::F32] {
        let mut objective = BurnObjective::new(Layers::some(dtype), iris(dtype), error)?;
        let mut direction = objective.zeros()?;
        objective.loss_and_gradient(&mut direction)?;
        let start = objective.model().bits();
        objective.anchor()?;
        assert_eq!(objective.model().bits(), start);
        objective.move_to(0.3, &direction)?;
        let moved = objective.model().bits();
        assert_ne!(moved, start, "{dtype:?}");
        objective.move_to(1e30, &direction)?;
        objective.move_to(0.3, &direction)?;
        assert_eq!(objective.model().bits(), moved);
        // Nowhere, and back along a direction that would turn 0 · d into NaN.
        let mut wild = objective.zeros()?;
        objective.axpby(f64::INFINITY, &direction, 0.0, &mut wild)?;
        objective.move_to(f64::NAN, &wild)?;
        objective.move_to(0.0, &wild)?;
        assert_eq!(objective.model().bits(), start);
    }
    Ok(())
}

#[test]
fn an_error_leaves_the_parameters_before_the_step_bit_for_bit() -> Result<(), Error> {
    // The step asks for a gradient and then for slopes; whichever fails, and so with the source of batches.
    for (failing_loss, failing_batch) in [(1, 0), (2, 0), (5, 0), (0, 1), (0, 2), (0, 6)] {
        let (losses, batches) = (Cell::new(0), Cell::new(0));
        let data = iris(DType::F32);
        let loss = |model: &Layers, batch: &Batch| {
            losses.set(losses.get() + 1);
            if losses.get() == failing_loss {
                return Err(Error::other(format!("loss {failing_loss} fails")));
            }
            error(model, batch)
        };
        let next_batch = || {
            batches.set(batches.get() + 1);
            if batches.get() == failing_batch {
                return Err(Error::other(format!("batch {failing_batch} fails")));
            }
            Ok(data.clone())
        };
        let mut objective = BurnObjective::new(Layers::some(DType::F32), data.clone(), loss)?
            .with_batches(next_batch);
        let search = InexactGols::default();
        let mut descent = Descent::new(&objective, SteepestDescent, search, Sampling::Dynamic)?;
        let start = objective.model().bits();
        let message = descent.step(&mut objective).unwrap_err().to_string();
        let expected = match failing_loss {
            0 => format!("batch {failing_batch} fails"),
            _ => format!("loss {failing_loss} fails"),
        };
        assert_eq!(message, expected);
        assert_eq!(objective.model().bits(), start);
        // The next step starts afresh.
        assert!(descent.step(&mut objective)?.step.length > 0.0);
        assert_ne!(objective.model().bits(), start);
    }
    Ok(())
}

/// A model with a part that the loss uses, one that it does not, and one that is frozen.
#[derive(Module, Debug)]
struct Parts {
    used: Param<Tensor<1>>,
    unused: Param<Tensor<2>>,
    frozen: Param<Tensor<1>>,
}

#[test]
fn parameters_without_influence_and_frozen_ones_stay() -> Result<(), Error> {
    let model = Parts {
        used: Param::from_tensor(tensor(&[3.0], [1], DType::F32)),
        unused: Param::from_tensor(tensor(&[7.0, 8.0], [1, 2], DType::F32)),
        frozen: Param::from_tensor(tensor(&[2.0], [1], DType::F32)).set_require_grad(false),
    };
    let loss = |model: &Parts, _: &()| Ok((model.used.val() * model.frozen.val()).square());
    let mut objective = BurnObjective::new(model, (), loss)?;
    let mut gradient = objective.zeros()?;
    assert_eq!(objective.loss_and_gradient(&mut gradient)?, 36.0);
    assert_eq!(gradient.len(), 2);
    let model = objective.model();
    assert_eq!(numbers(gradient.get::<2>(model.unused.id).unwrap()), [0.0, 0.0]);
    assert_eq!(numbers(gradient.get::<1>(model.used.id).unwrap()), [24.0]);
    let search = InexactGols::default();
    let mut descent = Descent::new(&objective, SteepestDescent, search, Sampling::Full)?;
    for _ in 0..20 {
        descent.step(&mut objective)?;
    }
    let model = objective.into_model();
    assert_eq!(numbers(model.unused.val()), [7.0, 8.0]);
    assert_eq!(numbers(model.frozen.val()), [2.0]);
    assert!(!model.frozen.is_require_grad() && model.unused.is_require_grad());
    assert!(numbers(model.used.val())[0].abs() < 0.1);
    Ok(())
}

#[test]
fn the_first_batch_is_all_the_data_until_one_is_drawn() -> Result<(), Error> {
    let loss = |model: &Point, &batch: &f64| Ok((model.x.val() + batch).square());
    let mut next = 0.0;
    let mut objective = BurnObjective::new(Point::new(&[0.0]), 100.0, loss)?.with_batches(|| {
        next += 1.0;
        Ok(next)
    });
    assert_eq!(objective.loss()?, 1e4);
    objective.resample()?;
    assert_eq!((objective.loss()?, *objective.batch()), (1.0, 1.0));
    objective.resample()?;
    assert_eq!(objective.loss()?, 4.0);
    objective.set_batch(5.0);
    assert_eq!(objective.loss()?, 25.0);
    Ok(())
}

#[test]
fn every_type_of_parameter_trains() -> Result<(), Error> {
    for dtype in [DType::F64, DType::F32, DType::F16, DType::BF16] {
        let mut objective = BurnObjective::new(Layers::some(dtype), iris(dtype), error)?;
        let before = objective.loss()?;
        let search = InexactGols::default();
        let mut descent = Descent::new(&objective, SteepestDescent, search, Sampling::Full)?;
        for _ in 0..40 {
            descent.step(&mut objective)?;
        }
        let after = objective.loss()?;
        assert!(after < 0.3 * before, "{dtype:?}: from {before} to {after}");
    }
    Ok(())
}

#[test]
fn vectors_are_combined_tensor_by_tensor() -> Result<(), Error> {
    let model = Point::new(&[1.0, -2.0]);
    let id = model.x.id;
    let objective = BurnObjective::new(model, (), |model: &Point, ()| Ok(model.x.val().sum()))?;
    let vector = |numbers: &[f64]| {
        let mut vector = GradientsParams::new();
        vector.register(id, tensor(numbers, [2], DType::F64).inner());
        vector
    };
    let read = |vector: &GradientsParams| numbers(vector.get::<1>(id).unwrap());
    let (x, mut y) = (vector(&[1.0, 2.0]), vector(&[f64::NAN, 4.0]));
    objective.axpby(3.0, &x, 0.0, &mut y)?;
    assert_eq!(read(&y), [3.0, 6.0]);
    objective.axpby(1.0, &x, -0.5, &mut y)?;
    assert_eq!(read(&y), [-0.5, -1.0]);
    assert_eq!(objective.dot(&x, &y)?, -2.5);
    assert_eq!(read(&x), [1.0, 2.0]);
    assert_eq!(read(&objective.zeros()?), [0.0, 0.0]);
    Ok(())
}

fn refusal<M: Module>(model: M) -> Error {
    BurnObjective::new(model, (), |_: &M, ()| Ok(tensor(&[0.0], [1], DType::F64))).err().unwrap()
}

#[test]
fn unfit_models_are_refused_by_name() {
    // Without autodiff nothing requires a gradient.
    let plain = Point { x: Param::from_tensor(Tensor::from_data([1.0], &Device::flex())) };
    assert!(matches!(refusal(plain), Error::NoParameters));
    assert!(matches!(refusal(Layers::some(DType::F64).no_grad()), Error::NoParameters));

    let error = refusal(Point::new(&[1.0, f64::INFINITY]));
    assert!(matches!(&error, Error::Start { parameter } if parameter == "x"), "{error}");
    let point = Point::new(&[1.0]);
    let error = refusal(vec![point.clone(), point]);
    assert!(matches!(&error, Error::Duplicate { parameter } if parameter == "1.x"), "{error}");
}

#[test]
fn a_loss_that_cannot_be_trained_is_refused_with_advice() -> Result<(), Error> {
    let loss = |model: &Point, _: &()| Ok(model.x.val().square());
    let mut objective = BurnObjective::new(Point::new(&[1.0, 2.0]), (), loss)?;
    let message = objective.loss().unwrap_err().to_string();
    assert!(message.contains("2 elements") && message.contains("mean"), "{message}");

    let other = tensor(&[2.0], [1], DType::F64).require_grad();
    for loss in [
        Box::new(|model: &Point, _: &()| Ok(model.x.val().detach().square().sum()))
            as Box<dyn FnMut(&Point, &()) -> Result<Tensor<1>, Error>>,
        Box::new(|_: &Point, _: &()| Ok(other.clone().square().sum())),
    ] {
        let mut objective = BurnObjective::new(Point::new(&[1.0, 2.0]), (), loss)?;
        objective.loss()?;
        let mut gradient = objective.zeros()?;
        let error = objective.loss_and_gradient(&mut gradient).unwrap_err();
        assert!(matches!(error, Error::NoGradient), "{error}");
    }
    Ok(())
}

#[test]
fn a_vector_of_another_model_is_refused_and_nothing_moves() -> Result<(), Error> {
    let loss = |model: &Point, _: &()| Ok(model.x.val().square().sum());
    let mut objective = BurnObjective::new(Point::new(&[1.0, 2.0]), (), loss)?;
    let other = BurnObjective::new(Point::new(&[1.0, 2.0]), (), loss)?.zeros()?;
    let mut zeros = objective.zeros()?;
    for error in [
        objective.dot(&other, &zeros).unwrap_err(),
        objective.axpby(1.0, &other, 0.0, &mut zeros).unwrap_err(),
        objective.move_to(0.1, &other).unwrap_err(),
    ] {
        assert!(matches!(error, Error::Vector { .. }), "{error}");
    }
    assert_eq!(numbers(objective.model().x.val()), [1.0, 2.0]);
    Ok(())
}

#[test]
fn a_constant_step_is_the_optimizer_of_burn() -> Result<(), Error> {
    let data = iris(DType::F64);
    let mut theirs = Layers::some(DType::F64);
    let mut objective = BurnObjective::new(Layers::some(DType::F64), data.clone(), error)?;
    let search = FixedStep::new(0.1).unwrap();
    let mut descent = Descent::new(&objective, SteepestDescent, search, Sampling::Full)?;
    let mut sgd = SgdConfig::new().init();
    for _ in 0..20 {
        descent.step(&mut objective)?;
        let gradients = GradientsParams::from_grads(theirs.error(&data).backward(), &theirs);
        theirs = sgd.step(0.1, theirs, gradients);
    }
    for (ours, theirs) in objective.model().bits().into_iter().zip(theirs.bits()) {
        assert!((f64::from_bits(ours) - f64::from_bits(theirs)).abs() < 1e-14);
    }
    Ok(())
}
