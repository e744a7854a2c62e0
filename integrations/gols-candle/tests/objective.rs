//! What the objective promises: right slopes, tested parameters, nothing changed by an error.

mod common;

use std::cell::{Cell, RefCell};

use candle_core::{DType, Device, Result, Tensor, Var, bail};
use common::{bits, error, iris, layers, variable_bits};
use gols::{
    Armijo, Descent, FixedStep, InexactGols, Sampling, SteepestDescent, StochasticObjective,
    Termination, VectorSpace,
};
use gols_candle::{CandleObjective, Error};

#[test]
fn slopes_agree_with_finite_differences() -> Result<()> {
    let layers = layers(DType::F64)?;
    let model = layers.clone();
    let mut objective =
        CandleObjective::new(layers, iris(DType::F64)?, |batch| error(&model, batch))?;
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
        let mut at = |alpha: f64| -> Result<f64> {
            objective.move_to(alpha, &direction)?;
            objective.loss()
        };
        let difference = (at(alpha + h)? - at(alpha - h)?) / (2.0 * h);
        assert!((slope - difference).abs() < 1e-6 * slope.abs(), "{slope} and {difference}");
    }
    Ok(())
}

#[test]
fn after_a_step_the_parameters_are_the_tested_ones() -> Result<()> {
    for dtype in [DType::F64, DType::F32] {
        let layers = layers(dtype)?;
        let model = layers.clone();
        let tested = RefCell::new(Vec::new());
        let loss = |batch: &_| {
            *tested.borrow_mut() = variable_bits(&model)?;
            error(&model, batch)
        };
        let mut objective = CandleObjective::new(layers, iris(dtype)?, loss)?;
        let search = InexactGols::default();
        let mut descent = Descent::new(&objective, SteepestDescent, search, Sampling::Full)?;
        for _ in 0..10 {
            let end = descent.step(&mut objective)?.step.termination;
            // Each of these three ends at the last trial.
            use Termination::{MaxStep, SignChange, SlopeReduced};
            assert!(matches!(end, SignChange | SlopeReduced | MaxStep), "{end:?}");
            assert_eq!(variable_bits(&model)?, *tested.borrow());
        }
    }
    Ok(())
}

#[test]
fn a_step_comes_back_to_the_same_bits_from_anywhere() -> Result<()> {
    for dtype in [DType::F64, DType::F32, DType::BF16] {
        let layers = layers(dtype)?;
        let model = layers.clone();
        let mut objective =
            CandleObjective::new(layers, iris(dtype)?, |batch| error(&model, batch))?;
        let mut direction = objective.zeros()?;
        objective.loss_and_gradient(&mut direction)?;
        let start = variable_bits(&model)?;
        objective.anchor()?;
        assert_eq!(variable_bits(&model)?, start);
        objective.move_to(0.3, &direction)?;
        let moved = variable_bits(&model)?;
        assert_ne!(moved, start, "{dtype:?}");
        objective.move_to(1e30, &direction)?;
        objective.move_to(0.3, &direction)?;
        assert_eq!(variable_bits(&model)?, moved);
        // Nowhere, and back along a direction that would turn 0 · d into NaN.
        let mut wild = objective.zeros()?;
        objective.axpby(f64::INFINITY, &direction, 0.0, &mut wild)?;
        objective.move_to(f64::NAN, &wild)?;
        objective.move_to(0.0, &wild)?;
        assert_eq!(variable_bits(&model)?, start);
    }
    Ok(())
}

#[test]
fn an_error_leaves_the_parameters_before_the_step_bit_for_bit() -> Result<()> {
    // The step asks for a gradient and then for slopes; whichever fails, and so with the source of batches.
    for (failing_loss, failing_batch) in [(1, 0), (2, 0), (5, 0), (0, 1), (0, 2), (0, 6)] {
        let layers = layers(DType::F32)?;
        let model = layers.clone();
        let (losses, batches) = (Cell::new(0), Cell::new(0));
        let data = iris(DType::F32)?;
        let loss = |batch: &_| {
            losses.set(losses.get() + 1);
            if losses.get() == failing_loss {
                bail!("loss {failing_loss} fails");
            }
            error(&model, batch)
        };
        let next_batch = || {
            batches.set(batches.get() + 1);
            if batches.get() == failing_batch {
                bail!("batch {failing_batch} fails");
            }
            Ok(data.clone())
        };
        let mut objective =
            CandleObjective::new(layers, data.clone(), loss)?.with_batches(next_batch);
        let search = InexactGols::default();
        let mut descent = Descent::new(&objective, SteepestDescent, search, Sampling::Dynamic)?;
        let start = variable_bits(&model)?;
        let message = descent.step(&mut objective).unwrap_err().to_string();
        let expected = match failing_loss {
            0 => format!("batch {failing_batch} fails"),
            _ => format!("loss {failing_loss} fails"),
        };
        assert!(message.starts_with(&expected), "{message}");
        assert_eq!(variable_bits(&model)?, start);
        // The next step starts afresh.
        assert!(descent.step(&mut objective)?.step.length > 0.0);
        assert_ne!(variable_bits(&model)?, start);
    }
    Ok(())
}

