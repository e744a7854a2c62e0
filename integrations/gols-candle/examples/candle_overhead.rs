//! What an update of `Gols` costs beside one of candle's AdamW, on the CPU: a million parameters, without
//! what the model costs.
//!
//! Run with `RAYON_NUM_THREADS=1 cargo run --release -p gols-candle --example candle_overhead`.

use std::io::{Write, stdout};
use std::process::ExitCode;
use std::time::Instant;

use candle_core::{DType, Device, Result, Tensor, Var};
use candle_nn::{AdamW, Optimizer, ParamsAdamW};
use gols_candle::{Along, Gols, ParamsGols};
use gols_studies::options::Arguments;
use gols_studies::{AnyError, program};

const UPDATES: usize = 100;
const TENSORS: usize = 10;

const USAGE: &str = "\
Prints what an update of Gols costs beside one of candle's AdamW.

candle_overhead [OPTIONS]

  --parameters N   parameters, in ten tensors (1000000)
";

fn main() -> ExitCode {
    program::run("candle_overhead", USAGE, parse, |parameters| compare(*parameters))
}

fn parse(mut arguments: Arguments) -> std::result::Result<usize, String> {
    let mut parameters = 1_000_000;
    while let Some(option) = arguments.next_option()? {
        match option.as_str() {
            "--parameters" => parameters = arguments.whole(TENSORS..=1_000_000_000)?,
            _ => return Err(arguments.unknown()),
        }
    }
    Ok(parameters)
}

fn compare(parameters: usize) -> std::result::Result<(), AnyError> {
    let mut out = stdout();
    writeln!(
        out,
        "{parameters} parameters in {TENSORS} tensors, the median of {UPDATES} updates:"
    )?;
    for dtype in [DType::F32, DType::F64, DType::BF16] {
        writeln!(out, "\n{dtype:?}")?;
        let times = times(dtype, parameters)?;
        for (name, time) in ["AdamW", "Gols", "Gols along -g"].iter().zip(times) {
            let ratio = time / times[0];
            writeln!(out, "  {name:<14} {time:8.3} ms an update, {ratio:5.2} of AdamW")?;
        }
    }
    Ok(())
}

/// What AdamW, Gols and Gols along -g take for an update of these parameters, in turn.
fn times(dtype: DType, parameters: usize) -> Result<[f64; 3]> {
    let along_gradient = ParamsGols { along: Along::Gradient, ..ParamsGols::default() };
    let mut adam_w = Run::<AdamW>::new(dtype, parameters, ParamsAdamW::default())?;
    let mut gols = Run::<Gols>::new(dtype, parameters, ParamsGols::default())?;
    let mut along_gradient = Run::<Gols>::new(dtype, parameters, along_gradient)?;
    let mut times = [const { Vec::new() }; 3];
    for _ in 0..UPDATES {
        times[0].push(adam_w.update()?);
        times[1].push(gols.update()?);
        times[2].push(along_gradient.update()?);
    }
    Ok(times.map(median))
}

/// An optimizer at work on L(x) = Σ (x - ξ)², the noise ξ being drawn for every update.
struct Run<O> {
    variables: Vec<Var>,
    optimizer: O,
}

impl<O: Optimizer> Run<O> {
    fn new(dtype: DType, parameters: usize, settings: O::Config) -> Result<Self> {
        let size = parameters / TENSORS;
        let variables = (0..TENSORS).map(|_| Var::randn_f64(0.0, 1.0, size, dtype, &Device::Cpu));
        let variables = variables.collect::<Result<Vec<_>>>()?;
        Ok(Self { optimizer: O::new(variables.clone(), settings)?, variables })
    }

    /// Milliseconds of the optimizer's own in an update.
    fn update(&mut self) -> Result<f64> {
        let each = self
            .variables
            .iter()
            .map(|x| (x.as_tensor() - x.randn_like(0.0, 1.0)?)?.sqr()?.sum_all());
        let gradients =
            Tensor::stack(&each.collect::<Result<Vec<_>>>()?, 0)?.sum_all()?.backward()?;
        let start = Instant::now();
        self.optimizer.step(&gradients)?;
        Ok(start.elapsed().as_secs_f64() * 1e3)
    }
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
