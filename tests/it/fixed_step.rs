//! A constant learning rate.

use gols::search::{FixedStep, LineSearch, Origin, Request, Step, Termination};

#[test]
fn a_fixed_step_asks_nothing_and_never_changes() {
    for length in [5e-324, 1e-3, 1.0, f64::MAX] {
        let mut rate = FixedStep::new(length).unwrap();
        let end = Request::Done(Step { length, termination: Termination::FixedStep });
        // It has no bounds: the norm of the direction does not matter.
        for norm in [0.0, 1e-9, 1.0, 1e9] {
            assert_eq!(rate.start(Origin::new(-1.0, norm)), end);
        }
        rate.reset();
        assert_eq!(rate, FixedStep::new(length).unwrap());
    }
}