#[test]
fn x0_is_a_copy_and_not_the_variable_itself() -> Result<()> {
    let variable = Var::new(&[1.0, 2.0], &Device::Cpu)?;
    let model = variable.clone();
    let mut objective = CandleObjective::new(vec![variable], (), |()| model.sqr()?.sum_all())?;
    objective.anchor()?;
    model.set(&Tensor::new(&[5.0, 6.0], &Device::Cpu)?)?;
    let zeros = objective.zeros()?;
    objective.move_to(0.0, &zeros)?;
    assert_eq!(model.to_vec1::<f64>()?, [1.0, 2.0]);
    Ok(())
}

#[test]
fn a_variable_without_influence_has_gradient_zero_and_stays() -> Result<()> {
    let used = Var::new(3.0_f32, &Device::Cpu)?;
    let unused = Var::new(&[[7.0_f32, 8.0]], &Device::Cpu)?;
    let model = used.clone();
    let variables = vec![unused.clone(), used.clone()];
    let mut objective = CandleObjective::new(variables, (), |()| model.sqr())?;
    let mut gradient = objective.zeros()?;
    assert_eq!(objective.loss_and_gradient(&mut gradient)?, 9.0);
    assert_eq!(gradient[0].to_vec2::<f32>()?, [[0.0, 0.0]]);
    assert_eq!(gradient[1].to_scalar::<f32>()?, 6.0);
    let search = InexactGols::default();
    let mut descent = Descent::new(&objective, SteepestDescent, search, Sampling::Full)?;
    for _ in 0..20 {
        descent.step(&mut objective)?;
    }
    assert_eq!(unused.to_vec2::<f32>()?, [[7.0, 8.0]]);
    assert!(used.to_scalar::<f32>()?.abs() < 0.1);
    Ok(())
}

