//! What stays on the device: with the flex backend, device memory is the heap, and a counting allocator sees it.

mod common;

use burn::module::Param;
use burn::tensor::Tensor;
use common::{Point, device};
use gols_burn::BurnObjective;
use gols_conformance::memory::{Counting, assert_three_vectors};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn beside_the_model_there_are_x0_the_gradient_and_the_direction() {
    let elements = 100_000;
    let model = Point { x: Param::from_tensor(Tensor::ones([elements], &device())) };
    let _ = model.x.val();
    let loss = |model: &Point, _: &()| Ok(model.x.val().square().mean());
    assert_three_vectors(elements, || BurnObjective::new(model, (), loss).unwrap());
}
