//! Trains a network on all ranks of an MPI job, without a learning rate.
//!
//! ```sh
//! cargo build --release -p gols-mpi --example network
//! mpirun -n 4 target/release/examples/network iris
//! mpirun -n 4 target/release/examples/network mnist-shaped
//! ```
//!
//! `iris` is a 4-10-3 network on the bundled Iris, of which every rank draws other mini-batches. `mnist-shaped` is a
//! 784-100-10 network on made-up images (ten random pictures and noise), of which every rank has its own 2000. The loop
//! is one of one's own: each rank evaluates a gradient, the ranks average it, and each of them steps. At the end they
//! compare their parameters, bit for bit, and rank 0 prints what an update cost the network.

use std::error::Error;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use gols::mlp::{Activation, Dataset, Loss, Model, Network};
use gols::parallel::{Counted, DataParallel, Traffic, average};
use gols::{MiniBatches, Optimizer, SliceObjective, StochasticObjective, VectorSpace};
use gols_mpi::MpiCollective;
use mpi::topology::SimpleCommunicator;
use mpi::traits::Communicator;

fn main() -> ExitCode {
    let Some(universe) = mpi::initialize() else {
        eprintln!("MPI cannot be initialized");
        return ExitCode::FAILURE;
    };
    let world = universe.world();
    // Where one rank cannot begin, the others must not wait for it.
    let problem = Problem::from_arguments(world.rank()).unwrap_or_else(|error| {
        eprintln!("rank {}: {error}", world.rank());
        world.abort(2)
    });
    match train(problem, &world) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("rank {}: {error}", world.rank());
            ExitCode::FAILURE
        }
    }
}

struct Problem {
    sizes: &'static [usize],
    training: Dataset<f32>,
    test: Dataset<f32>,
    batch: usize,
    updates: usize,
}

impl Problem {
    fn from_arguments(rank: i32) -> Result<Self, Box<dyn Error>> {
        match std::env::args().nth(1).as_deref() {
            None | Some("iris") => {
                let iris = Dataset::<f32>::iris().with_scaled_inputs(-1.0, 1.0)?.shuffled(1);
                let [training, test] = iris.split([0.7, 0.3])?;
                Ok(Self { sizes: &[4, 10, 3], training, test, batch: 10, updates: 500 })
            }
            Some("mnist-shaped") => Ok(Self {
                sizes: &[784, 100, 10],
                training: images(2000, u64::try_from(rank)? + 1)?,
                test: images(1000, 0)?,
                batch: 32,
                updates: 300,
            }),
            Some(other) => Err(format!("{other:?} is neither iris nor mnist-shaped").into()),
        }
    }
}

/// Images of 28 x 28 pixels: one of ten random pictures, the same for all seeds, under six times as much noise.
fn images(count: usize, seed: u64) -> Result<Dataset<f32>, gols::Error> {
    // The crate's own source of uniform numbers: the parameters of a network with no hidden layer.
    let uniform = |inputs, outputs, seed| {
        Network::new(&[inputs, outputs], Activation::Linear)?
            .uniform_parameters::<f32>(-0.5, 0.5, seed)
    };
    let (pictures, noise) = (uniform(783, 10, 1_000_000)?, uniform(783, count, seed)?);
    let labels: Vec<usize> = (0..count).map(|row| row % 10).collect();
    let pixel = |row: usize, pixel: usize| {
        pictures[row % 10 * 784 + pixel] / 6.0 + noise[row * 784 + pixel]
    };
    let inputs = (0..count * 784).map(|i| pixel(i / 784, i % 784)).collect();
    Dataset::from_classes(inputs, &labels, 10)
}

fn train(problem: Problem, world: &SimpleCommunicator) -> Result<(), Box<dyn Error>> {
    let Problem { sizes, training, test, batch, updates } = problem;
    let is_first = world.rank() == 0;
    let network = Network::new(sizes, Activation::Sigmoid)?;
    let x0 = network.uniform_parameters(-0.1, 0.1, 1)?; // the same on every rank
    let seed = u64::try_from(world.rank())?; // other batches on every rank
    let batches = MiniBatches::new(training.len(), batch, seed)?;
    let mut judge = Model::new(network.clone(), Loss::SquaredPercentage, test)?;
    let model = Model::new(network, Loss::SquaredPercentage, training)?;
    if is_first {
        let (parameters, ranks) = (x0.len(), world.size());
        println!(
            "network {sizes:?}, {parameters} parameters in f32, {ranks} ranks with batches of {batch}"
        );
        println!("   update      loss      step  test accuracy");
    }

    let collective = Counted::new(MpiCollective::new(world));
    let mut objective = SliceObjective::new(x0, batches, model)?;
    let mut optimizer = Optimizer::new(&objective)?;
    let mut gradient = objective.zeros()?;
    let mut times = [const { Vec::new() }; 2];
    for number in 1..=updates {
        let begin = Instant::now();
        objective.resample()?;
        let own = objective.loss_and_gradient(&mut gradient);
        let evaluated = Instant::now();
        let loss = average(&collective, own, &mut gradient)?;
        times[0].push(evaluated - begin);
        times[1].push(evaluated.elapsed());
        // A loss that is not finite on one rank is so on all.
        let update = match loss.is_finite() {
            true => optimizer.step(&mut objective, &gradient)?,
            false => optimizer.skip(),
        };
        if is_first && number % (updates / 5) == 0 {
            let judged = |mean: &mut SliceObjective<_, _>| judge.accuracy(mean.parameters());
            let accuracy = optimizer.averaged(&mut objective, judged)??;
            println!("{number:9}  {loss:8.4}  {:8.2e}  {accuracy:13.3}", update.step.length);
        }
    }
    optimizer.finish(&mut objective)?;

    let traffic = collective.traffic();
    let fingerprint = fingerprint(objective.parameters());
    if !DataParallel::new(objective, &collective).agree(fingerprint)? {
        return Err("the ranks have different parameters".into());
    }
    if is_first {
        println!("parameters: the same bits on all {} ranks ({fingerprint:016x})", world.size());
        report(traffic, updates as u64, times);
    }
    Ok(())
}

fn fingerprint(parameters: &[f32]) -> u64 {
    let mut hasher = DefaultHasher::new();
    parameters.iter().for_each(|x| x.to_bits().hash(&mut hasher));
    hasher.finish()
}

/// What an update cost a rank; an exchange includes waiting for the others.
fn report(traffic: Traffic, updates: u64, mut times: [Vec<Duration>; 2]) {
    let [scalars, vectors] = [traffic.scalar_bytes, traffic.vector_bytes].map(|all| all / updates);
    println!("an update sends {} bytes a rank:", traffic.bytes() / updates);
    println!("  the gradient         {vectors:8}");
    println!("  the loss and errors  {scalars:8}");
    let [gradient, exchange] = times.each_mut().map(|times| {
        times.sort_unstable();
        1e6 * times[times.len() / 2].as_secs_f64()
    });
    println!("medians: {gradient:.0} us for a gradient, {exchange:.0} us for its exchange");
}
