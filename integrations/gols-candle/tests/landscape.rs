//! The landscape of a candle model, beside that of the same loss over a slice.

use candle_core::{Device, Result, Tensor, Var};
use gols::landscape::{Plane, RandomVectors};
use gols::{SliceObjective, VectorSpace};
use gols_candle::CandleObjective;

fn numbers(tensors: &[Tensor]) -> Result<Vec<f64>> {
    let parts = tensors.iter().map(|tensor| tensor.flatten_all()?.to_vec1::<f64>());
    Ok(parts.collect::<Result<Vec<_>>>()?.concat())
}

#[test]
fn random_planes_are_those_of_a_slice_of_the_same_length() -> Result<()> {
    let variables = vec![
        Var::new(&[[0.0, 0.0, 0.0], [0.0, 0.0, 0.0]], &Device::Cpu)?,
        Var::new(&[0.0, 0.0], &Device::Cpu)?,
    ];
    let objective = CandleObjective::new(variables, (), |()| Tensor::new(0.0, &Device::Cpu))?;
    let slice = SliceObjective::from_fns(vec![0.0; 8], |_: &[f64]| 0.0, |_, _| 0.0).unwrap();
    let (mut drawn, mut again) = (objective.zeros()?, objective.zeros()?);
    objective.fill_normal(5, &mut drawn)?;
    objective.fill_normal(5, &mut again)?;
    assert_eq!(numbers(&drawn)?, numbers(&again)?);
    assert_eq!(drawn[0].dims(), [2, 3]);

    let plane = Plane::random(&objective, 1).unwrap();
    let expected = Plane::random(&slice, 1).unwrap();
    for (found, expected) in
        [(plane.first(), expected.first()), (plane.second(), expected.second())]
    {
        for (found, expected) in numbers(found)?.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-15);
        }
    }
    Ok(())
}
