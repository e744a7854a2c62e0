//! Models over a flat slice.

#[path = "it/common/mod.rs"]
mod common;

use std::cell::Cell;
use std::rc::Rc;

use common::{bits, config};
use gols::{
    Descent, ElementWise, Error, InexactGols, Sampling, SliceModel, SliceObjective,
    SteepestDescent, StochasticObjective, VectorSpace,
};
use proptest::prelude::*;

/// Any starting point of these numbers, over a loss that does not matter.
fn objective(
    x0: Vec<f64>,
) -> Result<impl StochasticObjective<Vector = Vec<f64>, Error = Error>, Error> {
    SliceObjective::from_fns(
        x0,
        |_| 0.0,
        |_, gradient| {
            gradient.fill(0.0);
            0.0
        },
    )
}

/// ½ |x|² with a gradient of a wrong kind of error: a string.
struct Half;

#[derive(Debug, PartialEq)]
enum Trouble {
    Gols(Error),
    Own(&'static str),
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Gols(error)
    }
}

impl SliceModel<f32> for Half {
    type Error = Trouble;

    fn loss(&mut self, x: &[f32]) -> Result<f64, Trouble> {
        if x[0] > 2.0 {
            return Err(Trouble::Own("too large"));
        }
        Ok(x.iter().map(|x| 0.5 * f64::from(x * x)).sum())
    }

    fn loss_and_gradient(&mut self, x: &[f32], gradient: &mut [f32]) -> Result<f64, Trouble> {
        gradient.copy_from_slice(x);
        self.loss(x)
    }
}

#[test]
fn a_start_that_is_empty_or_not_finite_is_refused() {
    assert_eq!(objective(vec![]).err(), Some(Error::Empty { what: "the start" }));
    for bad in [f64::INFINITY, f64::NEG_INFINITY] {
        let error = objective(vec![0.0, bad, f64::NAN]).err();
        assert_eq!(error, Some(Error::Start { index: 1, value: bad }));
    }
    let error = objective(vec![f64::NAN, 1.0]).err();
    assert!(matches!(error, Some(Error::Start { index: 0, value }) if value.is_nan()));
    let error = SliceObjective::new(Half, vec![1.0, f32::INFINITY]).err();
    assert_eq!(error, Some(Error::Start { index: 1, value: f64::INFINITY }));
    assert!(objective(vec![-0.0, 5e-324, f64::MAX]).is_ok());
}

#[test]
fn every_vector_of_a_wrong_length_is_refused_and_nothing_changes() {
    let start = vec![1.0_f32, 2.0, 3.0];
    let right = vec![1.0_f32; 3];
    for found in [0, 2, 4] {
        let mut objective = SliceObjective::new(Half, start.clone()).unwrap();
        let wrong = vec![1.0_f32; found];
        let refused = |result: Option<Trouble>| match result {
            Some(Trouble::Gols(Error::Length { found, expected, .. })) => (found, expected),
            other => panic!("{other:?}"),
        };
        assert_eq!(refused(objective.dot(&wrong, &right).err()), (found, 3));
        assert_eq!(refused(objective.dot(&right, &wrong).err()), (found, 3));
        let mut y = right.clone();
        assert_eq!(refused(objective.axpby(2.0, &wrong, 1.0, &mut y).err()), (found, 3));
        assert_eq!(y, right);
        let mut y = wrong.clone();
        assert_eq!(refused(objective.axpby(2.0, &right, 1.0, &mut y).err()), (found, 3));
        assert_eq!(y, wrong);
        let mut gradient = wrong.clone();
        assert_eq!(refused(objective.loss_and_gradient(&mut gradient).err()), (found, 3));
        assert_eq!(gradient, wrong);
        assert_eq!(refused(objective.slope(&right, &mut gradient).err()), (found, 3));
        assert_eq!(gradient, wrong);
        assert_eq!(refused(objective.slope(&wrong, &mut right.clone()).err()), (found, 3));
        for step in [0.0, 1.0] {
            assert_eq!(refused(objective.move_to(step, &wrong).err()), (found, 3));
        }
        let error = objective.set_parameters(&wrong).unwrap_err();
        assert_eq!(error, Error::Length { what: "parameters", found, expected: 3 });
        assert_eq!(objective.parameters(), start);
    }
}

#[test]
fn parameters_that_are_not_finite_are_refused_and_nothing_changes() {
    let mut objective = SliceObjective::new(Half, vec![1.0, 2.0]).unwrap();
    let error = objective.set_parameters(&[0.0, f32::NAN]).unwrap_err();
    assert!(matches!(error, Error::Start { index: 1, value } if value.is_nan()));
    assert_eq!(objective.parameters(), [1.0, 2.0]);
    objective.set_parameters(&[-1.0, 0.5]).unwrap();
    assert_eq!(objective.parameters(), [-1.0, 0.5]);
}

