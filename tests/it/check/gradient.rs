use gols::{Error, SliceModel, check};

use super::{Function, loss_and_gradient, start};

#[test]
fn a_right_gradient_is_passed_whatever_its_length() {
    let mut model = Function(|x: &[f64], _: &[usize], g: &mut [f64]| loss_and_gradient(x, g));
    for n in [2, 3, 50, 1000] {
        let report = check::gradient(&mut model, &start(n), &[], None).unwrap();
        assert!(report.holds(), "{report}");
        assert_eq!(report.derivatives().len(), n);
        assert!(report.largest_difference() < 1e-6, "{report}");
    }
}

#[test]
fn a_gradient_in_f32_is_held_to_what_f32_can_tell() {
    let mut model = Function(|x: &[f32], _: &[usize], g: &mut [f32]| {
        g.iter_mut().zip(x).for_each(|(g, x)| *g = x.cos() * x);
        let loss: f32 = x.iter().map(|x| x.cos() + x * x.sin()).sum();
        f64::from(loss)
    });
    let x: Vec<f32> = start(30).into_iter().map(|x| x as f32).collect();
    let report = check::gradient(&mut model, &x, &[], None).unwrap();
    assert!(report.holds(), "{report}");
    assert!((report.tolerance() - 4.9e-3).abs() < 1e-4);
}

#[test]
fn a_wrong_derivative_is_named_first() {
    for (index, fault) in [(0, 1.001), (7, 0.0), (19, -1.0), (3, f64::NAN), (4, f64::INFINITY)] {
        let mut model = Function(|x: &[f64], _: &[usize], g: &mut [f64]| {
            let loss = loss_and_gradient(x, g);
            g[index] *= fault;
            loss
        });
        let report = check::gradient(&mut model, &start(20), &[], None).unwrap();
        assert!(!report.holds(), "{report}");
        assert_eq!(report.derivatives()[0].index, index);
        assert!(report.derivatives()[1].difference <= report.tolerance(), "{report}");
        let text = report.to_string();
        assert!(text.starts_with("The gradient is wrong in 1 of 20 coordinates"), "{text}");
        assert_eq!(text.lines().count(), 11, "{text}"); // a verdict, a head, eight rows, and so on
    }
}

#[test]
fn a_wrong_derivative_shows_beside_much_larger_ones() {
    let mut model = Function(|x: &[f64], _: &[usize], g: &mut [f64]| {
        g.copy_from_slice(&[2e3 * x[0], 3e-4]);
        1e3 * x[0] * x[0] + 2e-4 * x[1]
    });
    let report = check::gradient(&mut model, &[0.1, 1.0], &[], None).unwrap();
    assert!(!report.holds(), "{report}");
    assert_eq!(report.derivatives()[0].index, 1);
}

#[test]
fn a_derivative_of_zero_is_no_fault_for_what_rounding_leaves() {
    let mut model = Function(|x: &[f64], _: &[usize], g: &mut [f64]| {
        g.copy_from_slice(&[x[0].exp(), 0.0]);
        x[0].exp() + (1e3 + x[1]) - x[1]
    });
    let report = check::gradient(&mut model, &[0.1, 0.7], &[], None).unwrap();
    assert!(report.holds(), "{report}");
}

#[test]
fn a_model_that_adds_to_the_gradient_is_found_out() {
    let mut model = Function(|x: &[f64], _: &[usize], g: &mut [f64]| {
        g[0] += x[0];
        0.5 * x[0] * x[0]
    });
    let report = check::gradient(&mut model, &[1.0], &[], None).unwrap();
    assert!(!report.holds() && report.largest_difference() == f64::INFINITY, "{report}");
}

/// A quadratic whose loss alone is another.
struct TwoLosses;

impl SliceModel<f64> for TwoLosses {
    type Error = Error;

    fn loss_and_gradient(&mut self, x: &[f64], _: &[usize], g: &mut [f64]) -> Result<f64, Error> {
        g[0] = x[0];
        Ok(0.5 * x[0] * x[0])
    }

    fn loss(&mut self, x: &[f64], _: &[usize], _: &mut [f64]) -> Result<f64, Error> {
        Ok(1.0 + 0.5 * x[0] * x[0])
    }
}

#[test]
fn a_loss_alone_that_is_another_is_found_out() {
    let report = check::gradient(&mut TwoLosses, &[1.0], &[], None).unwrap();
    assert!(report.largest_difference() < 1e-6);
    assert!(!report.holds());
    let text = report.to_string();
    assert!(text.contains("1.5e0 by loss, 5e-1 by loss_and_gradient"), "{text}");
}

#[test]
fn the_rows_are_those_that_were_named() {
    let mut model = Function(|x: &[f64], rows: &[usize], g: &mut [f64]| {
        assert_eq!(rows, [3, 1]);
        g[0] = 2.0 * x[0];
        x[0] * x[0]
    });
    assert!(check::gradient(&mut model, &[1.0], &[3, 1], 1e-4).unwrap().holds());
}

#[test]
fn what_cannot_be_checked_is_refused_by_name() {
    let mut model = Function(|x: &[f64], _: &[usize], g: &mut [f64]| loss_and_gradient(x, g));
    let mut refusal = |x: &[f64], h| check::gradient(&mut model, x, &[], h).unwrap_err();
    assert!(matches!(refusal(&[], None), Error::Empty { .. }));
    assert!(matches!(refusal(&[1.0, f64::NAN], None), Error::Start { index: 1, .. }));
    for h in [0.0, -1e-6, 1e-17, 1.0, f64::NAN, f64::INFINITY] {
        assert!(matches!(refusal(&[1.0], Some(h)), Error::Setting { setting: "h", .. }), "{h}");
    }
}
