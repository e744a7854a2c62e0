//! Models over a flat slice: by a trait, by closures, behind pointers.

use gols::search::{BisectionGols, InexactGols, StepBounds};
use gols::{
    Along, Descent, Error, MiniBatches, Parameters, PreparedLine, SliceModel, SliceObjective,
    StochasticObjective, VectorSpace,
};
use proptest::prelude::*;

use crate::common::{bits, config};

/// ½ |x|², with an error of its own beyond 2. It prepares lines if it is told to: bent twice as much,
/// so that it shows.
#[derive(Debug, Clone, Copy)]
struct Half {
    prepares: bool,
}

const HALF: Half = Half { prepares: false };

#[derive(Debug, PartialEq, thiserror::Error)]
enum Trouble {
    #[error(transparent)]
    Gols(#[from] Error),
    #[error("{0}")]
    Own(&'static str),
}

impl SliceModel<f32> for Half {
    type Error = Trouble;

    fn loss_and_gradient(
        &mut self,
        x: &[f32],
        _rows: &[usize],
        gradient: &mut [f32],
    ) -> Result<f64, Trouble> {
        gradient.copy_from_slice(x);
        if x[0] > 2.0 {
            return Err(Trouble::Own("too large"));
        }
        Ok(x.iter().map(|x| 0.5 * f64::from(x * x)).sum())
    }

    fn along_prepared_line(
        &mut self,
        x0: &[f32],
        direction: &[f32],
        _rows: &[usize],
        search: Along<'_, Trouble>,
    ) -> Result<bool, Trouble> {
        if self.prepares {
            let product =
                |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(a * b)).sum::<f64>();
            // F(α) = ½ |x₀|² + α x₀·d + α² |d|².
            let terms = [product(x0, x0), product(x0, direction), product(direction, direction)];
            search(&mut Parabola(terms));
        }
        Ok(self.prepares)
    }
}

struct Parabola([f64; 3]);

impl PreparedLine for Parabola {
    type Error = Trouble;

    fn loss(&mut self, alpha: f64) -> Result<f64, Trouble> {
        Ok(0.5 * self.0[0] + alpha * self.0[1] + alpha * alpha * self.0[2])
    }

