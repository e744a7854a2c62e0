//! What stays on the device: with the flex backend, device memory is the heap, and a counting allocator sees it.

mod common;

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicI64, Ordering};

use burn::module::{Module, Param};
use burn::tensor::Tensor;
use common::device;
use gols::{Descent, InexactGols, Sampling, SteepestDescent};
use gols_burn::{BurnObjective, Error};

static LIVE: AtomicI64 = AtomicI64::new(0);

struct Counting;

// SAFETY: every call is handed on to the system's allocator unchanged; the counter allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LIVE.fetch_add(layout.size() as i64, Ordering::Relaxed);
        // SAFETY: the caller's promises are the system allocator's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size() as i64, Ordering::Relaxed);
        // SAFETY: as above.
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[derive(Module, Debug)]
struct Point {
    x: Param<Tensor<1>>,
}

#[test]
fn beside_the_model_there_are_x0_the_gradient_and_the_direction() -> Result<(), Error> {
    let elements = 100_000;
    let model = Point { x: Param::from_tensor(Tensor::ones([elements], &device())) };
    let _ = model.x.val();
    let before = LIVE.load(Ordering::Relaxed);
    let loss = |model: &Point, _: &()| Ok(model.x.val().square().mean());
    let mut objective = BurnObjective::new(model, (), loss)?;
    let search = InexactGols::default();
    let mut descent = Descent::new(&objective, SteepestDescent, search, Sampling::Full)?;
    for _ in 0..5 {
        descent.step(&mut objective)?;
        let vectors = (LIVE.load(Ordering::Relaxed) - before) as f64 / (4.0 * elements as f64);
        assert!((vectors - 3.0).abs() < 0.05, "{vectors} vectors");
    }
    Ok(())
}
