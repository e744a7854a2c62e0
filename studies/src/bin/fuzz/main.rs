//! Any answers, any settings, faults at any request: what must hold whatever searches and descents meet.
//!
//! A search asks no more than it may, at finite steps; it ends at a finite length of at least 0, at no step whose answer was
//! not finite, and nowhere from an origin that it cannot use. A descent whose objective fails is back where the step
//! began, bit for bit, and the step tried again gives what it would have given.
//!
//! The readers of data files get random and damaged bytes: none panics.
//!
//! Run with `cargo run --release -p gols-studies --bin fuzz`, or with `--help`.

mod random;
mod readers;
mod searches;
mod steps;

use std::io::{Write, stdout};
use std::process::ExitCode;

use gols_studies::options::Arguments;
use gols_studies::{AnyError, program};

const USAGE: &str = "\
Fuzzes every search with any settings and any answers, and descents with faults that are tried again.

usage: cargo run --release -p gols-studies --bin fuzz -- [options]

  --sequences N   runs of four searches each, for every search            [100000]
  --steps N       steps of descents for every search, in f32 and in f64   [100000]
  --readers B     bytes of random and damaged files through each reader   [1000000]
  --seed S        where the seeds begin                                   [1]
  --help          this text

Prints counts, and the first faults with the seeds that repeat them; exits with 1 if there are any.
";

#[derive(Debug)]
struct Options {
    sequences: u64,
    steps: u64,
    readers: u64,
    seed: u64,
}

impl Options {
    fn parse(mut arguments: Arguments) -> Result<Self, String> {
        let mut options = Self { sequences: 100_000, steps: 100_000, readers: 1_000_000, seed: 1 };
        while let Some(option) = arguments.next_option()? {
            match &*option {
                "--sequences" => options.sequences = arguments.whole(1..=1_000_000_000)?,
                "--steps" => options.steps = arguments.whole(1..=1_000_000_000)?,
                "--readers" => options.readers = arguments.whole(0..=1_000_000_000_000)?,
                "--seed" => options.seed = arguments.whole(0..=u64::MAX)?,
                _ => return Err(arguments.unknown()),
            }
        }
        Ok(options)
    }
}

/// Steps of one descent.
const LENGTH: u64 = 50;

/// Runs all seeds; how many faults there were, and the first of them.
fn all(
    seeds: std::ops::Range<u64>,
    run: impl Fn(u64) -> Result<(), String>,
) -> (u64, Option<String>) {
    let (mut faults, mut first) = (0, None);
    for seed in seeds {
        if let Err(fault) = run(seed) {
            faults += 1;
            first.get_or_insert(format!("seed {seed}: {fault}"));
        }
    }
    (faults, first)
}

/// Bytes through every reader; how many panics there were.
fn read(bytes: u64, seed: u64) -> Result<u64, AnyError> {
    let (mut out, mut total) = (stdout(), 0);
    writeln!(out, "\n{:<18}{:>14}{:>9}{:>9}", "reader", "files", "taken", "panics")?;
    for reader in readers::READERS {
        let found = reader.fuzz(bytes, seed);
        let readers::Outcome { files, taken, panics, first } = found;
        writeln!(out, "{:<18}{files:>14}{taken:>9}{panics:>9}", reader.name)?;
        if let Some(seed) = first {
            writeln!(out, "{}, seed {seed}: a panic", reader.name)?;
        }
        total += panics;
    }
    Ok(total)
}

fn run(options: &Options) -> Result<(), AnyError> {
    let Options { sequences, steps, readers, seed } = *options;
    let runs = steps.div_ceil(LENGTH);
    let mut out = stdout();
    writeln!(
        out,
        "{:<18}{:>14}{:>9}{:>14}{:>9}",
        "search", "sequences", "faults", "steps", "faults"
    )?;
    let (mut total, mut shown) = (0, Vec::new());
    for (index, name) in searches::NAMES.into_iter().enumerate() {
        eprintln!("{name}");
        let seeds = seed..seed.saturating_add(sequences);
        let (asked, first) = all(seeds, |seed| searches::sequence(name, seed));
        let seeds = seed..seed.saturating_add(runs);
        let (stepped, second) = all(seeds, |seed| {
            steps::steps::<f64>(seed, index, LENGTH as usize)
                .and_then(|()| steps::steps::<f32>(seed, index, LENGTH as usize))
        });
        let made = 2 * runs * LENGTH;
        writeln!(out, "{name:<18}{sequences:>14}{asked:>9}{made:>14}{stepped:>9}")?;
        total += asked + stepped;
        shown.extend(first.into_iter().chain(second).map(|fault| format!("{name}, {fault}")));
    }
    total += read(readers, seed)?;
    for fault in shown {
        writeln!(out, "{fault}")?;
    }
    match total {
        0 => Ok(()),
        count => Err(format!("{count} faults").into()),
    }
}

fn main() -> ExitCode {
    program::run("fuzz", USAGE, Options::parse, run)
}

#[cfg(test)]
mod tests {
    use gols::search::{LineSearch, Origin, Request, Step, Termination};

    use super::*;

    /// Ends at its first trial, whatever it was answered.
    #[derive(Debug)]
    struct Blind;

    impl LineSearch for Blind {
        fn start(&mut self, _: Origin) -> Request {
            Request::Slope(0.5)
        }

        fn resume(&mut self, _: f64) -> Request {
            Request::Done(Step { length: 0.5, termination: Termination::SignChange })
        }

        fn reset(&mut self) {}
    }

    #[test]
    fn a_search_that_looks_at_no_answer_is_found() {
        let (faults, first) =
            all(1..1000, |seed| searches::one(&mut Blind, 9, &mut random::Random(seed)));
        assert!(faults > 100, "{first:?}");
    }

    #[test]
    fn the_names_are_those_of_the_list_in_its_order() {
        let names = gols::search::all().map(|(name, _)| name);
        assert_eq!(names, searches::NAMES);
    }

    #[test]
    fn some_seeds_of_every_search_hold() {
        for (index, name) in searches::NAMES.into_iter().enumerate() {
            assert_eq!(all(1..500, |seed| searches::sequence(name, seed)), (0, None), "{name}");
            assert_eq!(
                all(1..40, |seed| steps::steps::<f64>(seed, index, 20)),
                (0, None),
                "{name}"
            );
        }
    }
}
