//! Gradients against differences of losses.

use super::plain::Plain;
use super::{ACTIVATIONS, LOSSES, SHAPES, gradient, iris, loss, norm, samples};
use gols::Real;
use gols::mlp::{Activation, Dataset, Loss, Model, Network};

/// Parameters near which no node of a piecewise activation passes its kink when any one parameter
/// moves by up to 2h: there the loss is smooth, and differences mean something. The first seed that
/// has it.
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
        loss(model, &moved, &[]).unwrap()
    };
    let (near, far) = (at(h) - at(-h), at(2.0 * h) - at(-2.0 * h));
    (8.0 * near - far) / (12.0 * h)
}

/// Every element of every gradient against its central difference with step h, within `tolerance`
/// of the loss's scale.
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
                for kind in LOSSES {
                    let mut model = Model::new(network.clone(), kind, data.clone()).unwrap();
                    let (value, gradient) = gradient(&mut model, &x, &[]);
                    let scale: f64 = match kind {
                        Loss::HalfSquared | Loss::CrossEntropy => 1.0,
                        Loss::SquaredPercentage => 100.0,
                    };
                    for (i, g) in gradient.iter().enumerate() {
                        let expected = difference(&mut model, &x, i, h);
                        let error = (g.to_f64().unwrap() - expected).abs();
                        assert!(
                            error <= tolerance * scale.max(value),
                            "{sizes:?} {hidden:?} {output:?} {kind:?} element {i}: {g:?} {expected}",
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
    // With h = 1e-3: the remainder is h⁴/30 L⁽⁵⁾ = 3e-14 L⁽⁵⁾, and the rounding of L (1e-15 with
    // its sums) is divided by h: 1.5e-12. Fifth derivatives of these networks stay below 1e4, for
    // weights and inputs are at most 1: together below 1e-9.
    check_gradients::<f64>(&SHAPES, 6, 1e-3, 1e-9);
}

#[test]
fn gradients_are_central_differences_in_f32() {
    // With h = 1/64, a power of two, the moves are exact up to one rounding: the remainder is 2e-9
    // L⁽⁵⁾. The loss is rounded by 6e-8 in each of some ten operations that meet, of the scale of
    // the loss: 1.5 · 6e-7 · 64 = 6e-5. Moves round x by 6e-8, hence L by as much again of the
    // slope. Together below 3e-4; small networks, so that a start without kinks within 2h is to be
    // had.
    let shapes: [&[usize]; 3] = [&[3, 3, 2], &[2, 3, 3, 2], &[2, 3, 2, 3, 2]];
    check_gradients::<f32>(&shapes, 3, 1.0 / 64.0, 3e-4);
}

#[test]
fn single_and_double_precision_agree() {
    // The same parameters and data in both: every operation of f32 rounds by 6e-8, and errors of a
    // few layers of at most ten terms add up to less than 1e-5 of the scale of loss and gradient.
    let network = Network::new(&[4, 10, 3], Activation::Sigmoid).unwrap();
    for hidden in ACTIVATIONS {
        let network = Network::new(network.sizes(), hidden).unwrap();
        for loss in LOSSES {
            let single = network.uniform_parameters::<f32>(-0.5, 0.5, 9).unwrap();
            let double: Vec<f64> = single.iter().map(|&x| f64::from(x)).collect();
            let data = iris::<f32>(-1.0, 1.0);
            let wide = |values: &[f32]| values.iter().map(|&v| f64::from(v)).collect::<Vec<f64>>();
            let exact = Dataset::new(150, wide(data.inputs()), wide(data.targets())).unwrap();
            let mut of_single = Model::new(network.clone(), loss, data).unwrap();
            let mut of_double = Model::new(network.clone(), loss, exact).unwrap();
            let (found, g32) = gradient(&mut of_single, &single, &[]);
            let (expected, g64) = gradient(&mut of_double, &double, &[]);
            assert!((found - expected).abs() < 1e-5 * expected, "{hidden:?} {found} {expected}");
            let error: Vec<f64> = g32.iter().zip(&g64).map(|(&a, b)| f64::from(a) - b).collect();
            assert!(norm(&error) < 1e-5 * norm(&g64).max(expected), "{hidden:?} {loss:?}");
        }
    }
}

#[test]
fn a_large_batch_has_the_mean_of_its_parts() {
    let data = samples(200, 4, 3);
    let network = Network::new(&[4, 6, 3], Activation::Tanh).unwrap();
    let x = network.uniform_parameters::<f64>(-1.0, 1.0, 3).unwrap();
    let mut model = Model::new(network, Loss::HalfSquared, data).unwrap();
    let mut gradient = |rows: &[usize]| gradient(&mut model, &x, rows);
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
