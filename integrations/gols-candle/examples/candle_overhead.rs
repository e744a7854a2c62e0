//! What an update of `Gols` costs beside one of candle's AdamW, on the CPU: a million parameters, the same
//! gradients for both, no model.
//!
//! Run with `RAYON_NUM_THREADS=1 cargo run --release -p gols-candle --example candle_overhead`.

use std::io::{Write, stdout};
use std::process::ExitCode;
use std::time::Instant;

use candle_core::backprop::GradStore;
use candle_core::{DType, Device, Result, Tensor, Var};
use candle_nn::{AdamW, Optimizer, ParamsAdamW};
use gols_candle::{Along, Gols, ParamsGols};
use gols_studies::options::Arguments;
use gols_studies::{AnyError, program};

/// Rounds, in each of which every optimizer makes some updates.
const ROUNDS: usize = 25;
const UPDATES: usize = 8;
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
    writeln!(out, "{parameters} parameters in {TENSORS} tensors, the median of {ROUNDS} rounds:")?;
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

/// What AdamW, Gols and Gols along -g take for an update of these parameters, in turn, L(x) being Σ x².
fn times(dtype: DType, parameters: usize) -> Result<[f64; 3]> {
    let variables: Vec<Var> = (0..TENSORS)
        .map(|_| Var::randn_f64(0.0, 1.0, parameters / TENSORS, dtype, &Device::Cpu))
        .collect::<Result<_>>()?;
    let losses = variables.iter().map(|x| x.sqr()?.sum_all()).collect::<Result<Vec<_>>>()?;
    let gradients = Tensor::stack(&losses, 0)?.sum_all()?.backward()?;
    let along_gradient = ParamsGols { along: Along::Gradient, ..ParamsGols::default() };
    let mut adam_w = AdamW::new(variables.clone(), ParamsAdamW::default())?;
    let mut gols = Gols::new(variables.clone(), ParamsGols::default())?;
    let mut along_gradient = Gols::new(variables, along_gradient)?;
    let mut times = [const { Vec::new() }; 3];
    for _ in 0..ROUNDS {
        times[0].push(time(&mut adam_w, &gradients)?);
        times[1].push(time(&mut gols, &gradients)?);
        times[2].push(time(&mut along_gradient, &gradients)?);
    }
    Ok(times.map(median))
}

/// Milliseconds an update.
fn time(optimizer: &mut impl Optimizer, gradients: &GradStore) -> Result<f64> {
    let start = Instant::now();
    for _ in 0..UPDATES {
        optimizer.step(gradients)?;
    }
    Ok(start.elapsed().as_secs_f64() * 1e3 / UPDATES as f64)
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
