//! Digits learned by a small convolutional network in burn's `Learner`: gols beside burn's AdamW at its default and
//! at five rates.
//!
//! Every run is stopped four times, and goes on from the checkpoint of burn's: gols too, to the bit.
//!
//! `cargo run --release -p gols-burn --example burn_mnist -- --help` lists the options.

mod digits;
mod network;
mod progress;

use std::io::{Write, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use burn::module::Module;
use burn::optim::{AdamWConfig, ModuleOptimizer};
use burn::tensor::Device;
use burn::train::metric::{AccuracyMetric, LossMetric};
use burn::train::{Learner, LearningResult, SupervisedTraining};
use gols::MiniBatches;
use gols_burn::{GolsOptimizer, GolsOptimizerConfig, SharedOptimizer};
use gols_conformance::race::{self, Curve, Look, Measure};
use gols_studies::options::Arguments;
use gols_studies::{AnyError, program};

use digits::Digits;
use network::{Clock, Network};
use progress::Progress;

const USAGE: &str = "\
Trains a small convolutional network with gols and with burn's AdamW at five rates.

burn_mnist [OPTIONS]

  --data DIR       MNIST's four IDX files, packed or not: train-images-idx3-ubyte and so on;
                   without it 2000 digits are drawn, and 1000 to test on
  --updates N      updates of every run (1000)
  --picture FILE   an SVG of training losses and accuracies
";

const BATCH: usize = 64;
/// Those of AdamW; 0.001 is the usual one, as burn has no default.
const RATES: [f64; 5] = [1e-4, 3e-4, 1e-3, 3e-3, 1e-2];
/// The start, and the order of the digits.
const SEED: u64 = 1;

struct Options {
    data: Option<PathBuf>,
    updates: usize,
    picture: Option<PathBuf>,
}

impl Options {
    fn parse(mut arguments: Arguments) -> Result<Self, String> {
        let mut options = Self { data: None, updates: 1000, picture: None };
        while let Some(option) = arguments.next_option()? {
            match option.as_str() {
                "--data" => options.data = Some(arguments.path()?),
                "--updates" => options.updates = arguments.whole(5..=1_000_000)?,
                "--picture" => options.picture = Some(arguments.path()?),
                _ => return Err(arguments.unknown()),
            }
        }
        Ok(options)
    }
}

/// Training digits, those of them whose loss is looked at, test digits, and where all runs start.
struct Task {
    training: Digits,
    looked_at: Digits,
    test: Digits,
    start: Network,
}

/// The optimizer of a run, made anew each time that it goes on.
enum Method {
    Gols,
    AdamW(f64),
}

impl Method {
    fn name(&self) -> (String, String) {
        match self {
            Self::Gols => ("Gols".into(), "-".into()),
            Self::AdamW(rate) => ("AdamW".into(), rate.to_string()),
        }
    }

    /// As burn has it, and as gols has it.
    fn optimizer(&self) -> Result<(ModuleOptimizer, Option<SharedOptimizer>), AnyError> {
        match self {
            Self::Gols => {
                let gols = GolsOptimizerConfig::new().init().map(GolsOptimizer::shared)?;
                Ok((gols.clone().into(), Some(gols)))
            }
            Self::AdamW(_) => Ok((AdamWConfig::new().init(), None)),
        }
    }

    fn rate(&self) -> f64 {
        match self {
            Self::Gols => 0.0, // unused
            Self::AdamW(rate) => *rate,
        }
    }
}

impl Task {
    /// Trains with burn's `Learner`, a fifth of the updates as an epoch, each in a run of its own.
    fn run(&self, method: &Method, updates: usize, folder: &Path) -> Result<Curve, AnyError> {
        let (name, rate) = method.name();
        let mut batches = MiniBatches::new(self.training.len(), BATCH, SEED)?;
        let (mut done, mut time, mut looks) = (0, f64::INFINITY, Vec::new());
        for (epoch, until) in race::looks(updates).into_iter().enumerate() {
            let rows = (done..until).flat_map(|_| batches.draw().to_vec()).collect();
            let test = (0..self.test.len()).collect();
            let training = SupervisedTraining::new(
                folder,
                self.training.loader(rows, BATCH),
                self.test.loader(test, 500),
            )
            .metrics((LossMetric::new(), AccuracyMetric::new()))
            .with_application_logger(None)
            .with_default_checkpointers()
            .renderer(Box::new(Progress::new(format!("{name} {rate}"))))
            .num_epochs(epoch + 1);
            let training = if epoch > 0 { training.checkpoint(epoch) } else { training };
            let (optimizer, gols) = method.optimizer()?;
            let clock = Clock::start();
            let LearningResult { model, error, .. } =
                training.launch(Learner::new(self.start.clone(), optimizer, method.rate()));
            if let Some(error) = error {
                return Err(error.to_string().into());
            }
            time = time.min(clock.milliseconds() / (until - done) as f64);
            done = until;
            let [loss, score] = match gols {
                Some(gols) => gols.lock().averaged(&model.train(), |mean| self.outcome(mean))??,
                None => self.outcome(&model)?,
            };
            eprintln!(
                "{name} {rate}, {done} updates: training loss {loss:.4}, test accuracy {score:.1}"
            );
            looks.push(Look { updates: done, loss, score });
        }
        Ok(Curve { name, rate, looks, time })
    }

    /// The training loss, and the test accuracy in %.
    fn outcome(&self, network: &Network) -> Result<[f64; 2], AnyError> {
        Ok([self.looked_at.outcome(network)?[0], self.test.outcome(network)?[1]])
    }
}

const MEASURE: Measure = Measure { name: "test accuracy in %", digits: 1, drawn: 90.0..=100.0 };

fn main() -> ExitCode {
    program::run("burn_mnist", USAGE, Options::parse, |options| {
        let [training, test] =
            gols_conformance::digits::Digits::training_and_test(options.data.as_deref())?;
        let [training, test] = [Digits::from(training), Digits::from(test)];
        let device = Device::flex().autodiff();
        device.seed(SEED);
        let start = Network::new(&device);
        let task = Task { looked_at: training.first(10_000), training, test, start };
        writeln!(
            stdout(),
            "{} digits to train on, {} to test on, mini-batches of {BATCH}.\nThe training loss is that of the first \
             {} digits.\n",
            task.training.len(),
            task.test.len(),
            task.looked_at.len()
        )?;
        let folder = std::env::temp_dir().join(format!("burn_mnist-{}", std::process::id()));
        let mut curves = Vec::new();
        for method in [Method::Gols].into_iter().chain(RATES.map(Method::AdamW)) {
            curves.push(task.run(&method, options.updates, &folder)?);
            std::fs::remove_dir_all(&folder)?;
        }
        race::print(&curves, &MEASURE, &mut stdout())?;
        if let Some(path) = &options.picture {
            let title = "Digits, a convolutional network in burn's Learner";
            program::write(path, race::draw(title, &curves, &MEASURE)?)?;
        }
        Ok(())
    })
}
