//! The study as a whole: on any number of threads, stopped and continued.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use gols_studies::journal;
use gols_studies::options::Arguments;
use tempfile::TempDir;

use crate::methods::Method;
use crate::options::Options;
use crate::record::Record;
use crate::setup::Batch;

/// Where the child writes; set for it alone.
const OUT: &str = "GOLS_TEST_STUDY_OUT";
const ARGUMENTS: &str = "--only iris --runs 3 --iterations 150 --methods InexactGols,BisectionGols,GoldenSection,Fixed1e-1";

/// Runs the study with these and more arguments in between spaces.
fn run(out: &Path, more: &str) {
    let words = ["study", "--out", out.to_str().unwrap()].into_iter();
    let words = words.chain(ARGUMENTS.split(' ')).chain(more.split_whitespace());
    let options = Options::parse(Arguments::new(words.map(Into::into))).unwrap();
    crate::run(&options).unwrap();
}

/// The folder of a run, which goes away at the end.
fn ran(more: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    run(folder.path(), more);
    folder
}

fn text(folder: &TempDir, file: &str) -> String {
    std::fs::read_to_string(folder.path().join(file)).unwrap()
}

fn assert_same(left: &TempDir, right: &TempDir) {
    let files = |folder: &TempDir| -> BTreeMap<_, _> {
        let entries = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap());
        entries.map(|e| (e.file_name(), std::fs::read(e.path()).unwrap())).collect()
    };
    let (left, right) = (files(left), files(right));
    assert!(left.keys().eq(right.keys()) && left.keys().any(|name| name == "results.csv"));
    assert!(left.iter().all(|(name, content)| right[name] == *content));
}

/// No test: what the killed program does.
#[test]
#[ignore = "run by a_killed_study_goes_on_to_the_same_files"]
fn child() {
    if let Some(out) = std::env::var_os(OUT) {
        run(Path::new(&out), "--threads 1");
    }
}

#[test]
fn a_killed_study_goes_on_to_the_same_files() {
    let (whole, killed) = (ran("--threads 1"), TempDir::new().unwrap());
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "study::tests::child", "--ignored"])
        .env(OUT, killed.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = || {
        let text = std::fs::read(killed.path().join("runs.jsonl")).unwrap_or_default();
        text.iter().filter(|&&byte| byte == b'\n').count()
    };
    let start = Instant::now();
    while lines() < 4 {
        assert!(start.elapsed() < Duration::from_secs(120), "the child does not get on");
        std::thread::sleep(Duration::from_millis(1));
    }
    child.kill().unwrap(); // SIGKILL where there are signals
    child.wait().unwrap();
    // The header and 2 x 4 x 3 runs would be 25 lines.
    assert!((4..25).contains(&lines()), "{} lines: it was not killed in the middle", lines());
    assert!(!killed.path().join("results.csv").exists());
    run(killed.path(), "--threads 2");
    assert_same(&whole, &killed);
}

#[test]
fn the_number_of_threads_changes_nothing_and_a_run_to_a_cost_stays_below_it() {
    let one = ran("--threads 1 --cost 2000");
    assert_same(&one, &ran("--threads 3 --cost 2000"));
    let csv = text(&one, "results.csv");
    let costs = csv.lines().skip(1).map(|line| line.split(',').nth(7).unwrap());
    let costs: Vec<u64> = costs.map(|cost| cost.parse().unwrap()).collect();
    assert_eq!(costs.len(), 24);
    // An iteration of an exact search costs less than 200.
    assert!(costs.iter().all(|cost| (1800..=2000).contains(cost)), "{costs:?}");
}

const RIVALS: &str = "--cost 600 --runs 2 \
    --methods InexactGols,FixedGrid,AdamGrid,DAdaptation,DAdaptationSgd,Prodigy,DoG,DoGLast,SLS";

#[test]
fn rivals_share_the_starts_pay_for_what_they_ask_and_are_compared() {
    let one = ran(&format!("{RIVALS} --threads 1"));
    assert_same(&one, &ran(&format!("{RIVALS} --threads 2")));
    let (_, records) = journal::read::<Record>(&one.path().join("runs.jsonl")).unwrap();
    assert_eq!(records.len(), 2 * 19 * 2);
    for record in records.values() {
        let is_shared = |other: &&Record| {
            other.key.layers == record.key.layers && other.key.run == record.key.run
        };
        let mut sharing = records.values().filter(is_shared);
        assert!(sharing.all(|other| other.curve[0] == record.curve[0]));
        let last = record.last();
        let (calls, updates) = (record.information_calls, last.iteration as u64);
        match record.key.method {
            // A gradient, and at least one loss, an update.
            Method::Sls => assert!(calls >= 2 * updates && last.cost == calls + updates),
            Method::InexactGols => assert_eq!(last.cost, 2 * calls),
            method => assert_eq!((last.cost, calls, updates), (600, 300, 300), "{method}"),
        }
    }
    let summary = text(&one, "summary.md");
    for part in ["## At equal cost", "| best constant step", "| best Adam rate", "τ = 1.1"] {
        assert!(summary.contains(part), "{part}");
    }
    assert!(summary.contains(&text(&one, "equal_cost.md")));
    assert!(text(&one, "profiles.svg").contains("Prodigy"));
}

#[test]
fn a_scaled_loss_moves_constant_steps_but_not_adam_and_errors_stay_unscaled() {
    let words = "--methods Fixed1e-1,Adam1e-2 --iterations 300 --layers 1";
    let scaled = ran(&format!("{words} --loss-scale 1e-3"));
    let plain = ran(&format!("{words} --beside {}", scaled.path().display()));
    let beside = text(&plain, "beside.md");
    let row = |method: &str| {
        let start = format!("| loss_scale 0.001 | {method}");
        beside.lines().find(|line| line.starts_with(&start)).unwrap()
    };
    // Adam's ε of 1e-8 is nothing beside gradients of 1e-3; a step of 1e-4 is not one of 1e-1.
    assert!(row("Adam1e-2").contains("1 of 1") && row("Adam1e-2").contains("1.00"), "{beside}");
    assert!(row("Fixed1e-1").contains("0 of 1"), "{beside}");
}

#[test]
fn a_full_batch_is_all_samples_and_a_batch_that_is_too_large_is_named() {
    let full = ran("--methods InexactGols,SLS,Fixed1e-1 --iterations 50 --layers 3 --batch full");
    let csv = text(&full, "results.csv");
    assert_eq!(csv.lines().filter(|line| line.starts_with("iris,3,")).count(), 9);
    let mut options = Options { only: vec!["iris".to_owned()], ..Options::default() };
    options.settings.setup.batch = Batch::Size(76);
    let (problems, skipped) = super::problems(&options);
    assert!(problems.is_empty() && skipped[0].contains("75 samples"), "{skipped:?}");
}

#[test]
fn a_set_that_is_missing_or_damaged_is_named_and_the_rest_runs() {
    let data = TempDir::new().unwrap();
    std::fs::create_dir_all(data.path().join("glass1")).unwrap();
    std::fs::write(data.path().join("glass1/glass1.dt"), "real_in=x\n").unwrap();
    let only = ["glass1", "iris", "wilt"].map(str::to_owned).into();
    let options = Options { data: Some(data.path().to_owned()), only, ..Options::default() };
    let (problems, skipped) = super::problems(&options);
    assert_eq!(problems.len(), 2);
    assert!(skipped[0].contains("glass1.dt: line 1, real_in is 'x'"), "{}", skipped[0]);
    assert!(skipped[1].contains("wilt.csv is missing; it is from archive.ics"), "{}", skipped[1]);
}
