//! Running statistics of batch normalization: burn shares them between clones; what trials leave behind in them.

mod common;

use std::cell::RefCell;

use burn::module::{Module, Param};
use burn::nn::{BatchNorm, BatchNormConfig, Linear};
use burn::tensor::{DType, Tensor};
use common::{Batch, device, iris, numbers, tensor};
use gols::search::Termination;
use gols::{Descent, Parameters, StochasticObjective, VectorSpace};
use gols_burn::{BurnObjective, Error};

#[derive(Module, Debug)]
struct Normalized {
    first: Linear,
    norm: BatchNorm,
}

impl Normalized {
    fn new() -> Self {
        let weights: Vec<f64> = (0..12).map(|i| (1.7 * f64::from(i)).sin()).collect();
        let first = Linear {
            weight: Param::from_tensor(tensor(&weights, [4, 3], DType::F32)),
            bias: Some(Param::from_tensor(tensor(&[0.1, 0.2, 0.3], [3], DType::F32))),
        };
        Self { first, norm: BatchNormConfig::new(3).init(&device()) }
    }

    fn error(&self, (x, y): &Batch) -> Tensor<1> {
        (self.norm.forward(self.first.forward(x.clone())) - y.clone()).square().mean()
    }

    /// The statistics as the next forward pass will find them.
    fn statistics(&self) -> Vec<f64> {
        let (mean, variance) = (&self.norm.running_mean, &self.norm.running_var);
        [numbers(mean.value_sync()), numbers(variance.value_sync())].concat()
    }
}

#[test]
fn in_burn_a_forward_pass_of_a_clone_moves_the_statistics_of_the_original() {
    let model = Normalized::new();
    let clone = model.clone();
    let before = model.statistics();
    let _ = clone.error(&iris(DType::F32));
    assert_ne!(model.statistics(), before);
}

#[test]
fn rejected_trials_leave_no_trace_in_running_statistics() -> Result<(), Error> {
    let states = RefCell::new(Vec::new());
    let loss = |model: &Normalized, batch: &Batch| {
        let before = model.statistics();
        let loss = model.error(batch);
        states.borrow_mut().push((before, model.statistics()));
        Ok(loss)
    };
    let objective = BurnObjective::new(Normalized::new(), iris(DType::F32), loss)?;
    let mut descent = Descent::new(objective)?;
    for iteration in 0..3 {
        states.borrow_mut().clear();
        descent.step()?;
        let states = states.borrow();
        assert!(states.len() > if iteration == 0 { 20 } else { 1 }, "the first grows from 1e-8");
        assert!(states.iter().all(|(before, after)| before != after));
        // The gradient at the origin moved them; every trial started from there, not from the trial before.
        let origin = &states[0].1;
        assert!(states[1..].iter().all(|(before, _)| before == origin));
        // The last trial was the accepted one: its statistics stay.
        assert_eq!(descent.objective().model().statistics(), states.last().unwrap().1);
    }
    Ok(())
}

#[test]
fn updates_that_burn_holds_back_are_seen_too() -> Result<(), Error> {
    // As above, but nobody reads the statistics between the evaluations: burn then still holds the last update
    // back when the model is moved.
    let loss = |model: &Normalized, batch: &Batch| Ok(model.error(batch));
    let mean = |layer: &Linear| numbers(layer.forward(iris(DType::F32).0).mean_dim(0));
    let objective = BurnObjective::new(Normalized::new(), iris(DType::F32), loss)?;
    let before = mean(&objective.model().first);
    let mut descent = Descent::new(objective)?;
    let iteration = descent.step()?;
    assert!(iteration.evaluations.gradients > 20, "the first step grows from 1e-8");
    let end = iteration.step.termination; // both at the last trial
    assert!(matches!(end, Termination::SignChange | Termination::MaxStep), "{end:?}");
    let model = descent.into_objective().into_model();
    let after = mean(&model.first);
    // Two updates of 1/10 from 0: at the origin and at the accepted trial, none for the more than 20 others.
    for ((found, before), after) in model.statistics().iter().zip(before).zip(after) {
        let expected = 0.9 * 0.1 * before + 0.1 * after;
        assert!((found - expected).abs() < 1e-6, "{found}, not {expected}");
    }
    Ok(())
}

#[test]
fn an_optimizer_moves_the_weights_and_no_statistics() -> Result<(), Error> {
    let loss = |model: &Normalized, batch: &Batch| Ok(model.error(batch));
    let mut objective = BurnObjective::new(Normalized::new(), iris(DType::F32), loss)?;
    let before = (objective.model().statistics(), numbers(objective.model().first.weight.val()));
    let mut gradient = objective.zeros()?;
    objective.loss_and_gradient(&mut gradient)?; // an update that burn holds back
    let zeros = objective.zeros()?;
    objective.combine(0.5, 1.0, &zeros)?;
    let after = (objective.model().statistics(), numbers(objective.model().first.weight.val()));
    assert!(after.1.iter().zip(before.1).all(|(after, before)| *after == 0.5 * before));
    assert_ne!(after.0, before.0);
    // They are those that the forward pass has left, not half of them.
    let model = Normalized::new();
    let _ = model.error(&iris(DType::F32));
    assert_eq!(after.0, model.statistics());
    Ok(())
}
