//! What all programs do with their arguments and with a pipe that nobody reads, and how a study goes on.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const MODERN: &str = env!("CARGO_BIN_EXE_modern");

/// Each with an option that takes a whole number.
const PROGRAMS: [(&str, &str, &str); 3] = [
    ("modern", MODERN, "--seeds"),
    ("vae", env!("CARGO_BIN_EXE_vae"), "--seed"),
    ("visual_guide", env!("CARGO_BIN_EXE_visual_guide"), "--seed"),
];

fn run(program: &str, arguments: &[&str]) -> Output {
    Command::new(program).args(arguments).output().unwrap()
}

#[test]
fn help_is_printed_and_what_is_wrong_said_in_one_line() {
    for (name, program, option) in PROGRAMS {
        let help = run(program, &["--help"]);
        let text = String::from_utf8(help.stdout).unwrap();
        assert!(help.status.success() && text.contains(&format!("--bin {name} -- [options]")));
        let wrong = run(program, &[option, "one"]);
        let text = String::from_utf8(wrong.stderr).unwrap();
        assert_eq!((wrong.status.code(), text.lines().count()), (Some(2), 1));
        assert!(
            text.starts_with(&format!("{name}: {option} is 'one', but must be a whole number"))
        );
    }
}

#[test]
fn a_closed_pipe_ends_a_program_quietly() {
    for (name, program, _) in PROGRAMS {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = Command::new(program).arg("--help").stdout(writer).output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{name}: {output:?}");
    }
}

/// Trains a bundled case for some fifty updates by three rivals, two of them rates of one.
fn train(out: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(MODERN);
    command.args(["--case", "sigmoid_iris", "--updates-scale", "0.01"]);
    command.args(["--rival", "gols:cap=2,beta=0.8,adam:rate=0.001,adam:rate=0.01"]);
    let output = command.arg("--out").arg(out).args(arguments).env_remove("GOLS_DATA").output();
    output.unwrap()
}

/// The runs of a study without their times, which differ.
fn runs(out: &Path) -> Vec<String> {
    let text = fs::read_to_string(out.join("runs.jsonl")).unwrap();
    let line = |line: &str| line.split(",\"seconds\"").next().unwrap_or_default().to_owned();
    text.lines().map(line).collect()
}

#[test]
fn a_study_that_was_stopped_goes_on_and_ends_as_if_it_had_not_on_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let [whole, torn] = ["whole", "torn"].map(|name| folder.path().join(name));
    assert!(train(&whole, &["--seeds", "2", "--threads", "2"]).status.success());
    let expected = runs(&whole);
    assert_eq!(expected.len(), 1 + 3 * 2);

    // One seed, and the last run torn in the middle of its line.
    assert!(train(&torn, &["--seeds", "1", "--threads", "1"]).status.success());
    let path = torn.join("runs.jsonl");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, &text[..text.len() - 9]).unwrap();
    let output = train(&torn, &["--seeds", "2", "--threads", "1"]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("2 of 6 runs were finished before"), "{told}");
    assert_eq!(runs(&torn), expected);
}

#[test]
fn rivals_that_were_run_before_are_reported_beside_the_new_ones() {
    let folder = tempfile::tempdir().unwrap();
    let [old, new] = ["old", "new"].map(|name| folder.path().join(name));
    assert!(train(&old, &["--seeds", "1"]).status.success());
    let beside = old.to_str().unwrap();
    let arguments = ["--seeds", "1", "--rival", "dog", "--beside", beside];
    let output = train(&new, &arguments);
    let text = String::from_utf8(output.stdout).unwrap();
    for part in ["best adam rate", "| dog ", "| gols:beta=0.8,cap=2 ", "What is claimed"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert_eq!(runs(&new).len(), 1 + 1);
    for file in ["results.csv", "losses.md", "ratios.md", "losses.svg", "profiles.svg", "steps.svg"]
    {
        assert!(new.join(file).is_file(), "{file}");
    }
    let other = train(&new, &["--updates-scale", "0.02"]);
    let told = String::from_utf8(other.stderr).unwrap();
    assert!(!other.status.success() && told.contains("other settings"), "{told}");
}
