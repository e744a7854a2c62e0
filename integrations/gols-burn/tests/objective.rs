//! What is particular to burn: its modules, its frozen parameters, its optimizers.

mod common;

use burn::module::{Module, Param};
use burn::optim::{AdamConfig, GradientsParams, ModuleOptimizer, SgdConfig};
use burn::tensor::{DType, Device, Tensor};
use common::{Batch, Layers, Point, iris, numbers, tensor};
use gols::direction::{Adam, Direction, SteepestDescent};
use gols::search::FixedStep;
use gols::{Descent, Parameters, StochasticObjective, VectorSpace};
use gols_burn::{BurnObjective, Error};

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
        used: Param::from_tensor(tensor(&[6.0], [1], DType::F32)),
        unused: Param::from_tensor(tensor(&[7.0, 8.0], [1, 2], DType::F32)),
        frozen: Param::from_tensor(tensor(&[2.0], [1], DType::F32)).set_require_grad(false),
    };
    let loss = |model: &Parts, _: &()| Ok((model.used.val() * model.frozen.val()).square());
    let mut objective = BurnObjective::new(model, (), loss)?;
    let mut gradient = objective.zeros()?;
    objective.copy_to(&mut gradient)?; // nothing of a frozen parameter
    assert_eq!(gradient.len(), 2);
    objective.combine(1.0, -0.5, &gradient)?; // to a half
    assert_eq!(objective.loss_and_gradient(&mut gradient)?, 36.0);
    assert_eq!(gradient.len(), 2);
    let model = objective.model();
    assert_eq!(numbers(gradient.get::<2>(model.unused.id).unwrap()), [0.0, 0.0]);
    assert_eq!(numbers(gradient.get::<1>(model.used.id).unwrap()), [24.0]);
    let mut descent = Descent::new(objective)?;
    descent.run(20)?;
    let model = descent.into_objective().into_model();
    assert_eq!(numbers(model.unused.val()), [3.5, 4.0]);
    assert_eq!(numbers(model.frozen.val()), [2.0]);
    assert!(!model.frozen.is_require_grad() && model.unused.is_require_grad());
    assert!(numbers(model.used.val())[0].abs() < 0.1);
    Ok(())
}

#[test]
fn a_batch_can_be_set_and_without_a_source_of_batches_there_are_none() -> Result<(), Error> {
    let loss = |model: &Point, &batch: &f64| Ok((model.x.val() + batch).square());
    let mut objective = BurnObjective::new(Point::new(&[0.0]), 3.0, loss)?;
    assert!(!objective.has_batches());
    objective.set_batch(5.0);
    objective.resample()?;
    assert_eq!((objective.loss()?, *objective.batch()), (25.0, 5.0));
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
    assert!(matches!(refusal(Layers::new(DType::F64).no_grad()), Error::NoParameters));

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
        objective.combine(1.0, 0.1, &other).unwrap_err(),
    ] {
        assert!(matches!(error, Error::Vector { .. }), "{error}");
    }
    assert_eq!(numbers(objective.model().x.val()), [1.0, 2.0]);
    Ok(())
}

type Loss = fn(&Layers, &Batch) -> Result<Tensor<1>, Error>;

/// Makes sure that a constant step along a direction is an optimizer of burn, over 50 iterations.
fn assert_same_way(
    direction: impl Direction<BurnObjective<Layers, Batch, Loss>>,
    step: f64,
    mut optimizer: ModuleOptimizer,
    tolerance: f64,
) -> Result<(), Error> {
    let (data, mut theirs) = (iris(DType::F64), Layers::new(DType::F64));
    let loss: Loss = |model, batch| Ok(model.error(batch));
    let objective = BurnObjective::new(Layers::new(DType::F64), data.clone(), loss)?;
    let search = FixedStep::new(step).unwrap();
    let descent = Descent::new(objective)?.along(direction).with_search(search);
    let mut descent = descent.with_any_slope(true);
    descent.run(50)?;
    for _ in 0..50 {
        let gradients = GradientsParams::from_grads(theirs.error(&data).backward(), &theirs);
        theirs = optimizer.step(step, theirs, gradients);
    }
    let ours = descent.into_objective().into_model();
    for (ours, theirs) in [
        (numbers(ours.w1.val()), numbers(theirs.w1.val())),
        (numbers(ours.b1.val()), numbers(theirs.b1.val())),
        (numbers(ours.w2.val()), numbers(theirs.w2.val())),
        (numbers(ours.b2.val()), numbers(theirs.b2.val())),
    ] {
        assert!(ours.iter().zip(theirs).all(|(ours, theirs)| (ours - theirs).abs() < tolerance));
    }
    Ok(())
}

#[test]
fn a_constant_step_is_the_sgd_of_burn() -> Result<(), Error> {
    assert_same_way(SteepestDescent, 0.1, SgdConfig::new().init(), 1e-13)
}

#[test]
fn a_constant_step_along_adam_is_the_adam_of_burn() -> Result<(), Error> {
    // Burn's settings, and some of its factors, are f32.
    let adam = Adam::default().with_beta1(f64::from(0.9_f32)).unwrap();
    let adam = adam.with_beta2(f64::from(0.999_f32)).unwrap();
    let adam = adam.with_epsilon(f64::from(1e-5_f32)).unwrap();
    assert_same_way(adam, 1e-3, AdamConfig::new().init(), 1e-6)
}
