//! The optimizer on what people train today, against rivals and their best rates in hindsight.
//!
//! Each finished run is saved at once, and a study that was stopped goes on where it was. Writes `results.csv`, the
//! tables, and the figures.
//!
//! Run with `cargo run --release -p gols-studies --bin modern -- --data DIR`, or with `--help`.

mod against;
mod claims;
mod costs;
mod figures;
mod held_out;
mod options;
mod report;
mod results;

use std::io::{Write, stdout};
use std::process::ExitCode;

use gols_studies::AnyError;
use gols_studies::journal::{self, Entries, Journal};
use gols_studies::modern::problem::Case;
use gols_studies::modern::record::Record;
use gols_studies::modern::training::Task;
use gols_studies::program::{self, make_folder, write};

use options::{Options, USAGE};
use results::Results;

fn main() -> ExitCode {
    program::run("modern", USAGE, Options::parse, run)
}

fn run(options: &Options) -> Result<(), AnyError> {
    if options.list {
        return Ok(write!(stdout(), "{}", options::listing()?)?);
    }
    make_folder(&options.out)?;
    let cases = options.cases();
    if cases.is_empty() {
        return Err("no case could be read".into());
    }
    let results = Results::new(&cases, records(options, &cases)?, options.seeds)?;
    let mut all = String::new();
    for (name, text) in report::tables(&results) {
        write(&options.out.join(name), format!("{}\n", text.trim()))?;
        all += &text;
    }
    write!(stdout(), "{all}")?;
    write(&options.out.join("results.csv"), report::csv(&results)?)?;
    for (name, svg) in figures::figures(&results)? {
        write(&options.out.join(name), svg)?;
    }
    writeln!(stdout(), "wrote results.csv, tables and figures to {}", options.out.display())?;
    Ok(())
}

/// Runs what is not finished yet, and reads what is there beside it: earlier rivals of these cases.
fn records(options: &Options, cases: &[Case]) -> Result<Vec<Record>, AnyError> {
    let mut tasks = Vec::new();
    for case in cases {
        for rival in &options.rivals {
            let updates_scale = options.updates_scale;
            tasks.extend((0..options.seeds).map(|seed| Task { case, rival, seed, updates_scale }));
        }
    }
    let (path, header) = (options.out.join("runs.jsonl"), options.header());
    let data = options.data.as_deref();
    let journal = Journal::open(&path, &header)?;
    journal.complete(options.pool, "runs", &tasks, Task::key, |task| task.train(data))?;
    let mut entries = Entries::<Record>::new();
    for folder in options.beside.iter().chain([&options.out]) {
        let (found, more) = journal::read(&folder.join("runs.jsonl"))?;
        if found != header {
            let folder = folder.display();
            return Err(format!("{folder} holds runs with other settings: {found}").into());
        }
        entries.extend(more);
    }
    Ok(entries.into_values().collect())
}
