//! What is particular to candle: its variables, its history of operations, its optimizers.

mod common;

use candle_core::{DType, Device, Result, Tensor, Var};
use candle_nn::{AdamW, Optimizer, ParamsAdamW, SGD};
use common::{error, iris, layers};
use gols::direction::{self, Adam, Direction, SteepestDescent};
use gols::search::FixedStep;
use gols::{Descent, Parameters, StochasticObjective, VectorSpace};
use gols_candle::{CandleObjective, Error};

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
    objective.combine(0.5, 0.0, &gradient)?;
    assert_eq!(used.to_scalar::<f32>()?, 1.5);
    Descent::new(objective)?.run(20)?;
    assert_eq!(unused.to_vec2::<f32>()?, [[7.0, 8.0]]);
    assert!(used.to_scalar::<f32>()?.abs() < 0.1);
    Ok(())
}

#[test]
fn a_batch_can_be_set_and_without_a_source_of_batches_there_are_none() -> Result<()> {
    let x = Var::new(0.0, &Device::Cpu)?;
    let model = x.clone();
    let mut objective =
        CandleObjective::new(vec![x], 3.0, |&batch| model.affine(1.0, batch)?.sqr())?;
    assert!(!objective.has_batches());
    objective.set_batch(5.0);
    objective.resample()?;
    assert_eq!((objective.loss()?, *objective.batch()), (25.0, 5.0));
    Ok(())
}

#[test]
fn vectors_are_of_the_variables_type_or_f32_and_carry_no_history() -> Result<()> {
    for dtype in [DType::F64, DType::F32, DType::F16, DType::BF16] {
        let layers = layers(dtype)?;
        let model = layers.clone();
        let objective = CandleObjective::new(layers, iris(dtype)?, |batch| error(&model, batch))?;
        let mut descent = Descent::new(objective)?;
        descent.step()?;
        let mut copy = descent.objective().zeros()?;
        descent.objective().copy_to(&mut copy)?;
        let vectors = if dtype == DType::F64 { DType::F64 } else { DType::F32 };
        for tensor in descent.gradient().iter().chain(descent.direction()).chain(&copy) {
            assert!(tensor.dtype() == vectors && !tensor.track_op());
        }
        assert!(model.iter().all(|variable| variable.dtype() == dtype));
    }
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
    for wrong in [short, other] {
        assert!(objective.move_to(0.1, &wrong).is_err());
        assert!(objective.combine(1.0, 0.1, &wrong).is_err());
    }
    Ok(())
}

/// Makes sure that a constant step along a direction is an optimizer of candle, over 50 iterations.
fn assert_same_way<D, O: Optimizer>(
    direction: D,
    step: f64,
    settings: O::Config,
    tolerance: f64,
) -> Result<()>
where
    D: for<'a> Direction<
        CandleObjective<common::Batch, Box<dyn FnMut(&common::Batch) -> Result<Tensor> + 'a>>,
    >,
{
    let (ours, theirs, data) = (layers(DType::F64)?, layers(DType::F64)?, iris(DType::F64)?);
    let model = ours.clone();
    let loss = Box::new(|batch: &common::Batch| error(&model, batch)) as Box<dyn FnMut(&_) -> _>;
    let objective = CandleObjective::new(ours.clone(), data.clone(), loss)?;
    let search = FixedStep::new(step).unwrap();
    let descent = Descent::new(objective)?.along(direction).with_search(search);
    descent.with_any_slope(true).run(50)?;
    let mut optimizer = O::new(theirs.clone(), settings)?;
    for _ in 0..50 {
        optimizer.backward_step(&error(&theirs, &data)?)?;
    }
    for (ours, theirs) in ours.iter().zip(&theirs) {
        let difference = (ours.as_tensor() - theirs.as_tensor())?.abs()?.max_all()?;
        assert!(difference.to_scalar::<f64>()? < tolerance);
    }
    Ok(())
}

#[test]
fn a_constant_step_is_the_sgd_of_candle() -> Result<()> {
    assert_same_way::<_, SGD>(SteepestDescent, 0.1, 0.1, 1e-13)
}

#[test]
fn a_constant_step_along_adam_is_the_adamw_of_candle() -> Result<()> {
    let ParamsAdamW { lr, beta1, beta2, eps, weight_decay } = ParamsAdamW::default();
    let adam = Adam::default().with_beta1(beta1).unwrap().with_beta2(beta2).unwrap();
    let adam = adam.with_epsilon(eps).unwrap();
    let rule = direction::AdamW::new(adam).with_weight_decay(weight_decay).unwrap();
    assert_same_way::<_, AdamW>(rule, lr, ParamsAdamW::default(), 1e-12)
}
