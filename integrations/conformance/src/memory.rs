//! What stays on a device whose memory is the heap: a counting allocator sees it.

use std::alloc::{GlobalAlloc, Layout, System};
use std::fmt::Debug;
use std::sync::atomic::{AtomicI64, Ordering};

use gols::{Descent, StochasticObjective};

static LIVE: AtomicI64 = AtomicI64::new(0);

/// An allocator that counts the bytes in use: a test's `#[global_allocator]`.
pub struct Counting;

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

/// Makes sure that a descent over this many f32 holds three vectors beside its model: x₀, the gradient and
/// the direction.
pub fn assert_three_vectors<O: StochasticObjective<Error: Debug>>(
    elements: usize,
    objective: impl FnOnce() -> O,
) {
    let before = LIVE.load(Ordering::Relaxed);
    let mut descent = Descent::new(objective()).unwrap();
    for _ in 0..5 {
        descent.step().unwrap();
        let vectors = (LIVE.load(Ordering::Relaxed) - before) as f64 / (4.0 * elements as f64);
        assert!((vectors - 3.0).abs() < 0.05, "{vectors} vectors");
    }
}
