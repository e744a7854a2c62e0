//! Training on 1, 2 and 4 MPI processes: the same bits on all of them, and errors that reach all.
//!
//! This test is its own launcher: run by `cargo test` it starts itself under `mpirun`, once for each number of ranks
//! and once for each way to fail. Without `mpirun` it fails and says so.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use gols::mlp::{Activation, Dataset, Loss, Model, Network};
use gols::parallel::{Collective, Counted, DataParallel, ParallelError, average};
use gols::search::{AmortizedGols, Armijo, InexactGols, LineSearch};
use gols::{
    Descent, MiniBatches, Optimizer, Real, SliceModel, SliceObjective, StochasticObjective,
    VectorSpace,
};
use gols_mpi::MpiCollective;
use mpi::datatype::Equivalence;
use mpi::traits::Communicator;

type Check = (&'static str, fn(&dyn Fn() -> MpiCollective));

/// What is run on 1, 2 and 4 ranks.
const CHECKS: [Check; 7] = [
    ("sums_and_averages_are_right_and_the_same_everywhere", sums_and_averages),
    ("a_vector_longer_than_a_chunk_is_averaged_to_its_end", long_vector),
    ("after_500_iterations_all_ranks_have_the_same_bits", trains::<f64>),
    ("after_500_iterations_in_f32_all_ranks_have_the_same_bits", trains::<f32>),
    ("one_rank_gives_the_bits_of_the_bare_objective", one_rank_is_bare),
    ("an_error_stops_all_ranks_in_the_same_iteration", errors_reach_all),
    ("a_loop_of_ones_own_meets_errors_and_nan_alike_on_all_ranks", own_loop),
];

/// Far more than any run here needs; a job that takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(300);

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.get(1).map(String::as_str) {
        Some("--inside") => inside(),
        Some("--panic") => panic_on_one_rank(),
        Some("--list") => ExitCode::SUCCESS,
        _ => launch(),
    }
}

// --- Outside ------------------------------------------------------------------------------------------

fn launch() -> ExitCode {
    for ranks in [1, 2, 4] {
        println!("{ranks} ranks:");
        match outcome(ranks, "--inside") {
            Some(true) => {}
            Some(false) => return ExitCode::FAILURE,
            None => return hangs(),
        }
    }
    println!("a_panic_on_one_rank_ends_the_job");
    match outcome(4, "--panic") {
        Some(false) => ExitCode::SUCCESS,
        Some(true) => {
            eprintln!("the job ended as if nothing had happened");
            ExitCode::FAILURE
        }
        None => hangs(),
    }
}

fn hangs() -> ExitCode {
    eprintln!("the job hangs");
    ExitCode::FAILURE
}

/// Whether a job succeeded; `None` if it had to be ended.
fn outcome(ranks: usize, argument: &str) -> Option<bool> {
    let program = std::env::current_exe().expect("this program's own path");
    // Open MPI by default refuses more ranks than cores, and root: both are common where tests run.
    let job = Command::new("mpirun")
        .args(["-n", &ranks.to_string()])
        .arg(program)
        .arg(argument)
        .envs([("OMPI_ALLOW_RUN_AS_ROOT", "1"), ("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1")])
        .env("OMPI_MCA_rmaps_base_oversubscribe", "1")
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::null())
        .spawn()
        .expect("`mpirun` is needed: on Debian, `apt-get install openmpi-bin libopenmpi-dev`");
    wait(job)
}

