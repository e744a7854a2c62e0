//! A constant learning rate.

mod common;

use gols::{Error, FixedStep, LineSearch, Origin, Request, Step, Termination};

#[test]
fn a_fixed_step_asks_nothing_and_never_changes() {
    for length in [5e-324, 1e-3, 1.0, f64::MAX] {
        let mut rate = FixedStep::new(length).unwrap();
        let end = Request::Done(Step { length, termination: Termination::FixedStep });
        // It has no bounds: the norm of the direction does not matter.
        for norm in [0.0, 1e-9, 1.0, 1e9] {
            assert_eq!(rate.start(Origin::new(-1.0, norm)), end);
            assert_eq!(rate.resume(f64::NAN), end);
        }
        rate.reset();
        assert_eq!(rate, FixedStep::new(length).unwrap());
    }
}

#[test]
fn a_length_that_is_not_positive_and_finite_is_refused() {
    for bad in [f64::NAN, 0.0, -0.0, -0.1, f64::INFINITY, f64::NEG_INFINITY] {
        let error = FixedStep::new(bad).unwrap_err();
        assert!(
            matches!(error, Error::Setting { setting: "length", value, .. } if value.to_bits() == bad.to_bits()),
            "{error:?}"
        );
    }
}

#[test]
fn with_any_slope_it_asks_for_no_descent() {
    for slope in [-1.0, 0.0, 3.0] {
        let mut rate = FixedStep::new(0.25).unwrap().with_any_slope(true);
        let end = Step { length: 0.25, termination: Termination::FixedStep };
        assert_eq!(rate.start(Origin::new(slope, 1.0)), Request::Done(end));
        let mut strict = rate.with_any_slope(false);
        assert_eq!(strict.start(Origin::new(slope, 1.0)) == Request::Done(end), slope < 0.0);
    }
    for (slope, norm) in [(f64::NAN, 1.0), (f64::INFINITY, 1.0), (-1.0, f64::NAN)] {
        let mut rate = FixedStep::new(0.25).unwrap().with_any_slope(true);
        let end = Step { length: 0.0, termination: Termination::NonFinite };
        assert_eq!(rate.start(Origin::new(slope, norm)), Request::Done(end));
    }
}
