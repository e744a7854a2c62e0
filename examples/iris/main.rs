//! Iris, trained by the papers' searches from the same starts, beside fixed steps: the crate's main job.
//!
//! A 4-10-3 sigmoid network, SquaredPercentage loss, mini-batches of 10 drawn anew for every evaluation,
//! 3000 iterations, 10 runs. Prints one table; writes two plots and the curves to `target/iris`.
//!
//! Run with `cargo run --release --example iris`, or `... --example iris -- --help`.
#![allow(unreachable_pub, reason = "a program of a few files")]

mod options;
mod plots;
mod runs;
mod table;

use std::error::Error;
use std::io::{ErrorKind, Write};
use std::process::ExitCode;

use options::{Options, USAGE};

fn main() -> ExitCode {
    let result = match Options::parse(lexopt::Parser::from_env()) {
        Ok(Some(options)) => train(&options),
        Ok(None) => Ok(USAGE.to_owned()),
        Err(error) => {
            eprintln!("iris: {error} (--help lists the options)");
            return ExitCode::from(2);
        }
    };
    match result.and_then(|text| say(&text)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("iris: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Trains, writes the files, and returns what is to be printed.
fn train(options: &Options) -> Result<String, Box<dyn Error>> {
    std::fs::create_dir_all(&options.out)
        .map_err(|error| format!("cannot make the folder {}: {error}", options.out.display()))?;
    let outcomes = runs::run(options)?;
    let mut text = table::render(options, &outcomes);
    let files = [
        ("training_error.svg", plots::training_error(&outcomes)?),
        ("step_length.svg", plots::step_length(&outcomes)?),
        ("curves.csv", table::curves(&outcomes)?),
    ];
    for (name, content) in files {
        let path = options.out.join(name);
        std::fs::write(&path, content)
            .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
        text += &format!("wrote {}\n", path.display());
    }
    Ok(text)
}

/// Prints to standard output. Who reads it may have had enough: that is no failure.
fn say(text: &str) -> Result<(), Box<dyn Error>> {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}