fn wait(mut job: Child) -> Option<bool> {
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        if let Some(status) = job.try_wait().expect("the state of the job") {
            return Some(status.success());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    job.kill().expect("the job can be ended");
    None
}

// --- Inside -------------------------------------------------------------------------------------------

fn inside() -> ExitCode {
    let universe = mpi::initialize().expect("MPI");
    let world = universe.world();
    for (name, check) in CHECKS {
        check(&|| MpiCollective::new(&world));
        if world.rank() == 0 {
            println!("    {name} ... ok");
        }
    }
    ExitCode::SUCCESS
}

/// The others wait for a sum that one rank will never add to.
fn panic_on_one_rank() -> ExitCode {
    let universe = mpi::initialize().expect("MPI");
    let collective = MpiCollective::new(&universe.world());
    assert_ne!(collective.rank(), 2, "as planned");
    let Ok(()) = Collective::<Vec<f64>>::sum(&collective, &mut [1.0]);
    ExitCode::SUCCESS
}

fn sums_and_averages(group: &dyn Fn() -> MpiCollective) {
    let collective = group();
    let (rank, size) = (collective.rank() as f64, collective.size() as f64);
    let mut scalars = [1.0, rank, f64::NAN];
    let Ok(()) = Collective::<Vec<f64>>::sum(&collective, &mut scalars);
    assert_eq!(scalars[..2], [size, size * (size - 1.0) / 2.0]);
    assert!(scalars[2].is_nan());

    let mut vector: Vec<f32> = (0..1000).map(|i| i as f32 + rank as f32).collect();
    let Ok(()) = collective.average(&mut vector);
    for (i, &x) in vector.iter().enumerate() {
        assert_eq!(x, (i as f64 + (size - 1.0) / 2.0) as f32);
    }

    // Terms whose sum depends on the order.
    let mut vector: Vec<f64> = (0..1000).map(|i| (i as f64 + 0.1 * rank).sin()).collect();
    let Ok(()) = collective.average(&mut vector);
    assert!(is_same(collective, &vector));
    // An empty vector is no reason to wait.
    let Ok(()) = group().average(&mut Vec::<f64>::new());
}

fn long_vector(group: &dyn Fn() -> MpiCollective) {
    let collective = group();
    let mut vector = vec![collective.rank() as f32; (1 << 20) + 3];
    let Ok(()) = collective.average(&mut vector);
    let mean = (collective.size() as f32 - 1.0) / 2.0;
    assert!(vector.iter().all(|&x| x == mean));
}

/// Whether these numbers have the same bits on all ranks.
fn is_same<T: Copy + Into<f64>>(collective: MpiCollective, numbers: &[T]) -> bool {
    let nothing = SliceObjective::from_fn(vec![0.0_f64], |_, _| 0.0).expect("a start");
    DataParallel::new(nothing, collective).agree(fingerprint(numbers)).expect("a meeting")
}

fn fingerprint<T: Copy + Into<f64>>(numbers: &[T]) -> u64 {
    let mut hasher = DefaultHasher::new();
    for &number in numbers {
        number.into().to_bits().hash(&mut hasher);
    }
    hasher.finish()
}

/// Iris for one rank: the same start everywhere, other batches on every rank.
fn iris<T: Real>(rank: usize) -> SliceObjective<T, Model<T>> {
    let data = Dataset::iris().with_scaled_inputs(-1.0, 1.0).expect("a range");
    let network = Network::new(&[4, 10, 3], Activation::Sigmoid).expect("a network");
    let x0 = network.uniform_parameters(-0.1, 0.1, 1).expect("a range");
    let batches = MiniBatches::new(150, 10, rank as u64).expect("a batch");
    let model = Model::new(network, Loss::SquaredPercentage, data).expect("Iris");
    SliceObjective::new(x0, batches, model).expect("a start")
}

fn trains<T: Real + Equivalence + Into<f64>>(group: &dyn Fn() -> MpiCollective) {
    train::<T>(InexactGols::default(), group());
    train::<T>(AmortizedGols::default(), group());
}

fn train<T: Real + Equivalence + Into<f64>>(search: impl LineSearch, collective: MpiCollective) {
    let collective = Counted::new(collective);
    let rank = Collective::<Vec<T>>::rank(&collective);
    let objective = DataParallel::new(iris::<T>(rank), collective);
    let mut descent = Descent::new(objective).expect("zeros").with_search(search);
    descent.run(500).expect("500 steps");
    let probes = descent.evaluations().gradients - 500;
    let objective = descent.into_objective();
    let fingerprint = fingerprint(objective.objective().parameters());
    assert!(objective.agree(fingerprint).expect("a meeting"), "the ranks have parted");
    // A rank that is off by one bit is found out.
    let spoilt = fingerprint ^ u64::from(rank == 1);
    let is_alone = Collective::<Vec<T>>::size(objective.collective()) == 1;
    assert_eq!(objective.agree(spoilt).expect("a meeting"), is_alone);

    // 16 bytes a probe, and for the loss at the origin, `synchronize` and `confirm`; one gradient an iteration.
    let traffic = objective.collective().traffic();
    let agreements = 2 * (16 + 16 * Collective::<Vec<T>>::size(objective.collective()) as u64);
    assert_eq!(traffic.scalar_bytes - agreements, 16 * (3 * 500 + probes));
    assert_eq!(traffic.vector_bytes, 500 * 83 * size_of::<T>() as u64);
    let (mut model, x) = objective.into_parts().0.into_parts();
    assert!(model.accuracy(&x).expect("Iris") > 0.9);
}

fn one_rank_is_bare(group: &dyn Fn() -> MpiCollective) {
    let collective = group();
    if collective.size() > 1 {
        return;
    }
    let mut first = Descent::new(DataParallel::new(iris::<f64>(0), collective)).expect("zeros");
    let mut second = Descent::new(iris::<f64>(0)).expect("zeros");
    for _ in 0..200 {
        assert_eq!(first.step().expect("a step"), second.step().expect("a step"));
        let (first, second) = (first.objective().objective(), second.objective());
        assert_eq!(first.parameters(), second.parameters());
    }
}

/// On the last rank an error in the 20th update, a NaN in the 40th, and in the 60th an infinite loss alone.
fn own_loop(group: &dyn Fn() -> MpiCollective) {
    let collective = Counted::new(group());
    let (rank, last) = (group().rank(), group().size() - 1);
    let mut objective = iris::<f32>(rank);
    let mut optimizer = Optimizer::new(&objective).expect("zeros");
    let mut gradient = objective.zeros().expect("zeros");
    for update in 0..300 {
        objective.resample().expect("a batch");
        let mut own = objective.loss_and_gradient(&mut gradient).map_err(|error| error.to_string());
        match (rank == last, update) {
            (true, 20) => own = Err("no memory left".to_owned()),
            (true, 40) => (own, gradient[5]) = (Ok(f64::NAN), f32::NAN),
            (true, 60) => own = Ok(f64::INFINITY),
            _ => {}
        }
        match average(&collective, own, &mut gradient) {
            Ok(loss) => {
                assert_eq!(loss.is_finite(), update != 40 && update != 60);
                match update {
                    60 => optimizer.skip(),
                    _ => optimizer.step(&mut objective, &gradient).expect("a step"),
                };
            }
            Err(error) => {
                assert_eq!(update, 20, "{error}");
                assert!(error.to_string().starts_with(&format!("rank {last}")), "{error}");
            }
        }
    }
    assert_eq!((optimizer.updates(), optimizer.skipped()), (297, 2));
    assert_eq!(collective.traffic().vector_bytes, 299 * 83 * 4);
    optimizer.finish(&mut objective).expect("a mean");
    assert!(is_same(group(), objective.parameters()));
    let (mut model, x) = objective.into_parts();
    assert!(model.accuracy(&x).expect("Iris") > 0.9);
}

// --- Errors -------------------------------------------------------------------------------------------

/// Iris, and a call that fails: of its losses alone or of those with a gradient, and how many come before.
struct Faulty {
    model: Model<f64>,
    fault: Option<(Call, usize)>,
}

#[derive(Clone, Copy, PartialEq)]
enum Call {
    Loss,
    LossAndGradient,
}

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

impl Faulty {
    fn call(&mut self, call: Call) -> Outcome<()> {
        match &mut self.fault {
            Some((at, 0)) if *at == call => Err("no memory left".into()),
            Some((at, left)) if *at == call => {
                *left -= 1;
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

impl SliceModel<f64> for Faulty {
    type Error = Box<dyn std::error::Error>;

    fn loss(&mut self, x: &[f64], rows: &[usize], scratch: &mut [f64]) -> Outcome<f64> {
        self.call(Call::Loss)?;
        Ok(self.model.loss(x, rows, scratch)?)
    }

    fn loss_and_gradient(&mut self, x: &[f64], rows: &[usize], g: &mut [f64]) -> Outcome<f64> {
        self.call(Call::LossAndGradient)?;
        Ok(self.model.loss_and_gradient(x, rows, g)?)
    }
}

fn errors_reach_all(group: &dyn Fn() -> MpiCollective) {
    for call in [Call::Loss, Call::LossAndGradient] {
        for count in [0, 1, 7, 20] {
            error_reaches_all(group(), call, count);
        }
    }
}

fn error_reaches_all(collective: MpiCollective, call: Call, count: usize) {
    let (rank, last) = (collective.rank(), collective.size() - 1);
    let (model, x0) = iris::<f64>(rank).into_parts();
    let fault = (rank == last).then_some((call, count));
    let batches = MiniBatches::new(150, 10, rank as u64).expect("a batch");
    let objective = SliceObjective::new(x0, batches, Faulty { model, fault }).expect("a start");
    // Armijo asks for losses and, like all, for gradients.
    let descent = Descent::new(DataParallel::new(objective, collective)).expect("zeros");
    let mut descent = descent.with_search(Armijo::default());
    let (iteration, error, before) = (0..100)
        .find_map(|iteration| {
            let before = descent.objective().objective().parameters().to_vec();
            descent.step().err().map(|error| (iteration, error, before))
        })
        .expect("an error");
    let mut objective = descent.into_objective();
    assert_eq!(objective.objective().parameters(), before);
    let message = error.to_string();
    match error {
        ParallelError::Own { rank, .. } => {
            assert_eq!(rank, last);
            assert!(message.ends_with("no memory left"), "{message}");
            assert!(
                message.starts_with(&format!("rank {last}, this one, failed in ")),
                "{message}"
            );
        }
        ParallelError::Rank { rank, .. } => {
            assert_eq!(rank, last);
            assert!(message.starts_with(&format!("rank {last} failed in ")), "{message}");
        }
        ParallelError::Collective(never) => match never {},
        other => panic!("{other}"),
    }
    // All ranks stopped in the same iteration with the same parameters, and can go on together.
    objective.objective_mut().model_mut().fault = None;
    assert!(objective.agree(iteration).expect("a meeting"));
    assert!(objective.agree(fingerprint(&before)).expect("a meeting"));
    let mut gradient = objective.zeros().expect("zeros");
    objective.loss_and_gradient(&mut gradient).expect("a gradient");
    objective.synchronize(&mut gradient).expect("a gradient");
    assert!(objective.agree(fingerprint(&gradient)).expect("a meeting"));
}
