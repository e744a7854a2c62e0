//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;
use std::str::FromStr;

use lexopt::prelude::*;

/// What `--help` prints.
pub const USAGE: &str = "\
Trains a variational autoencoder, 784-400-20-400-784 on MNIST, with I-GOLS and three constant steps.
Without MNIST it trains a 4-8-2-8-4 one on Iris.

usage: cargo run --release --example vae -- [options]

  --data DIR    the folder that holds mnist/train-images-idx3-ubyte (or .gz)   [GOLS_DATA]
  --epochs N    as many iterations as the data has mini-batches                [5; Iris 500]
  --batch N     samples in a mini-batch                                        [128; Iris 32]
  --seed S      fixes the start, the batches and the noise                     [1]
  --threads N   methods at a time; the results do not depend on it             [all cores]
  --out DIR     where the results go                                           [target/vae]
  --help        this text
";

pub struct Options {
    pub data: Option<PathBuf>,
    pub epochs: Option<usize>,
    pub batch: Option<usize>,
    pub seed: u64,
    pub threads: usize,
    pub out: PathBuf,
}

impl Options {
    /// Reads the arguments, the program's name first; `None` asks for help.
    pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Option<Self>, String> {
        let mut options = Self {
            data: std::env::var_os("GOLS_DATA").map(PathBuf::from),
            epochs: None,
            batch: None,
            seed: 1,
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            out: PathBuf::from("target/vae"),
        };
        let mut parser = lexopt::Parser::from_iter(arguments);
        while let Some(argument) = parser.next().map_err(|error| error.to_string())? {
            match argument {
                Long("data") => options.data = Some(path(&mut parser)?),
                Long("out") => options.out = path(&mut parser)?,
                Long("epochs") => options.epochs = Some(count(&mut parser, "--epochs")?),
                Long("batch") => options.batch = Some(count(&mut parser, "--batch")?),
                Long("threads") => options.threads = count(&mut parser, "--threads")?,
                Long("seed") => options.seed = parse(&mut parser, "--seed")?,
                Long("help") | Short('h') => return Ok(None),
                other => return Err(other.unexpected().to_string()),
            }
        }
        Ok(Some(options))
    }
}

fn path(parser: &mut lexopt::Parser) -> Result<PathBuf, String> {
    parser.value().map(PathBuf::from).map_err(|error| error.to_string())
}

fn count(parser: &mut lexopt::Parser, option: &str) -> Result<usize, String> {
    match parse(parser, option)? {
        0 => Err(format!("{option} is 0, but must be at least 1")),
        count => Ok(count),
    }
}

fn parse<N: FromStr>(parser: &mut lexopt::Parser, option: &str) -> Result<N, String> {
    let value = parser.value().map_err(|error| error.to_string())?;
    let text = value.to_string_lossy().into_owned();
    text.parse().map_err(|_| format!("{option} is '{text}', but must be a whole number"))
}