    fn slope(&mut self, alpha: f64) -> Result<f64, Trouble> {
        Ok(self.0[1] + 2.0 * alpha * self.0[2])
    }
}

fn half(x0: Vec<f32>) -> SliceObjective<f32, Half> {
    SliceObjective::new(x0, None, HALF).unwrap()
}

/// Any starting point of these numbers, over a loss that does not matter.
fn anywhere(
    x0: Vec<f64>,
) -> Result<SliceObjective<f64, impl SliceModel<f64, Error = Error>>, Error> {
    SliceObjective::from_fn(x0, |_, _| 0.0)
}

#[test]
fn a_start_that_is_empty_or_not_finite_is_refused() {
    assert_eq!(anywhere(vec![]).err(), Some(Error::Empty { what: "the start" }));
    for bad in [f64::INFINITY, f64::NEG_INFINITY] {
        let error = anywhere(vec![0.0, bad, f64::NAN]).err();
        assert_eq!(error, Some(Error::Start { index: 1, value: bad }));
    }
    let error = anywhere(vec![f64::NAN, 1.0]).err();
    assert!(matches!(error, Some(Error::Start { index: 0, value }) if value.is_nan()));
    let error = SliceObjective::new(vec![1.0, f32::INFINITY], None, HALF).err();
    assert_eq!(error, Some(Error::Start { index: 1, value: f64::INFINITY }));
    assert!(anywhere(vec![-0.0, 5e-324, f64::MAX]).is_ok());
}

#[test]
fn every_vector_of_a_wrong_length_is_refused_and_nothing_changes() {
    let start = vec![1.0_f32, 2.0, 3.0];
    let right = vec![1.0_f32; 3];
    for found in [0, 2, 4] {
        let mut objective = half(start.clone());
        let wrong = vec![1.0_f32; found];
        let (mut y, mut v, mut gradient) = (right.clone(), wrong.clone(), wrong.clone());
        let refused = [
            objective.dot(&wrong, &right).err(),
            objective.dot(&right, &wrong).err(),
            objective.products(&wrong, &right).err(),
            objective.axpby(2.0, &wrong, 1.0, &mut y).err(),
            objective.axpby(2.0, &right, 1.0, &mut v).err(),
            objective.loss_and_gradient(&mut gradient).err(),
            objective.slope(&right, &mut gradient).err(),
            objective.slope(&wrong, &mut right.clone()).err(),
            objective.move_to(0.0, &wrong).err(),
            objective.move_to(1.0, &wrong).err(),
            objective.combine(1.0, 1.0, &wrong).err(),
            objective.copy_to(&mut v).err(),
            objective.follow([0.5, 1.0], [1.0; 2], &wrong, &mut y).err(),
            objective.follow([0.5, 1.0], [1.0; 2], &right, &mut v).err(),
            objective.add_to(1.0, &mut v).err(),
            objective.along_prepared_line(&wrong, &mut |_| ()).err(),
        ];
        for (index, error) in refused.into_iter().enumerate() {
            let Some(Trouble::Gols(Error::Length { found: told, expected: 3, .. })) = error else {
                panic!("{index}: {error:?}")
            };
            assert_eq!(told, found, "{index}");
        }
        let error = objective.set_parameters(&wrong).unwrap_err();
        assert_eq!(error, Error::Length { what: "the parameters", found, expected: 3 });
        assert_eq!((objective.parameters(), y), (&start[..], right.clone()));
        assert_eq!((v, gradient), (wrong.clone(), wrong));
    }
}

#[test]
fn parameters_that_are_not_finite_are_refused_and_nothing_changes() {
    let mut objective = half(vec![1.0, 2.0]);
    let error = objective.set_parameters(&[0.0, f32::NAN]).unwrap_err();
    assert!(matches!(error, Error::Start { index: 1, value } if value.is_nan()));
    assert_eq!(objective.parameters(), [1.0, 2.0]);
    objective.set_parameters(&[-1.0, 0.5]).unwrap();
    assert_eq!(objective.parameters(), [-1.0, 0.5]);
}

#[test]
fn a_models_own_error_passes_through_and_the_parameters_stay() {
    let mut objective = half(vec![3.0, 0.0]);
    assert_eq!(objective.loss().unwrap_err(), Trouble::Own("too large"));
    let mut descent = Descent::new(&mut objective).unwrap();
    assert_eq!(descent.step().unwrap_err(), Trouble::Own("too large"));
    assert_eq!(objective.parameters(), [3.0, 0.0]);
    assert_eq!(objective.model_mut().loss(&[1.0], &[], &mut [0.0]), Ok(0.5));
}

#[test]
fn an_error_of_a_closure_passes_through_and_the_parameters_are_restored_bit_for_bit() {
    let start = [-0.0, 0.3, 5e-324];
    for fails_at in 1..8 {
        let mut calls = 0;
        let objective = SliceObjective::from_fn(start.to_vec(), |x, gradient| {
            calls += 1;
            gradient.copy_from_slice(&[x[0] - 1e-3, x[1], x[2]]);
            if calls == fails_at { Err(Trouble::Own("closed")) } else { Ok(0.5 * x[1] * x[1]) }
        });
        let mut descent = Descent::new(objective.unwrap()).unwrap();
        assert_eq!(descent.step().unwrap_err(), Trouble::Own("closed"), "{fails_at}");
        assert_eq!(bits(descent.objective().parameters()), bits(&start));
        assert!(descent.step().unwrap().moved);
    }
}

#[test]
fn rows_are_none_without_batches_all_before_the_first_draw_and_then_the_batch() {
    let mut seen = Vec::new();
    let mut objective = SliceObjective::new(vec![0.5], None, Rows(&mut seen)).unwrap();
    assert!(!objective.has_batches());
    objective.resample().unwrap();
    objective.loss().unwrap();
    assert!(objective.rows().is_empty());
    assert!(seen.len() == 1 && seen[0].is_empty());

    let mut batches = MiniBatches::new(6, 2, 3).unwrap();
    let mut objective = SliceObjective::new(vec![0.5], batches.clone(), Rows(&mut seen)).unwrap();
    assert!(objective.has_batches());
    let mut gradient = objective.zeros().unwrap();
    objective.loss_and_gradient(&mut gradient).unwrap();
    objective.resample().unwrap();
    objective.loss().unwrap();
    objective.slope(&vec![1.0], &mut gradient).unwrap();
    let batch = batches.draw().to_vec();
    assert_eq!(objective.rows(), batch);
    assert_eq!(seen[1..], [vec![0, 1, 2, 3, 4, 5], batch.clone(), batch]);
}

/// Remembers the rows it was asked about.
struct Rows<'a>(&'a mut Vec<Vec<usize>>);

impl SliceModel<f64> for Rows<'_> {
    type Error = Error;

    fn loss_and_gradient(
        &mut self,
        _x: &[f64],
        rows: &[usize],
        _gradient: &mut [f64],
    ) -> Result<f64, Error> {
        self.0.push(rows.to_vec());
        Ok(0.0)
    }
}

