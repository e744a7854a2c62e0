//! Descents of the reference network, recorded so that other homes of the same model can be held to them.
//!
//! `tests/oracles/recorded_descents.json` has a start, the seed of a sequence of mini-batches, and for four descents the
//! step length, the slope and the number of evaluations of every iteration. The integrations with other frameworks
//! replay it. This test is what wrote it, with the variable `GOLS_RECORD` set; without, it checks that the file
//! still is what the crate does.

use gols::mlp::{Activation, Dataset, Loss, Model, Network};
use gols::search::{Armijo, BisectionGols, InexactGols, LineSearch};
use gols::{Descent, MiniBatches, Sampling, SliceObjective};
use serde_json::{Value, json};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracles/recorded_descents.json");
const ITERATIONS: usize = 50;
const BATCH: usize = 10;
const BATCH_SEED: u64 = 7;

/// The network 4-10-3, sigmoid on every layer, from weights of some size: all of them matter.
fn start() -> Vec<f64> {
    network().uniform_parameters(-0.5, 0.5, 3).unwrap()
}

fn network() -> Network {
    Network::new(&[4, 10, 3], Activation::Sigmoid).unwrap()
}

fn record(name: &str, search: impl LineSearch, sampling: Sampling) -> Value {
    let iris = Dataset::iris().with_scaled_inputs(-1.0, 1.0).unwrap();
    let batches = MiniBatches::new(iris.len(), BATCH, BATCH_SEED).unwrap();
    let model = Model::new(network(), Loss::SquaredPercentage, iris).unwrap();
    let objective = SliceObjective::new(start(), batches, model).unwrap();
    let descent = Descent::new(objective).unwrap().with_search(search);
    let mut descent = descent.with_sampling(sampling);
    let iterations: Vec<Value> = (0..ITERATIONS)
        .map(|_| {
            let iteration = descent.step().unwrap();
            let evaluations = iteration.evaluations;
            json!({
                "length": iteration.step.length,
                "slope": iteration.slope,
                "losses": evaluations.losses,
                "gradients": evaluations.gradients,
            })
        })
        .collect();
    let sampling = format!("{sampling:?}").to_lowercase();
    json!({ "search": name, "sampling": sampling, "iterations": iterations })
}

fn recording() -> Value {
    json!({
        "made_by": "tests/it/recorded_descents.rs of the crate gols, GOLS_RECORD=1",
        "data": "Iris, inputs scaled to [-1, 1]",
        "network": [4, 10, 3],
        "activation": "sigmoid, on the output layer too",
        "loss": "100/(B K) sum of (y - t)^2",
        "layout": "weights of the first layer (4 x 10, row by row), biases, the same of the second (10 x 3)",
        "start": start(),
        "batch": BATCH,
        "batch_seed": BATCH_SEED,
        "descents": [
            record("InexactGols", InexactGols::default(), Sampling::Dynamic),
            record("InexactGols", InexactGols::default(), Sampling::Static),
            record("BisectionGols", BisectionGols::default(), Sampling::Dynamic),
            record("Armijo", Armijo::default(), Sampling::Static),
        ],
    })
}

/// Whether all numbers agree to 1e-9 and all else is the same.
///
/// Rounding differs with the processor's vector width; fifty iterations amplify it from 1e-16 to some 1e-13.
fn agree(found: &Value, expected: &Value) -> bool {
    match (found, expected) {
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| agree(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| agree(a, b)))
        }
        (Value::Number(a), Value::Number(b)) => {
            let (a, b) = (a.as_f64().unwrap(), b.as_f64().unwrap());
            (a - b).abs() <= 1e-9 * b.abs()
        }
        (a, b) => a == b,
    }
}

#[test]
fn the_recorded_descents_are_those_of_this_crate() {
    let found = recording();
    if std::env::var_os("GOLS_RECORD").is_some() {
        std::fs::write(FILE, format!("{found:#}\n")).unwrap();
    }
    let expected: Value = serde_json::from_str(&std::fs::read_to_string(FILE).unwrap()).unwrap();
    for (found, expected) in [
        (&found["start"], &expected["start"]),
        (&found["descents"], &expected["descents"]),
        (&found, &expected),
    ] {
        assert!(agree(found, expected), "found {found:#}\nexpected {expected:#}");
    }
}
