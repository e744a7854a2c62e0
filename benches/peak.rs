//! How near the reference network comes to what the processor can do, and what a gradient costs beside a loss.
//!
//! `cargo bench -p gols-benches --bench peak` prints a table for each number type. The peak is a loop of independent fused
//! multiply-adds on the same vectors. All loops take turns in every round, and the least time of each counts,
//! so that a busy machine disturbs all alike.
//!
//! `RUSTFLAGS='--cfg gols_avx2'` before it, and a processor with AVX-512 does as one with AVX2 would.

use std::hint::black_box;
use std::time::{Duration, Instant};

use fearless_simd::{Simd, SimdBase, SimdFloat, SimdFloatElement, dispatch};
use gols::mlp::Activation;
use gols::{Error, Real, SliceModel};
use gols_benches::name;

/// Networks and batches; the first is one product that fills the register tile at every level.
const SHAPES: [(&[usize], usize); 7] = [
    (&[512, 192], 120),
    (&[4, 10, 3], 10),
    (&[100, 50, 10], 10),
    (&[784, 100, 10], 10),
    (&[784, 100, 10], 100),
    (&[784, 100, 10], 1000),
    (&[784, 100, 100, 10], 100),
];

/// Sums that do not wait for each other: more than any processor needs to be kept busy.
const SUMS: usize = 12;
const STEPS: usize = 1000;

fn main() -> Result<(), Error> {
    // Without `--bench`, or with `--test`, it is run once, to see that it works.
    let has = |option| std::env::args().any(|argument| argument == option);
    let rounds = if has("--bench") && !has("--test") { 300 } else { 1 };
    report::<f32>("f32", rounds)?;
    println!();
    report::<f64>("f64", rounds)
}

fn report<T: Real + SimdFloatElement>(number: &str, rounds: usize) -> Result<(), Error> {
    let level = gols_benches::level();
    let peak = || dispatch!(level, simd => multiply_adds::<_, T>(simd));
    let mut networks =
        SHAPES.iter().map(|&shape| evaluations::<T>(shape)).collect::<Result<Vec<_>, _>>()?;
    let (mut flops, mut times) = (0.0_f64, [[f64::INFINITY; 2]; SHAPES.len()]);
    for _ in 0..rounds {
        let mut count = 0;
        flops = flops.max(1.0 / seconds(|| count = peak()) * count as f64);
        for ([loss, gradient], times) in networks.iter_mut().zip(&mut times) {
            times[0] = times[0].min(seconds(loss));
            times[1] = times[1].min(seconds(gradient));
        }
    }
    println!("{number}, {level:?}: peak {:.1} GFLOP/s", 1e-9 * flops);
    println!(
        "{:>15} {:>5} {:>10} {:>7} {:>12} {:>7} {:>14}",
        "network", "batch", "loss us", "peak %", "gradient us", "peak %", "gradient/loss"
    );
    for ((sizes, batch), [loss, gradient]) in SHAPES.iter().zip(times) {
        let [share_loss, share_gradient] = [(0, loss), (1, gradient)]
            .map(|(kind, time)| 100.0 * operations(sizes, *batch)[kind] / time / flops);
        println!(
            "{:>15} {batch:>5} {:>10.2} {share_loss:>7.1} {:>12.2} {share_gradient:>7.1} {:>14.2}",
            name(sizes),
            1e6 * loss,
            1e6 * gradient,
            gradient / loss
        );
    }
    Ok(())
}

/// The time of a call, over as many as fill a millisecond.
fn seconds(mut call: impl FnMut()) -> f64 {
    let (start, mut count) = (Instant::now(), 0_u32);
    loop {
        call();
        count += 1;
        let elapsed = start.elapsed();
        if elapsed > Duration::from_millis(1) {
            return elapsed.as_secs_f64() / f64::from(count);
        }
    }
}

/// Fused multiply-adds, nothing else; returns the number of floating point operations.
#[inline(always)]
fn multiply_adds<S: Simd, T: Real + SimdFloatElement>(simd: S) -> usize {
    simd.vectorize(
        #[inline(always)]
        || {
            let half = T::one() / (T::one() + T::one());
            let factor = T::Native::<S>::splat(simd, black_box(half));
            let mut sums = [factor; SUMS];
            for _ in 0..STEPS {
                for sum in &mut sums {
                    *sum = sum.mul_add(factor, factor);
                }
            }
            black_box(sums);
            2 * STEPS * SUMS * T::Native::<S>::LEN
        },
    )
}

/// A loss, and a loss with its gradient, on made-up data.
fn evaluations<T: Real>((sizes, batch): (&[usize], usize)) -> Result<[Box<dyn FnMut()>; 2], Error> {
    // Without hidden layers nothing but the product is wanted.
    let h = if sizes.len() > 2 { Activation::Sigmoid } else { Activation::Linear };
    let (model, x) = gols_benches::model::<T>(sizes, h, batch)?;
    let (mut first, mut second) = ((model.clone(), x.clone()), (model, x));
    let mut gradient = second.1.clone();
    let mut loss = move || first.0.loss(black_box(&first.1), &[], &mut []);
    let mut both = move || second.0.loss_and_gradient(black_box(&second.1), &[], &mut gradient);
    Ok([Box::new(move || drop(black_box(loss()))), Box::new(move || drop(black_box(both())))])
}

/// The floating point operations of the products of a loss, and of a gradient: forward, the gradient of the
/// weights, and the way back but through the first layer.
fn operations(sizes: &[usize], batch: usize) -> [f64; 2] {
    let weights: Vec<usize> = sizes.windows(2).map(|pair| pair[0] * pair[1]).collect();
    let all: usize = weights.iter().sum();
    [all, 3 * all - weights[0]].map(|weights| (2 * batch * weights) as f64)
}
