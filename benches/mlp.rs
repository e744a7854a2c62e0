//! Loss and gradient of the reference network, by sizes, batch and number type.

use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, criterion_group, criterion_main};
use gols::mlp::{Activation, Dataset, Loss, Model, Network};
use gols::{
    Error, MiniBatches, PreparedLine, Real, SliceModel, SliceObjective, StochasticObjective,
};

const SHAPES: [([usize; 3], &[usize]); 3] =
    [([4, 10, 3], &[10]), ([100, 50, 10], &[10, 256]), ([784, 100, 10], &[10, 100, 1000])];

/// The rows of the made-up data.
const ROWS: usize = 2000;

/// The rows of a mini-batch.
fn batch_of(size: usize) -> Vec<usize> {
    MiniBatches::new(ROWS, size, 2).expect("a batch within the rows").draw().to_vec()
}

/// A model on so many made-up samples, and a start.
fn model<T: Real>(rows: usize, sizes: [usize; 3]) -> (Model<T>, Vec<T>) {
    let cell = |index: usize| num_traits::cast((index % 97) as f64 / 97.0).unwrap_or_else(T::zero);
    let inputs = (0..rows * sizes[0]).map(cell).collect();
    let labels: Vec<usize> = (0..rows).map(|row| row % sizes[2]).collect();
    let data = Dataset::from_classes(inputs, &labels, sizes[2]).expect("finite data");
    let network = Network::new(&sizes, Activation::Sigmoid).expect("three layers");
    let x = network.uniform_parameters(-0.1, 0.1, 1).expect("a range");
    (Model::new(network, Loss::HalfSquared, data).expect("matching columns"), x)
}

fn bench<T: Real>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    sizes: [usize; 3],
    batch: usize,
    number: &str,
) {
    let ((mut model, x), rows) = (model::<T>(ROWS, sizes), batch_of(batch));
    let mut gradient = x.clone();
    let id = format!("{}-{}-{}/b{batch}/{number}", sizes[0], sizes[1], sizes[2]);
    group.bench_function(id, |bencher| {
        bencher.iter(|| model.loss_and_gradient(&x, &rows, &mut gradient).expect("no errors"));
    });
}

fn bench_loss<T: Real>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    sizes: [usize; 3],
    batch: usize,
    number: &str,
) {
    let ((mut model, x), rows) = (model::<T>(ROWS, sizes), batch_of(batch));
    let id = format!("{}-{}-{}/b{batch}/{number}", sizes[0], sizes[1], sizes[2]);
    group.bench_function(id, |bencher| {
        bencher.iter(|| model.loss(&x, &rows, &mut []).expect("no errors"));
    });
}

fn networks(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("loss");
    group.warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2));
    each(|sizes, batch| {
        bench_loss::<f32>(&mut group, sizes, batch, "f32");
        bench_loss::<f64>(&mut group, sizes, batch, "f64");
    });
    group.finish();
    let mut group = criterion.benchmark_group("loss_and_gradient");
    group.warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2));
    each(|sizes, batch| {
        bench::<f32>(&mut group, sizes, batch, "f32");
        bench::<f64>(&mut group, sizes, batch, "f64");
    });
    group.finish();
}

fn each(mut bench: impl FnMut([usize; 3], usize)) {
    for (sizes, batches) in SHAPES {
        batches.iter().for_each(|&batch| bench(sizes, batch));
    }
}

/// One slope along a line on a fixed batch: moved to and evaluated, or from the prepared line.
fn lines(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("line_slope");
    for batch in [10, 100] {
        let (mut model, x) = model::<f32>(ROWS, [784, 100, 10]);
        let (rows, direction) = (batch_of(batch), x.clone());
        let batches = MiniBatches::new(ROWS, batch, 2).expect("a batch within the rows");
        let mut objective =
            SliceObjective::new(x.clone(), batches, model.clone()).expect("a finite start");
        let mut gradient = direction.clone();
        objective.resample().expect("a batch");
        objective.anchor().expect("no errors");
        let id = |way: &str| format!("784-100-10/b{batch}/f32/{way}");
        group.bench_function(id("plain"), |bencher| {
            bencher.iter(|| {
                objective.move_to(0.01, &direction).expect("no errors");
                objective.slope(&direction, &mut gradient).expect("no errors")
            });
        });
        group.bench_function(id("prepared"), |bencher| {
            let mut evaluate = |line: &mut dyn PreparedLine<Error = Error>| {
                bencher.iter(|| line.slope(0.01).expect("no errors"));
            };
            model.along_prepared_line(&x, &direction, &rows, &mut evaluate).expect("a line");
        });
        group.bench_function(id("prepare"), |bencher| {
            bencher.iter(|| model.along_prepared_line(&x, &direction, &rows, &mut |_| ()));
        });
    }
}

/// A gradient on ten of 60 000 rows: always the same, or drawn anew each time.
fn mini_batches(criterion: &mut Criterion) {
    let (rows, sizes) = (60_000, [784, 100, 10]);
    let (mut model, x) = model::<f32>(rows, sizes);
    let mut batches = MiniBatches::new(rows, 10, 2).expect("a batch within the rows");
    let (same, mut gradient) = (batches.draw().to_vec(), x.clone());
    let mut group = criterion.benchmark_group("mini_batch");
    group.bench_function("784-100-10/b10/f32/same", |bencher| {
        bencher.iter(|| model.loss_and_gradient(&x, &same, &mut gradient).expect("no errors"));
    });
    group.bench_function("784-100-10/b10/f32/fresh", |bencher| {
        bencher.iter(|| {
            model.loss_and_gradient(&x, batches.draw(), &mut gradient).expect("no errors")
        });
    });
}

criterion_group!(benches, networks, lines, mini_batches);
criterion_main!(benches);
