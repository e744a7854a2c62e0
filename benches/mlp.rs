//! Loss and gradient of the reference network, by sizes, batch and number type.

use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use gols::mlp::{Activation, Model};
use gols::{
    Error, MiniBatches, PreparedLine, Real, SliceModel, SliceObjective, StochasticObjective,
};
use gols_benches::name;

const SHAPES: [(&[usize], &[usize]); 3] =
    [(&[4, 10, 3], &[10]), (&[100, 50, 10], &[10, 256]), (LARGE, &[10, 100, 1000])];
const LARGE: &[usize] = &[784, 100, 10];

/// A model, a start, and mini-batches of so many samples.
fn model<T: Real>(
    sizes: &[usize],
    samples: usize,
    batch: usize,
) -> (Model<T>, Vec<T>, MiniBatches) {
    let (model, x) =
        gols_benches::model(sizes, Activation::Sigmoid, samples).expect("a valid network");
    (model, x, MiniBatches::new(samples, batch, 2).expect("a batch within the samples"))
}

fn bench<T: Real>(criterion: &mut Criterion, what: &str, number: &str) {
    let mut group = criterion.benchmark_group(what);
    group.warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2));
    for (sizes, batches) in SHAPES {
        for &batch in batches {
            let (mut model, x, mut batches) = model::<T>(sizes, 2000, batch);
            let (rows, mut gradient) = (batches.draw(), x.clone());
            group.bench_function(format!("{}/b{batch}/{number}", name(sizes)), |bencher| {
                bencher.iter(|| match what {
                    "loss" => model.loss(&x, rows, &mut gradient).expect("no errors"),
                    _ => model.loss_and_gradient(&x, rows, &mut gradient).expect("no errors"),
                });
            });
        }
    }
}

fn networks(criterion: &mut Criterion) {
    for what in ["loss", "loss_and_gradient"] {
        bench::<f32>(criterion, what, "f32");
        bench::<f64>(criterion, what, "f64");
    }
}

/// One slope along a line on a fixed batch: moved to and evaluated, or from the prepared line.
fn lines(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("line_slope");
    for batch in [10, 100] {
        let (model, x, batches) = model::<f32>(LARGE, 2000, batch);
        let (direction, mut gradient) = (x.clone(), x.clone());
        let mut objective = SliceObjective::new(x, batches, model).expect("a finite start");
        objective.resample().expect("a batch");
        objective.anchor().expect("no errors");
        let id = |what| format!("784-100-10/b{batch}/f32/{what}");
        group.bench_function(id("plain"), |bencher| {
            bencher.iter(|| {
                objective.move_to(0.01, &direction).expect("no errors");
                objective.slope(&direction, &mut gradient).expect("no errors")
            });
        });
        let mut prepared = |line: &mut dyn PreparedLine<Error = Error>| {
            group.bench_function(id("prepared"), |bencher| bencher.iter(|| line.slope(0.01)));
        };
        objective.along_prepared_line(&direction, &mut prepared).expect("no errors");
        group.bench_function(id("prepare"), |bencher| {
            bencher.iter(|| objective.along_prepared_line(&direction, &mut |_| {}));
        });
    }
}

/// A gradient on ten of 60 000 rows: always the same, or drawn anew each time.
fn mini_batches(criterion: &mut Criterion) {
    let (mut model, x, mut batches) = model::<f32>(LARGE, 60_000, 10);
    let mut gradient = x.clone();
    let mut group = criterion.benchmark_group("mini_batch");
    for (what, mut fresh) in [("same", None), ("fresh", Some(batches.clone()))] {
        let same = batches.draw();
        group.bench_function(format!("784-100-10/b10/f32/{what}"), |bencher| {
            bencher.iter(|| {
                let rows = fresh.as_mut().map_or(same, MiniBatches::draw);
                model.loss_and_gradient(&x, rows, &mut gradient).expect("no errors")
            });
        });
    }
}

criterion_group!(benches, networks, lines, mini_batches);
criterion_main!(benches);
