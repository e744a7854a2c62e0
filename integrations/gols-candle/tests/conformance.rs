//! What every adapter of gols promises, asked of this one.

mod common;

use candle_core::{DType, Error, Result, Tensor};
use common::{Batch, error, iris, layers, numbers, select};
use gols_candle::CandleObjective;
use gols_conformance::{Adapter, Network, Number, assert_transfers, conform};

struct Candle;

impl Adapter for Candle {
    type Objective = CandleObjective<
        Batch,
        Box<dyn FnMut(&Batch) -> Result<Tensor>>,
        Box<dyn FnMut() -> Result<Batch>>,
    >;

    const NUMBERS: &[Number] = &[Number::F64, Number::F32, Number::F16, Number::Bf16];

    fn objective(network: Network) -> Self::Objective {
        build(network).unwrap()
    }

    fn numbers(_: &Self::Objective, vector: &Vec<Tensor>) -> Vec<f64> {
        numbers(vector).unwrap()
    }
}

fn build(network: Network) -> Result<<Candle as Adapter>::Objective> {
    let Network { number, mut before_loss, mut next_rows, .. } = network;
    let dtype = match number {
        Number::F64 => DType::F64,
        Number::F32 => DType::F32,
        Number::F16 => DType::F16,
        Number::Bf16 => DType::BF16,
    };
    let (layers, all) = (layers(dtype)?, iris(dtype)?);
    let (model, data) = (layers.clone(), all.clone());
    let loss = move |batch: &Batch| {
        before_loss().map_err(Error::Msg)?;
        error(&model, batch)
    };
    let next_batch = move || select(&data, &next_rows().map_err(Error::Msg)?);
    let objective = CandleObjective::new(layers, all, Box::new(loss) as Box<_>)?;
    Ok(objective.with_batches(Box::new(next_batch) as Box<_>))
}

conform!(Candle);

#[test]
fn numbers_are_read_from_the_device_in_one_place_and_sent_to_it_in_one() {
    let calls = [
        ("to_vec", "arithmetic.rs"),
        ("to_device", "random_vectors.rs"),
        ("from_slice", "random_vectors.rs"),
        ("to_scalar", ""),
        ("from_vec", ""),
    ];
    assert_transfers(env!("CARGO_MANIFEST_DIR"), &calls);
}
