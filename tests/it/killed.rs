//! Runs of slices that are killed in the middle and go on from what they saved: twice, or `GOLS_KILLS=100` times.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use gols::{MiniBatches, SliceOptimizer};
use serde::{Deserialize, Serialize};

/// The file that a child of a test saves to, until it is killed.
const FILE: &str = "GOLS_KILLED";
/// How often a run is killed.
const KILLS: &str = "GOLS_KILLS";
/// Fewer updates than so many are waited for before each kill.
const BEFORE: u64 = 40;
/// So many are made after the last.
const AFTER: u64 = 60;

const ROWS: usize = 64;
const COLUMNS: usize = 5;

/// All that a run is: parameters, optimizer, and where its mini-batches are.
#[derive(Serialize, Deserialize)]
struct Run {
    x: Vec<f32>,
    optimizer: SliceOptimizer<f32>,
    batches: MiniBatches,
}

impl Run {
    fn new(optimizer: SliceOptimizer<f32>) -> Self {
        let batches = MiniBatches::in_epochs(ROWS, 5, 1).unwrap();
        Self { x: vec![0.3; COLUMNS], optimizer, batches }
    }

    /// One update on L(x) = 1/(2B) Σ (x·u − y)², of points that no line meets.
    fn update(&mut self) {
        let mut gradient = [0.0; COLUMNS];
        for &row in self.batches.draw() {
            let point = |column: usize| ((7 * row + 3 * column * column) % 11) as f32 - 5.0;
            let found: f32 = (0..COLUMNS).map(|column| self.x[column] * point(column)).sum();
            let error = (found - ((row * row) % 13) as f32) / 5.0;
            (0..COLUMNS).for_each(|column| gradient[column] += error * point(column));
        }
        self.optimizer.step(&mut self.x, &gradient).unwrap();
    }

    /// The file is there whole, or as it was before.
    fn save(&self, path: &Path) {
        let aside = path.with_extension("new");
        std::fs::write(&aside, serde_json::to_vec(self).unwrap()).unwrap();
        std::fs::rename(aside, path).unwrap();
    }

    fn load(path: &Path) -> Option<Self> {
        Some(serde_json::from_slice(&std::fs::read(path).ok()?).unwrap())
    }

    /// The bits after so many more updates: those of y, and those of the mean that is left in the end.
    fn finish(mut self, updates: u64) -> [Vec<u32>; 2] {
        (0..updates).for_each(|_| self.update());
        let bits = |x: &[f32]| x.iter().map(|x| x.to_bits()).collect();
        let y = bits(&self.x);
        self.optimizer.finish(&mut self.x).unwrap();
        [y, bits(&self.x)]
    }
}

/// Ends the child also where a test fails.
struct Training(Child);

impl Drop for Training {
    fn drop(&mut self) {
        let _ = (self.0.kill(), self.0.wait());
    }
}

/// Goes with the test, whether it fails or not.
struct File(PathBuf);

impl Drop for File {
    fn drop(&mut self) {
        for path in [self.0.clone(), self.0.with_extension("new")] {
            let _ = std::fs::remove_file(path);
        }
    }
}

/// Lets a child run the test of this name, which goes on from its file, and kills it after so many updates more.
fn train_and_kill(name: &str, path: &Path, updates: u64) {
    let before = updates_of(path);
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &format!("killed::{name}")])
        .env(FILE, path)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut training = Training(child);
    let mut now = before;
    while now < before + updates {
        now = updates_of(path);
        assert!(now >= before, "it goes on from its file: {now} updates after {before}");
        assert!(training.0.try_wait().unwrap().is_none(), "it trains until it is killed");
        std::thread::yield_now();
    }
    training.0.kill().unwrap(); // by SIGKILL
    let status = training.0.wait().unwrap();
    #[cfg(unix)]
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(9));
    assert!(!status.success());
}

fn updates_of(path: &Path) -> u64 {
    Run::load(path).map_or(0, |run| run.optimizer.updates())
}

/// Kills and goes on as often as said, and compares with a run that nobody killed.
fn check(name: &str, optimizer: SliceOptimizer<f32>) {
    if let Some(path) = std::env::var_os(FILE) {
        let mut run = Run::load(Path::new(&path)).unwrap_or_else(|| Run::new(optimizer));
        for _ in 0..1_000_000 {
            run.update();
            run.save(Path::new(&path));
        }
        panic!("nobody killed it");
    }
    let kills = std::env::var(KILLS).map_or(2, |kills| kills.parse().expect("a number of kills"));
    let file = format!("gols-{}-{name}.json", std::process::id());
    let file = File(std::env::temp_dir().join(file));
    // The moments are as random as the other processes of the machine, beside a count that differs.
    (0..kills).for_each(|kill| train_and_kill(name, &file.0, 1 + 7 * kill % BEFORE));

    let resumed = Run::load(&file.0).unwrap();
    let killed = resumed.optimizer.updates();
    let whole = Run::new(optimizer).finish(killed + AFTER);
    assert_eq!(resumed.finish(AFTER), whole, "{kills} kills in {killed} updates");
}

#[test]
fn a_run_along_adam_that_is_killed_ends_in_the_bits_of_one_that_was_not() {
    let name = "a_run_along_adam_that_is_killed_ends_in_the_bits_of_one_that_was_not";
    check(name, SliceOptimizer::new(COLUMNS));
}

#[test]
fn a_run_along_the_gradient_that_is_killed_ends_in_the_bits_of_one_that_was_not() {
    let name = "a_run_along_the_gradient_that_is_killed_ends_in_the_bits_of_one_that_was_not";
    check(name, SliceOptimizer::new(COLUMNS).steepest_descent());
}
