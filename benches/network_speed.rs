//! Seconds for one loss and gradient of the reference network: a number to set beside other programs'.
//!
//! Run with `cargo run --release -p gols-benches --bin network_speed -- 784-100-10 100 0.5`: the layers, the
//! batch, and how many seconds to repeat it for; `f64` as a fourth argument for that type. Prints the least
//! time of ten equal parts of that. With `20x` for the seconds it is evaluated twenty times and nothing is
//! timed, for programs that count instructions.

use std::hint::black_box;
use std::io::Write;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use gols::mlp::Activation;
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
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let measured = match arguments[..] {
        [sizes, batch, repeat] => parse(sizes, batch, repeat).map(measure::<f32>),
        [sizes, batch, repeat, "f64"] => parse(sizes, batch, repeat).map(measure::<f64>),
        _ => None,
    };
    match measured {
        Some(Ok(seconds)) => {
            seconds.map(|seconds| writeln!(std::io::stdout(), "{seconds:e}").ok());
            ExitCode::SUCCESS
        }
        Some(Err(error)) => {
            eprintln!("network_speed: {error}");
            ExitCode::FAILURE
        }
        None => {
            eprintln!("{USAGE}");
            ExitCode::from(2)
        }
    }
}

fn parse(sizes: &str, batch: &str, repeat: &str) -> Option<(Vec<usize>, usize, Repeat)> {
    let sizes = sizes.split('-').map(|size| size.parse().ok()).collect::<Option<_>>()?;
    let repeat = match repeat.strip_suffix('x') {
        Some(times) => Repeat::Times(times.parse().ok()?),
        None => Repeat::Seconds(repeat.parse().ok().filter(|&seconds| seconds > 0.0)?),
    };
    Some((sizes, batch.parse().ok()?, repeat))
}

fn measure<T: Real>(
    (sizes, batch, repeat): (Vec<usize>, usize, Repeat),
) -> Result<Option<f64>, Error> {
    let (mut model, x) = gols_benches::model::<T>(&sizes, Activation::Sigmoid, batch)?;
    let mut gradient = x.clone();
    let mut evaluate = || model.loss_and_gradient(black_box(&x), &[], &mut gradient).map(black_box);
    match repeat {
        Repeat::Times(times) => {
            (0..times).try_for_each(|_| evaluate().map(drop))?;
            Ok(None)
        }
        Repeat::Seconds(seconds) => least_time(seconds, evaluate).map(Some),
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