#[test]
fn a_closure_over_batches_is_given_the_rows_that_were_drawn() {
    let mut batches = MiniBatches::new(50, 4, 9).unwrap();
    let mean = |rows: &[usize]| rows.iter().sum::<usize>() as f64 / rows.len() as f64;
    let loss = |_: &[f64], rows: &[usize], _: &mut [f64]| mean(rows);
    let mut objective = SliceObjective::from_batches(vec![0.0], batches.clone(), loss).unwrap();
    assert_eq!(objective.loss().unwrap(), 24.5);
    for _ in 0..5 {
        objective.resample().unwrap();
        assert_eq!(objective.loss().unwrap(), mean(batches.draw()));
    }
}

#[test]
fn a_model_behind_a_pointer_is_the_model_with_its_prepared_lines() {
    fn end(model: impl SliceModel<f32, Error = Trouble>) -> Vec<u32> {
        let objective = SliceObjective::new(vec![1.5, -2.5, 0.25], None, model).unwrap();
        let mut descent = Descent::new(objective).unwrap().with_search(BisectionGols::default());
        descent.run(3).unwrap();
        descent.objective().parameters().iter().map(|x| x.to_bits()).collect()
    }
    for mut model in [HALF, Half { prepares: true }] {
        let expected = end(model);
        let boxed: Box<dyn SliceModel<f32, Error = Trouble>> = Box::new(model);
        assert_eq!(end(boxed), expected);
        assert_eq!(end(&mut model), expected);
        assert_eq!(end(Box::new(&mut model)), expected);
    }
    assert_ne!(end(HALF), end(Half { prepares: true }));
}

#[test]
fn the_way_back_is_bit_for_bit() {
    // x + 0 · d would turn −0 into 0, and any x into NaN along an infinite d.
    let x0 = [-0.0, 5e-324, f64::MAX, 0.1];
    let mut objective = anywhere(x0.to_vec()).unwrap();
    objective.anchor().unwrap();
    objective.move_to(1.0, &vec![1.0, f64::INFINITY, f64::NAN, -3.0]).unwrap();
    assert!(objective.parameters()[2].is_nan() && objective.has_moved().unwrap());
    objective.restore().unwrap();
    assert_eq!(bits(objective.parameters()), bits(&x0));
    assert!(!objective.has_moved().unwrap());
}

proptest! {
    #![proptest_config(config(300))]

    #[test]
    fn moves_start_from_the_anchor_in_any_order(
        x0 in prop::collection::vec(-1e6..1e6_f64, 1..20),
        steps in prop::collection::vec(prop_oneof![Just(0.0), 1e-9..1e3_f64], 1..12),
    ) {
        let d: Vec<f64> = x0.iter().map(|x| 1.0 - 0.3 * x).collect();
        let mut objective = anywhere(x0.clone()).unwrap();
        objective.anchor().unwrap();
        for step in steps {
            objective.move_to(step, &d).unwrap();
            let expected: Vec<f64> = x0.iter().zip(&d).map(|(x, d)| x + step * d).collect();
            prop_assert_eq!(bits(objective.parameters()), bits(&expected));
        }
        objective.restore().unwrap();
        prop_assert_eq!(bits(objective.parameters()), bits(&x0));
    }
}

#[test]
fn single_precision_is_descended_as_well() {
    // ½ |x|² is least at 0; every step along −g that passes the sign change at 1 leaves at most as much
    // again on the other side: 60 steps of at least the cap 1 or a halving reach 1e-3 from |x| < 5.
    let mut objective = half(vec![1.5, -2.5, 0.25]);
    let first = objective.loss().unwrap();
    Descent::new(&mut objective).unwrap().with_search(InexactGols::default()).run(60).unwrap();
    assert!(objective.loss().unwrap() < 1e-3 * first, "{:?}", objective.parameters());
}

#[test]
fn a_descent_whose_sums_leave_the_range_of_f32_makes_its_step() {
    // |g|² is 1e40 and 1e-44, both beyond what f32 can add up.
    for size in [1e19_f32, 1e-23] {
        let objective = SliceObjective::from_fn(vec![0.0_f32; 128], |_, gradient| {
            gradient.fill(size);
            0.0
        });
        let bounds = StepBounds::new(1e-30, 1e30, Some(1.0)).unwrap();
        let search = InexactGols::default().with_bounds(bounds);
        let mut descent = Descent::new(objective.unwrap()).unwrap().with_search(search);
        let iteration = descent.step().unwrap();
        let expected = -128.0 * f64::from(size) * f64::from(size);
        assert!((iteration.slope / expected - 1.0).abs() < 1e-6, "{iteration:?}");
        assert!(iteration.moved && iteration.step.length > 0.0, "{iteration:?}");
    }
}

#[test]
fn the_parts_come_back() {
    let mut objective = half(vec![1.0, 2.0]);
    objective.anchor().unwrap();
    objective.move_to(0.5, &vec![1.0, 0.0]).unwrap();
    assert!(!objective.model().prepares);
    let (Half { .. }, x) = objective.into_parts();
    assert_eq!(x, [1.5, 2.0]);
}
