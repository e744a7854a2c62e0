//! Sums and products of parameter vectors, beside the plain loops one would write by hand.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use gols::{SliceObjective, StochasticObjective, VectorSpace};

fn vectors(criterion: &mut Criterion) {
    for n in [1_000, 30_000, 1_000_000] {
        let x = vec![0.5_f32; n];
        let mut objective = SliceObjective::from_fn(x.clone(), |_, _| 0.0).expect("a finite start");
        objective.anchor().expect("no errors");
        let mut y = x.clone();

        let mut group = criterion.benchmark_group("slice");
        group.throughput(Throughput::Bytes(8 * n as u64));
        group.bench_function(format!("dot/n{n}"), |bencher| {
            bencher.iter(|| objective.dot(black_box(&x), &y).expect("equal lengths"));
        });
        group.bench_function(format!("dot_by_zip_and_sum/n{n}"), |bencher| {
            bencher.iter(|| black_box(&x).iter().zip(&y).map(|(x, y)| x * y).sum::<f32>());
        });
        group.throughput(Throughput::Bytes(12 * n as u64));
        group.bench_function(format!("axpby/n{n}"), |bencher| {
            bencher.iter(|| objective.axpby(0.5, black_box(&x), 0.5, &mut y));
        });
        group.bench_function(format!("axpby_by_zip/n{n}"), |bencher| {
            bencher.iter(|| {
                let pairs = y.iter_mut().zip(black_box(&x));
                pairs.for_each(|(y, &x)| *y = 0.5 * x + 0.5 * *y);
            });
        });
        group.bench_function(format!("move_to/n{n}"), |bencher| {
            bencher.iter(|| objective.move_to(black_box(0.5), &x).expect("equal lengths"));
        });
    }
}

criterion_group!(benches, vectors);
criterion_main!(benches);
