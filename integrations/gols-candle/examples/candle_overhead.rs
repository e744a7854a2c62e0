//! What an update of `Gols` costs beside one of candle's AdamW, on the CPU: a million parameters, the same
//! gradients for both, no model.
//!
//! Run with `cargo run --release -p gols-candle --example candle_overhead -- [PARAMETERS]`.

use std::time::Instant;

use candle_core::backprop::GradStore;
use candle_core::{DType, Device, Error, Result, Tensor, Var};
use candle_nn::{AdamW, Optimizer, ParamsAdamW};
use gols_candle::{Along, Gols, ParamsGols};

/// Rounds, in each of which every optimizer makes some updates.
const ROUNDS: usize = 25;
const UPDATES: usize = 8;
const TENSORS: usize = 10;

fn main() -> Result<()> {
    let argument = std::env::args().nth(1);
    let parameters: usize = match &argument {
        None => 1_000_000,
        Some(text) => text.parse().map_err(|_| Error::Msg(format!("not a number: {text}")))?,
    };
    println!("{parameters} parameters in {TENSORS} tensors, the median of {ROUNDS} rounds:\n");
    for dtype in [DType::F32, DType::F64, DType::BF16] {
        let variables: Vec<Var> = (0..TENSORS)
            .map(|_| Var::randn_f64(0.0, 1.0, parameters / TENSORS, dtype, &Device::Cpu))
            .collect::<Result<_>>()?;
        let losses = variables.iter().map(|x| x.sqr()?.sum_all()).collect::<Result<Vec<_>>>()?;
        let gradients = Tensor::stack(&losses, 0)?.sum_all()?.backward()?;
        let gols = |along| ParamsGols { along, ..ParamsGols::default() };
        let mut adam_w = AdamW::new(variables.clone(), ParamsAdamW::default())?;
        let mut along_adam = Gols::new(variables.clone(), gols(Along::Adam))?;
        let mut along_gradient = Gols::new(variables, gols(Along::Gradient))?;
        let mut times = [const { Vec::new() }; 3];
        for _ in 0..ROUNDS {
            times[0].push(time(&mut adam_w, &gradients)?);
            times[1].push(time(&mut along_adam, &gradients)?);
            times[2].push(time(&mut along_gradient, &gradients)?);
        }
        let [adam_w, along_adam, along_gradient] = times.map(median);
        println!("{dtype:?}");
        for (name, time) in
            [("AdamW", adam_w), ("Gols", along_adam), ("Gols along -g", along_gradient)]
        {
            println!("  {name:<14} {time:8.3} ms an update, {:5.2} of AdamW", time / adam_w);
        }
    }
    Ok(())
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
