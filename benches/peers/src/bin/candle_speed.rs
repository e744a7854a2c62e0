//! candle's times, for `peers.py`: AdamW's update, and a network trained by it. One thread with `RAYON_NUM_THREADS=1`.
//!
//! `candle_speed update N SECONDS` prints the first element of x after 40 updates and the seconds of one, as
//! `optimizer` of the benches does, on the same gradients. `candle_speed training FOLDER RATE` prints what
//! `training_speed` of the benches does, from the same folder.

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use candle_core::backprop::GradStore;
use candle_core::{Device, Result, Tensor, Var};
use candle_nn::loss::cross_entropy;
use candle_nn::{AdamW, Optimizer, ParamsAdamW};

/// Updates that are not timed, and those whose mean time is taken.
const WARM: usize = 40;
const TIMED: usize = 20;
const DEVICE: Device = Device::Cpu;

fn main() -> std::result::Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["update", n, seconds] => update(n.parse()?, seconds.parse()?),
        ["training", folder, rate] => Task::read(Path::new(folder))?.train(rate.parse()?),
        _ => Err("usage: candle_speed update N SECONDS | training FOLDER RATE".into()),
    }
}

/// Without weight decay, as Adam; gradients are those of ½ |x − 1|² with noise, and are not timed.
fn update(n: usize, seconds: f64) -> std::result::Result<(), Box<dyn Error>> {
    let x = Var::zeros(n, candle_core::DType::F32, &DEVICE)?;
    let settings = ParamsAdamW { weight_decay: 0.0, ..ParamsAdamW::default() };
    let mut optimizer = AdamW::new(vec![x.clone()], settings)?;
    let mut run = |updates: std::ops::Range<usize>| -> Result<f64> {
        let mut total = 0.0;
        for t in updates.clone() {
            let gradients = gradient(&x, [0.1, -0.1, 0.3, -0.3][t % 4])?;
            let begin = Instant::now();
            optimizer.step(&gradients)?;
            total += begin.elapsed().as_secs_f64();
        }
        Ok(total / updates.len() as f64)
    };
    run(0..WARM)?;
    let first = x.get(0)?.to_scalar::<f32>()?;
    let (begin, mut updates, mut least) = (Instant::now(), WARM, f64::INFINITY);
    while least.is_infinite() || begin.elapsed().as_secs_f64() < seconds {
        least = least.min(run(updates..updates + TIMED)?);
        updates += TIMED;
    }
    println!("{first:e} {least:e}");
    Ok(())
}

/// x − 1 + noise, where candle's optimizers look for it.
fn gradient(x: &Var, noise: f64) -> Result<GradStore> {
    // A backward pass is the only way to a store of gradients.
    let mut store = x.sum_all()?.backward()?;
    store.insert(x, (x.as_detached_tensor() - (1.0 - noise))?);
    Ok(store)
}

/// What all programs share: see `training_speed`.
struct Task {
    layers: Vec<Var>,
    images: Tensor,
    labels: Tensor,
    order: Tensor,
    batch: usize,
    pause: usize,
    most: usize,
    target: f64,
}

impl Task {
    fn read(folder: &Path) -> std::result::Result<Self, Box<dyn Error>> {
        let bytes = |name| std::fs::read(folder.join(name));
        let shape = String::from_utf8(bytes("shape")?)?;
        let [sizes, batch, pause, most, target] =
            shape.split_whitespace().collect::<Vec<_>>()[..].try_into()?;
        let sizes =
            sizes.split('-').map(str::parse).collect::<std::result::Result<Vec<usize>, _>>()?;
        let labels: Vec<u32> = bytes("labels")?.into_iter().map(u32::from).collect();
        let words = |name| Ok::<_, std::io::Error>(bytes(name)?.as_chunks().0.to_vec());
        let order: Vec<[u8; 4]> = words("order")?;
        let order: Vec<u32> = order.into_iter().map(u32::from_le_bytes).collect();
        let floats = |name| {
            let words: Vec<[u8; 4]> = words(name)?;
            Ok::<Vec<f32>, std::io::Error>(words.into_iter().map(f32::from_le_bytes).collect())
        };
        Ok(Self {
            layers: layers(&sizes, &floats("start")?)?,
            images: Tensor::from_vec(floats("images")?, (labels.len(), sizes[0]), &DEVICE)?,
            labels: Tensor::new(labels, &DEVICE)?,
            order: Tensor::new(order, &DEVICE)?,
            batch: batch.parse()?,
            pause: pause.parse()?,
            most: most.parse()?,
            target: target.parse()?,
        })
    }

    fn train(self, rate: f64) -> std::result::Result<(), Box<dyn Error>> {
        let settings = ParamsAdamW { lr: rate, ..ParamsAdamW::default() };
        let mut optimizer = AdamW::new(self.layers.clone(), settings)?;
        let mut seconds = 0.0;
        for update in 1..=self.most {
            let begin = Instant::now();
            let rows = self.order.narrow(0, (update - 1) * self.batch, self.batch)?;
            let outputs = self.outputs(&self.images.index_select(&rows, 0)?)?;
            let loss = cross_entropy(&outputs, &self.labels.index_select(&rows, 0)?)?;
            optimizer.backward_step(&loss)?;
            seconds += begin.elapsed().as_secs_f64();
            if update % self.pause == 0 {
                let loss = self.loss()?;
                println!("{update} {seconds:e} {loss:e}");
                if loss <= self.target {
                    break;
                }
            }
        }
        Ok(())
    }

    fn outputs(&self, images: &Tensor) -> Result<Tensor> {
        let mut y = images.clone();
        for (index, layer) in self.layers.chunks(2).enumerate() {
            if index > 0 {
                y = y.relu()?;
            }
            y = y.matmul(&layer[0])?.broadcast_add(&layer[1])?;
        }
        Ok(y)
    }

    /// On all rows.
    fn loss(&self) -> Result<f64> {
        let (mut total, rows) = (0.0, self.labels.elem_count());
        for first in (0..rows).step_by(1000) {
            let count = 1000.min(rows - first);
            let outputs = self.outputs(&self.images.narrow(0, first, count)?)?.detach();
            let loss = cross_entropy(&outputs, &self.labels.narrow(0, first, count)?)?;
            total += count as f64 * f64::from(loss.to_scalar::<f32>()?);
        }
        Ok(total / rows as f64)
    }
}

/// Weights (inputs x outputs) and biases, layer by layer.
fn layers(sizes: &[usize], mut start: &[f32]) -> Result<Vec<Var>> {
    let mut layers = Vec::new();
    for pair in sizes.windows(2) {
        for shape in [vec![pair[0], pair[1]], vec![1, pair[1]]] {
            let (part, rest) = start.split_at(shape.iter().product());
            layers.push(Var::from_slice(part, shape, &DEVICE)?);
            start = rest;
        }
    }
    Ok(layers)
}
