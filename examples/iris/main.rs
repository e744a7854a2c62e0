//! Iris, trained by every search of the crate from the same starts: the crate's main job.
//!
//! A 4-10-3 sigmoid network, SquaredPercentage loss, mini-batches of 10 drawn anew for every evaluation,
//! 3000 iterations, 10 runs. Prints one table; writes two plots and the curves to `target/iris`.
//!
//! Run with `cargo run --release --example iris`, or `... --example iris -- --help`.

mod experiment;
mod options;
mod plots;
mod table;

use std::io::{ErrorKind, Write};
use std::process::ExitCode;

use options::{Options, USAGE};

fn main() -> ExitCode {
    let options = match Options::parse(std::env::args_os()) {
        Ok(Some(options)) => options,
        Ok(None) => {
            print!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Err(message) => {
            eprintln!("iris: {message} (--help lists the options)");
            return ExitCode::from(2);
        }
    };
    match run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("iris: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<(), Box<dyn std::error::Error>> {
    std::fs::create_dir_all(&options.out)
        .map_err(|error| format!("cannot make the folder {}: {error}", options.out.display()))?;
    let results = experiment::run(options)?;
    let mut text = table::render(options, &results);
    let files = [
        ("training_error.svg", plots::training_error(&results)?),
        ("step_length.svg", plots::step_length(&results)?),
        ("curves.csv", table::curves(&results)),
    ];
    for (name, content) in files {
        let path = options.out.join(name);
        std::fs::write(&path, content)
            .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
        text.push_str(&format!("wrote {}\n", path.display()));
    }
    say(&text)?;
    Ok(())
}

/// Prints to standard output. Who reads it may have had enough: that is no failure.
fn say(text: &str) -> std::io::Result<()> {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}
