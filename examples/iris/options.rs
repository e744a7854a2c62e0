//! The command line.

use std::path::PathBuf;

use gols::Sampling;
use lexopt::{Arg, Error, Parser, ValueExt};

/// What `--help` prints.
pub const USAGE: &str = "\
Trains a 4-H-3 network on Iris with the papers' line searches and three fixed steps.

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
const TRAINING_ROWS: usize = 75;

pub struct Options {
    pub runs: usize,
    pub iterations: usize,
    pub hidden: usize,
    pub batch: usize,
    pub seed: u64,
    pub sampling: Sampling,
    pub out: PathBuf,
}

impl Options {
    /// Reads the arguments; `None` asks for help.
    pub fn parse(mut parser: Parser) -> Result<Option<Self>, Error> {
        let mut options = Self {
            runs: 10,
            iterations: 3000,
            hidden: 10,
            batch: 10,
            seed: 1,
            sampling: Sampling::Dynamic,
            out: PathBuf::from("target/iris"),
        };
        while let Some(argument) = parser.next()? {
            match argument {
                Arg::Long("runs") => options.runs = count(&mut parser, 1_000)?,
                Arg::Long("iterations") => options.iterations = count(&mut parser, 10_000_000)?,
                Arg::Long("hidden") => options.hidden = count(&mut parser, 100_000)?,
                Arg::Long("batch") => options.batch = count(&mut parser, TRAINING_ROWS)?,
                Arg::Long("seed") => options.seed = parser.value()?.parse()?,
                Arg::Long("sampling") => {
                    options.sampling = parser.value()?.parse_with(sampling)?;
                }
                Arg::Long("out") => options.out = parser.value()?.into(),
                Arg::Long("help") | Arg::Short('h') => return Ok(None),
                other => return Err(other.unexpected()),
            }
        }
        Ok(Some(options))
    }
}

fn count(parser: &mut Parser, most: usize) -> Result<usize, Error> {
    parser.value()?.parse_with(|text| {
        let count = text.parse().ok().filter(|count| (1..=most).contains(count));
        count.ok_or_else(|| format!("it must be a whole number from 1 to {most}"))
    })
}

fn sampling(text: &str) -> Result<Sampling, &'static str> {
    match text {
        "dynamic" => Ok(Sampling::Dynamic),
        "static" => Ok(Sampling::Static),
        _ => Err("it must be dynamic or static"),
    }
}