#[test]
fn a_models_own_error_passes_through() {
    let mut objective = SliceObjective::new(Half, vec![3.0, 0.0]).unwrap();
    assert_eq!(objective.loss().unwrap_err(), Trouble::Own("too large"));
    let mut gradient = objective.zeros().unwrap();
    assert_eq!(objective.loss_and_gradient(&mut gradient).unwrap_err(), Trouble::Own("too large"));
    let mut descent =
        Descent::new(&objective, SteepestDescent, InexactGols::default(), Sampling::Full).unwrap();
    assert_eq!(descent.step(&mut objective).unwrap_err(), Trouble::Own("too large"));
    assert_eq!(objective.parameters(), [3.0, 0.0]);
}

#[test]
fn a_move_of_zero_restores_the_anchor_bit_for_bit() {
    // x + 0 · d would turn −0 into 0, and any x into NaN along an infinite d.
    let x0 = [-0.0, 5e-324, f64::MAX, 0.1];
    let mut objective = SliceObjective::from_fns(x0.to_vec(), |_| 0.0, |_, _| 0.0).unwrap();
    let wild = vec![1.0, f64::INFINITY, f64::NAN, -3.0];
    objective.anchor().unwrap();
    for zero in [0.0, -0.0] {
        objective.move_to(1.0, &wild).unwrap();
        assert!(objective.parameters()[2].is_nan());
        objective.move_to(zero, &wild).unwrap();
        assert_eq!(bits(objective.parameters()), bits(&x0));
    }
}

proptest! {
    #![proptest_config(config(300))]

    #[test]
    fn moves_start_from_the_anchor_in_any_order(
        x0 in prop::collection::vec(-1e6..1e6_f64, 1..20),
        steps in prop::collection::vec(prop_oneof![Just(0.0), 1e-9..1e3_f64], 1..12),
    ) {
        let d: Vec<f64> = x0.iter().map(|x| 1.0 - 0.3 * x).collect();
        let loss = |x: &[f64]| x[0];
        let mut objective = SliceObjective::from_fns(x0.clone(), loss, |x, _| x[0]).unwrap();
        objective.anchor().unwrap();
        for step in steps {
            objective.move_to(step, &d).unwrap();
            let expected: Vec<f64> = x0.iter().zip(&d).map(|(x, d)| x + step * d).collect();
            prop_assert_eq!(bits(objective.parameters()), bits(&expected));
        }
        objective.move_to(0.0, &d).unwrap();
        prop_assert_eq!(bits(objective.parameters()), bits(&x0));
    }
}

#[test]
fn the_slope_is_the_product_with_the_gradient_and_leaves_it() {
    let mut objective = SliceObjective::new(Half, vec![1.0, 2.0]).unwrap();
    let mut gradient = vec![f32::NAN; 2];
    assert_eq!(objective.slope(&vec![3.0, -1.0], &mut gradient).unwrap(), 1.0);
    assert_eq!(gradient, [1.0, 2.0]);
}

#[test]
fn a_closure_may_draw_mini_batches() {
    let batch = Rc::new(Cell::new(0.0));
    let [of_loss, of_gradient, of_draw] = [batch.clone(), batch.clone(), batch.clone()];
    let mut objective = SliceObjective::from_fns(
        vec![1.0],
        move |x| x[0] + of_loss.get(),
        move |x, gradient| {
            gradient[0] = of_gradient.get();
            x[0] + of_gradient.get()
        },
    )
    .unwrap()
    .with_resample(move || of_draw.set(of_draw.get() + 10.0));
    assert_eq!(objective.loss().unwrap(), 1.0);
    objective.resample().unwrap();
    let mut gradient = vec![0.0];
    assert_eq!(objective.loss_and_gradient(&mut gradient).unwrap(), 11.0);
    assert_eq!((gradient[0], batch.get()), (10.0, 10.0));
    assert_eq!(objective.parameters(), [1.0]);
}

#[test]
fn single_precision_is_descended_as_well() {
    // ½ |x|² is least at 0; every step along −g that passes the sign change at 1 leaves at most as much
    // again on the other side: 60 steps of at least the cap 1 or a halving reach 1e-3 from |x| < 5.
    let mut objective = SliceObjective::new(Half, vec![1.5, -2.5, 0.25]).unwrap();
    let mut descent =
        Descent::new(&objective, SteepestDescent, InexactGols::default(), Sampling::Full).unwrap();
    let first = objective.loss().unwrap();
    for _ in 0..60 {
        descent.step(&mut objective).unwrap();
    }
    assert!(objective.loss().unwrap() < 1e-3 * first, "{:?}", objective.parameters());
}

#[test]
fn the_parts_come_back() {
    let mut objective = SliceObjective::new(Half, vec![1.0_f32, 2.0]).unwrap();
    objective.anchor().unwrap();
    objective.move_to(0.5, &vec![1.0, 0.0]).unwrap();
    assert_eq!(objective.model_mut().loss(&[1.0]), Ok(0.5));
    let Half = objective.model();
    let (Half, x) = objective.into_parts();
    assert_eq!(x, [1.5, 2.0]);
}
