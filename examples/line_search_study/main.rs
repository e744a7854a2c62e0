//! The line-search study of Kafka and Wilke's "Resolving learning rates adaptively ...": 22 data sets, one
//! and two hidden layers, every search of the crate, and the paper's claims put to the test.
//!
//! Each finished run is saved at once, and a study that was stopped goes on where it was. Writes
//! `results.csv`, `summary.json`, `summary.md` and the figures.
//!
//! Run with `cargo run --release --example line_search_study -- --data DIR`, or with `--help`.

mod catalogue;
mod claims;
mod figures;
mod hash;
mod journal;
mod methods;
mod options;
mod problem;
mod readers;
mod record;
mod report;
mod results;
mod rivals;
mod scale;
mod scaled_loss;
mod setup;
mod statistics;
mod study;
mod trainer;
mod training;
mod winners;

use std::process::ExitCode;
use std::time::Instant;

use options::{Options, USAGE};
use report::Summary;
use results::Results;
use study::Study;

fn main() -> ExitCode {
    let options = match Options::parse(std::env::args_os()) {
        Ok(Some(options)) => options,
        Ok(None) => {
            print!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Err(message) => {
            eprintln!("line_search_study: {message} (--help lists the options)");
            return ExitCode::from(2);
        }
    };
    match run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("line_search_study: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<(), Box<dyn std::error::Error>> {
    let out = &options.out;
    std::fs::create_dir_all(out)
        .map_err(|error| format!("cannot make the folder {}: {error}", out.display()))?;
    let start = Instant::now();
    let Study { problems, records, skipped } = study::run(options)?;
    eprintln!("{} runs in {:.0} s", records.len(), start.elapsed().as_secs_f64());
    if problems.is_empty() {
        return Err("no data set could be read".into());
    }
    let results = Results::new(problems, options.methods.clone(), options.runs, records);
    let summary = Summary::new(options, &results, &skipped)?;
    let markdown = summary.markdown();
    print!("{markdown}");
    let mut files = vec![
        ("results.csv".to_owned(), report::csv(&results)),
        ("summary.json".to_owned(), summary.json()?),
        ("summary.md".to_owned(), markdown),
    ];
    files.extend(figures::figures(&results)?);
    for (name, content) in files {
        let path = out.join(name);
        std::fs::write(&path, content)
            .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    }
    println!("wrote results.csv, summary.json, summary.md and figures to {}", out.display());
    Ok(())
}
