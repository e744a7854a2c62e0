//! The network against recorded numbers.

use super::{dot, gradient, iris, loss, norm};
use gols::mlp::{Activation, Loss, Model, Network};
use serde_json::Value;

fn oracle() -> Value {
    serde_json::from_str(include_str!("../../oracles/iris_network.json")).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    let values = value.as_array().unwrap();
    values.iter().map(|value| value.as_f64().unwrap()).collect()
}

fn rows(value: &Value) -> Vec<usize> {
    let values = value.as_array().unwrap();
    values.iter().map(|value| value.as_u64().unwrap() as usize).collect()
}

/// To 1e-10 relative. A slope is a sum of products that may cancel: its scale is |g| |d|.
fn assert_close(found: f64, expected: f64, scale: f64, what: &str) {
    let error = (found - expected).abs();
    assert!(error <= 1e-10 * scale, "{what}: {found} is not {expected}");
}

fn recorded_network(case: &Value) -> Network {
    let activation = match case["act"].as_str().unwrap() {
        "sigmoid" => Activation::Sigmoid,
        "tanh" => Activation::Tanh,
        "softsign" => Activation::Softsign,
        "relu" => Activation::Relu,
        "leaky_relu" => Activation::LeakyRelu,
        "elu" => Activation::Elu,
        other => panic!("no activation is called {other}"),
    };
    let network = Network::new(&[4, 10, 3], activation).unwrap();
    match case["output"].as_str().unwrap() {
        "same" => network,
        "linear" => network.with_output(Activation::Linear),
        other => panic!("no output is called {other}"),
    }
}

#[test]
fn the_recorded_losses_and_slopes_of_iris_are_met_to_1e_10() {
    let oracle = oracle();
    let [x0, d1, d2] = ["x0", "d1", "d2"].map(|key| numbers(&oracle[key]));
    let alphas = numbers(&oracle["alphas"]);
    let batch = rows(&oracle["batch_indices_0based"]);
    let cases = oracle["cases"].as_array().unwrap();
    let mut compared = 0;
    for case in cases.iter().filter(|case| case.get("direction").is_some()) {
        let direction: Vec<f64> = match case["direction"].as_str().unwrap() {
            "d1" => d1.clone(),
            _ => d1.iter().zip(&d2).map(|(d1, d2)| d1 + d2).collect(),
        };
        let network = recorded_network(case);
        let mut model = Model::new(network, Loss::HalfSquared, iris(0.0, 1.0)).unwrap();
        for (rows, loss_key, slope_key) in
            [(&[][..], "L_full", "D_full"), (&batch, "L_batch", "D_batch")]
        {
            let (losses, slopes) = (numbers(&case[loss_key]), numbers(&case[slope_key]));
            for ((&alpha, &expected), &slope) in alphas.iter().zip(&losses).zip(&slopes) {
                let moved = x0.iter().zip(&direction);
                let x: Vec<f64> = moved.map(|(x, d)| x + alpha * d).collect();
                let name = format!("{} {} {} at {alpha}", case["act"], case["output"], loss_key);
                let (found, g) = gradient(&mut model, &x, rows);
                assert_close(found, expected, expected.abs(), &name);
                let found = loss(&mut model, &x, rows).unwrap();
                assert_close(found, expected, expected.abs(), &name);
                assert_close(dot(&g, &direction), slope, norm(&g) * norm(&direction), &name);
                compared += 1;
            }
        }
    }
    // Six activations, two outputs, two directions, two batches, nine steps.
    assert_eq!(compared, 6 * 2 * 2 * 2 * 9);
}

#[test]
fn the_recorded_gradients_of_iris_are_met_to_1e_10() {
    let oracle = oracle();
    let x0 = numbers(&oracle["x0"]);
    let mut compared = 0;
    for case in oracle["cases"].as_array().unwrap() {
        let Some(expected) = case.get("gradient_at_x0_full_batch") else { continue };
        let expected = numbers(expected);
        let network = recorded_network(case);
        let mut model = Model::new(network, Loss::HalfSquared, iris(0.0, 1.0)).unwrap();
        let (_, g) = gradient(&mut model, &x0, &[]);
        for (index, (&found, &expected)) in g.iter().zip(&expected).enumerate() {
            let name = format!("{} {} element {index}", case["act"], case["output"]);
            assert_close(found, expected, expected.abs(), &name);
            compared += 1;
        }
    }
    assert_eq!(compared, 12 * 83);
}

#[test]
fn the_recorded_network_of_two_hidden_layers_is_met_to_1e_10() {
    let oracle = &oracle()["proben1"];
    let sizes = rows(&oracle["sizes"]);
    let network = Network::new(&sizes, Activation::Sigmoid).unwrap();
    let x = numbers(&oracle["x"]);
    assert_eq!(network.parameters(), x.len());
    let mut model = Model::new(network, Loss::SquaredPercentage, iris(0.0, 1.0)).unwrap();
    let batch = rows(&oracle["batch_indices_0based"]);
    let (loss, g) = gradient(&mut model, &x, &batch);
    let expected = oracle["loss_value"].as_f64().unwrap();
    assert_close(loss, expected, expected, "the loss");
    let expected = numbers(&oracle["gradient"]);
    for (index, (&found, &expected)) in g.iter().zip(&expected).enumerate() {
        assert_close(found, expected, expected.abs(), &format!("element {index}"));
    }
    // The error is that of all samples.
    let expected = oracle["full_error"].as_f64().unwrap();
    assert_close(model.error(&x).unwrap(), expected, expected, "the error");
}
