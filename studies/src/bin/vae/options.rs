//! The command line.

use std::path::PathBuf;

use gols_studies::options::Arguments;
use gols_studies::pool::Pool;

/// What `--help` prints.
pub(crate) const USAGE: &str = "\
Trains a variational autoencoder, 784-400-20-400-784 on MNIST, with I-GOLS and three constant steps.
Without MNIST it trains a 4-8-2-8-4 one on Iris.

usage: cargo run --release -p gols-studies --bin vae -- [options]

  --data DIR    the folder that holds mnist/train-images-idx3-ubyte (or .gz)   [GOLS_DATA]
  --epochs N    as many iterations as the data has mini-batches                [5; Iris 500]
  --batch N     samples in a mini-batch                                        [128; Iris 32]
  --seed S      fixes the start, the batches and the noise                     [1]
  --threads N   methods at a time; the results do not depend on it             [all cores]
  --out DIR     where the results go                                           [target/vae]
  --help        this text
";

#[derive(Debug)]
pub(crate) struct Options {
    pub data: Option<PathBuf>,
    pub epochs: Option<usize>,
    pub batch: Option<usize>,
    pub seed: u64,
    pub pool: Pool,
    pub out: PathBuf,
}

impl Options {
    pub(crate) fn parse(mut arguments: Arguments) -> Result<Self, String> {
        let mut options = Self {
            data: std::env::var_os("GOLS_DATA").map(PathBuf::from),
            epochs: None,
            batch: None,
            seed: 1,
            pool: Pool::default(),
            out: PathBuf::from("target/vae"),
        };
        while let Some(option) = arguments.next_option()? {
            match &*option {
                "--data" => options.data = Some(arguments.path()?),
                "--epochs" => options.epochs = Some(arguments.whole(1..=1_000_000)?),
                "--batch" => options.batch = Some(arguments.whole(1..=1_000_000)?),
                "--seed" => options.seed = arguments.whole(0..=u64::MAX)?,
                "--threads" => options.pool = Pool::new(arguments.whole(1..=1024)?),
                "--out" => options.out = arguments.path()?,
                _ => return Err(arguments.unknown()),
            }
        }
        Ok(options)
    }
}
