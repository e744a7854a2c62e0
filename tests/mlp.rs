//! The reference network: against recorded numbers, against a plain program, against differences.

#[path = "it/common/mod.rs"]
mod common;

use std::sync::Arc;

use gols::Real;
use gols::mlp::{Activation, Dataset, Loss, Model, Network};
use gols::{
    Descent, Error, InexactGols, MiniBatches, Sampling, SliceModel, SliceObjective, SteepestDescent,
};
use serde_json::Value;

const ACTIVATIONS: [Activation; 7] = [
    Activation::Sigmoid,
    Activation::Tanh,
    Activation::Softsign,
    Activation::Relu,
    Activation::LeakyRelu,
    Activation::Elu,
    Activation::Linear,
];
const LOSSES: [Loss; 2] = [Loss::HalfSquared, Loss::SquaredPercentage];

// --- Recorded numbers ---------------------------------------------------------------------------------

fn oracle() -> Value {
    serde_json::from_str(include_str!("oracles/iris_network.json")).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    let values = value.as_array().unwrap();
    values.iter().map(|value| value.as_f64().unwrap()).collect()
}

fn rows(value: &Value) -> Vec<usize> {
    let values = value.as_array().unwrap();
    values.iter().map(|value| value.as_u64().unwrap() as usize).collect()
}

fn scaled_iris() -> Dataset<f64> {
    Dataset::iris().with_scaled_inputs(0.0, 1.0).unwrap()
}

/// To 1e-10 relative. A slope is a sum of products that may cancel: its scale is |g| |d|.
fn assert_close(found: f64, expected: f64, scale: f64, what: &str) {
    let error = (found - expected).abs();
    assert!(error <= 1e-10 * scale, "{what}: {found} is not {expected}");
}

