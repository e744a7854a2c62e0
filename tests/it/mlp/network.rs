//! The architecture: what its parameters mean, and where they start.

use super::plain::Plain;
use super::{ACTIVATIONS, LOSSES, SHAPES, gradient, loss, samples};
use crate::common::bits;
use gols::Error;
use gols::mlp::{Activation, Dataset, Loss, Model, Network};

#[test]
fn the_loss_is_that_of_a_plain_program() {
    for sizes in SHAPES {
        let data = samples(300, sizes[0], sizes[sizes.len() - 1]);
        for hidden in ACTIVATIONS {
            for output in [hidden, Activation::Linear, Activation::Sigmoid] {
                for kind in LOSSES {
                    let network = Network::new(sizes, hidden).unwrap().with_output(output);
                    let x = network.uniform_parameters::<f64>(-1.0, 1.0, 1).unwrap();
                    let plain = Plain { sizes, hidden, output };
                    let mut model = Model::new(network, kind, data.clone()).unwrap();
                    // Fewer rows than a chunk, a chunk and more, all of them; in any order,
                    // repeating.
                    for rows in
                        [vec![7], (0..128).collect(), (0..129).rev().collect(), [5; 257].to_vec()]
                    {
                        let expected = plain.loss(kind, &x, &data, &rows);
                        // Sums of a few hundred terms, each rounded by 1e-16: 1e-12 is far more.
                        let found = loss(&mut model, &x, &rows).unwrap();
                        assert!(
                            (found - expected).abs() <= 1e-12 * expected,
                            "{sizes:?} {hidden:?} {output:?} {kind:?}"
                        );
                    }
                    let all: Vec<usize> = (0..300).collect();
                    let expected = plain.loss(kind, &x, &data, &all);
                    for found in [model.error(&x), loss(&mut model, &x, &[])] {
                        assert!((found.unwrap() - expected).abs() <= 1e-12 * expected);
                    }
                }
            }
        }
    }
}

#[test]
fn parameters_have_the_documented_layout() {
    // Two inputs, one hidden layer of two, one output, all linear, worked out by hand: weights that
    // leave input 0, weights that leave input 1, biases; then the weights of the output and its
    // bias.
    let network = Network::new(&[2, 2, 1], Activation::Linear).unwrap();
    assert_eq!((network.inputs(), network.outputs(), network.parameters()), (2, 1, 9));
    let x = [1.0, 2.0, 3.0, 4.0, 10.0, 20.0, 5.0, 7.0, 100.0];
    // (1, 1) ↦ (1 + 3 + 10, 2 + 4 + 20) = (14, 26) ↦ 5 · 14 + 7 · 26 + 100 = 352; target 350.
    let data = Dataset::new(1, vec![1.0, 1.0], vec![350.0]).unwrap();
    let mut model = Model::new(network.clone(), Loss::HalfSquared, data.clone()).unwrap();
    // ∂L/∂y = 2; back through 5 and 7.
    let expected = [10.0, 14.0, 10.0, 14.0, 10.0, 14.0, 28.0, 52.0, 2.0];
    assert_eq!(gradient(&mut model, &x, &[]), (2.0, expected.to_vec()));
    let mut model = Model::new(network, Loss::SquaredPercentage, data).unwrap();
    assert_eq!(loss(&mut model, &x, &[]), Ok(400.0));
}

#[test]
fn a_dead_relu_has_a_slope_of_zero() {
    let network = Network::new(&[1, 1], Activation::Relu).unwrap();
    let data = Dataset::new(2, vec![1.0, 2.0], vec![1.0, 1.0]).unwrap();
    let mut model = Model::new(network, Loss::HalfSquared, data).unwrap();
    for dead in [[-1.0, 0.0], [0.0, 0.0]] {
        assert_eq!(gradient(&mut model, &dead, &[]), (0.5, vec![0.0, 0.0]));
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
    assert_eq!(bits(&x), expected);
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
    // A start must be finite: a range that is wider than the greatest number, or whose ends f32
    // cannot hold, must not slip through.
    let network = Network::new(&[2, 2], Activation::Tanh).unwrap();
    let wide = network.uniform_parameters::<f64>(f64::MIN, f64::MAX, 1);
    assert!(wide.map_or(true, |x| x.iter().all(|x| x.is_finite())), "a range wider than f64");
    let single = network.uniform_parameters::<f32>(-1e300, 1e300, 1);
    assert!(single.map_or(true, |x| x.iter().all(|x| x.is_finite())), "ends beyond f32");
}
