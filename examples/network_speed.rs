//! Seconds for one loss and gradient of the reference network: a number to set beside other programs'.
//!
//! Run with `cargo run --release --example network_speed -- 784-100-10 100 0.5`: the layers, the batch, and
//! how many seconds to repeat it for; `f64` as a fourth argument for that type. Prints the least time of ten
//! equal parts of that.

use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use gols::mlp::{Activation, Loss, Model, Network};
use gols::{Dataset, Error, Real, SliceModel};

const USAGE: &str =
    "usage: network_speed LAYERS BATCH SECONDS [f64], as in: network_speed 4-10-3 10 0.5";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((sizes, batch, seconds, is_double)) = parse(&arguments) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let measured = if is_double {
        measure::<f64>(&sizes, batch, seconds)
    } else {
        measure::<f32>(&sizes, batch, seconds)
    };
    match measured {
        Ok(seconds) => println!("{seconds:e}"),
        Err(error) => {
            eprintln!("network_speed: {error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn parse(arguments: &[String]) -> Option<(Vec<usize>, usize, f64, bool)> {
    let is_double = match arguments.get(3).map(String::as_str) {
        None => false,
        Some("f64") => true,
        Some(_) => return None,
    };
    let sizes: Vec<usize> =
        arguments.first()?.split('-').map(|size| size.parse().ok()).collect::<Option<_>>()?;
    let seconds: f64 = arguments.get(2)?.parse().ok().filter(|&seconds| seconds > 0.0)?;
    Some((sizes, arguments.get(1)?.parse().ok()?, seconds, is_double))
}

fn measure<T: Real>(sizes: &[usize], batch: usize, seconds: f64) -> Result<f64, Error> {
    let network = Network::new(sizes, Activation::Sigmoid)?;
    let x: Vec<T> = network.uniform_parameters(-0.1, 0.1, 1)?;
    let cells = network.uniform_parameters::<T>(0.0, 1.0, 2)?;
    let inputs = cells.iter().copied().cycle().take(batch * network.inputs()).collect();
    let labels: Vec<usize> = (0..batch).map(|row| row % network.outputs()).collect();
    let data = Dataset::from_classes(inputs, &labels, network.outputs())?;
    let mut model = Model::new(network, Loss::HalfSquared, data)?;
    let mut gradient = x.clone();
    let mut best = f64::INFINITY;
    for _ in 0..10 {
        let (start, mut count) = (Instant::now(), 0_u32);
        while start.elapsed() < Duration::from_secs_f64(seconds / 10.0) {
            for _ in 0..5 {
                black_box(model.loss_and_gradient(black_box(&x), &mut gradient)?);
            }
            count += 5;
        }
        best = best.min(start.elapsed().as_secs_f64() / f64::from(count));
    }
    Ok(best)
}
