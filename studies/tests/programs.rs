//! What all programs do with their arguments and with a pipe that nobody reads.

use std::process::{Command, Output};

const PROGRAMS: [(&str, &str); 2] =
    [("vae", env!("CARGO_BIN_EXE_vae")), ("visual_guide", env!("CARGO_BIN_EXE_visual_guide"))];

fn run(program: &str, arguments: &[&str]) -> Output {
    Command::new(program).args(arguments).output().unwrap()
}

#[test]
fn help_is_printed_and_what_is_wrong_said_in_one_line() {
    for (name, program) in PROGRAMS {
        let help = run(program, &["--help"]);
        let text = String::from_utf8(help.stdout).unwrap();
        assert!(help.status.success() && text.contains(&format!("--bin {name} -- [options]")));
        let wrong = run(program, &["--seed", "one"]);
        let text = String::from_utf8(wrong.stderr).unwrap();
        assert_eq!((wrong.status.code(), text.lines().count()), (Some(2), 1));
        assert!(text.starts_with(&format!("{name}: --seed is 'one', but must be a whole number")));
    }
}

#[test]
fn a_closed_pipe_ends_a_program_quietly() {
    for (name, program) in PROGRAMS {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = Command::new(program).arg("--help").stdout(writer).output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{name}: {output:?}");
    }
}
