//! Parameters and vectors: what is overridden agrees with what is provided, and a reference is what it
//! refers to.

use gols::direction::SteepestDescent;
use gols::{
    ElementWise, Error, Optimizer, Parameters, SliceObjective, StochasticObjective, VectorSpace,
    check,
};
use proptest::prelude::*;

use crate::common::config;
use crate::common::probe::Probe;

/// A space with nothing but what must be written.
#[derive(Debug, Clone)]
struct Bare(Vec<f64>);

impl VectorSpace for Bare {
    type Vector = Vec<f64>;
    type Error = Error;

    fn zeros(&self) -> Result<Vec<f64>, Error> {
        Ok(vec![0.0; self.0.len()])
    }

    fn dot(&self, a: &Vec<f64>, b: &Vec<f64>) -> Result<f64, Error> {
        Ok(a.iter().zip(b).map(|(a, b)| a * b).sum())
    }

    fn axpby(&self, a: f64, x: &Vec<f64>, b: f64, y: &mut Vec<f64>) -> Result<(), Error> {
        let sum = |x: f64, y: f64| if b == 0.0 { a * x } else { a * x + b * y };
        y.iter_mut().zip(x).for_each(|(y, x)| *y = sum(*x, *y));
        Ok(())
    }
}

impl Parameters for Bare {
    fn combine(&mut self, a: f64, b: f64, v: &Vec<f64>) -> Result<(), Error> {
        let mut x = std::mem::take(&mut self.0);
        self.axpby(b, v, a, &mut x)?;
        self.0 = x;
        Ok(())
    }

    fn copy_to(&self, v: &mut Vec<f64>) -> Result<(), Error> {
        v.copy_from_slice(&self.0);
        Ok(())
    }
}

fn vector() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(-10.0..10.0_f64, 5)
}

fn near(found: &[f64], expected: &[f64]) -> bool {
    found.iter().zip(expected).all(|(a, b)| (a - b).abs() <= 1e-13 * (1.0 + b.abs()))
}

proptest! {
    #![proptest_config(config(200))]

    #[test]
    fn what_slices_override_agrees_with_what_is_provided(
        [x, d, z] in [vector(), vector(), vector()],
        [w, c, a] in [0.0..1.0_f64, -2.0..2.0_f64, -2.0..2.0_f64],
    ) {
        let mut slices = SliceObjective::from_fn(x.clone(), |_, _| 0.0).unwrap();
        let mut bare = Bare(x);
        let [mut found, mut expected] = [z.clone(), z];
        slices.follow([w, c], [a, w], &d, &mut found).unwrap();
        bare.follow([w, c], [a, w], &d, &mut expected).unwrap();
        prop_assert!(near(slices.parameters(), &bare.0) && near(&found, &expected));
        slices.add_to(a, &mut found).unwrap();
        bare.add_to(a, &mut expected).unwrap();
        prop_assert!(near(&found, &expected));
        let (found, expected) = (slices.products(&d, &found), bare.products(&d, &found));
        prop_assert!(found.unwrap().iter().zip(expected.unwrap()).all(|(a, b)| (a - b).abs() < 1e-9));
    }
}

#[test]
fn five_methods_are_enough_for_an_optimizer_along_the_gradient() {
    let mut bare = Bare(vec![4.0, -3.0, 0.5]);
    assert!(check::parameters(&mut bare, &vec![0.5, -1.0, 2.0]).unwrap().holds());
    let mut optimizer = Optimizer::new(&bare).unwrap().along(SteepestDescent);
    for _ in 0..500 {
        let gradient = bare.0.iter().map(|x| x - 1.0).collect();
        optimizer.step(&mut bare, &gradient).unwrap();
    }
    optimizer.finish(&mut bare).unwrap();
    assert!(bare.0.iter().all(|x| (x - 1.0).abs() < 1e-3), "{bare:?}");
}

#[test]
fn a_weight_of_zero_ignores_the_parameters_even_if_they_are_nan() {
    let mut objective = SliceObjective::from_fn(vec![1.0_f64, 2.0], |_, _| 0.0).unwrap();
    objective.combine(f64::NAN, 1.0, &vec![0.0, 0.0]).unwrap();
    assert!(objective.parameters().iter().all(|x| x.is_nan()));
    objective.combine(0.0, 2.0, &vec![3.0, -4.0]).unwrap();
    assert_eq!(objective.parameters(), [6.0, -8.0]);
}

/// Calls every method there is.
fn call_everything<O>(objective: &mut O)
where
    O: StochasticObjective<Vector = Vec<f64>, Error: std::fmt::Debug> + ElementWise + Parameters,
{
    let (d, mut v) = (vec![0.5, -1.0, 2.0], objective.zeros().unwrap());
    objective.dot(&d, &d).unwrap();
    objective.products(&d, &d).unwrap();
    objective.axpby(1.0, &d, 2.0, &mut v).unwrap();
    objective.add_squares(1.0, &d, 2.0, &mut v).unwrap();
    objective.squares_onto(1.0, &d, 2.0, &d, &mut v).unwrap();
    objective.divide_by_root(&v.clone(), 1.0, 1.0, &mut v).unwrap();
    objective.multiply_by_root(&v.clone(), 1.0, &mut v).unwrap();
    objective.combine(0.5, 1.0, &d).unwrap();
    objective.copy_to(&mut v).unwrap();
    objective.follow([0.5, 0.25], [1.0; 2], &d, &mut v).unwrap();
    objective.add_to(0.5, &mut v).unwrap();
    assert!(objective.has_batches());
    objective.resample().unwrap();
    objective.loss().unwrap();
    objective.loss_and_gradient(&mut v).unwrap();
    objective.slope(&d, &mut v).unwrap();
    objective.synchronize(&mut v).unwrap();
    objective.confirm().unwrap();
    objective.anchor().unwrap();
    objective.move_to(0.5, &d).unwrap();
    assert!(objective.has_moved().unwrap());
    objective.restore().unwrap();
    assert!(!objective.has_moved().unwrap());
    assert!(objective.along_prepared_line(&d, &mut |line| drop(line.slope(0.5))).unwrap());
}

#[test]
fn a_reference_forwards_every_call() {
    let [mut direct, mut referred] = [(); 2].map(|()| Probe::new(0.5));
    (direct.prepares, referred.prepares) = (true, true);
    call_everything(&mut direct);
    call_everything(&mut &mut referred);
    let notes = direct.take_notes();
    assert_eq!(referred.take_notes(), notes);
    assert_eq!(referred.bits(), direct.bits());
    // One note for each call; the prepared line adds its slope.
    assert_eq!(notes.len(), 25);
}
