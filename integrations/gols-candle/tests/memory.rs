//! What stays on the device: on the CPU, device memory is the heap, and a counting allocator sees it.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicI64, Ordering};

use candle_core::{DType, Device, Result, Var};
use gols::{Descent, InexactGols, Sampling, SteepestDescent};
use gols_candle::CandleObjective;

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

#[test]
fn beside_the_model_there_are_x0_the_gradient_and_the_direction() -> Result<()> {
    let elements = 100_000;
    let x = Var::ones(elements, DType::F32, &Device::Cpu)?;
    let model = x.clone();
    let before = LIVE.load(Ordering::Relaxed);
    let mut objective = CandleObjective::new(vec![x], (), |()| model.sqr()?.mean_all())?;
    let search = InexactGols::default();
    let mut descent = Descent::new(&objective, SteepestDescent, search, Sampling::Full)?;
    for _ in 0..5 {
        descent.step(&mut objective)?;
        let vectors = (LIVE.load(Ordering::Relaxed) - before) as f64 / (4.0 * elements as f64);
        assert!((vectors - 3.0).abs() < 0.05, "{vectors} vectors");
    }
    Ok(())
}
