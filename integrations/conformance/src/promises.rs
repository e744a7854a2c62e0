//! What an adapter promises at one place.

use gols::check::{self, Fault};
use gols::landscape::{Plane, RandomVectors};
use gols::{Parameters, Slices, StochasticObjective, VectorSpace};

use crate::network::{Adapter, Network, Number, Vector, bits, reference};

pub(crate) fn objectives<A: Adapter>() -> impl Iterator<Item = (Number, A::Objective)> {
    A::NUMBERS.iter().map(|&number| (number, A::objective(Network::new(number))))
}

/// The gradient where the parameters stand.
fn gradient<A: Adapter>(objective: &mut A::Objective) -> Vector<A> {
    let mut gradient = objective.zeros().unwrap();
    objective.loss_and_gradient(&mut gradient).unwrap();
    gradient
}

pub fn an_objective_keeps_every_promise<A: Adapter>() {
    for (number, mut objective) in objectives::<A>() {
        let report = check::objective(&mut objective).unwrap();
        // Differences of losses in halves say nothing about slopes in f32.
        let is_coarse = matches!(number, Number::F16 | Number::Bf16);
        let excused =
            |fault: &Fault| is_coarse && fault.what.starts_with("slope is the derivative");
        assert!(report.fault().is_none_or(excused), "{number:?}: {report}");
        let gradient = gradient::<A>(&mut objective);
        let report = check::parameters(&mut objective, &gradient).unwrap();
        assert!(report.holds(), "{number:?}: {report}");
        let report = check::element_wise(&objective, &gradient).unwrap();
        assert!(report.holds(), "{number:?}: {report}");
    }
}

pub fn the_network_is_the_reference_network<A: Adapter>() {
    let (mut objective, mut reference) = (A::objective(Network::new(Number::F64)), reference());
    let (mut found, mut expected) = (objective.zeros().unwrap(), reference.zeros().unwrap());
    let loss = objective.loss_and_gradient(&mut found).unwrap();
    let expected_loss = reference.loss_and_gradient(&mut expected).unwrap();
    assert!((loss - expected_loss).abs() < 1e-12 * expected_loss, "{loss}, not {expected_loss}");
    for (found, expected) in A::numbers(&objective, &found).into_iter().zip(expected) {
        assert!((found - expected).abs() < 1e-12, "{found}, not {expected}");
    }
}

pub fn the_first_batch_is_all_the_data_until_one_is_drawn<A: Adapter>() {
    let (mut objective, mut reference) = (A::objective(Network::new(Number::F64)), reference());
    assert!(objective.has_batches());
    for drawn in 0..3 {
        let (loss, expected) = (objective.loss().unwrap(), reference.loss().unwrap());
        assert!((loss - expected).abs() < 1e-12 * expected, "{drawn}: {loss}, not {expected}");
        objective.resample().unwrap();
        reference.resample().unwrap();
    }
}

pub fn the_way_back_is_bit_for_bit_from_anywhere<A: Adapter>() {
    for (number, mut objective) in objectives::<A>() {
        let direction = gradient::<A>(&mut objective);
        let start = bits::<A>(&objective);
        objective.anchor().unwrap();
        objective.move_to(0.3, &direction).unwrap();
        let moved = bits::<A>(&objective);
        assert_ne!(moved, start, "{number:?}");
        objective.move_to(1e30, &direction).unwrap();
        objective.move_to(0.3, &direction).unwrap();
        assert_eq!(bits::<A>(&objective), moved, "{number:?}");
        let mut wild = objective.zeros().unwrap();
        objective.axpby(f64::INFINITY, &direction, 0.0, &mut wild).unwrap();
        objective.move_to(f64::NAN, &wild).unwrap();
        objective.restore().unwrap();
        assert_eq!(bits::<A>(&objective), start, "{number:?}");
    }
}

pub fn what_combine_writes_is_what_the_loss_sees<A: Adapter>() {
    for (number, mut objective) in objectives::<A>() {
        let direction = gradient::<A>(&mut objective);
        objective.anchor().unwrap();
        objective.move_to(-0.01, &direction).unwrap();
        let expected = (objective.loss().unwrap(), bits::<A>(&objective));
        objective.restore().unwrap();
        objective.combine(1.0, -0.01, &direction).unwrap();
        assert_eq!((objective.loss().unwrap(), bits::<A>(&objective)), expected, "{number:?}");
    }
}

pub fn random_planes_are_those_of_a_slice_of_the_same_length<A: Adapter>() {
    let objective = A::objective(Network::new(Number::F64));
    let draw = || {
        let mut drawn = objective.zeros().unwrap();
        objective.fill_normal(5, &mut drawn).unwrap();
        A::numbers(&objective, &drawn)
    };
    let drawn = draw();
    assert_eq!(drawn, draw());
    let plane = Plane::random(&objective, 1).unwrap();
    let expected = Plane::random(&Slices::<f64>::new(drawn.len()), 1).unwrap();
    for (found, expected) in
        [(plane.first(), expected.first()), (plane.second(), expected.second())]
    {
        for (found, expected) in A::numbers(&objective, found).iter().zip(expected) {
            assert!((found - expected).abs() < 1e-15);
        }
    }
}
