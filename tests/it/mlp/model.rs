//! A network over its data: what it answers, what it refuses, and that it learns.

use std::sync::Arc;

use super::{ACTIVATIONS, gradient, iris, loss, samples};
use crate::common::bits;
use gols::mlp::{Activation, Dataset, Loss, Model, Network};
use gols::{Descent, Error, MiniBatches, Real, SliceModel, SliceObjective};

#[test]
fn accuracy_counts_the_samples_whose_largest_output_is_right() {
    // Outputs are the inputs (identity weights): right, right, wrong, and a tie that goes to the
    // first.
    let inputs = vec![0.9, 0.1, 0.2, 0.8, 0.7, 0.3, 0.5, 0.5];
    let data = Dataset::from_classes(inputs, &[0, 1, 1, 0], 2).unwrap();
    let network = Network::new(&[2, 2], Activation::Linear).unwrap();
    let mut model = Model::new(network, Loss::HalfSquared, data).unwrap();
    let identity = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];
    assert_eq!(model.accuracy(&identity).unwrap(), 0.75);
    let swap = [0.0, 1.0, 1.0, 0.0, 0.0, 0.0];
    assert_eq!(model.accuracy(&swap).unwrap(), 0.5);
    let large = Dataset::from_classes([1.0, 0.0].repeat(300), &[0; 300], 2).unwrap();
    let network = Network::new(&[2, 2], Activation::Linear).unwrap();
    let mut model = Model::new(network, Loss::HalfSquared, large).unwrap();
    assert_eq!(model.accuracy(&identity).unwrap(), 1.0);
    assert_eq!(model.accuracy(&swap).unwrap(), 0.0);
}

#[test]
fn outputs_that_are_nan_are_not_right() {
    let data = Dataset::from_classes(vec![1.0, 2.0, 3.0], &[0, 1, 0], 2).unwrap();
    let network = Network::new(&[1, 2], Activation::Linear).unwrap();
    let mut model = Model::new(network, Loss::HalfSquared, data).unwrap();
    assert_eq!(model.accuracy(&[f64::NAN; 4]).unwrap(), 0.0);
}

#[test]
fn a_network_that_has_diverged_has_no_finite_loss_and_no_error() {
    for hidden in ACTIVATIONS {
        let network = Network::new(&[4, 10, 3], hidden).unwrap();
        let mut model = Model::new(network, Loss::HalfSquared, iris(0.0, 1.0)).unwrap();
        let nan = vec![f64::NAN; 83];
        assert!(loss(&mut model, &nan, &[]).unwrap().is_nan(), "{hidden:?}");
        assert!(gradient(&mut model, &nan, &[]).0.is_nan());
        // And it recovers: nothing of it is kept.
        let (loss, g) = gradient(&mut model, &[0.1; 83], &[]);
        assert!(loss.is_finite() && g.iter().all(|g| g.is_finite()));
    }
}

#[test]
fn shared_data_is_not_copied() {
    let data = Arc::new(Dataset::<f64>::iris());
    let network = Network::new(&[4, 10, 3], Activation::Sigmoid).unwrap();
    let model = Model::new(network.clone(), Loss::HalfSquared, data.clone()).unwrap();
    assert!(std::ptr::eq(model.data(), &*data));
    assert_eq!(model.network(), &network);
}

#[test]
fn no_rows_are_all_rows_bit_for_bit() {
    let network = Network::new(&[4, 10, 3], Activation::Tanh).unwrap();
    let x = network.uniform_parameters::<f64>(-0.5, 0.5, 1).unwrap();
    let mut model = Model::new(network, Loss::HalfSquared, iris(0.0, 1.0)).unwrap();
    let all: Vec<usize> = (0..150).collect();
    assert_eq!(gradient(&mut model, &x, &[]), gradient(&mut model, &x, &all));
    assert_eq!(loss(&mut model, &x, &[]), loss(&mut model, &x, &all));
    assert_eq!(loss(&mut model, &x, &[]), model.error(&x));
}

