//! The study as a whole: on any number of threads, stopped and continued.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::options::Options;
use crate::record::Record;

/// Where the child writes; set for it alone.
const OUT: &str = "GOLS_TEST_STUDY_OUT";
const ARGUMENTS: &str = "--only iris --runs 3 --iterations 150 --methods InexactGols,BisectionGols,GoldenSection,Fixed1e-1";

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("gols-study-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    folder
}

fn run(out: &std::path::Path, more: &[&str]) {
    let mut words = vec!["study"];
    words.extend(ARGUMENTS.split(' '));
    words.extend(["--out", out.to_str().unwrap()]);
    words.extend(more);
    let options = Options::parse(words.into_iter().map(Into::into)).unwrap().unwrap();
    crate::run(&options).unwrap();
}

/// All files by name; there are some.
fn files(folder: &std::path::Path) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let mut files: Vec<_> = entries
        .map(|entry| {
            let name = entry.file_name().into_string().unwrap();
            (name, std::fs::read(entry.path()).unwrap())
        })
        .collect();
    files.sort();
    assert!(files.iter().any(|(name, _)| name == "results.csv"));
    files
}

fn assert_same(left: &std::path::Path, right: &std::path::Path) {
    let (left, right) = (files(left), files(right));
    let names = |files: &[(String, Vec<u8>)]| -> Vec<String> {
        files.iter().map(|(name, _)| name.clone()).collect()
    };
    assert_eq!(names(&left), names(&right));
    for ((name, left), (_, right)) in left.iter().zip(&right) {
        assert!(left == right, "{name} differs");
    }
}

/// No test: what the killed program does.
#[test]
#[ignore = "run by a_killed_study_goes_on_to_the_same_files"]
fn child() {
    if let Some(out) = std::env::var_os(OUT) {
        run(std::path::Path::new(&out), &["--threads", "1"]);
    }
}

#[test]
fn a_killed_study_goes_on_to_the_same_files() {
    let (whole, killed) = (folder("whole"), folder("killed"));
    run(&whole, &["--threads", "1"]);
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "study::tests::child", "--ignored"])
        .env(OUT, &killed)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let journal = killed.join("runs.jsonl");
    let lines = || {
        let text = std::fs::read(&journal).unwrap_or_default();
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
    assert!(!killed.join("results.csv").exists());
    run(&killed, &["--threads", "2"]);
    assert_same(&whole, &killed);
    std::fs::remove_dir_all(whole).unwrap();
    std::fs::remove_dir_all(killed).unwrap();
}

#[test]
fn the_number_of_threads_changes_nothing_and_a_run_to_a_cost_stays_below_it() {
    let (one, three) = (folder("one"), folder("three"));
    run(&one, &["--threads", "1", "--cost", "2000"]);
    run(&three, &["--threads", "3", "--cost", "2000"]);
    assert_same(&one, &three);
    let csv = std::fs::read_to_string(one.join("results.csv")).unwrap();
    let costs = csv.lines().skip(1).map(|line| line.split(',').nth(7).unwrap());
    let costs: Vec<u64> = costs.map(|cost| cost.parse().unwrap()).collect();
    assert_eq!(costs.len(), 24);
    // An iteration of an exact search costs less than 200.
    assert!(costs.iter().all(|cost| (1800..=2000).contains(cost)), "{costs:?}");
    std::fs::remove_dir_all(one).unwrap();
    std::fs::remove_dir_all(three).unwrap();
}

const RIVALS: &str =
    "InexactGols,FixedGrid,AdamGrid,DAdaptation,DAdaptationSgd,Prodigy,DoG,DoGLast,SLS";

