//! Classifiers as people train them: cross-entropy, He's start, GELU.

use super::plain::Plain;
use super::{ACTIVATIONS, SHAPES, dot, gradient, iris, loss, norm, samples};
use gols::mlp::{Activation, Dataset, Loss, Model, Network};
use gols::{Error, MiniBatches, Optimizer, Real, SliceModel, SliceObjective, check};
use serde_json::Value;

fn classifier<T: Real>(sizes: &[usize], hidden: Activation, data: Dataset<T>) -> Model<T> {
    let network = Network::new(sizes, hidden).unwrap().with_output(Activation::Linear);
    Model::new(network, Loss::CrossEntropy, data).unwrap()
}

fn cast<T: Real>(values: &[f64]) -> Vec<T> {
    values.iter().map(|&value| T::from(value).unwrap()).collect()
}

fn oracle() -> Value {
    serde_json::from_str(include_str!("../../oracles/classifiers.json")).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
}

fn recorded_model<T: Real>(oracle: &Value, case: &Value) -> Model<T> {
    let sizes: Vec<usize> = numbers(&oracle["sizes"]).iter().map(|&size| size as usize).collect();
    let inputs = cast(&numbers(&oracle["inputs"]));
    let data = match case["targets"].as_str().unwrap() {
        "classes" => {
            let classes: Vec<usize> =
                numbers(&oracle["classes"]).iter().map(|&class| class as usize).collect();
            Dataset::from_classes(inputs, &classes, 3).unwrap()
        }
        _ => Dataset::new(7, inputs, cast(&numbers(&oracle["soft"]))).unwrap(),
    };
    let hidden = match case["hidden"].as_str().unwrap() {
        "gelu" => Activation::Gelu,
        "relu" => Activation::Relu,
        "tanh" => Activation::Tanh,
        other => panic!("no activation is called {other}"),
    };
    classifier(&sizes, hidden, data)
}

/// Losses along the recorded line, plain and prepared, and the gradient: within `tolerance` of their
/// scale.
fn compare_with_recorded<T: Real>(tolerance: f64) {
    let oracle = oracle();
    let [x, direction, steps] = ["x", "direction", "steps"].map(|key| numbers(&oracle[key]));
    for case in oracle["cases"].as_array().unwrap() {
        let what = format!("{} {}", case["hidden"], case["targets"]);
        let mut model = recorded_model::<T>(&oracle, case);
        let (expected, slopes) = (numbers(&case["losses"]), numbers(&case["gradient"]));
        let (start, way) = (cast::<T>(&x), cast::<T>(&direction));
        let (_, g) = gradient(&mut model, &start, &[]);
        for (g, expected) in g.iter().zip(&slopes) {
            let error = (g.to_f64().unwrap() - expected).abs();
            assert!(error <= tolerance * norm(&slopes), "{what}: {expected}");
        }
        let mut found = vec![];
        let prepared = model.along_prepared_line(&start, &way, &[], &mut |line| {
            found.extend(steps.iter().map(|&step| line.loss(step).unwrap()));
            let slope = line.slope(0.0).unwrap();
            let expected = dot(&slopes, &direction);
            let scale = norm(&slopes) * norm(&direction);
            assert!((slope - expected).abs() <= tolerance * scale, "{what}: {slope} {expected}");
        });
        assert_eq!(prepared, Ok(true));
        for ((step, prepared), expected) in steps.iter().zip(found).zip(expected) {
            let moved: Vec<f64> = x.iter().zip(&direction).map(|(x, d)| x + step * d).collect();
            let plain = loss(&mut model, &cast(&moved), &[]).unwrap();
            for found in [plain, prepared] {
                let error = (found - expected).abs();
                assert!(error <= tolerance * expected, "{what} at {step}: {found} {expected}");
            }
        }
    }
}

#[test]
fn the_recorded_losses_and_gradients_of_classifiers_are_met() {
    // Some fifty roundings, each of half an epsilon of the largest term; the terms of a loss of 1 are
    // outputs of up to 10.
    compare_with_recorded::<f64>(1e-13);
    compare_with_recorded::<f32>(5e-5);
}

#[test]
fn the_cross_entropy_is_that_of_a_plain_program() {
    for sizes in SHAPES {
        let data = samples(300, sizes[0], sizes[sizes.len() - 1]);
        for hidden in ACTIVATIONS {
            let mut model = classifier(sizes, hidden, data.clone());
            let x = model.network().uniform_parameters(-1.0, 1.0, 1).unwrap();
            let plain = Plain { sizes, hidden, output: Activation::Linear };
            for rows in [vec![7], (0..129).rev().collect(), [5; 257].to_vec()] {
                let expected = plain.loss(Loss::CrossEntropy, &x, &data, &rows);
                // Sums of a few hundred terms, each rounded by 1e-16: 1e-12 is far more.
                let found = loss(&mut model, &x, &rows).unwrap();
                assert!((found - expected).abs() <= 1e-12 * expected, "{sizes:?} {hidden:?}");
            }
        }
    }
}

