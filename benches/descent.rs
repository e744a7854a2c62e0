//! A step of a descent on an objective that costs next to nothing: the overhead of the loop itself.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use gols::search::{FixedStep, InexactGols, LineSearch};
use gols::{Descent, Sampling, SliceObjective};

/// Times a step whose gradients come for free: d·g is -|d|² at the origin and 0.5 |d|² at the probe, so a
/// gradient-only search accepts its first trial every time.
fn bench(criterion: &mut Criterion, name: &str, parameters: usize, search: impl LineSearch) {
    let mut is_origin = true;
    let gradient = move |_: &[f32], gradient: &mut [f32]| {
        gradient.fill(if is_origin { 1.0 } else { -0.5 });
        is_origin = !is_origin;
        0.0
    };
    let x0 = vec![1.0_f32; parameters];
    let objective = SliceObjective::from_fn(x0, gradient).expect("a finite start");
    let descent = Descent::new(objective).expect("vectors of zeros");
    let mut descent = descent.with_search(search).with_sampling(Sampling::Dynamic);
    let mut group = criterion.benchmark_group("step");
    group.throughput(Throughput::Elements(parameters as u64));
    group.bench_function(format!("{name}/n{parameters}"), |bencher| {
        bencher.iter(|| descent.step().expect("no errors"));
    });
}

fn steps(criterion: &mut Criterion) {
    for parameters in [83, 1_000, 10_000, 100_000, 1_000_000, 10_000_000] {
        let fixed = FixedStep::new(1e-8).expect("a valid length");
        bench(criterion, "fixed_step", parameters, fixed);
        bench(criterion, "inexact_gols", parameters, InexactGols::default());
    }
}

criterion_group!(benches, steps);
criterion_main!(benches);
