//! All runs of all problems, each saved as it ends.

use std::sync::Arc;

use gols_studies::AnyError;
use gols_studies::journal::Journal;
use gols_studies::readers::FileError;

use crate::options::Options;
use crate::part::Part;
use crate::problem::{Data, Problem};
use crate::results::Results;
use crate::training::Task;
use gols_studies::catalogue::{MNIST, find};

/// The problems of these data sets, and one line for each set that is missing, damaged or too small.
pub(crate) fn problems(options: &Options) -> (Vec<Problem>, Vec<String>) {
    let (mut problems, mut skipped) = (Vec::new(), Vec::new());
    for name in options.names() {
        match load(options, name) {
            Ok(data) => {
                let data = Arc::new(data);
                // The paper leaves out MNIST with two hidden layers.
                let paper: &[usize] = if name == MNIST { &[1] } else { &[1, 2] };
                let layers = options.layers.as_deref().unwrap_or(paper);
                problems
                    .extend(layers.iter().map(|&layers| Problem { data: data.clone(), layers }));
            }
            Err(message) => skipped.push(format!("{name} is skipped: {message}")),
        }
    }
    (problems, skipped)
}

fn load(options: &Options, name: &str) -> Result<Data, String> {
    let data = Data::load(options.data.as_deref(), name).map_err(|error| match error {
        FileError::Missing(_) => {
            let source = find(name).map_or("", |entry| entry.source);
            format!("{error}; it is from {source}")
        }
        FileError::Damaged(message) => message,
    })?;
    let samples = data.parts[Part::Training].len();
    match options.settings.setup.batch.size(samples) {
        size if size > samples => {
            Err(format!("it has {samples} samples for training, but a mini-batch needs {size}"))
        }
        _ => Ok(data),
    }
}

/// Runs what is not finished yet. The results do not depend on the number of threads.
pub(crate) fn run(options: &Options, problems: Vec<Problem>) -> Result<Results, AnyError> {
    let mut tasks = Vec::new();
    for problem in &problems {
        for &method in &options.methods {
            tasks.extend((0..options.runs).map(|run| Task { problem, method, run }));
        }
    }
    let journal = Journal::open(&options.out.join("runs.jsonl"), &options.settings.header()?)?;
    let records = journal.complete(options.pool, "runs", &tasks, Task::key, |task| {
        let record = task.train(&options.settings);
        Ok(record.map_err(|error| format!("{}: {error}", task.problem.name()))?)
    })?;
    Ok(Results::new(problems, options.methods.clone(), options.runs, records))
}

#[cfg(test)]
mod tests;
