//! Running statistics of batch normalization: what trials leave behind in them.

mod common;

use std::cell::RefCell;

use candle_core::{DType, Device, Result, Tensor};
use candle_nn::{BatchNorm, BatchNormConfig, ModuleT, VarBuilder, VarMap, batch_norm};
use common::{iris, numbers};
use gols::{Descent, Parameters, VectorSpace};
use gols_candle::{CandleObjective, variables};

fn statistics(layer: &BatchNorm) -> Result<Vec<f64>> {
    numbers([layer.running_mean(), layer.running_var()])
}

#[test]
fn rejected_trials_leave_no_trace_in_running_statistics() -> Result<()> {
    let map = VarMap::new();
    let builder = VarBuilder::from_varmap(&map, DType::F64, &Device::Cpu);
    // The layer's input must depend on a parameter, or the statistics would be those of the data at every step.
    let first = candle_nn::linear(4, 3, builder.pp("first"))?;
    let weights: Vec<f64> = (0..12).map(|i| (1.7 * f64::from(i)).sin()).collect();
    map.clone().set_one("first.weight", Tensor::from_vec(weights, (3, 4), &Device::Cpu)?)?;
    map.clone().set_one("first.bias", Tensor::new(&[0.1, 0.2, 0.3], &Device::Cpu)?)?;
    let layer = batch_norm(3, BatchNormConfig::default(), builder.pp("norm"))?;
    assert_eq!(variables(&map).len(), 6); // two of them statistics

    let states = RefCell::new(Vec::new());
    let loss = |(x, y): &(Tensor, Tensor)| {
        let before = statistics(&layer)?;
        let normalized = layer.forward_t(&candle_nn::Module::forward(&first, x)?, true)?;
        states.borrow_mut().push((before, statistics(&layer)?));
        (normalized - y)?.sqr()?.mean_all()
    };
    let objective = CandleObjective::new(variables(&map), iris(DType::F64)?, loss)?;
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
        assert_eq!(statistics(&layer)?, states.last().unwrap().1);
    }

    // An optimizer moves the weights, and no statistics.
    let (before, weights) = (statistics(&layer)?, numbers([first.weight()])?);
    let mut objective = descent.into_objective();
    let zeros = objective.zeros()?;
    objective.combine(0.5, 1.0, &zeros)?;
    assert_eq!(statistics(&layer)?, before);
    let halves: Vec<f64> = weights.iter().map(|weight| 0.5 * weight).collect();
    assert_eq!(numbers([first.weight()])?, halves);
    Ok(())
}