#[test]
fn every_length_that_does_not_match_is_refused_and_nothing_changes() {
    let network = Network::new(&[4, 10, 3], Activation::Sigmoid).unwrap();
    let length = |found, expected, error: Option<Error>| {
        assert!(
            matches!(error, Some(Error::Length { found: f, expected: e, .. }) if (f, e) == (found, expected)),
            "{error:?}"
        );
    };
    length(3, 4, Model::new(network.clone(), Loss::HalfSquared, samples(5, 3, 3)).err());
    length(2, 3, Model::new(network.clone(), Loss::HalfSquared, samples(5, 4, 2)).err());
    let mut model = Model::new(network.clone(), Loss::HalfSquared, samples(5, 4, 3)).unwrap();
    for found in [0, 82, 84] {
        let (x, mut right) = (vec![0.0; found], vec![7.0; 83]);
        length(found, 83, loss(&mut model, &x, &[]).err());
        length(found, 83, model.error(&x).err());
        length(found, 83, model.accuracy(&x).err());
        length(found, 83, model.loss_and_gradient(&x, &[], &mut right).err());
        assert_eq!(right, [7.0; 83]);
        let mut wrong = vec![7.0; found];
        length(found, 83, model.loss_and_gradient(&[0.0; 83], &[], &mut wrong).err());
        assert_eq!(wrong, vec![7.0; found]);
    }
    for (sizes, found) in [(&[][..], 0), (&[4], 1)] {
        length(found, 2, Network::new(sizes, Activation::Tanh).err());
    }
    for sizes in [&[0, 3][..], &[4, 0, 3], &[4, 0]] {
        let error = Network::new(sizes, Activation::Tanh).unwrap_err();
        assert!(matches!(error, Error::Empty { .. }), "{error:?}");
    }
}

#[test]
fn a_row_that_does_not_exist_is_refused_and_nothing_changes() {
    let network = Network::new(&[4, 3], Activation::Sigmoid).unwrap();
    let mut model = Model::new(network, Loss::HalfSquared, samples(5, 4, 3)).unwrap();
    let (x, mut g) = (vec![0.0; 15], vec![7.0; 15]);
    for (rows, row) in [(&[5][..], 5), (&[1, 7, 9], 7), (&[0, 1, 2, 3, 4, usize::MAX], usize::MAX)]
    {
        let error = Error::Row { row, rows: 5 };
        assert_eq!(model.loss_and_gradient(&x, rows, &mut g), Err(error.clone()));
        assert_eq!(model.loss(&x, rows, &mut g), Err(error.clone()));
        let line = model.along_prepared_line(&x, &x, rows, &mut |_| panic!("there is no line"));
        assert_eq!(line, Err(error));
    }
    assert_eq!(g, [7.0; 15]);
    assert!(model.loss_and_gradient(&x, &[4, 4, 0], &mut g).is_ok());
}

/// The parameters after some steps on Iris, and the losses on the way.
fn train<T: Real>(seed: u64, reuse: bool, steps: usize) -> (Vec<T>, Vec<Option<u64>>) {
    let data = iris::<T>(-1.0, 1.0).shuffled(seed);
    let network = Network::new(&[4, 10, 3], Activation::Sigmoid).unwrap();
    let x0 = network.uniform_parameters(-0.1, 0.1, seed).unwrap();
    let batches = MiniBatches::new(150, 10, seed).unwrap();
    let model = Model::new(network, Loss::SquaredPercentage, data).unwrap();
    let objective = SliceObjective::new(x0, batches, model).unwrap();
    let mut descent = Descent::new(objective).unwrap().with_gradient_reuse(reuse);
    let losses = (0..steps).map(|_| descent.step().unwrap().loss.map(f64::to_bits)).collect();
    (descent.into_objective().into_parts().1, losses)
}

#[test]
fn the_same_seed_trains_to_the_same_bits() {
    for reuse in [false, true] {
        let (first, losses) = train::<f64>(3, reuse, 150);
        let (second, again) = train::<f64>(3, reuse, 150);
        assert_eq!(bits(&first), bits(&second));
        assert_eq!(losses, again);
        let (other, _) = train::<f64>(4, reuse, 150);
        assert_ne!(first, other);
        let single = |x: Vec<f32>| x.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
        assert_eq!(single(train::<f32>(3, reuse, 50).0), single(train::<f32>(3, reuse, 50).0));
    }
}

#[test]
fn training_on_iris_learns_it() {
    let network = Network::new(&[4, 10, 3], Activation::Sigmoid).unwrap();
    let data = iris(-1.0, 1.0);
    let mut model = Model::new(network, Loss::SquaredPercentage, data).unwrap();
    let (x, _) = train::<f64>(1, false, 1200);
    // Three classes: 1/3 by guessing, and about 0.97 where a network has learned them.
    assert!(model.accuracy(&x).unwrap() > 0.9);
    let (start, _) = train::<f64>(1, false, 0);
    assert!(model.error(&x).unwrap() < 0.3 * model.error(&start).unwrap());
}