#[test]
fn rivals_share_the_starts_pay_for_what_they_ask_and_are_compared() {
    let (one, two) = (folder("rivals"), folder("rivals-two"));
    let words = ["--methods", RIVALS, "--cost", "600", "--runs", "2"];
    run(&one, &[&words[..], &["--threads", "1"]].concat());
    run(&two, &[&words[..], &["--threads", "2"]].concat());
    assert_same(&one, &two);
    let journal = std::fs::read_to_string(one.join("runs.jsonl")).unwrap();
    let records: Vec<Record> =
        journal.lines().skip(1).map(|l| Record::from_line(l).unwrap()).collect();
    assert_eq!(records.len(), 2 * 19 * 2);
    for record in &records {
        let same = |other: &&Record| {
            other.key.layers == record.key.layers && other.key.run == record.key.run
        };
        assert!(records.iter().filter(same).all(|other| other.curve[0] == record.curve[0]));
        let (name, last) = (record.key.method.as_str(), record.last());
        let (calls, updates) = (record.information_calls, last.iteration as u64);
        match name {
            // A gradient, and at least one loss, an update.
            "SLS" => assert!(calls >= 2 * updates && last.cost == calls + updates),
            "InexactGols" => assert_eq!(last.cost, 2 * calls),
            _ => assert_eq!((last.cost, calls, updates), (600, 300, 300), "{name}"),
        }
    }
    let summary = std::fs::read_to_string(one.join("summary.md")).unwrap();
    for text in ["## At equal cost", "| best constant step", "| best Adam rate", "τ = 1.1"] {
        assert!(summary.contains(text), "{text}");
    }
    assert!(std::fs::read_to_string(one.join("profiles.svg")).unwrap().contains("Prodigy"));
    std::fs::remove_dir_all(one).unwrap();
    std::fs::remove_dir_all(two).unwrap();
}

#[test]
fn a_scaled_loss_moves_constant_steps_but_not_adam_and_errors_stay_unscaled() {
    let (plain, scaled) = (folder("plain"), folder("scaled"));
    let words = ["--methods", "Fixed1e-1,Adam1e-2", "--iterations", "300", "--layers", "1"];
    run(&scaled, &[&words[..], &["--loss-scale", "1e-3"]].concat());
    run(&plain, &[&words[..], &["--beside", scaled.to_str().unwrap()]].concat());
    let summary = std::fs::read_to_string(plain.join("summary.md")).unwrap();
    let row = |method: &str| {
        let start = format!("| loss_scale 0.001 | {method}");
        summary.lines().find(|line| line.starts_with(&start)).unwrap()
    };
    // Adam's ε of 1e-8 is nothing beside gradients of 1e-3; a step of 1e-4 is not one of 1e-1.
    assert!(row("Adam1e-2").contains("1 of 1") && row("Adam1e-2").contains("1.00"), "{summary}");
    assert!(row("Fixed1e-1").contains("0 of 1"), "{summary}");
    std::fs::remove_dir_all(plain).unwrap();
    std::fs::remove_dir_all(scaled).unwrap();
}

#[test]
fn a_full_batch_is_all_samples_and_a_batch_that_is_too_large_is_named() {
    let full = folder("full");
    let words = ["--methods", "InexactGols,SLS,Fixed1e-1", "--iterations", "50", "--layers", "3"];
    run(&full, &[&words[..], &["--batch", "full"]].concat());
    let csv = std::fs::read_to_string(full.join("results.csv")).unwrap();
    assert_eq!(csv.lines().filter(|line| line.starts_with("iris,3,")).count(), 9);
    let mut options = Options { only: vec!["iris".to_owned()], ..Options::default() };
    options.settings.setup.batch = crate::setup::Batch::Size(76);
    let (problems, skipped) = super::problems(&options);
    assert!(problems.is_empty() && skipped[0].contains("75 samples"), "{skipped:?}");
    std::fs::remove_dir_all(full).unwrap();
}

#[test]
fn a_set_that_is_missing_or_damaged_is_named_and_the_rest_runs() {
    let data = folder("data");
    std::fs::create_dir_all(data.join("glass1")).unwrap();
    std::fs::write(data.join("glass1/glass1.dt"), "real_in=x\n").unwrap();
    let names = ["glass1", "iris", "wilt"].map(str::to_owned).into();
    let options = Options { data: Some(data.clone()), only: names, ..Options::default() };
    let (problems, skipped) = super::problems(&options);
    assert_eq!(problems.len(), 2);
    assert!(skipped[0].contains("glass1.dt: line 1, real_in is 'x'"), "{}", skipped[0]);
    assert!(skipped[1].contains("wilt.csv is missing; it is from archive.ics"), "{}", skipped[1]);
    std::fs::remove_dir_all(data).unwrap();
}
