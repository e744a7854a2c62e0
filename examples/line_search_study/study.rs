//! All runs of all problems, on several threads, each saved as it ends.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use indicatif::{ProgressBar, ProgressStyle};

use crate::catalogue::{LoadError, find};
use crate::journal::Journal;
use crate::methods::Method;
use crate::options::Options;
use crate::problem::{Data, Problem};
use crate::record::{Key, Record};
use crate::training::train;

/// The problems and their finished runs.
pub struct Study {
    pub problems: Vec<Problem>,
    pub records: Vec<Record>,
    /// Data sets that were not run, each with the reason.
    pub skipped: Vec<String>,
}

/// The problems of these data sets, and one line for each set that is missing, damaged or too small.
pub fn problems(options: &Options) -> (Vec<Problem>, Vec<String>) {
    let (mut problems, mut skipped) = (Vec::new(), Vec::new());
    for name in &options.names() {
        match Data::load(options.data.as_deref(), name) {
            Ok(data) => {
                let (samples, batch) = (data.parts[0].len(), options.settings.setup.batch);
                if samples < batch.size(samples) {
                    skipped.push(format!(
                        "{name} is skipped: it has {samples} samples for training, but a mini-batch \
                         needs {}",
                        batch.size(samples)
                    ));
                    continue;
                }
                let data = Arc::new(data);
                // The paper leaves out MNIST with two hidden layers.
                let paper: &[usize] = if name == "mnist" { &[1] } else { &[1, 2] };
                for &layers in options.layers.as_deref().unwrap_or(paper) {
                    problems.push(Problem { data: Arc::clone(&data), layers });
                }
            }
            Err(LoadError::Missing(path)) => {
                let path = path.display();
                let source = find(name).map_or("", |entry| entry.source);
                skipped.push(format!("{name} is skipped: {path} is missing; it is from {source}"));
            }
            Err(LoadError::Damaged(message)) => {
                skipped.push(format!("{name} is skipped: {message}"));
            }
        }
    }
    (problems, skipped)
}

/// Runs what is not finished yet. The results do not depend on the number of threads.
pub fn run(options: &Options) -> Result<Study, String> {
    let (problems, skipped) = problems(options);
    for line in &skipped {
        eprintln!("{line}");
    }
    let mut journal = Journal::open(&options.out, options.settings)?;
    let tasks = tasks(&problems, &options.methods, options.runs);
    let open: Vec<&Task<'_>> = tasks
        .iter()
        .filter(|task| journal.find(&task.key(), task.problem.data.fingerprint).is_none())
        .collect();
    if open.len() < tasks.len() {
        eprintln!("{} of {} runs were finished before", tasks.len() - open.len(), tasks.len());
    }
    work(options, &open, &Mutex::new(&mut journal))?;
    journal.sort()?;
    let find = |task: &Task<'_>| journal.find(&task.key(), task.problem.data.fingerprint).cloned();
    let records: Option<Vec<Record>> = tasks.iter().map(find).collect();
    let records = records.ok_or("a run is missing")?;
    Ok(Study { problems: problems.clone(), records, skipped })
}

struct Task<'a> {
    problem: &'a Problem,
    method: &'static Method,
    run: usize,
}

impl Task<'_> {
    fn key(&self) -> Key {
        Key {
            problem: self.problem.name().to_owned(),
            layers: self.problem.layers,
            method: self.method.name.to_owned(),
            run: self.run,
        }
    }
}

fn tasks<'a>(problems: &'a [Problem], methods: &[&'static Method], runs: usize) -> Vec<Task<'a>> {
    let mut tasks = Vec::new();
    for problem in problems {
        for &method in methods {
            tasks.extend((0..runs).map(|run| Task { problem, method, run }));
        }
    }
    tasks
}

fn work(
    options: &Options,
    tasks: &[&Task<'_>],
    journal: &Mutex<&mut Journal>,
) -> Result<(), String> {
    let progress = ProgressBar::new(tasks.len() as u64).with_style(style());
    let (next, is_over) = (AtomicUsize::new(0), AtomicBool::new(false));
    let failure = Mutex::new(None);
    std::thread::scope(|scope| {
        for _ in 0..options.threads.min(tasks.len()) {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    let Some(task) = tasks.get(next.fetch_add(1, Ordering::Relaxed)) else {
                        return;
                    };
                    if let Err(message) = finish(task, options, journal) {
                        is_over.store(true, Ordering::Relaxed);
                        *failure.lock().expect("no thread panics") = Some(message);
                    }
                    progress.set_message(task.problem.name().to_owned());
                    progress.inc(1);
                }
            });
        }
    });
    progress.finish_and_clear();
    match failure.into_inner().expect("no thread panics") {
        Some(message) => Err(message),
        None => Ok(()),
    }
}

fn finish(task: &Task<'_>, options: &Options, journal: &Mutex<&mut Journal>) -> Result<(), String> {
    let record = train(task.problem, task.method, task.run, options.settings)
        .map_err(|error| format!("{}: {error}", task.problem.name()))?;
    journal.lock().expect("no thread panics").add(record)
}

fn style() -> ProgressStyle {
    let template = "{bar:40} {pos}/{len} runs  {elapsed} (about {eta} left)  {msg}";
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

#[cfg(test)]
mod tests;
