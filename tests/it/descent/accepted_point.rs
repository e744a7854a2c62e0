//! Where a step ends, and what it reports of its start.

use gols::search::{Armijo, InexactGols, all};

use super::{Setup, descent, dynamic, setups};
use crate::common::probe::{Call, Probe, Recorder, product};

#[test]
fn the_accepted_point_is_the_tested_point_bit_for_bit() {
    let mut tested_steps = 0;
    for setup in setups().filter(|setup| !setup.prepares) {
        for (name, search) in all() {
            let mut descent = descent(Probe::new(1.5), search, setup);
            for _ in 0..12 {
                let before = descent.objective().bits();
                descent.objective().take_notes();
                let step = descent.step().unwrap().step;
                let (notes, x) = (descent.objective().take_notes(), descent.objective().bits());
                if step.length == 0.0 {
                    assert_eq!(x, before);
                } else if notes.iter().any(|note| note.is_evaluation()) {
                    // Somewhere in the step the model was moved by this length and evaluated there.
                    let is_tested = notes.windows(2).any(|pair| {
                        let (moved, evaluated) = (&pair[0], &pair[1]);
                        moved.call == Call::MoveTo
                            && moved.step == step.length
                            && evaluated.is_evaluation()
                            && evaluated.parameters == x
                    });
                    assert!(is_tested, "{name} {setup:?} {step:?}");
                    tested_steps += 1;
                }
            }
        }
    }
    assert!(tested_steps > 300, "{tested_steps}");
}

#[test]
fn a_prepared_line_changes_no_step() {
    // The probe's prepared lines give the very bits of the plain way.
    for setup in setups().filter(|setup| setup.prepares) {
        for ((name, search), (_, twin)) in all().into_iter().zip(all()) {
            let mut prepared = descent(Probe::new(0.7), search, setup);
            let mut plain = descent(Probe::new(0.7), twin, Setup { prepares: false, ..setup });
            for _ in 0..5 {
                assert_eq!(prepared.step().unwrap(), plain.step().unwrap(), "{name} {setup:?}");
                assert_eq!(prepared.objective().bits(), plain.objective().bits());
            }
        }
    }
}

#[test]
fn a_step_is_taken_along_the_direction_that_is_reported() {
    for (name, search) in all() {
        let mut descent = dynamic(1.0, search);
        for _ in 0..10 {
            let before = descent.objective().x.clone();
            let iteration = descent.step().unwrap();
            let direction = descent.direction();
            let moved = before.iter().zip(direction);
            let expected: Vec<f64> = moved.map(|(x, d)| x + iteration.step.length * d).collect();
            assert_eq!(descent.objective().x, expected, "{name}");
            // Steepest descent: F'(0) = −|d|².
            assert_eq!(iteration.slope, -product(direction, direction), "{name}");
        }
    }
}

#[test]
fn the_loss_of_an_iteration_is_that_of_its_origin() {
    let mut descent = dynamic(0.0, InexactGols::default());
    for _ in 0..5 {
        let expected = descent.objective().loss_at(&descent.objective().x);
        assert_eq!(descent.step().unwrap().loss, Some(expected));
    }
}

#[test]
fn the_search_is_told_the_origin() {
    let mut descent = dynamic(0.3, Recorder::new(Armijo::default()));
    for step in 0..5 {
        let iteration = descent.step().unwrap();
        let origin = descent.line_search().origins[step];
        let square = product(descent.direction(), descent.direction());
        assert_eq!(origin.direction_norm, square.sqrt());
        assert_eq!((origin.slope, origin.loss), (iteration.slope, iteration.loss));
    }
}

#[test]
fn workers_agree_on_the_gradient_and_confirm_once_an_iteration() {
    for setup in setups() {
        let mut descent = descent(Probe::new(0.5), InexactGols::default(), setup);
        for step in 1..=6 {
            descent.step().unwrap();
            let probe = descent.objective();
            assert_eq!((probe.count(Call::Synchronize), probe.count(Call::Confirm)), (step, step));
        }
    }
}
