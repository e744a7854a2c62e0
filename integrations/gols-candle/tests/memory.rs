//! What stays on the device: on the CPU, device memory is the heap, and a counting allocator sees it.

use candle_core::{DType, Device, Result, Var};
use gols_candle::CandleObjective;
use gols_conformance::memory::{Counting, assert_three_vectors};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn beside_the_model_there_are_x0_the_gradient_and_the_direction() -> Result<()> {
    let elements = 100_000;
    let x = Var::ones(elements, DType::F32, &Device::Cpu)?;
    let model = x.clone();
    let loss = move |(): &()| model.sqr()?.mean_all();
    assert_three_vectors(elements, || CandleObjective::new(vec![x], (), loss).unwrap());
    Ok(())
}