#[test]
fn gradients_of_classifiers_are_differences_of_their_losses() {
    let smooth = [Activation::Gelu, Activation::Tanh, Activation::Sigmoid, Activation::Softsign];
    for sizes in SHAPES {
        for hidden in smooth {
            let mut model = classifier(sizes, hidden, samples(9, sizes[0], sizes[sizes.len() - 1]));
            let x = model.network().uniform_parameters(-1.0, 1.0, 2).unwrap();
            let report = check::gradient(&mut model, &x, &[], None).unwrap();
            assert!(report.holds(), "{sizes:?} {hidden:?}: {report}");
        }
    }
}

#[test]
fn large_outputs_make_no_overflow_and_a_sure_class_is_not_rounded_away() {
    // Outputs are the inputs.
    fn of<T: Real>(inputs: [f64; 2], class: usize) -> (f64, Vec<T>) {
        let data = Dataset::from_classes(cast(&inputs), &[class], 2).unwrap();
        gradient(
            &mut classifier(&[2, 2], Activation::Linear, data),
            &cast(&[1.0, 0.0, 0.0, 1.0, 0.0, 0.0]),
            &[],
        )
    }
    let (wrong, g) = of::<f32>([1e30, -1e30], 1);
    assert_eq!(wrong, f64::from(2e30_f32));
    assert_eq!(g[4..], [1.0, -1.0]);
    // ln(1 + e⁻²⁰) = 2.06e-9, below the epsilon of f32.
    let (sure, _) = of::<f32>([20.0, 0.0], 0);
    assert!((sure / (-20.0_f64).exp().ln_1p() - 1.0).abs() < 1e-6, "{sure}");
    let (even, g) = of::<f64>([1000.0, 1000.0], 0);
    assert_eq!((even, &g[4..]), (2.0_f64.ln(), &[-0.5, 0.5][..]));
}

#[test]
fn gelu_far_from_zero_is_0_or_the_identity() {
    for (input, output) in [(1e25_f32, 1e25), (-1e25, 0.0)] {
        let data = Dataset::new(1, vec![input], vec![0.0]).unwrap();
        let network = Network::new(&[1, 1], Activation::Gelu).unwrap();
        let mut model = Model::new(network, Loss::HalfSquared, data).unwrap();
        let (loss, g) = gradient(&mut model, &[1e-12, 0.0], &[]);
        // y = 1e13: h' = 1, and dL/db = y. On the other side all is 0.
        let y = output * 1e-12_f32;
        assert!((loss - f64::from(y).powi(2) / 2.0).abs() <= 1e-6 * loss);
        assert_eq!(g, [y * input, y]);
    }
}

#[test]
fn the_cross_entropy_of_outputs_that_are_not_linear_is_refused() {
    for output in ACTIVATIONS.into_iter().filter(|&h| h != Activation::Linear) {
        let network = Network::new(&[4, 5, 3], Activation::Linear).unwrap().with_output(output);
        let error = Model::new(network, Loss::CrossEntropy, iris::<f64>(0.0, 1.0)).unwrap_err();
        assert!(matches!(error, Error::Outputs { loss: "CrossEntropy", expected: "Linear" }));
        assert!(error.to_string().contains("with_output(Activation::Linear)"), "{error}");
    }
}

#[test]
fn a_start_by_he_has_the_variance_of_its_layer_and_no_biases() {
    let network = Network::new(&[200, 100, 50], Activation::Relu).unwrap();
    let x = network.he_parameters::<f64>(3);
    let (first, rest) = x.split_at(20_000);
    let (biases, rest) = rest.split_at(100);
    assert_eq!((biases, &rest[5000..]), (&[0.0; 100][..], &[0.0; 50][..]));
    for (weights, inputs) in [(first, 200.0), (&rest[..5000], 100.0)] {
        let count = weights.len() as f64;
        let mean = weights.iter().sum::<f64>() / count;
        let ratio = dot(weights, weights) / count * inputs / 2.0;
        // Five standard deviations: √(2 / (inputs · count)) and √(2 / count).
        assert!(mean.abs() < 5.0 * (2.0 / (inputs * count)).sqrt(), "{mean}");
        assert!((ratio - 1.0).abs() < 5.0 * (2.0 / count).sqrt(), "{ratio}");
    }
    assert_eq!(x, network.he_parameters::<f64>(3));
    assert_ne!(x, network.he_parameters::<f64>(4));
    let single = network.he_parameters::<f32>(3);
    assert!(single.iter().zip(&x).all(|(&single, &x)| single == x as f32));
}

#[test]
fn a_classifier_learns_iris_without_a_rate() {
    for hidden in [Activation::Gelu, Activation::Relu] {
        let mut model = classifier::<f32>(&[4, 16, 3], hidden, iris(-1.0, 1.0));
        let x = model.network().he_parameters(1);
        let batches = MiniBatches::new(150, 10, 1).unwrap();
        let mut objective = SliceObjective::new(x, batches, model.clone()).unwrap();
        let mut optimizer = Optimizer::new(&objective).unwrap();
        optimizer.train(&mut objective, 1000).unwrap();
        optimizer.finish(&mut objective).unwrap();
        // Three classes: ln 3 = 1.1 and 1/3 by guessing.
        let x = objective.parameters();
        assert!(model.error(x).unwrap() < 0.2 && model.accuracy(x).unwrap() > 0.95, "{hidden:?}");
    }
}