fn norm(v: &[f64]) -> f64 {
    v.iter().map(|v| v * v).sum::<f64>().sqrt()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
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
    let all: Vec<usize> = (0..150).collect();
    let cases = oracle["cases"].as_array().unwrap();
    let mut compared = 0;
    for case in cases.iter().filter(|case| case.get("direction").is_some()) {
        let direction: Vec<f64> = match case["direction"].as_str().unwrap() {
            "d1" => d1.clone(),
            _ => d1.iter().zip(&d2).map(|(d1, d2)| d1 + d2).collect(),
        };
        let network = recorded_network(case);
        let mut model = Model::new(network, Loss::HalfSquared, scaled_iris()).unwrap();
        for (rows, loss_key, slope_key) in
            [(&all, "L_full", "D_full"), (&batch, "L_batch", "D_batch")]
        {
            model.set_batch(rows).unwrap();
            assert_eq!(model.batch(), rows);
            let (losses, slopes) = (numbers(&case[loss_key]), numbers(&case[slope_key]));
            for ((&alpha, &loss), &slope) in alphas.iter().zip(&losses).zip(&slopes) {
                let moved = x0.iter().zip(&direction);
                let x: Vec<f64> = moved.map(|(x, d)| x + alpha * d).collect();
                let name = format!("{} {} {} at {alpha}", case["act"], case["output"], loss_key);
                let mut gradient = vec![f64::NAN; 83];
                let found = model.loss_and_gradient(&x, &mut gradient).unwrap();
                assert_close(found, loss, loss.abs(), &name);
                assert_close(model.loss(&x).unwrap(), loss, loss.abs(), &name);
                let scale = norm(&gradient) * norm(&direction);
                assert_close(dot(&gradient, &direction), slope, scale, &name);
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
        let mut model = Model::new(network, Loss::HalfSquared, scaled_iris()).unwrap();
        let mut gradient = vec![f64::NAN; 83];
        model.loss_and_gradient(&x0, &mut gradient).unwrap();
        for (index, (&found, &expected)) in gradient.iter().zip(&expected).enumerate() {
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
    let mut model = Model::new(network, Loss::SquaredPercentage, scaled_iris()).unwrap();
    model.set_batch(&rows(&oracle["batch_indices_0based"])).unwrap();
    let mut gradient = vec![f64::NAN; x.len()];
    let loss = model.loss_and_gradient(&x, &mut gradient).unwrap();
    let expected = oracle["loss_value"].as_f64().unwrap();
    assert_close(loss, expected, expected, "the loss");
    let expected = numbers(&oracle["gradient"]);
    for (index, (&found, &expected)) in gradient.iter().zip(&expected).enumerate() {
        assert_close(found, expected, expected.abs(), &format!("element {index}"));
    }
    // The error is that of all samples, whatever the batch.
    let expected = oracle["full_error"].as_f64().unwrap();
    assert_close(model.error(&x).unwrap(), expected, expected, "the error");
    assert_eq!(model.batch().len(), 10);
}

// --- A plain program ----------------------------------------------------------------------------------

/// The network once more, sample by sample and node by node, straight from its definition.
struct Plain<'a> {
    sizes: &'a [usize],
    hidden: Activation,
    output: Activation,
}

impl Plain<'_> {
    /// The weighted sums of all nodes, and the outputs.
    fn forward(&self, x: &[f64], input: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let (mut sums, mut a, mut start) = (Vec::new(), input.to_vec(), 0);
        for (layer, size) in self.sizes.windows(2).enumerate() {
            let (inputs, outputs) = (size[0], size[1]);
            let is_last = layer == self.sizes.len() - 2;
            let h = if is_last { self.output } else { self.hidden };
            let mut next = Vec::new();
            for j in 0..outputs {
                let bias = x[start + inputs * outputs + j];
                let z = bias + (0..inputs).map(|i| a[i] * x[start + i * outputs + j]).sum::<f64>();
                sums.push(z);
                next.push(match h {
                    Activation::Sigmoid => 1.0 / (1.0 + (-z).exp()),
                    Activation::Tanh => z.tanh(),
                    Activation::Softsign => z / (1.0 + z.abs()),
                    Activation::Relu => z.max(0.0),
                    Activation::LeakyRelu => {
                        if z > 0.0 {
                            z
                        } else {
                            0.01 * z
                        }
                    }
                    Activation::Elu => {
                        if z > 0.0 {
                            z
                        } else {
                            z.exp() - 1.0
                        }
                    }
                    Activation::Linear => z,
                });
            }
            (a, start) = (next, start + (inputs + 1) * outputs);
        }
        (sums, a)
    }

    fn loss(&self, loss: Loss, x: &[f64], data: &Dataset<f64>, rows: &[usize]) -> f64 {
        let square = |&row: &usize| {
            let (_, y) = self.forward(x, data.input(row));
            y.iter().zip(data.target(row)).map(|(y, t)| (y - t).powi(2)).sum::<f64>()
        };
        let sum: f64 = rows.iter().map(square).sum();
        let (samples, outputs) = (rows.len() as f64, data.target_columns() as f64);
        match loss {
            Loss::HalfSquared => sum / (2.0 * samples),
            Loss::SquaredPercentage => 100.0 * sum / (samples * outputs),
        }
    }

    /// On which side of its kink every node is, for every sample.
    fn sides(&self, x: &[f64], data: &Dataset<f64>) -> Vec<bool> {
        let rows = 0..data.len();
        rows.flat_map(|row| self.forward(x, data.input(row)).0).map(|z| z > 0.0).collect()
    }
}

/// Samples between −1 and 1 with targets between 0 and 1.
fn samples(count: usize, inputs: usize, outputs: usize) -> Dataset<f64> {
    let value = |i: usize| ((i * 37 + i * i * 11) % 101) as f64 / 50.0 - 1.0;
    let cells = (0..count * inputs).map(value).collect();
    let targets = (0..count * outputs).map(|i| (value(i + 7) + 1.0) / 2.0).collect();
    Dataset::new(count, cells, targets).unwrap()
}

const SHAPES: [&[usize]; 4] = [&[4, 3], &[4, 5, 3], &[3, 4, 3, 2], &[2, 3, 4, 3, 2]];

#[test]
fn the_loss_is_that_of_a_plain_program() {
    for sizes in SHAPES {
        let data = samples(300, sizes[0], sizes[sizes.len() - 1]);
        for hidden in ACTIVATIONS {
            for output in [hidden, Activation::Linear, Activation::Sigmoid] {
                for loss in LOSSES {
                    let network = Network::new(sizes, hidden).unwrap().with_output(output);
                    let x = network.uniform_parameters::<f64>(-1.0, 1.0, 1).unwrap();
                    let plain = Plain { sizes, hidden, output };
                    let mut model = Model::new(network, loss, data.clone()).unwrap();
                    // Fewer rows than a chunk, a chunk and more, all of them; in any order, repeating.
                    for rows in [
                        vec![7],
                        (0..128).collect(),
                        (0..129).rev().collect::<Vec<_>>(),
                        [5; 257].to_vec(),
                    ] {
                        model.set_batch(&rows).unwrap();
                        let expected = plain.loss(loss, &x, &data, &rows);
                        // Sums of a few hundred terms, each rounded by 1e-16: 1e-12 is far more.
                        let found = model.loss(&x).unwrap();
                        assert!(
                            (found - expected).abs() <= 1e-12 * expected,
                            "{sizes:?} {hidden:?} {output:?} {loss:?}"
                        );
                    }
                    let all: Vec<usize> = (0..300).collect();
                    let expected = plain.loss(loss, &x, &data, &all);
                    let found = model.error(&x).unwrap();
                    assert!((found - expected).abs() <= 1e-12 * expected);
                    assert_eq!(model.batch().len(), 257, "the error leaves the batch alone");
                }
            }
        }
    }
}

#[test]
fn a_large_batch_has_the_mean_of_its_parts() {
    let data = samples(200, 4, 3);
    let network = Network::new(&[4, 6, 3], Activation::Tanh).unwrap();
    let x = network.uniform_parameters::<f64>(-1.0, 1.0, 3).unwrap();
    let mut model = Model::new(network, Loss::HalfSquared, data).unwrap();
    let mut gradient = |rows: &[usize]| {
        model.set_batch(rows).unwrap();
        let mut gradient = vec![f64::NAN; x.len()];
        let loss = model.loss_and_gradient(&x, &mut gradient).unwrap();
        (loss, gradient)
    };
    let all: Vec<usize> = (0..200).collect();
    let (loss, whole) = gradient(&all);
    let halves = [gradient(&all[..100]), gradient(&all[100..])];
    let mean = f64::midpoint(halves[0].0, halves[1].0);
    assert!((loss - mean).abs() < 1e-12 * loss);
    for (i, g) in whole.iter().enumerate() {
        let mean = f64::midpoint(halves[0].1[i], halves[1].1[i]);
        assert!((g - mean).abs() < 1e-12, "{g} {mean}");
    }
}

// --- Central differences ------------------------------------------------------------------------------

/// Parameters near which no node of a piecewise activation passes its kink when any one parameter moves
/// by up to 2h: there the loss is smooth, and differences mean something. The first seed that has it.
fn smooth_start(plain: &Plain, network: &Network, data: &Dataset<f64>, h: f64) -> Vec<f64> {
    'seeds: for seed in 0..5000 {
        // Values f32 holds exactly, so that both precisions start at the same point.
        let x: Vec<f64> = network
            .uniform_parameters::<f32>(-1.0, 1.0, seed)
            .unwrap()
            .iter()
            .map(|&x| f64::from(x))
            .collect();
        let is_piecewise =
            |h| matches!(h, Activation::Relu | Activation::LeakyRelu | Activation::Elu);
        if !is_piecewise(plain.hidden) && !is_piecewise(plain.output) {
            return x;
        }
        let sides = plain.sides(&x, data);
        for i in 0..x.len() {
            for way in [-2.0 * h, 2.0 * h] {
                let mut moved = x.clone();
                moved[i] += way;
                if plain.sides(&moved, data) != sides {
                    continue 'seeds;
                }
            }
        }
        return x;
    }
    panic!("no such start");
}

/// (8 (L(h) − L(−h)) − (L(2h) − L(−2h))) / 12h, the central difference of fourth order.
fn difference<T: Real>(model: &mut Model<T>, x: &[T], i: usize, h: f64) -> f64 {
    let mut at = |way: f64| {
        let mut moved = x.to_vec();
        moved[i] = moved[i] + T::from(way).unwrap();
        model.loss(&moved).unwrap()
    };
    let (near, far) = (at(h) - at(-h), at(2.0 * h) - at(-2.0 * h));
    (8.0 * near - far) / (12.0 * h)
}

/// Every element of every gradient against its central difference with step h, within `tolerance` of the
/// loss's scale.
fn check_gradients<T: Real>(shapes: &[&[usize]], count: usize, h: f64, tolerance: f64) {
    for &sizes in shapes {
        let exact = samples(count, sizes[0], sizes[sizes.len() - 1]);
        let cast = |values: &[f64]| values.iter().map(|&v| T::from(v).unwrap()).collect::<Vec<T>>();
        let data = Dataset::new(count, cast(exact.inputs()), cast(exact.targets())).unwrap();
        for hidden in ACTIVATIONS {
            for output in [hidden, Activation::Linear] {
                let network = Network::new(sizes, hidden).unwrap().with_output(output);
                let plain = Plain { sizes, hidden, output };
                let x = cast(&smooth_start(&plain, &network, &exact, h));
                for loss in LOSSES {
                    let mut model = Model::new(network.clone(), loss, data.clone()).unwrap();
                    let mut gradient = vec![T::nan(); x.len()];
                    let value = model.loss_and_gradient(&x, &mut gradient).unwrap();
                    let scale: f64 = match loss {
                        Loss::HalfSquared => 1.0,
                        Loss::SquaredPercentage => 100.0,
                    };
                    for (i, g) in gradient.iter().enumerate() {
                        let expected = difference(&mut model, &x, i, h);
                        let error = (g.to_f64().unwrap() - expected).abs();
                        assert!(
                            error <= tolerance * scale.max(value),
                            "{sizes:?} {hidden:?} {output:?} {loss:?} element {i}: {g:?} {expected}",
                            g = g.to_f64()
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn gradients_are_central_differences_in_f64() {
    // With h = 1e-3: the remainder is h⁴/30 L⁽⁵⁾ = 3e-14 L⁽⁵⁾, and the rounding of L (1e-15 with its sums)
    // is divided by h: 1.5e-12. Fifth derivatives of these networks stay below 1e4, for weights and inputs
    // are at most 1: together below 1e-9.
    check_gradients::<f64>(&SHAPES, 6, 1e-3, 1e-9);
}

#[test]
fn gradients_are_central_differences_in_f32() {
    // With h = 1/64, a power of two, the moves are exact up to one rounding: the remainder is
    // 2e-9 L⁽⁵⁾. The loss is rounded by 6e-8 in each of some ten operations that meet, of the scale of
    // the loss: 1.5 · 6e-7 · 64 = 6e-5. Moves round x by 6e-8, hence L by as much again of the slope.
    // Together below 3e-4; small networks, so that a start without kinks within 2h is to be had.
    let shapes: [&[usize]; 3] = [&[3, 3, 2], &[2, 3, 3, 2], &[2, 3, 2, 3, 2]];
    check_gradients::<f32>(&shapes, 3, 1.0 / 64.0, 3e-4);
}

#[test]
fn single_and_double_precision_agree() {
    // The same parameters and data in both: every operation of f32 rounds by 6e-8, and errors of a few
    // layers of at most ten terms add up to less than 1e-5 of the scale of loss and gradient.
    let network = Network::new(&[4, 10, 3], Activation::Sigmoid).unwrap();
    for hidden in ACTIVATIONS {
        let network = Network::new(network.sizes(), hidden).unwrap();
        for loss in LOSSES {
            let single = network.uniform_parameters::<f32>(-0.5, 0.5, 9).unwrap();
            let double: Vec<f64> = single.iter().map(|&x| f64::from(x)).collect();
            let data = Dataset::<f32>::iris().with_scaled_inputs(-1.0, 1.0).unwrap();
            let wide = |values: &[f32]| values.iter().map(|&v| f64::from(v)).collect::<Vec<f64>>();
            let exact = Dataset::new(150, wide(data.inputs()), wide(data.targets())).unwrap();
            let mut of_single = Model::new(network.clone(), loss, data).unwrap();
            let mut of_double = Model::new(network.clone(), loss, exact).unwrap();
            let (mut g32, mut g64) = (vec![0.0_f32; 83], vec![0.0_f64; 83]);
            let found = of_single.loss_and_gradient(&single, &mut g32).unwrap();
            let expected = of_double.loss_and_gradient(&double, &mut g64).unwrap();
            assert!((found - expected).abs() < 1e-5 * expected, "{hidden:?} {found} {expected}");
            let error: Vec<f64> = g32.iter().zip(&g64).map(|(&a, b)| f64::from(a) - b).collect();
            assert!(norm(&error) < 1e-5 * norm(&g64).max(expected), "{hidden:?} {loss:?}");
        }
    }
}

// --- What a model offers ------------------------------------------------------------------------------

#[test]
fn accuracy_counts_the_samples_whose_largest_output_is_right() {
    // Outputs are the inputs (identity weights): right, right, wrong, and a tie that goes to the first.
    let inputs = vec![0.9, 0.1, 0.2, 0.8, 0.7, 0.3, 0.5, 0.5];
    let data = Dataset::from_classes(inputs, &[0, 1, 1, 0], 2).unwrap();
    let network = Network::new(&[2, 2], Activation::Linear).unwrap();
    let mut model = Model::new(network, Loss::HalfSquared, data).unwrap();
    let identity = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];
    assert_eq!(model.accuracy(&identity).unwrap(), 0.75);
    // It does not depend on the batch.
    model.set_batch(&[2]).unwrap();
    assert_eq!(model.accuracy(&identity).unwrap(), 0.75);
    let swap = [0.0, 1.0, 1.0, 0.0, 0.0, 0.0];
    assert_eq!(model.accuracy(&swap).unwrap(), 0.5);
    let large = Dataset::from_classes([1.0, 0.0].repeat(300), &[0; 300], 2).unwrap();
    let network = Network::new(&[2, 2], Activation::Linear).unwrap();
    let mut model = Model::new(network, Loss::HalfSquared, large).unwrap();
    assert_eq!(model.accuracy(&identity).unwrap(), 1.0);
    assert_eq!(model.accuracy(&swap).unwrap(), 0.0);
}

#[test]
fn outputs_that_are_nan_are_not_right() {
    let data = Dataset::from_classes(vec![1.0, 2.0, 3.0], &[0, 1, 0], 2).unwrap();
    let network = Network::new(&[1, 2], Activation::Linear).unwrap();
    let mut model = Model::new(network, Loss::HalfSquared, data).unwrap();
    assert_eq!(model.accuracy(&[f64::NAN; 4]).unwrap(), 0.0);
}

#[test]
fn a_network_that_has_diverged_has_no_finite_loss_and_no_error() {
    for hidden in ACTIVATIONS {
        let network = Network::new(&[4, 10, 3], hidden).unwrap();
        let mut model = Model::new(network, Loss::HalfSquared, scaled_iris()).unwrap();
        let mut gradient = vec![0.0; 83];
        let nan = vec![f64::NAN; 83];
        assert!(model.loss(&nan).unwrap().is_nan(), "{hidden:?}");
        assert!(model.loss_and_gradient(&nan, &mut gradient).unwrap().is_nan());
        // And it recovers: nothing of it is kept.
        let x = vec![0.1; 83];
        let loss = model.loss_and_gradient(&x, &mut gradient).unwrap();
        assert!(loss.is_finite() && gradient.iter().all(|g| g.is_finite()));
    }
}

#[test]
fn mini_batches_are_drawn_and_shared_data_is_not_copied() {
    let data = Arc::new(Dataset::<f64>::iris());
    let network = Network::new(&[4, 10, 3], Activation::Sigmoid).unwrap();
    let batches = MiniBatches::new(150, 10, 42).unwrap();
    let mut twin = batches.clone();
    let mut model = Model::new(network.clone(), Loss::HalfSquared, data.clone())
        .unwrap()
        .with_mini_batches(batches)
        .unwrap();
    assert!(std::ptr::eq(model.data(), &*data));
    assert_eq!(model.network(), &network);
    // All samples until the first draw.
    assert!(model.batch().iter().copied().eq(0..150));
    for _ in 0..5 {
        model.resample().unwrap();
        assert_eq!(model.batch(), twin.draw());
    }
    let mut whole = Model::new(network, Loss::HalfSquared, data).unwrap();
    whole.resample().unwrap();
    assert_eq!(whole.batch().len(), 150);
}

#[test]
fn every_length_that_does_not_match_is_refused_and_nothing_changes() {
    let network = Network::new(&[4, 10, 3], Activation::Sigmoid).unwrap();
    let length = |found, expected, error: Option<Error>| {
        assert!(
            matches!(error, Some(Error::Length { found: f, expected: e, .. }) if (f, e) == (found, expected)),
            "{error:?}"
        );
    };
    length(3, 4, Model::new(network.clone(), Loss::HalfSquared, samples(5, 3, 3)).err());
    length(2, 3, Model::new(network.clone(), Loss::HalfSquared, samples(5, 4, 2)).err());
    let mut model = Model::new(network.clone(), Loss::HalfSquared, samples(5, 4, 3)).unwrap();
    let batches = MiniBatches::new(6, 2, 0).unwrap();
    length(6, 5, model.clone().with_mini_batches(batches).err());
    for found in [0, 82, 84] {
        let (x, mut right) = (vec![0.0; found], vec![7.0; 83]);
        length(found, 83, model.loss(&x).err());
        length(found, 83, model.error(&x).err());
        length(found, 83, model.accuracy(&x).err());
        length(found, 83, model.loss_and_gradient(&x, &mut right).err());
        assert_eq!(right, [7.0; 83]);
        let mut wrong = vec![7.0; found];
        length(found, 83, model.loss_and_gradient(&[0.0; 83], &mut wrong).err());
        assert_eq!(wrong, vec![7.0; found]);
    }
    for (sizes, found) in [(&[][..], 0), (&[4], 1)] {
        length(found, 2, Network::new(sizes, Activation::Tanh).err());
    }
    for sizes in [&[0, 3][..], &[4, 0, 3], &[4, 0]] {
        let error = Network::new(sizes, Activation::Tanh).unwrap_err();
        assert!(matches!(error, Error::Empty { .. }), "{error:?}");
    }
}

#[test]
fn a_batch_that_is_empty_or_names_no_row_is_refused_and_the_old_one_stays() {
    let network = Network::new(&[4, 3], Activation::Sigmoid).unwrap();
    let mut model = Model::new(network, Loss::HalfSquared, samples(5, 4, 3)).unwrap();
    model.set_batch(&[4, 0]).unwrap();
    assert_eq!(model.set_batch(&[]), Err(Error::Empty { what: "mini-batch" }));
    assert_eq!(model.set_batch(&[1, 5, 9]), Err(Error::Row { row: 5, rows: 5 }));
    assert_eq!(model.batch(), [4, 0]);
}

#[test]
fn parameters_have_the_documented_layout() {
    // Two inputs, one hidden layer of two, one output, all linear, worked out by hand: weights that leave
    // input 0, weights that leave input 1, biases; then the weights of the output and its bias.
    let network = Network::new(&[2, 2, 1], Activation::Linear).unwrap();
    assert_eq!((network.inputs(), network.outputs(), network.parameters()), (2, 1, 9));
    let x = [1.0, 2.0, 3.0, 4.0, 10.0, 20.0, 5.0, 7.0, 100.0];
    // (1, 1) ↦ (1 + 3 + 10, 2 + 4 + 20) = (14, 26) ↦ 5 · 14 + 7 · 26 + 100 = 352; target 350.
    let data = Dataset::new(1, vec![1.0, 1.0], vec![350.0]).unwrap();
    let mut model = Model::new(network.clone(), Loss::HalfSquared, data.clone()).unwrap();
    let mut gradient = vec![0.0; 9];
    assert_eq!(model.loss_and_gradient(&x, &mut gradient).unwrap(), 2.0);
    // ∂L/∂y = 2; back through 5 and 7.
    assert_eq!(gradient, [10.0, 14.0, 10.0, 14.0, 10.0, 14.0, 28.0, 52.0, 2.0]);
    let mut model = Model::new(network, Loss::SquaredPercentage, data).unwrap();
    assert_eq!(model.loss(&x).unwrap(), 400.0);
}

#[test]
fn a_dead_relu_has_a_slope_of_zero() {
    let network = Network::new(&[1, 1], Activation::Relu).unwrap();
    let data = Dataset::new(2, vec![1.0, 2.0], vec![1.0, 1.0]).unwrap();
    let mut model = Model::new(network, Loss::HalfSquared, data).unwrap();
    for dead in [[-1.0, 0.0], [0.0, 0.0]] {
        let mut gradient = vec![9.0; 2];
        assert_eq!(model.loss_and_gradient(&dead, &mut gradient).unwrap(), 0.5);
        assert_eq!(gradient, [0.0, 0.0]);
    }
}

#[test]
fn uniform_parameters_are_uniform_and_seeded() {
    let network = Network::new(&[100, 100], Activation::Tanh).unwrap();
    let x = network.uniform_parameters::<f64>(-0.1, 0.3, 5).unwrap();
    assert!(x.iter().all(|x| (-0.1..0.3).contains(x)));
    assert_eq!(x, network.uniform_parameters::<f64>(-0.1, 0.3, 5).unwrap());
    assert_ne!(x, network.uniform_parameters::<f64>(-0.1, 0.3, 6).unwrap());
    // Ten cells of a tenth: 10 100 draws, mean 1010, sd √(10 100 · 0.1 · 0.9) = 30; five of them.
    let mut counts = [0_i32; 10];
    x.iter().for_each(|x| counts[((x + 0.1) / 0.04) as usize] += 1);
    assert!(counts.iter().all(|count| (count - 1010).abs() < 150), "{counts:?}");
    // f32 gets the same numbers, rounded.
    let single = network.uniform_parameters::<f32>(-0.1, 0.3, 5).unwrap();
    assert!(single.iter().zip(&x).all(|(&single, &x)| single == x as f32));
}

#[test]
fn uniform_parameters_have_the_same_bits_for_good() {
    // Worked out by a program of its own, see `sampling`.
    let network = Network::new(&[2, 2], Activation::Tanh).unwrap();
    let x = network.uniform_parameters::<f64>(-0.1, 0.1, 42).unwrap();
    let expected = [
        0x3fb0_17a9_0fda_7e16,
        0xbfa2_8d7f_6b10_39ee,
        0x3fb8_c67f_6568_d42e,
        0x3fa4_98a6_266b_89ac,
        0x3fae_0e0b_49c8_34f8,
        0x3f92_0ae5_99d8_40ac,
    ];
    assert_eq!(common::bits(&x), expected);
}

#[test]
fn a_range_that_is_empty_or_not_finite_is_refused() {
    let network = Network::new(&[2, 2], Activation::Tanh).unwrap();
    let (nan, infinity) = (f64::NAN, f64::INFINITY);
    for (low, high) in
        [(1.0, 1.0), (1.0, 0.0), (nan, 1.0), (0.0, nan), (0.0, infinity), (-infinity, 0.0)]
    {
        let error = network.uniform_parameters::<f64>(low, high, 1).unwrap_err();
        assert!(matches!(error, Error::Setting { setting: "low" | "high", .. }), "{low} {high}");
    }
}

#[test]
fn uniform_parameters_are_finite_or_refused() {
    // A start must be finite: a range that is wider than the greatest number, or whose ends f32 cannot
    // hold, must not slip through.
    let network = Network::new(&[2, 2], Activation::Tanh).unwrap();
    let wide = network.uniform_parameters::<f64>(f64::MIN, f64::MAX, 1);
    assert!(wide.map_or(true, |x| x.iter().all(|x| x.is_finite())), "a range wider than f64");
    let single = network.uniform_parameters::<f32>(-1e300, 1e300, 1);
    assert!(single.map_or(true, |x| x.iter().all(|x| x.is_finite())), "ends beyond f32");
}

// --- Training -----------------------------------------------------------------------------------------

/// The parameters after some steps on Iris, and the losses on the way.
fn train<T: Real>(seed: u64, reuse: bool, steps: usize) -> (Vec<T>, Vec<u64>) {
    let iris = Dataset::<T>::iris().with_scaled_inputs(-1.0, 1.0).unwrap().shuffled(seed);
    let network = Network::new(&[4, 10, 3], Activation::Sigmoid).unwrap();
    let x0 = network.uniform_parameters(-0.1, 0.1, seed).unwrap();
    let batches = MiniBatches::new(150, 10, seed).unwrap();
    let model = Model::new(network, Loss::SquaredPercentage, iris).unwrap();
    let model = model.with_mini_batches(batches).unwrap();
    let mut objective = SliceObjective::new(model, x0).unwrap();
    let search = InexactGols::default();
    let mut descent = Descent::new(&objective, SteepestDescent, search, Sampling::Dynamic)
        .unwrap()
        .with_gradient_reuse(reuse);
    let losses = (0..steps).map(|_| descent.step(&mut objective).unwrap().loss.to_bits()).collect();
    (objective.into_parts().1, losses)
}

#[test]
fn the_same_seed_trains_to_the_same_bits() {
    for reuse in [false, true] {
        let (first, losses) = train::<f64>(3, reuse, 150);
        let (second, again) = train::<f64>(3, reuse, 150);
        assert_eq!(common::bits(&first), common::bits(&second));
        assert_eq!(losses, again);
        let (other, _) = train::<f64>(4, reuse, 150);
        assert_ne!(first, other);
        let single = |x: Vec<f32>| x.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
        assert_eq!(single(train::<f32>(3, reuse, 50).0), single(train::<f32>(3, reuse, 50).0));
    }
}

#[test]
fn training_on_iris_learns_it() {
    let network = Network::new(&[4, 10, 3], Activation::Sigmoid).unwrap();
    let iris = Dataset::iris().with_scaled_inputs(-1.0, 1.0).unwrap();
    let mut model = Model::new(network, Loss::SquaredPercentage, iris).unwrap();
    let (x, _) = train::<f64>(1, false, 1200);
    // Three classes: 1/3 by guessing, and about 0.97 where a network has learned them.
    assert!(model.accuracy(&x).unwrap() > 0.9);
    let (start, _) = train::<f64>(1, false, 0);
    assert!(model.error(&x).unwrap() < 0.3 * model.error(&start).unwrap());
}
