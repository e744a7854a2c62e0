//! What every adapter of gols promises, asked of this one.

mod common;

use burn::optim::GradientsParams;
use burn::tensor::{DType, Tensor};
use common::{Batch, Layers, iris, numbers, select};
use gols_burn::{BurnObjective, Error};
use gols_conformance::{Adapter, Network, Number, assert_transfers, conform};

struct Burn;

impl Adapter for Burn {
    type Objective = BurnObjective<
        Layers,
        Batch,
        Box<dyn FnMut(&Layers, &Batch) -> Result<Tensor<1>, Error>>,
        Box<dyn FnMut() -> Result<Batch, Error>>,
    >;

    const NUMBERS: &[Number] = &[Number::F64, Number::F32, Number::F16, Number::Bf16];

    fn objective(network: Network) -> Self::Objective {
        let Network { number, mut before_loss, mut next_rows, .. } = network;
        let dtype = match number {
            Number::F64 => DType::F64,
            Number::F32 => DType::F32,
            Number::F16 => DType::F16,
            Number::Bf16 => DType::BF16,
        };
        let (all, data) = (iris(dtype), iris(dtype));
        let loss = move |model: &Layers, batch: &Batch| {
            before_loss().map_err(Error::other)?;
            Ok(model.error(batch))
        };
        let next_batch = move || Ok(select(&data, &next_rows().map_err(Error::other)?));
        let objective = BurnObjective::new(Layers::new(dtype), all, Box::new(loss) as Box<_>);
        objective.unwrap().with_batches(Box::new(next_batch) as Box<_>)
    }

    fn numbers(objective: &Self::Objective, vector: &GradientsParams) -> Vec<f64> {
        let Layers { w1, b1, w2, b2 } = objective.model();
        let matrix = |id| numbers(vector.get::<2>(id).unwrap());
        let row = |id| numbers(vector.get::<1>(id).unwrap());
        [matrix(w1.id), row(b1.id), matrix(w2.id), row(b2.id)].concat()
    }
}

conform!(Burn);

#[test]
fn numbers_are_read_from_the_device_in_one_place_and_sent_to_it_in_one() {
    let calls = [
        ("into_vec", "arithmetic.rs"),
        ("from_data", "arithmetic.rs"),
        ("into_data", "saved.rs"),
        (".to_data", ""),
        ("into_scalar", ""),
        (".to_vec_as", ""),
        ("to_device", "shared_optimizer.rs"), // a method of burn's trait, which does nothing there
    ];
    assert_transfers(env!("CARGO_MANIFEST_DIR"), &calls);
}
