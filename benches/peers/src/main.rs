//! Other crates' times beside this one's, in interleaved rounds of one run, one thread; the least counts.
//!
//! `RAYON_NUM_THREADS=1 cargo run --release` in this folder prints two tables: steepest descent beside argmin's,
//! and loss and gradient of the reference network beside candle's and burn's.

mod network;
mod step;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    step::compare()?;
    println!();
    network::compare()
}

/// The least time of a call in seconds, over rounds in which all calls take turns.
fn least_times<R, const N: usize>(calls: &mut [&mut dyn FnMut() -> R; N]) -> [f64; N] {
    use std::time::{Duration, Instant};
    let mut least = [f64::INFINITY; N];
    for _ in 0..20 {
        for (least, call) in least.iter_mut().zip(calls.iter_mut()) {
            let (start, mut count) = (Instant::now(), 0_u32);
            while start.elapsed() < Duration::from_millis(40) {
                std::hint::black_box(call());
                count += 1;
            }
            *least = least.min(start.elapsed().as_secs_f64() / f64::from(count));
        }
    }
    least
}
