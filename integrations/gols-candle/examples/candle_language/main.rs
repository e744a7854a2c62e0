//! Text, character by character, learned by a transformer: `Gols` beside candle's AdamW at its default and at
//! five rates.
//!
//! `cargo run --release -p gols-candle --example candle_language -- --help` lists the options.

#[path = "../shared/trainer.rs"]
mod trainer;
mod transformer;

use std::io::{Write, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

use candle_core::{D, Device, Error, Module, Result, Tensor, Var};
use candle_nn::loss::cross_entropy;
use candle_nn::ops::softmax;
use gols::MiniBatches;
use gols_conformance::race::{self, Measure};
use gols_conformance::text::{CONTEXT, Text};
use gols_studies::options::Arguments;
use gols_studies::program;

use trainer::Task;
use transformer::Transformer;

const USAGE: &str = "\
Trains a character transformer of two layers with Gols and with candle's AdamW at five rates.

candle_language [OPTIONS]

  --data DIR       a folder of texts, .txt or .txt.gz; without it a short story is learned
  --updates N      updates of every run (800)
  --characters N   how many characters each of the two best goes on writing (300)
  --picture FILE   an SVG of training losses and perplexities
";

struct Options {
    data: Option<PathBuf>,
    updates: usize,
    characters: usize,
    picture: Option<PathBuf>,
}

impl Options {
    fn parse(mut arguments: Arguments) -> std::result::Result<Self, String> {
        let mut options = Self { data: None, updates: 800, characters: 300, picture: None };
        while let Some(option) = arguments.next_option()? {
            match option.as_str() {
                "--data" => options.data = Some(arguments.path()?),
                "--updates" => options.updates = arguments.whole(5..=1_000_000)?,
                "--characters" => options.characters = arguments.whole(1..=100_000)?,
                "--picture" => options.picture = Some(arguments.path()?),
                _ => return Err(arguments.unknown()),
            }
        }
        Ok(options)
    }
}

/// Windows in a mini-batch.
const BATCH: usize = 16;

struct Language {
    text: Text,
    /// Windows that are trained on, and windows held out.
    looked_at: [Vec<usize>; 2],
}

impl Language {
    fn mean_loss(&self, network: &Transformer, windows: &[usize]) -> Result<f64> {
        let mut sum = 0.0;
        for part in windows.chunks(BATCH) {
            sum += part.len() as f64 * f64::from(self.loss(network, part)?.to_scalar::<f32>()?);
        }
        Ok(sum / windows.len() as f64)
    }

    /// Goes on from the beginning of what is held out, each character drawn as likely as the network finds it.
    fn written(&self, network: &Transformer, characters: usize) -> Result<String> {
        let mut symbols = self.text.opening();
        let mut dice = MiniBatches::new(1_000_000, 1, 1).map_err(Error::wrap)?;
        for _ in 0..characters {
            let window = &symbols[symbols.len() - CONTEXT..];
            let logits = network.forward(&Tensor::new(window, &Device::Cpu)?.unsqueeze(0)?)?;
            let chances =
                softmax(&logits.get(0)?.get(CONTEXT - 1)?, D::Minus1)?.to_vec1::<f32>()?;
            let mut left = (dice.draw()[0] as f32 + 0.5) / 1e6;
            let drawn = chances.iter().position(|chance| {
                left -= chance;
                left < 0.0
            });
            symbols.push(drawn.unwrap_or(chances.len() - 1) as u32);
        }
        Ok(self.text.spelt(&symbols[CONTEXT..]))
    }
}

impl Task for Language {
    type Network = Transformer;

    fn rows(&self) -> [usize; 2] {
        [self.text.windows(), BATCH]
    }

    fn network(&self) -> Result<(Transformer, Vec<Var>)> {
        Transformer::new(self.text.alphabet())
    }

    fn loss(&self, network: &Transformer, windows: &[usize]) -> Result<Tensor> {
        let [symbols, next] = self.text.select(windows);
        let symbols = Tensor::from_vec(symbols, (windows.len(), CONTEXT), &Device::Cpu)?;
        let outputs = network.forward(&symbols)?.flatten(0, 1)?;
        cross_entropy(&outputs, &Tensor::new(next, &Device::Cpu)?)
    }

    fn outcome(&self, network: &Transformer) -> Result<[f64; 2]> {
        let [training, held_out] = &self.looked_at;
        Ok([self.mean_loss(network, training)?, self.mean_loss(network, held_out)?.exp()])
    }

    fn measure(&self) -> Measure {
        Measure { name: "perplexity held out", digits: 2, drawn: 4.0..=16.0 }
    }
}

fn main() -> ExitCode {
    program::run("candle_language", USAGE, Options::parse, |options| {
        let text = Text::read(options.data.as_deref())?;
        let task = Language { looked_at: text.looked_at(), text };
        let parameters: usize = task.network()?.1.iter().map(|x| x.elem_count()).sum();
        writeln!(
            stdout(),
            "{} characters of {}, the last tenth held out; {parameters} parameters; mini-batches of \
             {BATCH} windows of {CONTEXT}.\nAdamW's default rate is 0.001.\n",
            task.text.len(),
            task.text.alphabet()
        )?;
        let (curves, networks): (Vec<_>, Vec<_>) =
            trainer::compare(&task, options.updates)?.into_iter().unzip();
        race::print(&curves, &task.measure(), &mut stdout())?;
        let best = (1..curves.len())
            .min_by(|&a, &b| curves[a].last_loss().total_cmp(&curves[b].last_loss()))
            .unwrap_or(0);
        for place in [0, best] {
            let (name, rate) = (&curves[place].name, &curves[place].rate);
            let written = task.written(&networks[place], options.characters)?;
            writeln!(stdout(), "\n{name} {rate} writes:\n\n{written}")?;
        }
        if let Some(path) = &options.picture {
            let title = "Characters, a transformer of two layers";
            program::write(path, race::draw(title, &curves, &task.measure())?)?;
        }
        Ok(())
    })
}
