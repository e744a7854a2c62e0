//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;
use std::str::FromStr;

use gols::Sampling;
use lexopt::prelude::*;

/// What `--help` prints.
pub const USAGE: &str = "\
Trains a 4-H-3 network on Iris with every line search and three fixed steps.

usage: cargo run --release --example iris -- [options]

  --runs N          starts shared by all searches            [10]
  --iterations N    iterations of each run                   [3000]
  --hidden H        nodes in the hidden layer                [10]
  --batch N         samples in a mini-batch, at most 75      [10]
  --seed S          fixes the split, the starts, the batches [1]
  --sampling KIND   dynamic: a batch for every evaluation;
                    static: one for every iteration          [dynamic]
  --out DIR         where plots and curves are written       [target/iris]
  --help            this text
";

/// The training rows of Iris: half of 150.
pub const TRAINING_ROWS: usize = 75;

pub struct Options {
    pub runs: usize,
    pub iterations: usize,
    pub hidden: usize,
    pub batch: usize,
    pub seed: u64,
    pub sampling: Sampling,
    pub out: PathBuf,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            runs: 10,
            iterations: 3000,
            hidden: 10,
            batch: 10,
            seed: 1,
            sampling: Sampling::Dynamic,
            out: PathBuf::from("target/iris"),
        }
    }
}

impl Options {
    /// Reads the arguments, the program's name first; `None` asks for help.
    pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Option<Self>, String> {
        let mut options = Self::default();
        let mut parser = lexopt::Parser::from_iter(arguments);
        while let Some(argument) = parser.next().map_err(|error| error.to_string())? {
            match argument {
                Long("runs") => options.runs = count(&mut parser, "--runs", 1_000)?,
                Long("iterations") => {
                    options.iterations = count(&mut parser, "--iterations", 10_000_000)?;
                }
                Long("hidden") => options.hidden = count(&mut parser, "--hidden", 100_000)?,
                Long("batch") => options.batch = count(&mut parser, "--batch", TRAINING_ROWS)?,
                Long("seed") => {
                    let text = value(&mut parser, "--seed")?;
                    options.seed = parse(&text, "--seed", "a whole number of at most 64 bits")?;
                }
                Long("sampling") => {
                    options.sampling = sampling(&value(&mut parser, "--sampling")?)?
                }
                Long("out") => options.out = value(&mut parser, "--out")?.into(),
                Long("help") | Short('h') => return Ok(None),
                other => return Err(format!("{}", other.unexpected())),
            }
        }
        Ok(Some(options))
    }
}

fn value(parser: &mut lexopt::Parser, option: &str) -> Result<String, String> {
    let value = parser.value().map_err(|error| error.to_string())?;
    value.into_string().map_err(|value| format!("{option} {} is no text", value.display()))
}

fn count(parser: &mut lexopt::Parser, option: &str, most: usize) -> Result<usize, String> {
    let text = value(parser, option)?;
    let expected = format!("a whole number from 1 to {most}");
    match parse(&text, option, &expected)? {
        count if (1..=most).contains(&count) => Ok(count),
        _ => Err(format!("{option} is {text}, but must be {expected}")),
    }
}

fn parse<N: FromStr>(text: &str, option: &str, expected: &str) -> Result<N, String> {
    text.parse().map_err(|_| format!("{option} is '{text}', but must be {expected}"))
}

fn sampling(text: &str) -> Result<Sampling, String> {
    match text {
        "dynamic" => Ok(Sampling::Dynamic),
        "static" => Ok(Sampling::Static),
        _ => Err(format!("--sampling is '{text}', but must be 'dynamic' or 'static'")),
    }
}
