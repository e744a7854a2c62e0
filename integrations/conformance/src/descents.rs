//! What an adapter does on the way.

use std::cell::Cell;

use gols::search::{Armijo, BisectionGols, InexactGols, LineSearch, Termination};
use gols::{Descent, Optimizer, Sampling, StochasticObjective, VectorSpace};

use crate::network::{Adapter, Network, Number, bits, parameters, recording, reference};

pub fn an_error_leaves_the_parameters_before_the_step_bit_for_bit<A: Adapter>() {
    // The step asks for a gradient and then for slopes; whichever fails, and so with the source of batches.
    for (failing_loss, failing_batch) in [(1, 0), (2, 0), (5, 0), (0, 1), (0, 2), (0, 6)] {
        let mut network = Network::new(Number::F32);
        let fails = |name: &str, at: usize| {
            let (count, message) = (Cell::new(0), format!("{name} {at} fails"));
            move || {
                count.set(count.get() + 1);
                if count.get() == at { Err(message.clone()) } else { Ok(()) }
            }
        };
        network.before_loss = Box::new(fails("loss", failing_loss));
        let (next_batch, mut next_rows) = (fails("batch", failing_batch), network.next_rows);
        network.next_rows = Box::new(move || next_batch().and_then(|()| next_rows()));
        let mut descent = Descent::new(A::objective(network)).unwrap();
        let start = bits::<A>(descent.objective());
        let message = descent.step().unwrap_err().to_string();
        let expected = match failing_loss {
            0 => format!("batch {failing_batch} fails"),
            _ => format!("loss {failing_loss} fails"),
        };
        assert!(message.starts_with(&expected), "{message}");
        assert_eq!(bits::<A>(descent.objective()), start);
        // The next step starts afresh.
        assert!(descent.step().unwrap().step.length > 0.0);
        assert_ne!(bits::<A>(descent.objective()), start);
    }
}

pub fn after_a_step_the_parameters_are_the_tested_ones<A: Adapter>() {
    for &number in A::NUMBERS {
        let objective = A::objective(Network::new(number));
        let mut descent = Descent::new(objective).unwrap().with_sampling(Sampling::Full);
        for _ in 0..10 {
            let end = descent.step().unwrap().step.termination;
            // Each of these three ends at the last trial, whose gradient is still known.
            use Termination::{MaxStep, SignChange, SlopeReduced};
            assert!(matches!(end, SignChange | SlopeReduced | MaxStep), "{number:?}: {end:?}");
            let tested = A::numbers(descent.objective(), descent.gradient());
            let objective = descent.objective_mut();
            let mut gradient = objective.zeros().unwrap();
            objective.loss_and_gradient(&mut gradient).unwrap();
            assert_eq!(A::numbers(objective, &gradient), tested, "{number:?}");
        }
    }
}

pub fn every_type_trains<A: Adapter>() {
    for &number in A::NUMBERS {
        let mut objective = A::objective(Network::new(number));
        let before = objective.loss().unwrap();
        let mut descent = Descent::new(objective).unwrap().with_sampling(Sampling::Full);
        descent.run(60).unwrap();
        let after = descent.into_objective().loss().unwrap();
        assert!(after < 0.5 * before, "{number:?}: from {before} to {after}");
    }
}

pub fn the_optimizer_goes_the_way_it_goes_over_a_slice<A: Adapter>() {
    let (mut objective, mut reference) = (A::objective(Network::new(Number::F64)), reference());
    let (mut found, mut expected) =
        (Optimizer::new(&objective).unwrap(), Optimizer::new(&reference).unwrap());
    found.train(&mut objective, 50).unwrap();
    expected.train(&mut reference, 50).unwrap();
    found.finish(&mut objective).unwrap();
    expected.finish(&mut reference).unwrap();
    for (found, expected) in parameters::<A>(&objective).iter().zip(reference.parameters()) {
        assert!((found - expected).abs() < 1e-9, "{found}, not {expected}");
    }
}

pub fn inexact_gols_takes_the_recorded_steps_on_new_batches<A: Adapter>() {
    replay::<A>(0, InexactGols::default(), Sampling::Dynamic);
}

pub fn inexact_gols_takes_the_recorded_steps_on_one_batch_a_line<A: Adapter>() {
    replay::<A>(1, InexactGols::default(), Sampling::Static);
}

pub fn bisection_gols_takes_the_recorded_steps<A: Adapter>() {
    replay::<A>(2, BisectionGols::default(), Sampling::Dynamic);
}

pub fn armijo_takes_the_recorded_steps<A: Adapter>() {
    replay::<A>(3, Armijo::default(), Sampling::Static);
}

/// The recorded descent of this number: steps agree to 1e-6, evaluations exactly.
fn replay<A: Adapter>(number: usize, search: impl LineSearch, sampling: Sampling) {
    let recording = recording();
    let recorded = &recording["descents"][number];
    let objective = A::objective(Network::new(Number::F64));
    let descent = Descent::new(objective).unwrap();
    let mut descent = descent.with_search(search).with_sampling(sampling);
    let iterations = recorded["iterations"].as_array().unwrap();
    assert_eq!(iterations.len(), 50);
    for (iteration, expected) in iterations.iter().enumerate() {
        let found = descent.step().unwrap();
        assert_eq!(expected["losses"], found.evaluations.losses, "iteration {iteration}");
        assert_eq!(expected["gradients"], found.evaluations.gradients, "iteration {iteration}");
        for (found, name) in [(found.step.length, "length"), (found.slope, "slope")] {
            let expected = expected[name].as_f64().unwrap();
            let agrees = (found - expected).abs() <= 1e-6 * expected.abs();
            assert!(agrees, "iteration {iteration}: {name} {found}, not {expected}");
        }
    }
}