#[test]
fn the_first_batch_is_all_the_data_until_one_is_drawn() -> Result<()> {
    let x = Var::new(0.0, &Device::Cpu)?;
    let model = x.clone();
    let mut next = 0.0;
    let mut objective =
        CandleObjective::new(vec![x], 100.0, |&batch| model.affine(1.0, batch)?.sqr())?
            .with_batches(|| {
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
fn every_type_of_variable_trains() -> Result<()> {
    for dtype in [DType::F64, DType::F32, DType::F16, DType::BF16] {
        let layers = layers(dtype)?;
        let model = layers.clone();
        let mut objective =
            CandleObjective::new(layers, iris(dtype)?, |batch| error(&model, batch))?;
        let before = objective.loss()?;
        let search = InexactGols::default();
        let mut descent = Descent::new(&objective, SteepestDescent, search, Sampling::Full)?;
        for _ in 0..40 {
            descent.step(&mut objective)?;
        }
        let after = objective.loss()?;
        assert!(after < 0.3 * before, "{dtype:?}: from {before} to {after}");
        assert!(descent.direction().iter().all(|tensor| tensor.dtype() == dtype));
    }
    Ok(())
}

#[test]
fn vectors_are_combined_tensor_by_tensor() -> Result<()> {
    let layers = layers(DType::F64)?;
    let x: Vec<Tensor> =
        layers.iter().map(|layer| layer.as_detached_tensor().copy()).collect::<Result<_>>()?;
    let objective = CandleObjective::new(layers, (), |()| Tensor::new(0.0, &Device::Cpu))?;
    let mut y = objective.zeros()?;
    assert!(bits(&y)?.iter().all(|&bits| bits == 0));
    objective.axpby(2.0, &x, 0.0, &mut y)?;
    objective.axpby(1.0, &x, -0.5, &mut y)?; // x - x
    assert_eq!(objective.dot(&y, &y)?, 0.0);
    let by_hand: f64 = bits(&x)?.into_iter().map(|bits| f64::from_bits(bits).powi(2)).sum();
    assert!((objective.dot(&x, &x)? - by_hand).abs() < 1e-12);
    // The vectors are their own: x is as it was.
    assert_eq!(bits(&x)?, variable_bits(objective.variables())?);
    Ok(())
}

#[test]
fn gradients_carry_no_history() -> Result<()> {
    let layers = layers(DType::F64)?;
    let model = layers.clone();
    let mut objective =
        CandleObjective::new(layers, iris(DType::F64)?, |batch| error(&model, batch))?;
    let search = Armijo::default();
    let mut descent = Descent::new(&objective, SteepestDescent, search, Sampling::Full)?;
    descent.step(&mut objective)?;
    assert!(descent.gradient().iter().chain(descent.direction()).all(|tensor| !tensor.track_op()));
    Ok(())
}

fn refusal(variables: Vec<Var>) -> Error {
    CandleObjective::new(variables, (), |()| Tensor::new(0.0, &Device::Cpu)).err().unwrap()
}

#[test]
fn unfit_variables_are_refused_by_name() -> Result<()> {
    let good = Var::new(&[1.0, 2.0], &Device::Cpu)?;
    let whole = Var::new(&[1_u32], &Device::Cpu)?;
    let infinite = Var::new(&[1.0, f64::INFINITY], &Device::Cpu)?;
    assert!(matches!(refusal(vec![]), Error::NoVariables));
    let error = refusal(vec![good.clone(), whole]);
    assert!(matches!(error, Error::Type { index: 1, dtype: DType::U32 }), "{error}");
    let error = refusal(vec![good.clone(), infinite]);
    assert!(matches!(error, Error::Start { index: 1 }), "{error}");
    let error = refusal(vec![good.clone(), Var::new(1.0, &Device::Cpu)?, good]);
    assert!(matches!(error, Error::Duplicate { first: 0, second: 2 }), "{error}");
    Ok(())
}

#[test]
fn a_loss_that_cannot_be_trained_is_refused_with_advice() -> Result<()> {
    let x = Var::new(&[1.0, 2.0], &Device::Cpu)?;
    let model = x.clone();
    let mut objective = CandleObjective::new(vec![x.clone()], (), |()| model.sqr())?;
    let message = objective.loss().unwrap_err().to_string();
    assert!(message.contains("shape [2]") && message.contains("mean"), "{message}");

    let mut objective = CandleObjective::new(vec![x], (), |()| model.detach().sqr()?.sum_all())?;
    assert_eq!(objective.loss()?, 5.0);
    let mut gradient = objective.zeros()?;
    let message = objective.loss_and_gradient(&mut gradient).unwrap_err().to_string();
    assert!(message.contains("depends on none of the variables"), "{message}");
    Ok(())
}

#[test]
fn a_vector_of_another_model_is_refused() -> Result<()> {
    let x = Var::new(&[1.0, 2.0], &Device::Cpu)?;
    let mut objective = CandleObjective::new(vec![x.clone()], (), |()| x.sqr()?.sum_all())?;
    let (short, other) = (vec![], vec![Tensor::new(&[1.0, 2.0, 3.0], &Device::Cpu)?]);
    let message = objective.dot(&short, &short).unwrap_err().to_string();
    assert!(message.contains("0 tensors, but there are 1"), "{message}");
    assert!(objective.axpby(1.0, &short, 0.0, &mut other.clone()).is_err());
    assert!(objective.move_to(0.1, &short).is_err());
    assert!(objective.move_to(0.1, &other).is_err());
    Ok(())
}

#[test]
fn a_constant_step_is_the_optimizer_of_candle() -> Result<()> {
    use candle_nn::{Optimizer, SGD};

    let (ours, theirs) = (layers(DType::F64)?, layers(DType::F64)?);
    let data = iris(DType::F64)?;
    let model = ours.clone();
    let mut objective = CandleObjective::new(ours, data.clone(), |batch| error(&model, batch))?;
    let search = FixedStep::new(0.1).unwrap();
    let mut descent = Descent::new(&objective, SteepestDescent, search, Sampling::Full)?;
    let mut sgd = SGD::new(theirs.clone(), 0.1)?;
    for _ in 0..20 {
        descent.step(&mut objective)?;
        sgd.backward_step(&error(&theirs, &data)?)?;
    }
    for (ours, theirs) in objective.variables().iter().zip(&theirs) {
        let difference = (ours.as_tensor() - theirs.as_tensor())?.abs()?.max_all()?;
        assert!(difference.to_scalar::<f64>()? < 1e-14);
    }
    Ok(())
}
