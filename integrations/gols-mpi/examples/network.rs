//! Trains a network on all ranks of an MPI job, without a learning rate.
//!
//! ```sh
//! cargo build --release -p gols-mpi --example network
//! mpirun -n 4 target/release/examples/network iris
//! mpirun -n 4 target/release/examples/network mnist-shaped
//! ```
//!
//! `iris` is a 4-10-3 network on the bundled Iris, of which every rank draws other mini-batches. `mnist-shaped` is a
//! 784-100-10 network on made-up images (ten random pictures and noise), of which every rank has its own 2000. At the
//! end the ranks compare their parameters, bit for bit, and rank 0 prints what an iteration cost the network.

use std::error::Error;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::process::ExitCode;

use gols::mlp::{Activation, Dataset, Loss, Model, Network};
use gols::parallel::{Counted, DataParallel, Traffic};
use gols::{Descent, Evaluations, MiniBatches, SliceObjective};
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
    iterations: usize,
}

impl Problem {
    fn from_arguments(rank: i32) -> Result<Self, Box<dyn Error>> {
        match std::env::args().nth(1).as_deref() {
            None | Some("iris") => {
                let iris = Dataset::<f32>::iris().with_scaled_inputs(-1.0, 1.0)?.shuffled(1);
                let [training, test] = iris.split([0.7, 0.3])?;
                Ok(Self { sizes: &[4, 10, 3], training, test, batch: 10, iterations: 500 })
            }
            Some("mnist-shaped") => Ok(Self {
                sizes: &[784, 100, 10],
                training: images(2000, u64::try_from(rank)? + 1)?,
                test: images(1000, 0)?,
                batch: 32,
                iterations: 300,
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
    let Problem { sizes, training, test, batch, iterations } = problem;
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
        println!("iteration      loss      step  test accuracy");
    }

    let collective = Counted::new(MpiCollective::new(world));
    let objective = DataParallel::new(SliceObjective::new(x0, batches, model)?, collective);
    let mut descent = Descent::new(objective)?;
    for number in 1..=iterations {
        let iteration = descent.step()?;
        if is_first && number % (iterations / 5) == 0 {
            let accuracy = judge.accuracy(descent.objective().objective().parameters())?;
            let (loss, step) = (iteration.loss.unwrap_or(f64::NAN), iteration.step.length);
            println!("{number:9}  {loss:8.4}  {step:8.2e}  {accuracy:13.3}");
        }
    }

    let objective = descent.objective();
    let traffic = objective.collective().traffic();
    let fingerprint = fingerprint(objective.objective().parameters());
    if !objective.agree(fingerprint)? {
        return Err("the ranks have different parameters".into());
    }
    if is_first {
        println!("parameters: the same bits on all {} ranks ({fingerprint:016x})", world.size());
        report(traffic, descent.evaluations(), iterations as u64);
    }
    Ok(())
}

fn fingerprint(parameters: &[f32]) -> u64 {
    let mut hasher = DefaultHasher::new();
    parameters.iter().for_each(|x| x.to_bits().hash(&mut hasher));
    hasher.finish()
}

/// What an iteration cost a rank, and what it would if every evaluation averaged a gradient.
fn report(traffic: Traffic, evaluations: Evaluations, iterations: u64) {
    let gradient = traffic.vector_bytes / traffic.averages;
    let probe = traffic.scalar_bytes / traffic.sums;
    let probes = evaluations.gradients - iterations;
    let each = |count: u64| count as f64 / iterations as f64;
    println!("bytes a rank                     measured   a gradient for every evaluation");
    println!("a probe of the search          {probe:10}  {gradient:32}");
    println!(
        "an iteration ({:.2} probes)     {:10.0}  {:32.0}",
        each(probes),
        each(traffic.bytes()),
        each(evaluations.gradients * gradient)
    );
}
