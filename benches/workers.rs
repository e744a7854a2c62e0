//! What an exchange between workers costs beside the gradient and the step: threads of one process.
//!
//! `cargo bench -p gols-benches --bench workers` prints a table: 784-100-10 in f32, mini-batches of 32 and of 100 a
//! worker, `Optimizer`. Each time is the median of rank 0's; an exchange includes waiting for the others. `mpirun -n 2
//! target/release/examples/network mnist-shaped` of `gols-mpi` prints the same of processes.

use std::error::Error;
use std::thread;
use std::time::Instant;

use gols::mlp::Activation;
use gols::parallel::{ThreadCollective, average};
use gols::{MiniBatches, Optimizer, SliceObjective, StochasticObjective, VectorSpace};

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> Outcome<()> {
    let has = |option: &str| std::env::args().any(|argument| argument == option);
    let updates = if has("--bench") && !has("--test") { 2000 } else { 2 };
    println!("784-100-10, f32: us an update of rank 0");
    println!("{:>8} {:>6} {:>9} {:>9} {:>9}", "threads", "batch", "gradient", "exchange", "step");
    for batch in [32, 100] {
        for size in [1, 2, 4] {
            let [gradient, exchange, step] = group(size, batch, updates)?.map(|time| 1e6 * time);
            println!("{size:>8} {batch:>6} {gradient:>9.1} {exchange:>9.1} {step:>9.1}");
        }
    }
    Ok(())
}

/// The times of the first of so many workers.
fn group(size: usize, batch: usize, updates: usize) -> Outcome<[f64; 3]> {
    let workers: Vec<_> = ThreadCollective::group(size)?
        .into_iter()
        .map(|collective| thread::spawn(move || train(&collective, batch, updates)))
        .collect();
    let mut times = Vec::new();
    for worker in workers {
        times.push(worker.join().map_err(|_| "a worker panicked")??);
    }
    Ok(times[0])
}

/// The median times of gradient, exchange and step.
fn train(collective: &ThreadCollective, batch: usize, updates: usize) -> Outcome<[f64; 3]> {
    let (model, x) = gols_benches::model::<f32>(&[784, 100, 10], Activation::Sigmoid, 2000)?;
    let batches = MiniBatches::new(2000, batch, collective.rank() as u64)?;
    let mut objective = SliceObjective::new(x, batches, model)?;
    let mut optimizer = Optimizer::new(&objective)?;
    let mut gradient = objective.zeros()?;
    let mut times = [const { Vec::new() }; 3];
    for _ in 0..updates {
        let begin = Instant::now();
        objective.resample()?;
        let own = objective.loss_and_gradient(&mut gradient);
        let evaluated = Instant::now();
        average(collective, own, &mut gradient)?;
        let exchanged = Instant::now();
        optimizer.step(&mut objective, &gradient)?;
        let ends = [evaluated, exchanged, Instant::now()];
        for ((times, end), begin) in times.iter_mut().zip(ends).zip([begin, evaluated, exchanged]) {
            times.push((end - begin).as_secs_f64());
        }
    }
    Ok(times.map(|mut times| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    }))
}
