//! Seconds for one loss and gradient of the reference network: a number to set beside other programs'.
//!
//! Run with `cargo run --release --example network_speed -- 784-100-10 100 0.5`: the layers, the batch, and
//! how many seconds to repeat it for; `f64` as a fourth argument for that type. Prints the least time of ten
//! equal parts of that. With `20x` for the seconds it is evaluated twenty times and nothing is timed, for
//! programs that count instructions.

use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use gols::mlp::{Activation, Dataset, Loss, Model, Network};
use gols::{Error, Real, SliceModel};

const USAGE: &str =
    "usage: network_speed LAYERS BATCH SECONDS|COUNTx [f64], as in: network_speed 4-10-3 10 0.5";

/// How long to go on.
#[derive(Clone, Copy)]
enum Repeat {
    Seconds(f64),
    Times(u32),
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((sizes, batch, repeat, is_double)) = parse(&arguments) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let measured = if is_double {
        measure::<f64>(&sizes, batch, repeat)
    } else {
        measure::<f32>(&sizes, batch, repeat)
    };
    match measured {
        Ok(Some(seconds)) => println!("{seconds:e}"),
        Ok(None) => {}
        Err(error) => {
            eprintln!("network_speed: {error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn parse(arguments: &[String]) -> Option<(Vec<usize>, usize, Repeat, bool)> {
    let is_double = match arguments.get(3).map(String::as_str) {
        None => false,
        Some("f64") => true,
        Some(_) => return None,
    };
    let sizes: Vec<usize> =
        arguments.first()?.split('-').map(|size| size.parse().ok()).collect::<Option<_>>()?;
    let repeat = match arguments.get(2)?.strip_suffix('x') {
        Some(times) => Repeat::Times(times.parse().ok()?),
        None => Repeat::Seconds(arguments[2].parse().ok().filter(|&seconds| seconds > 0.0)?),
    };
    Some((sizes, arguments.get(1)?.parse().ok()?, repeat, is_double))
}

fn measure<T: Real>(sizes: &[usize], batch: usize, repeat: Repeat) -> Result<Option<f64>, Error> {
    let network = Network::new(sizes, Activation::Sigmoid)?;
    let x: Vec<T> = network.uniform_parameters(-0.1, 0.1, 1)?;
    let cells = network.uniform_parameters::<T>(0.0, 1.0, 2)?;
    let inputs = cells.iter().copied().cycle().take(batch * network.inputs()).collect();
    let labels: Vec<usize> = (0..batch).map(|row| row % network.outputs()).collect();
    let data = Dataset::from_classes(inputs, &labels, network.outputs())?;
    let mut model = Model::new(network, Loss::HalfSquared, data)?;
    let mut gradient = x.clone();
    let mut evaluate = || model.loss_and_gradient(black_box(&x), &[], &mut gradient).map(black_box);
    match repeat {
        Repeat::Times(times) => {
            (0..times).try_for_each(|_| evaluate().map(|_| ()))?;
            Ok(None)
        }
        Repeat::Seconds(seconds) => Ok(Some(least_time(seconds, evaluate)?)),
    }
}

/// The time of one evaluation, in the best of ten parts of these seconds.
fn least_time(
    seconds: f64,
    mut evaluate: impl FnMut() -> Result<f64, Error>,
) -> Result<f64, Error> {
    let mut best = f64::INFINITY;
    for _ in 0..10 {
        let (start, mut count) = (Instant::now(), 0_u32);
        while start.elapsed() < Duration::from_secs_f64(seconds / 10.0) {
            for _ in 0..5 {
                evaluate()?;
            }
            count += 5;
        }
        best = best.min(start.elapsed().as_secs_f64() / f64::from(count));
    }
    Ok(best)
}
