//! Digits learned by a small convolutional network: `Gols` beside candle's AdamW at its default and at five
//! rates. One trainer for both, which knows no optimizer by name.
//!
//! `cargo run --release -p gols-candle --example candle_mnist -- --help` lists the options.

mod digits;
mod picture;

use std::io::{Write, stdout};
use std::process::ExitCode;
use std::time::Instant;

use candle_core::{DType, Device, Error, Module, Result, Tensor, Var};
use candle_nn::loss::cross_entropy;
use candle_nn::{AdamW, Optimizer, ParamsAdamW, Sequential, VarBuilder, VarMap};
use candle_nn::{conv2d, linear, seq};
use gols::landscape::RandomVectors;
use gols::{MiniBatches, VectorSpace};
use gols_candle::{CandleObjective, Gols, ParamsGols, variables};
use gols_conformance::comparison::Outcome;
use gols_conformance::race::{self, Curve};
use gols_studies::program;

use digits::{Digits, Options};

const BATCH: usize = 64;
const RATES: [f64; 5] = [1e-4, 3e-4, 1e-3, 3e-3, 1e-2];

/// Two convolutions with pooling, and a linear layer: 5994 parameters.
struct Network {
    variables: Vec<Var>,
    layers: Sequential,
}

impl Network {
    /// Weights normal with standard deviation √(2 / inputs), the same every time; biases 0.
    fn new() -> Result<Self> {
        let map = VarMap::new();
        let builder = VarBuilder::from_varmap(&map, DType::F32, &Device::Cpu);
        let pool = |x: &Tensor| x.relu()?.max_pool2d(2);
        let layers = seq()
            .add(conv2d(1, 8, 5, Default::default(), builder.pp("first"))?)
            .add_fn(pool)
            .add(conv2d(8, 16, 5, Default::default(), builder.pp("second"))?)
            .add_fn(move |x| pool(x)?.flatten_from(1))
            .add(linear(256, 10, builder.pp("output"))?);
        let variables = variables(&map);
        let space =
            CandleObjective::new(variables.clone(), (), |()| Tensor::new(0f32, &Device::Cpu))?;
        let mut start = space.zeros()?;
        space.fill_normal(1, &mut start)?;
        for (variable, numbers) in variables.iter().zip(&start) {
            let inputs: usize = variable.dims().iter().skip(1).product();
            let deviation = if variable.rank() > 1 { (2.0 / inputs as f64).sqrt() } else { 0.0 };
            variable.set(&numbers.affine(deviation, 0.0)?)?;
        }
        Ok(Self { variables, layers })
    }

    /// The loss and the accuracy in % on these digits.
    fn outcome(&self, digits: &Digits) -> Result<Outcome> {
        let (mut loss, mut right) = (0.0, 0.0);
        for first in (0..digits.len()).step_by(1000) {
            let (images, classes) = digits.part(first, 1000)?;
            let outputs = self.layers.forward(&images)?;
            let rows = classes.elem_count() as f64;
            loss += rows * f64::from(cross_entropy(&outputs, &classes)?.to_scalar::<f32>()?);
            let hits = outputs.argmax(1)?.eq(&classes)?.to_dtype(DType::F32)?.sum_all()?;
            right += f64::from(hits.to_scalar::<f32>()?);
        }
        let rows = digits.len() as f64;
        Ok(Outcome { loss: loss / rows, accuracy: 100.0 * right / rows })
    }
}

/// Training digits, those of them whose loss is looked at, and test digits.
struct Task {
    training: Digits,
    looked_at: Digits,
    test: Digits,
    updates: usize,
}

impl Task {
    /// Trains with any optimizer of candle; `look` shows the network as it is to be evaluated.
    fn train<O: Optimizer>(
        &self,
        (name, rate): (&str, String),
        settings: O::Config,
        look: impl Fn(&mut O, &dyn Fn() -> Result<Outcome>) -> Result<Outcome>,
    ) -> Result<Curve> {
        let network = Network::new()?;
        let mut optimizer = O::new(network.variables.clone(), settings)?;
        let batches = MiniBatches::new(self.training.len(), BATCH, 1);
        let mut batches = batches.map_err(Error::wrap)?;
        let (mut updates, mut time, mut looks) = (0, 0.0, Vec::new());
        for until in race::looks(self.updates) {
            let start = Instant::now();
            for _ in updates..until {
                let (images, classes) = self.training.select(batches.draw())?;
                let loss = cross_entropy(&network.layers.forward(&images)?, &classes)?;
                optimizer.backward_step(&loss)?;
            }
            time += start.elapsed().as_secs_f64();
            updates = until;
            let outcome = look(&mut optimizer, &|| {
                let Outcome { accuracy, .. } = network.outcome(&self.test)?;
                Ok(Outcome { accuracy, ..network.outcome(&self.looked_at)? })
            })?;
            eprintln!("{name} {rate}, {updates} updates: training loss {:.4}", outcome.loss);
            looks.push((updates, outcome));
        }
        let time = 1e3 * time / self.updates as f64;
        Ok(Curve { name: name.to_owned(), rate, looks, time })
    }

    fn curves(&self) -> Result<Vec<Curve>> {
        let gols = ("Gols", "-".to_owned());
        let mut curves = vec![
            self.train::<Gols>(gols, ParamsGols::default(), |gols, look| gols.averaged(look))?,
        ];
        for lr in RATES {
            let settings = ParamsAdamW { lr, ..ParamsAdamW::default() };
            let adam_w = ("AdamW", lr.to_string());
            curves.push(self.train::<AdamW>(adam_w, settings, |_, look| look())?);
        }
        Ok(curves)
    }
}

fn main() -> ExitCode {
    program::run("candle_mnist", digits::USAGE, Options::parse, |options| {
        let [training, test] = options.digits()?;
        let looked_at = training.first(10_000)?;
        let (task, rows) = (Task { training, looked_at, test, updates: options.updates }, BATCH);
        writeln!(
            stdout(),
            "{} digits to train on, {} to test on, mini-batches of {rows}. AdamW's default rate is \
             0.001.\nThe training loss is that of the first {} digits.\n",
            task.training.len(),
            task.test.len(),
            task.looked_at.len()
        )?;
        let curves = task.curves()?;
        race::print(&curves, &mut stdout())?;
        if let Some(path) = &options.picture {
            program::write(path, picture::draw(&curves)?)?;
        }
        Ok(())
    })
}
