//! Digits learned by a small convolutional network: `Gols` beside candle's AdamW at its default and at five
//! rates.
//!
//! `cargo run --release -p gols-candle --example candle_mnist -- --help` lists the options.

mod digits;
#[path = "../shared/trainer.rs"]
mod trainer;

use std::io::{Write, stdout};
use std::process::ExitCode;

use candle_core::{DType, Device, Module, Result, Tensor, Var};
use candle_nn::loss::cross_entropy;
use candle_nn::{Sequential, VarBuilder, VarMap, conv2d, linear, seq};
use gols_candle::variables;
use gols_conformance::race::{self, Measure};
use gols_studies::program;

use digits::{Digits, Options};
use trainer::Task;

const BATCH: usize = 64;

/// Two convolutions with pooling, and a linear layer: 5994 parameters. Weights begin normal with standard deviation
/// √(2 / inputs), biases at 0.
fn network() -> Result<(Sequential, Vec<Var>)> {
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
    trainer::start(&variables, |variable| {
        let inputs: usize = variable.dims().iter().skip(1).product();
        Some(if variable.rank() > 1 { (2.0 / inputs as f64).sqrt() } else { 0.0 })
    })?;
    Ok((layers, variables))
}

/// The loss and the accuracy in % on these digits.
fn outcome(network: &Sequential, digits: &Digits) -> Result<[f64; 2]> {
    let (mut loss, mut right) = (0.0, 0.0);
    for first in (0..digits.len()).step_by(1000) {
        let (images, classes) = digits.part(first, 1000)?;
        let outputs = network.forward(&images)?;
        let rows = classes.elem_count() as f64;
        loss += rows * f64::from(cross_entropy(&outputs, &classes)?.to_scalar::<f32>()?);
        let hits = outputs.argmax(1)?.eq(&classes)?.to_dtype(DType::F32)?.sum_all()?;
        right += f64::from(hits.to_scalar::<f32>()?);
    }
    let rows = digits.len() as f64;
    Ok([loss / rows, 100.0 * right / rows])
}

/// Training digits, those of them whose loss is looked at, and test digits.
struct Mnist {
    training: Digits,
    looked_at: Digits,
    test: Digits,
}

impl Task for Mnist {
    type Network = Sequential;

    fn rows(&self) -> [usize; 2] {
        [self.training.len(), BATCH]
    }

    fn network(&self) -> Result<(Sequential, Vec<Var>)> {
        network()
    }

    fn loss(&self, network: &Sequential, rows: &[usize]) -> Result<Tensor> {
        let (images, classes) = self.training.select(rows)?;
        cross_entropy(&network.forward(&images)?, &classes)
    }

    fn outcome(&self, network: &Sequential) -> Result<[f64; 2]> {
        Ok([outcome(network, &self.looked_at)?[0], outcome(network, &self.test)?[1]])
    }

    fn measure(&self) -> Measure {
        Measure { name: "test accuracy in %", digits: 1, drawn: 90.0..=100.0 }
    }
}

fn main() -> ExitCode {
    program::run("candle_mnist", digits::USAGE, Options::parse, |options| {
        let [training, test] = options.digits()?;
        let looked_at = training.first(10_000)?;
        let task = Mnist { training, looked_at, test };
        writeln!(
            stdout(),
            "{} digits to train on, {} to test on, mini-batches of {BATCH}. AdamW's default rate is \
             0.001.\nThe training loss is that of the first {} digits.\n",
            task.training.len(),
            task.test.len(),
            task.looked_at.len()
        )?;
        let curves: Vec<_> =
            trainer::compare(&task, options.updates)?.into_iter().map(|(curve, _)| curve).collect();
        race::print(&curves, &task.measure(), &mut stdout())?;
        if let Some(path) = &options.picture {
            let title = "Digits, a convolutional network";
            program::write(path, race::draw(title, &curves, &task.measure())?)?;
        }
        Ok(())
    })
}
