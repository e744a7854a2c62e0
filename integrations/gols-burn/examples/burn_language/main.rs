//! Text, character by character, learned by a transformer of burn's layers: gols beside burn's AdamW at its default
//! and at five rates.
//!
//! `cargo run --release -p gols-burn --example burn_language -- --help` lists the options.

mod transformer;

use std::io::{Write, stdout};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use burn::module::Module;
use burn::optim::{AdamWConfig, GradientsParams, ModuleOptimizer};
use burn::tensor::activation::softmax;
use burn::tensor::{Device, Int, Tensor, TensorData};
use gols::MiniBatches;
use gols_burn::{Error, GolsOptimizer, GolsOptimizerConfig, optimize};
use gols_conformance::race::{self, Curve, Look, Measure};
use gols_conformance::text::{CONTEXT, Text};
use gols_studies::options::Arguments;
use gols_studies::{AnyError, program};

use transformer::Transformer;

const USAGE: &str = "\
Trains a character transformer of two layers with gols and with burn's AdamW at five rates.

burn_language [OPTIONS]

  --data DIR       a folder of texts, .txt or .txt.gz; without it a short story is learned
  --updates N      updates of every run (800)
  --characters N   how many characters each of the two best goes on writing (300)
  --picture FILE   an SVG of training losses and perplexities
";

/// Windows in a mini-batch.
const BATCH: usize = 16;
/// Those of AdamW; 0.001 is the usual one, as burn has no default.
const RATES: [f64; 5] = [1e-4, 3e-4, 1e-3, 3e-3, 1e-2];
/// The start, and the order of the windows.
const SEED: u64 = 1;

struct Options {
    data: Option<PathBuf>,
    updates: usize,
    characters: usize,
    picture: Option<PathBuf>,
}

impl Options {
    fn parse(mut arguments: Arguments) -> Result<Self, String> {
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

struct Language {
    text: Text,
    /// Windows that are trained on, and windows held out.
    looked_at: [Vec<usize>; 2],
    start: Transformer,
}

impl Language {
    fn loss(&self, network: &Transformer, windows: &[usize], device: &Device) -> Tensor<1> {
        let [symbols, next] = self.text.select(windows).map(|symbols| {
            let symbols: Vec<i64> = symbols.into_iter().map(i64::from).collect();
            Tensor::<1, Int>::from_data(TensorData::from(symbols.as_slice()), device)
        });
        network.loss(symbols.reshape([windows.len(), CONTEXT]), next)
    }

    fn mean_loss(&self, network: &Transformer, windows: &[usize]) -> Result<f64, Error> {
        let mut sum = 0.0;
        for part in windows.chunks(BATCH) {
            let loss = self.loss(network, part, &Device::flex());
            sum += part.len() as f64 * loss.try_into_scalar::<f64>()?;
        }
        Ok(sum / windows.len() as f64)
    }

    /// The training loss, and the perplexity of what is held out.
    fn outcome(&self, network: &Transformer) -> Result<[f64; 2], Error> {
        let ([training, held_out], network) = (&self.looked_at, network.valid());
        Ok([self.mean_loss(&network, training)?, self.mean_loss(&network, held_out)?.exp()])
    }

    /// Trains with any optimizer of burn; `show` lets the network be seen as it is to be evaluated.
    fn train(
        &self,
        updates: usize,
        (name, rate): (&str, f64),
        mut optimizer: ModuleOptimizer,
        show: impl Fn(&Transformer) -> Result<[f64; 2], Error>,
    ) -> Result<(Curve, Transformer), Error> {
        let (mut network, device) = (self.start.clone(), Device::flex().autodiff());
        let mut batches = MiniBatches::new(self.text.windows(), BATCH, SEED)?;
        let shown = if rate > 0.0 { rate.to_string() } else { "-".into() };
        let (mut done, mut time, mut looks) = (0, f64::INFINITY, Vec::new());
        for until in race::looks(updates) {
            let start = Instant::now();
            for _ in done..until {
                let loss = self.loss(&network, batches.draw(), &device);
                let grads = GradientsParams::from_grads(loss.backward(), &network);
                network = optimize(&mut optimizer, rate, network, grads)?;
            }
            time = time.min(1e3 * start.elapsed().as_secs_f64() / (until - done) as f64);
            done = until;
            let [loss, score] = show(&network)?;
            eprintln!(
                "{name} {shown}, {done} updates: training loss {loss:.4}, perplexity {score:.2}"
            );
            looks.push(Look { updates: done, loss, score });
        }
        Ok((Curve { name: name.into(), rate: shown, looks, time }, network))
    }

    /// Gols as it is, and AdamW at each rate: how they came to what, and the networks in the end.
    fn compare(&self, updates: usize) -> Result<Vec<(Curve, Transformer)>, Error> {
        let gols = GolsOptimizerConfig::new().init().map(GolsOptimizer::shared)?;
        let show = |network: &_| gols.lock().averaged(network, |mean| self.outcome(mean))?;
        let (curve, network) = self.train(updates, ("Gols", 0.0), gols.clone().into(), show)?;
        let mut all = vec![(curve, gols.lock().finish(network)?)];
        for rate in RATES {
            let adam = AdamWConfig::new().init();
            all.push(self.train(updates, ("AdamW", rate), adam, |network| self.outcome(network))?);
        }
        Ok(all)
    }

    /// Goes on from the beginning of what is held out, each character drawn as likely as the network finds it.
    fn written(&self, network: &Transformer, characters: usize) -> Result<String, AnyError> {
        let network = network.valid();
        let mut symbols = self.text.opening();
        let mut dice = MiniBatches::new(1_000_000, 1, 1)?;
        for _ in 0..characters {
            let window: Vec<i64> =
                symbols[symbols.len() - CONTEXT..].iter().map(|&s| s.into()).collect();
            let window = TensorData::new(window, [1, CONTEXT]);
            let logits = network.forward(Tensor::from_data(window, &Device::flex()));
            let last = logits.narrow(1, CONTEXT - 1, 1).flatten::<1>(0, 2);
            let chances = softmax(last, 0).try_into_vec_as::<f32>()?;
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

const MEASURE: Measure = Measure { name: "perplexity held out", digits: 2, drawn: 4.0..=16.0 };

fn main() -> ExitCode {
    program::run("burn_language", USAGE, Options::parse, |options| {
        let text = Text::read(options.data.as_deref())?;
        let device = Device::flex().autodiff();
        device.seed(SEED);
        let start = Transformer::new(text.alphabet(), &device);
        let task = Language { looked_at: text.looked_at(), text, start };
        writeln!(
            stdout(),
            "{} characters of {}, the last tenth held out; {} parameters; mini-batches of {BATCH} windows of {CONTEXT}.\n",
            task.text.len(),
            task.text.alphabet(),
            task.start.num_params()
        )?;
        let (curves, networks): (Vec<_>, Vec<_>) =
            task.compare(options.updates)?.into_iter().unzip();
        race::print(&curves, &MEASURE, &mut stdout())?;
        let best = (1..curves.len())
            .min_by(|&a, &b| curves[a].last_loss().total_cmp(&curves[b].last_loss()))
            .unwrap_or(0);
        for place in [0, best] {
            let (name, rate) = (&curves[place].name, &curves[place].rate);
            let written = task.written(&networks[place], options.characters)?;
            writeln!(stdout(), "\n{name} {rate} writes:\n\n{written}")?;
        }
        if let Some(path) = &options.picture {
            let title = "Characters, a transformer of two layers in burn";
            program::write(path, race::draw(title, &curves, &MEASURE)?)?;
        }
        Ok(())
    })
}
