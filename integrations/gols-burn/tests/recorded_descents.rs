//! The recorded descents of the reference network, replayed by burn.
//!
//! The recording is the core's (`tests/recorded_descents.rs` there says how it was made): the same weights, the same
//! batches, f64. Steps must agree to 1e-6, evaluations exactly.

mod common;

use burn::tensor::{DType, Int, Tensor, TensorData, activation};
use common::{Layers, device, iris};
use gols::{
    Armijo, BisectionGols, Descent, InexactGols, LineSearch, MiniBatches, Sampling, SteepestDescent,
};
use gols_burn::{BurnObjective, Error};
use serde_json::Value;

const RECORDING: &str = include_str!("../../../tests/oracles/recorded_descents.json");

fn search(name: &str) -> Box<dyn LineSearch> {
    match name {
        "InexactGols" => Box::new(InexactGols::default()),
        "BisectionGols" => Box::new(BisectionGols::default()),
        "Armijo" => Box::new(Armijo::default()),
        _ => panic!("no such search: {name}"),
    }
}

/// Replays the recorded descent of this number.
fn replay(number: usize) -> Result<(), Error> {
    let recording: Value = serde_json::from_str(RECORDING).unwrap();
    let recorded = &recording["descents"][number];
    let start = recording["start"].as_array().unwrap();
    let start: Vec<f64> = start.iter().map(|number| number.as_f64().unwrap()).collect();
    let (inputs, targets) = iris(DType::F64);
    let mut batches = MiniBatches::new(
        150,
        recording["batch"].as_u64().unwrap() as usize,
        recording["batch_seed"].as_u64().unwrap(),
    )
    .unwrap();
    // 100/(B K) Σ (y - t)², sigmoid on every layer.
    let loss = |model: &Layers, (x, y): &(Tensor<2>, Tensor<2>)| {
        let outputs = model.forward(x, activation::sigmoid);
        Ok((outputs - y.clone()).square().mean() * 100.0)
    };
    let model = Layers::new([4, 10, 3], &start, DType::F64);
    let all = (inputs.clone(), targets.clone());
    let mut objective = BurnObjective::new(model, all, loss)?.with_batches(|| {
        let rows: Vec<i64> = batches.draw().iter().map(|&row| row as i64).collect();
        let rows = Tensor::<1, Int>::from_data(TensorData::from(rows.as_slice()), &device());
        Ok((inputs.clone().select(0, rows.clone()), targets.clone().select(0, rows)))
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
fn inexact_gols_takes_the_recorded_steps_on_new_batches() -> Result<(), Error> {
    replay(0)
}

#[test]
fn inexact_gols_takes_the_recorded_steps_on_one_batch_a_line() -> Result<(), Error> {
    replay(1)
}

#[test]
fn bisection_gols_takes_the_recorded_steps() -> Result<(), Error> {
    replay(2)
}

#[test]
fn armijo_takes_the_recorded_steps() -> Result<(), Error> {
    replay(3)
}
