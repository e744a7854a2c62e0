//! Gradients against differences, in f64.

use super::*;
use crate::noise::Noise;

/// Compares the gradient of a loss with central differences in some coordinates.
pub(crate) fn check(x: &[f64], record: impl Fn(&mut Tape<f64>) -> Var) {
    const H: f64 = 1e-5;
    let mut tape = Tape::default();
    let mut gradient = vec![0.0; x.len()];
    tape.begin(x);
    let loss = record(&mut tape);
    tape.backward(loss, &mut gradient);
    let mut at = |index: usize, step: f64| {
        let mut moved = x.to_vec();
        moved[index] += step;
        tape.begin(&moved);
        let loss = record(&mut tape);
        tape.scalar(loss)
    };
    for index in (0..x.len()).step_by(x.len().div_ceil(24)) {
        let slope = (at(index, H) - at(index, -H)) / (2.0 * H);
        // Losses of up to 1000 rounded by 1e-16 · 1000 / H = 1e-8, and H² / 6 of a third derivative
        // of up to 1e4: 2e-7.
        let found = gradient[index];
        assert!((found - slope).abs() < 1e-6 * (1.0 + slope.abs()), "{index}: {found} {slope}");
    }
    assert!(gradient.iter().any(|&g| g.abs() > 1e-3), "the gradient is nearly 0 everywhere");
}

/// Checks an operation on two 6 x 6 matrices of parameters, through a squared error.
fn check_operation(operation: impl Fn(&mut Tape<f64>, Var, Var) -> Var) {
    let mut noise = Noise::new(1);
    let x: Vec<f64> = (0..72).map(|_| noise.normal()).collect();
    let targets: Vec<f32> = (0..400).map(|_| noise.normal() as f32).collect();
    let matrix = |start| Var { node: 0, start, rows: 6, columns: 6 };
    check(&x, |tape| {
        let out = operation(tape, matrix(0), matrix(36));
        let target = tape.given(out.columns, targets.chunks(out.columns).take(out.rows));
        tape.squared_error(out, target)
    });
}

#[test]
fn products_sums_and_biases_have_the_gradient_of_their_differences() {
    check_operation(Tape::product);
    check_operation(|tape, a, b| tape.bias(a, b.rows_from(2, 1)));
    check_operation(|tape, a, b| tape.linear(a, [b, a.rows_from(1, 1)]));
    check_operation(Tape::add);
    check_operation(Tape::multiply);
    check_operation(|tape, a, _| tape.scale(a, -0.7));
}

#[test]
fn functions_have_the_gradient_of_their_differences() {
    for function in
        [Function::Relu, Function::Tanh, Function::Sigmoid, Function::Exp, Function::Gelu]
    {
        check_operation(|tape, a, _| tape.apply(function, a));
    }
}

#[test]
fn normalized_and_gathered_rows_have_the_gradient_of_their_differences() {
    check_operation(|tape, a, b| tape.normalize(a, b.rows_from(0, 1)));
    check_operation(|tape, a, _| tape.gather(a, [3, 0, NOWHERE, 3, 5].into_iter()));
    check_operation(|tape, a, b| tape.stack(&[b, a.rows_from(1, 2), b]));
}

#[test]
fn attention_and_recurrence_have_the_gradient_of_their_differences() {
    // Two sequences of three, one and two heads.
    check_operation(|tape, a, _| tape.attention(a, 3, 1));
    check_operation(|tape, a, _| tape.attention(a, 6, 2));
    check_operation(|tape, a, b| tape.recurrence(a, b, b.reshaped(18, 2).rows_from(3, 6)));
}

#[test]
fn losses_have_the_gradient_of_their_differences() {
    let mut noise = Noise::new(2);
    let x: Vec<f64> = (0..36).map(|_| 3.0 * noise.normal()).collect();
    let targets: Vec<f32> = (0..36).map(|_| noise.uniform(0.0, 1.0) as f32).collect();
    let a = Var { node: 0, start: 0, rows: 6, columns: 6 };
    check(&x, |tape| tape.cross_entropy(a, [0, 5, 2, 2, 1, 3].into_iter()).0);
    check(&x, |tape| {
        let target = tape.given(6, targets.chunks(6));
        tape.binary_entropy(a, target)
    });
    check(&x, |tape| tape.divergence(a.rows_from(0, 3), a.rows_from(3, 3)));
}

#[test]
fn a_row_sees_nothing_that_comes_later() {
    let mut noise = Noise::new(3);
    let mut x: Vec<f64> = (0..36).map(|_| noise.normal()).collect();
    let a = Var { node: 0, start: 0, rows: 6, columns: 6 };
    let mut tape = Tape::default();
    let mut out = |x: &[f64]| {
        tape.begin(x);
        let out = tape.attention(a, 6, 2);
        tape.value(out).to_vec()
    };
    let before = out(&x);
    x[18..].fill(9.0);
    assert_eq!(before[..6], out(&x)[..6]);
}

#[test]
fn losses_are_those_worked_out_by_hand() {
    let x = [0.0, 3.0_f64.ln(), 0.0, 0.0];
    let a = Var { node: 0, start: 0, rows: 2, columns: 2 };
    let mut tape = Tape::default();
    tape.begin(&x);
    let (loss, right) = tape.cross_entropy(a, [1, 0].into_iter());
    // Shares 3/4 and 1/2.
    assert!((tape.scalar(loss) - 0.5 * ((4.0_f64 / 3.0).ln() + 2.0_f64.ln())).abs() < 1e-15);
    assert_eq!(right, 1.0);
    let target = tape.given(2, [[1.0_f32, 0.0].as_slice(), &[0.0, 0.0]].into_iter());
    let loss = tape.binary_entropy(a, target);
    // (ln 2 + ln 4 + 2 ln 2) / 2.
    assert!((tape.scalar(loss) - 2.5 * 2.0_f64.ln()).abs() < 1e-15);
    let loss = tape.divergence(a.rows_from(0, 1), a.rows_from(1, 1));
    assert!((tape.scalar(loss) - 0.5 * 3.0_f64.ln().powi(2)).abs() < 1e-15);
}

#[test]
fn gelu_is_that_of_its_formula() {
    let mut tape = Tape::default();
    tape.begin(&[-2.0, -0.5, 0.0, 1.0]);
    let a = Var { node: 0, start: 0, rows: 1, columns: 4 };
    let out = tape.apply(Function::Gelu, a);
    let expected = [-0.045402305912, -0.154285990175, 0.0, 0.841191990608_f64];
    let pairs = tape.value(out).iter().zip(expected);
    pairs.for_each(|(found, expected)| assert!((found - expected).abs() < 1e-12, "{found}"));
}
