//! The vector space of slices.

use gols::{ElementWise, Error, Slices, VectorSpace};
use proptest::prelude::*;

use crate::common::config;

proptest! {
    #![proptest_config(config(300))]

    // Every length around the lanes and blocks of the sum. n products added in any order differ
    // from the true sum by at most n ε Σ |aᵢ bᵢ| (Higham 2002, 3.1), for each of two sums.
    #[test]
    fn the_product_is_the_sum_of_products(
        length in prop_oneof![1_usize..100, 4090_usize..4105, 8190_usize..8200],
        seed in any::<u32>(),
    ) {
        let value = |i: usize, salt: u32| f64::from((i as u32).wrapping_mul(2_654_435_761).wrapping_add(seed ^ salt) >> 8) / f64::from(1 << 23) - 1.0;
        let a: Vec<f64> = (0..length).map(|i| value(i, 0)).collect();
        let b: Vec<f64> = (0..length).map(|i| value(i, 99)).collect();
        let space = Slices::<f64>::new(length);
        let expected: f64 = a.iter().zip(&b).map(|(a, b)| a * b).sum();
        let size: f64 = a.iter().zip(&b).map(|(a, b)| (a * b).abs()).sum();
        let found = space.dot(&a, &b).unwrap();
        prop_assert!((found - expected).abs() <= 2.0 * length as f64 * f64::EPSILON * size);
        // In f32 at most 128 products and 31 other additions meet in one lane of a block.
        let [a, b] = [a, b].map(|v| v.iter().map(|&v| v as f32).collect::<Vec<f32>>());
        let space = Slices::<f32>::new(length);
        let expected: f64 = a.iter().zip(&b).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum();
        let found = space.dot(&a, &b).unwrap();
        prop_assert!((found - expected).abs() <= 130.0 * f64::from(f32::EPSILON) * size);
    }

    #[test]
    fn sums_are_weighted(
        a in -4.0..4.0_f64,
        b in prop_oneof![1 => Just(0.0), 3 => -4.0..4.0_f64],
        x in prop::collection::vec(-10.0..10.0_f64, 5),
        y in prop::collection::vec(-10.0..10.0_f64, 5),
    ) {
        let space = Slices::<f64>::new(5);
        let mut sum = y.clone();
        space.axpby(a, &x, b, &mut sum).unwrap();
        let expected: Vec<f64> = x.iter().zip(&y).map(|(x, y)| a * x + b * y).collect();
        prop_assert_eq!(sum, expected);
    }
}

#[test]
fn a_weight_of_zero_ignores_what_was_there() {
    let space = Slices::<f64>::new(3);
    for zero in [0.0, -0.0] {
        let mut y = vec![f64::NAN, f64::INFINITY, 7.0];
        space.axpby(2.0, &vec![1.0, -2.0, 3.0], zero, &mut y).unwrap();
        assert_eq!(y, [2.0, -4.0, 6.0]);
    }
}

#[test]
fn zeros_have_the_length_of_the_space() {
    assert_eq!(Slices::<f64>::new(7).zeros().unwrap(), [0.0; 7]);
    assert!(Slices::<f32>::new(0).zeros().unwrap().is_empty());
}

#[test]
fn the_element_wise_operations_are_their_formulas() {
    let space = Slices::<f64>::new(3);
    let v = vec![0.0, 9.0, 16.0];
    let mut y = vec![f64::NAN; 3];
    space.add_squares(2.0, &vec![1.0, -3.0, 0.5], 0.0, &mut y).unwrap();
    assert_eq!(y, [2.0, 18.0, 0.5], "with b = 0 a NaN does not matter");
    space.add_squares(-1.0, &vec![1.0, 2.0, 3.0], 0.5, &mut y).unwrap();
    assert_eq!(y, [0.0, 5.0, -8.75]);
    y.copy_from_slice(&[3.0, 12.0, -10.0]);
    space.divide_by_root(&v, 0.0, 1.0, &mut y).unwrap();
    assert_eq!(y, [3.0, 3.0, -2.0]);
    space.divide_by_root(&vec![0.0, 0.0, 21.0], 4.0, 0.0, &mut y).unwrap();
    assert_eq!(y, [1.5, 1.5, -0.4]);
    space.multiply_by_root(&v, 9.0, &mut y).unwrap();
    assert_eq!(y, [4.5, 1.5 * 18.0_f64.sqrt(), -2.0]);
}

#[test]
fn operations_refuse_vectors_of_a_wrong_length() {
    let space = Slices::<f64>::new(2);
    let refused = |outcome: Result<(), Error>| {
        let expected = Error::Length { what: "a vector", found: 3, expected: 2 };
        assert_eq!(outcome, Err(expected));
    };
    let (x, short, mut long) = (vec![1.0; 3], vec![1.0; 2], vec![1.0; 3]);
    refused(space.add_squares(1.0, &x, 1.0, &mut vec![1.0; 2]));
    refused(space.add_squares(1.0, &short, 1.0, &mut long));
    refused(space.divide_by_root(&x, 1.0, 1.0, &mut vec![1.0; 2]));
    refused(space.divide_by_root(&short, 1.0, 1.0, &mut long));
    refused(space.multiply_by_root(&x, 1.0, &mut vec![1.0; 2]));
    refused(space.multiply_by_root(&short, 1.0, &mut long));
    refused(space.axpby(1.0, &x, 1.0, &mut vec![1.0; 2]));
    refused(space.axpby(1.0, &short, 1.0, &mut long));
    refused(space.dot(&x, &short).map(drop));
    refused(space.dot(&short, &x).map(drop));
    assert_eq!(long, [1.0; 3]);
}

#[test]
fn products_outside_the_range_of_f32_are_found() {
    let space = Slices::<f32>::new(128);
    for size in [1e19_f32, 1e-23] {
        let x = vec![size; 128];
        let expected = 128.0 * f64::from(size) * f64::from(size);
        let found = space.dot(&x, &x).unwrap();
        assert!((found / expected - 1.0).abs() < 1e-6, "{found} is not {expected}");
        assert_eq!(space.products(&x, &x).unwrap(), [found; 3]);
    }
}

#[test]
fn factors_outside_the_range_of_f32_count_for_what_they_are() {
    let space = Slices::<f32>::new(2);
    let mut y = vec![1.0, 2.0];
    space.axpby(1e39, &vec![1e-39, -2e-39], 1e-46, &mut y).unwrap();
    for (found, expected) in y.iter().zip([1.0, -2.0]) {
        assert!((found - expected).abs() < 1e-5, "{found} is not {expected}");
    }
    // 1e-46 is 0 in f32, but not where it is what keeps a quotient finite.
    let mut y = vec![0.0, 1e-30];
    space.divide_by_root(&vec![0.0, 0.0], 0.0, 1e-46, &mut y).unwrap();
    assert!(y[0] == 0.0 && y[1].is_finite() && y[1] > 0.0, "{y:?}");
}
