//! The line-search study of Kafka and Wilke's "Resolving learning rates adaptively ...": 22 data sets, one
//! and two hidden layers, every search of the crate, and the paper's claims put to the test.
//!
//! Each finished run is saved at once, and a study that was stopped goes on where it was. Writes
//! `results.csv`, `summary.json`, `summary.md`, each of its tables as a file of its own, and the figures.
//!
//! Run with `cargo run --release -p gols-studies --bin line_search_study -- --data DIR`, or with `--help`.

mod averaged;
mod claims;
mod comparison;
mod entrant;
mod figures;
mod methods;
mod options;
mod panels;
mod part;
mod problem;
mod profiles;
mod record;
mod report;
mod results;
mod rivals;
mod scaled_loss;
mod sensitivity;
mod setup;
mod study;
mod summary;
mod trainer;
mod training;
mod winners;

use std::io::{Write, stdout};
use std::process::ExitCode;
use std::time::Instant;

use gols_studies::AnyError;
use gols_studies::program::{self, make_folder, write};

use comparison::Comparison;
use options::{Options, USAGE};
use profiles::Profiles;
use report::Summary;
use sensitivity::Other;

fn main() -> ExitCode {
    program::run("line_search_study", USAGE, Options::parse, run)
}

fn run(options: &Options) -> Result<(), AnyError> {
    let out = &options.out;
    make_folder(out)?;
    // Read first: should one be missing, it is said before the work.
    let header = options.settings.header()?;
    let others = options.beside.iter().map(|folder| Other::read(folder, &header));
    let others = others.collect::<Result<Vec<_>, _>>()?;
    let start = Instant::now();
    let (problems, skipped) = study::problems(options);
    skipped.iter().for_each(|line| eprintln!("{line}"));
    if problems.is_empty() {
        return Err("no data set could be read".into());
    }
    let results = study::run(options, problems)?;
    let runs = results.problems.len() * results.methods.len() * results.runs;
    eprintln!("{runs} runs in {:.0} s", start.elapsed().as_secs_f64());

    let comparison =
        options.has_others().then(|| Comparison::new(&results, options.settings.cost.is_some()));
    let summary = Summary::new(options, &results, &skipped)?;
    let sections = summary.sections(comparison.as_ref(), &others)?;
    let mut markdown = summary.heading();
    for (name, text) in &sections {
        markdown += text;
        write(&out.join(name), format!("{}\n", text.trim()))?;
    }
    write!(stdout(), "{markdown}")?;
    write(&out.join("results.csv"), report::csv(&results)?)?;
    write(&out.join("summary.json"), summary.json()?)?;
    write(&out.join("summary.md"), markdown)?;
    for (name, svg) in figures::figures(&results)? {
        write(&out.join(name), svg)?;
    }
    if let Some(comparison) = &comparison {
        write(&out.join("profiles.svg"), Profiles::new(comparison).figure()?)?;
    }
    writeln!(stdout(), "wrote results.csv, summary.json, tables and figures to {}", out.display())?;
    Ok(())
}
