//! The landscape of a burn model, beside that of the same loss over a slice.

mod common;

use burn::module::{Module, Param};
use burn::optim::GradientsParams;
use burn::tensor::{DType, Tensor};
use common::{numbers, tensor};
use gols::landscape::{Plane, RandomVectors};
use gols::{SliceObjective, VectorSpace};
use gols_burn::{BurnObjective, Error};

#[derive(Module, Debug)]
struct Parts {
    first: Param<Tensor<2>>,
    second: Param<Tensor<1>>,
}

#[test]
fn random_planes_are_those_of_a_slice_of_the_same_length() -> Result<(), Error> {
    let model = Parts {
        first: Param::from_tensor(tensor(&[0.0; 6], [2, 3], DType::F64)),
        second: Param::from_tensor(tensor(&[0.0; 2], [2], DType::F64)),
    };
    let (first, second) = (model.first.id, model.second.id);
    let read = |vector: &GradientsParams| {
        let first = numbers(vector.get::<2>(first).unwrap());
        [first, numbers(vector.get::<1>(second).unwrap())].concat()
    };
    let objective =
        BurnObjective::new(model, (), |model: &Parts, ()| Ok(model.second.val().sum()))?;
    let slice = SliceObjective::from_fns(vec![0.0; 8], |_: &[f64]| 0.0, |_, _| 0.0).unwrap();
    let (mut drawn, mut again) = (objective.zeros()?, objective.zeros()?);
    objective.fill_normal(5, &mut drawn)?;
    objective.fill_normal(5, &mut again)?;
    assert_eq!(read(&drawn), read(&again));

    let plane = Plane::random(&objective, 1).unwrap();
    let expected = Plane::random(&slice, 1).unwrap();
    for (found, expected) in
        [(plane.first(), expected.first()), (plane.second(), expected.second())]
    {
        for (found, expected) in read(found).iter().zip(expected) {
            assert!((found - expected).abs() < 1e-15);
        }
    }
    Ok(())
}
