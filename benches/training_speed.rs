//! How long a network is trained until its training loss is low: numbers to set beside other programs'.
//!
//! `training_speed FOLDER OPTIMIZER`, with `slices` or `any` for `SliceOptimizer` or `Optimizer`. The folder, which
//! `peers/peers.py` writes, holds what all programs share: `shape` (layers, batch, updates between evaluations, updates
//! at most, the loss to reach), `images` and `start` (f32, little-endian), `labels` (u8), and `order` (u32: the
//! rows of every batch). After so many updates each line says how many were made, the seconds they took, and the loss
//! on all rows. Evaluations are not timed.

use std::error::Error;
use std::io::{Write, stdout};
use std::path::Path;
use std::time::Instant;

use gols::mlp::{Activation, Dataset, Loss, Model, Network};
use gols::{Optimizer, SliceModel, SliceObjective, SliceOptimizer};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, optimizer] = &arguments[..] else {
        return Err("usage: training_speed FOLDER slices|any".into());
    };
    let task = Task::read(Path::new(folder))?;
    let x = task.start.clone();
    match optimizer.as_str() {
        "slices" => task.train(Slices { optimizer: SliceOptimizer::new(x.len()), x }),
        "any" => {
            // The gradients are made in the loop.
            let objective = SliceObjective::from_fn(x, |_, _| 0.0)?;
            task.train(Any { optimizer: Optimizer::new(&objective)?, objective })
        }
        other => Err(format!("'{other}' is neither slices nor any").into()),
    }
}

/// What all programs share.
struct Task {
    model: Model<f32>,
    start: Vec<f32>,
    order: Vec<usize>,
    batch: usize,
    pause: usize,
    most: usize,
    target: f64,
}

impl Task {
    fn read(folder: &Path) -> Result<Self, Box<dyn Error>> {
        let bytes = |name| std::fs::read(folder.join(name));
        let words = |name| Ok::<_, std::io::Error>(bytes(name)?.as_chunks().0.to_vec());
        let floats = |name| {
            let words: Vec<[u8; 4]> = words(name)?;
            Ok::<Vec<f32>, std::io::Error>(words.into_iter().map(f32::from_le_bytes).collect())
        };
        let shape = String::from_utf8(bytes("shape")?)?;
        let [sizes, batch, pause, most, target] =
            shape.split_whitespace().collect::<Vec<_>>()[..].try_into()?;
        let sizes = sizes.split('-').map(str::parse).collect::<Result<Vec<usize>, _>>()?;
        let network = Network::new(&sizes, Activation::Relu)?.with_output(Activation::Linear);
        let labels: Vec<usize> = bytes("labels")?.into_iter().map(usize::from).collect();
        let data = Dataset::from_classes(floats("images")?, &labels, network.outputs())?;
        let order: Vec<[u8; 4]> = words("order")?;
        Ok(Self {
            model: Model::new(network, Loss::CrossEntropy, data)?,
            start: floats("start")?,
            order: order.into_iter().map(|row| u32::from_le_bytes(row) as usize).collect(),
            batch: batch.parse()?,
            pause: pause.parse()?,
            most: most.parse()?,
            target: target.parse()?,
        })
    }

    fn train(mut self, mut trained: impl Trained) -> Result<(), Box<dyn Error>> {
        let (mut gradient, mut mean) = (self.start.clone(), self.start.clone());
        let (mut seconds, mut batches) = (0.0, self.order.chunks_exact(self.batch));
        for update in 1..=self.most {
            let begin = Instant::now();
            let rows = batches.next().ok_or("the order is too short")?;
            self.model.loss_and_gradient(trained.parameters(), rows, &mut gradient)?;
            trained.update(&gradient)?;
            seconds += begin.elapsed().as_secs_f64();
            if update % self.pause == 0 {
                trained.average(&mut mean)?;
                let loss = self.model.error(&mean)?;
                writeln!(stdout(), "{update} {seconds:e} {loss:e}")?;
                if loss <= self.target {
                    break;
                }
            }
        }
        Ok(())
    }
}

/// Parameters and the optimizer that trains them.
trait Trained {
    fn parameters(&self) -> &[f32];
    #[allow(clippy::ptr_arg, reason = "`Optimizer` takes its objective's vectors")]
    fn update(&mut self, gradient: &Vec<f32>) -> Result<(), gols::Error>;
    /// The mean of the iterates.
    fn average(&mut self, mean: &mut [f32]) -> Result<(), gols::Error>;
}

struct Slices {
    optimizer: SliceOptimizer<f32>,
    x: Vec<f32>,
}

impl Trained for Slices {
    fn parameters(&self) -> &[f32] {
        &self.x
    }

    fn update(&mut self, gradient: &Vec<f32>) -> Result<(), gols::Error> {
        self.optimizer.step(&mut self.x, gradient).map(drop)
    }

    fn average(&mut self, mean: &mut [f32]) -> Result<(), gols::Error> {
        self.optimizer.average(&self.x, mean)
    }
}

struct Any<M> {
    optimizer: Optimizer<Vec<f32>>,
    objective: SliceObjective<f32, M>,
}

impl<M: SliceModel<f32, Error = gols::Error>> Trained for Any<M> {
    fn parameters(&self) -> &[f32] {
        self.objective.parameters()
    }

    fn update(&mut self, gradient: &Vec<f32>) -> Result<(), gols::Error> {
        self.optimizer.step(&mut self.objective, gradient).map(drop)
    }

    fn average(&mut self, mean: &mut [f32]) -> Result<(), gols::Error> {
        let copy =
            |objective: &mut SliceObjective<f32, M>| mean.copy_from_slice(objective.parameters());
        self.optimizer.averaged(&mut self.objective, copy)
    }
}
