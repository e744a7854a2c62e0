//! The line-search study of Kafka and Wilke's "Resolving learning rates adaptively ...": 22 data sets, one
//! and two hidden layers, every search of the crate, and the paper's claims put to the test.
//!
//! Each finished run is saved at once, and a study that was stopped goes on where it was. Writes
//! `results.csv`, `summary.json`, `summary.md` and the figures.
//!
//! Run with `cargo run --release --example line_search_study -- --data DIR`, or with `--help`.

mod catalogue;
mod chart;
mod claims;
mod comparison;
mod figures;
mod hash;
mod journal;
mod methods;
mod options;
mod problem;
mod profiles;
mod readers;
mod record;
mod report;
mod results;
mod rivals;
mod scale;
mod scaled_loss;
mod sensitivity;
mod setup;
mod statistics;
mod study;
mod table;
mod trainer;
mod training;
mod winners;

use std::process::ExitCode;
use std::time::Instant;

use comparison::Comparison;
use options::{Options, USAGE};
use profiles::Profiles;
use report::Summary;
use results::Results;
use sensitivity::Other;
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
    // Read first: should one be missing, it is said before the work.
    let header = journal::header(options.settings);
    let others = options.beside.iter().map(|folder| Other::read(folder, &header));
    let others = others.collect::<Result<Vec<_>, _>>()?;
    let start = Instant::now();
    let Study { problems, records, skipped } = study::run(options)?;
    eprintln!("{} runs in {:.0} s", records.len(), start.elapsed().as_secs_f64());
    if problems.is_empty() {
        return Err("no data set could be read".into());
    }
    let results = Results::new(problems, options.methods.clone(), options.runs, records);
    let summary = Summary::new(options, &results, &skipped)?;
    let comparison = Comparison::new(&results, options.settings.cost.is_some());
    let mut markdown = summary.markdown();
    if options.has_others() {
        markdown += &comparison.markdown()?;
    }
    if !others.is_empty() {
        markdown += &sensitivity::markdown(&results, &others);
    }
    print!("{markdown}");
    let mut files = vec![
        ("results.csv".to_owned(), report::csv(&results)),
        ("summary.json".to_owned(), summary.json()?),
        ("summary.md".to_owned(), markdown),
    ];
    files.extend(figures::figures(&results)?);
    if options.has_others() {
        files.push(("profiles.svg".to_owned(), Profiles::new(&comparison).figure()?));
    }
    for (name, content) in files {
        let path = out.join(name);
        std::fs::write(&path, content)
            .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    }
    println!("wrote results.csv, summary.json, summary.md and figures to {}", out.display());
    Ok(())
}
