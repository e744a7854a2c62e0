//! Runs that are killed in mid-training, and go on.

mod common;

use std::path::{Path, PathBuf};

use burn::module::Module;
use burn::tensor::DType;
use burn::train::checkpoint::KeepLastNCheckpoints;
use burn::train::metric::LossMetric;
use burn::train::{Learner, SupervisedTraining};
use common::iris_learner::{Network, ROWS, SIZE, loader};
use common::quiet::Quiet;
use gols_burn::{Along, GolsOptimizer, GolsOptimizerConfig};
use gols_conformance::killed::{kill_in_training, saves_to};

/// A folder that is gone in the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("gols-burn-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn optimizer(along: Along) -> GolsOptimizer {
    GolsOptimizerConfig::new().with_along(along).init().unwrap()
}

/// The largest number of those that files in this folder are named by, and that `is_whole` finds.
fn newest(folder: &Path, is_whole: impl Fn(usize) -> bool) -> Option<usize> {
    let files = std::fs::read_dir(folder).ok()?.filter_map(Result::ok);
    let names = files.map(|file| file.file_name().to_string_lossy().into_owned());
    let numbers =
        names.filter_map(|name| name.trim_end_matches(".bpk").rsplit('-').next()?.parse().ok());
    numbers.filter(|&number| is_whole(number)).max()
}

/// A run in a loop of one's own, at y.
struct Run {
    network: Network,
    optimizer: GolsOptimizer,
}

impl Run {
    fn new(along: Along) -> Self {
        Self { network: Network::new(DType::F32), optimizer: optimizer(along) }
    }

    fn train(mut self, from: usize, to: usize) -> Self {
        for update in from..to {
            let grads = self.network.grads(update % (ROWS / SIZE));
            self.network = self.optimizer.step(self.network, grads).unwrap();
        }
        self
    }

    /// After so many updates, two files in a folder that has its name when it is whole.
    fn save(&self, folder: &Path, updates: usize) {
        let (new, whole) = (folder.join("new"), folder.join(format!("after-{updates}")));
        let _ = std::fs::remove_dir_all(&new);
        std::fs::create_dir(&new).unwrap();
        self.network.clone().save_file(new.join("model.bpk")).unwrap();
        self.optimizer.save(&self.network, new.join("gols.bpk")).unwrap();
        std::fs::rename(new, whole).unwrap();
    }

    fn load(folder: &Path, updates: usize, along: Along) -> Self {
        let folder = folder.join(format!("after-{updates}"));
        let network = Network::elsewhere(DType::F32).load_file(folder.join("model.bpk"));
        let mut optimizer = optimizer(along);
        optimizer.load(&network, folder.join("gols.bpk")).unwrap();
        Self { network, optimizer }
    }

    /// y, and x.
    fn bits(mut self) -> [Vec<u64>; 2] {
        let bits = |network: &Network| {
            network.parameters().concat().into_iter().map(f64::to_bits).collect()
        };
        let y = bits(&self.network);
        [y, bits(&self.optimizer.finish(self.network).unwrap())]
    }
}

/// Lets a child run the test of this name, which saves after each update, kills it, goes on from what it saved, and
/// compares with a run that nobody killed.
fn check_killed(name: &str, along: Along) {
    if let Some(folder) = saves_to() {
        let mut run = Run::new(along);
        for update in 0..100_000 {
            run.save(&folder, update);
            run = run.train(update, update + 1);
        }
        return; // nobody killed it, which the parent says
    }
    let folder = Folder::new(name);
    kill_in_training(name, &folder.0, || newest(&folder.0, |_| true) >= Some(40));
    let killed = newest(&folder.0, |_| true).unwrap();
    let other = if along == Along::Adam { Along::Gradient } else { Along::Adam };
    let resumed = Run::load(&folder.0, killed, other).train(killed, killed + 30);
    let whole = Run::new(along).train(0, killed + 30);
    assert_eq!(resumed.bits(), whole.bits(), "killed after {killed} updates");
}

#[test]
fn a_loop_along_adam_that_is_killed_ends_in_the_bits_of_one_that_was_not() {
    let name = "a_loop_along_adam_that_is_killed_ends_in_the_bits_of_one_that_was_not";
    check_killed(name, Along::Adam);
}

#[test]
fn a_loop_along_the_gradient_that_is_killed_ends_in_the_bits_of_one_that_was_not() {
    let name = "a_loop_along_the_gradient_that_is_killed_ends_in_the_bits_of_one_that_was_not";
    check_killed(name, Along::Gradient);
}

/// Trains by burn's `Learner` up to this epoch, from the checkpoint after another or from the start: y, and x.
fn learned(folder: &Path, epochs: usize, checkpoint: Option<usize>, along: Along) -> [Vec<u64>; 2] {
    let training = SupervisedTraining::new(folder, loader(), loader())
        .metrics((LossMetric::new(),))
        .with_application_logger(None)
        .renderer(Box::new(Quiet))
        .with_default_checkpointers()
        .with_checkpointing_strategy(KeepLastNCheckpoints::new(3))
        .num_epochs(epochs);
    let (network, training) = match checkpoint {
        Some(epoch) => (Network::elsewhere(DType::F32), training.checkpoint(epoch)),
        None => (Network::new(DType::F32), training),
    };
    let gols = optimizer(along).shared();
    let result = training.launch(Learner::new(network, gols.clone().into(), 0.0));
    assert!(result.error.is_none(), "{:?}", result.error);
    drop(result.renderer);
    let optimizer = std::mem::replace(&mut *gols.lock(), optimizer(along));
    Run { network: result.model.train(), optimizer }.bits()
}

fn check_killed_learner(name: &str, along: Along) {
    if let Some(folder) = saves_to() {
        learned(&folder, 100_000, None, along);
        return; // nobody killed it, which the parent says
    }
    let folder = Folder::new(name);
    let checkpoints = folder.0.join("checkpoint");
    let newest = || {
        newest(&checkpoints, |epoch| {
            let parts = ["model", "optim", "scheduler"];
            parts.iter().all(|part| checkpoints.join(format!("{part}-{epoch}.bpk")).exists())
        })
    };
    kill_in_training(name, &folder.0, || newest() >= Some(4));
    let killed = newest().unwrap();
    let other = if along == Along::Adam { Along::Gradient } else { Along::Adam };
    let resumed = learned(&folder.0, killed + 3, Some(killed), other);
    let aside = Folder::new(&format!("{name}-whole"));
    assert_eq!(
        resumed,
        learned(&aside.0, killed + 3, None, along),
        "killed in epoch {}",
        killed + 1
    );
}

#[test]
fn a_learner_along_adam_that_is_killed_ends_in_the_bits_of_one_that_was_not() {
    let name = "a_learner_along_adam_that_is_killed_ends_in_the_bits_of_one_that_was_not";
    check_killed_learner(name, Along::Adam);
}

#[test]
fn a_learner_along_the_gradient_that_is_killed_ends_in_the_bits_of_one_that_was_not() {
    let name = "a_learner_along_the_gradient_that_is_killed_ends_in_the_bits_of_one_that_was_not";
    check_killed_learner(name, Along::Gradient);
}
