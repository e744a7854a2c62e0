//! The recorded descents of the reference network, replayed by candle.
//!
//! The recording is the core's (`tests/recorded_descents.rs` there says how it was made): the same weights, the same
//! batches, f64. Steps must agree to 1e-6, evaluations exactly.

mod common;

use candle_core::{DType, Device, Result, Tensor, Var};
use common::iris;
use gols::{
    Armijo, BisectionGols, Descent, InexactGols, LineSearch, MiniBatches, Sampling, SteepestDescent,
};
use gols_candle::CandleObjective;
use serde_json::Value;

const RECORDING: &str = include_str!("../../../tests/oracles/recorded_descents.json");

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

/// Weights and biases, layer by layer, in the order of the flat start.
fn variables(start: &[f64]) -> Result<Vec<Var>> {
    let mut rest = start;
    [vec![4, 10], vec![10], vec![10, 3], vec![3]]
        .into_iter()
        .map(|shape: Vec<usize>| {
            let (own, others) = rest.split_at(shape.iter().product());
            rest = others;
            Var::from_slice(own, shape, &Device::Cpu)
        })
        .collect()
}

/// 100/(B K) Σ (y - t)², sigmoid on every layer.
fn loss(variables: &[Var], (inputs, targets): &(Tensor, Tensor)) -> Result<Tensor> {
    let mut y = inputs.clone();
    for layer in variables.chunks(2) {
        y = candle_nn::ops::sigmoid(&y.matmul(&layer[0])?.broadcast_add(&layer[1])?)?;
    }
    (y - targets)?.sqr()?.mean_all()? * 100.0
}

fn search(name: &str) -> Box<dyn LineSearch> {
    match name {
        "InexactGols" => Box::new(InexactGols::default()),
        "BisectionGols" => Box::new(BisectionGols::default()),
        "Armijo" => Box::new(Armijo::default()),
        _ => panic!("no such search: {name}"),
    }
}

/// Replays the recorded descent of this number.
fn replay(number: usize) -> Result<()> {
    let recording: Value = serde_json::from_str(RECORDING).unwrap();
    let recorded = &recording["descents"][number];
    let (inputs, targets) = iris(DType::F64)?;
    let mut batches = MiniBatches::new(
        150,
        recording["batch"].as_u64().unwrap() as usize,
        recording["batch_seed"].as_u64().unwrap(),
    )
    .unwrap();
    let variables = variables(&numbers(&recording["start"]))?;
    let model = variables.clone();
    let all = (inputs.clone(), targets.clone());
    let mut objective = CandleObjective::new(variables, all, |batch| loss(&model, batch))?
        .with_batches(|| {
            let rows: Vec<u32> = batches.draw().iter().map(|&row| row as u32).collect();
            let rows = Tensor::new(rows.as_slice(), &Device::Cpu)?;
            Ok((inputs.index_select(&rows, 0)?, targets.index_select(&rows, 0)?))
        });

    let sampling = match recorded["sampling"].as_str().unwrap() {
        "static" => Sampling::Static,
        _ => Sampling::Dynamic,
    };
    let search = search(recorded["search"].as_str().unwrap());
    let mut descent = Descent::new(&objective, SteepestDescent, search, sampling)?;
    let iterations = recorded["iterations"].as_array().unwrap();
    assert_eq!(iterations.len(), 50);
    for (number, expected) in iterations.iter().enumerate() {
        let found = descent.step(&mut objective)?;
        let evaluations = found.evaluations;
        assert_eq!(expected["losses"], evaluations.losses, "iteration {number}");
        assert_eq!(expected["gradients"], evaluations.gradients, "iteration {number}");
        for (found, expected) in
            [(found.step.length, &expected["length"]), (found.slope, &expected["slope"])]
        {
            let expected = expected.as_f64().unwrap();
            let error = (found - expected).abs();
            assert!(error <= 1e-6 * expected.abs(), "iteration {number}: {found}, not {expected}");
        }
    }
    Ok(())
}

#[test]
fn inexact_gols_takes_the_recorded_steps_on_new_batches() -> Result<()> {
    replay(0)
}

#[test]
fn inexact_gols_takes_the_recorded_steps_on_one_batch_a_line() -> Result<()> {
    replay(1)
}

#[test]
fn bisection_gols_takes_the_recorded_steps() -> Result<()> {
    replay(2)
}

#[test]
fn armijo_takes_the_recorded_steps() -> Result<()> {
    replay(3)
}
