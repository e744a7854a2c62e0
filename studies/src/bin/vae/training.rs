//! Training with one method, and what is seen on the way.

use gols::direction::{Adam, Direction, SteepestDescent};
use gols::search::{AmortizedGols, FixedStep, InexactGols, LineSearch};
use gols::{Descent, Error, MiniBatches, SliceModel, SliceObjective};
use indicatif::ProgressBar;

use crate::model::{Sizes, Vae};

/// A way to train: I-GOLS, its amortized form, this along Adam's direction without momentum, or a constant step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Method {
    InexactGols,
    AmortizedGols,
    AmortizedAdam,
    FixedStep(f64),
}

type Along = Box<dyn for<'a> Direction<SliceObjective<f32, Vae<'a>>>>;

impl Method {
    /// The searches, and three constant steps: too large, right, too small ([LR] 3.2).
    pub(crate) const ALL: [Self; 6] = [
        Self::InexactGols,
        Self::AmortizedGols,
        Self::AmortizedAdam,
        Self::FixedStep(1e-3),
        Self::FixedStep(1e-4),
        Self::FixedStep(1e-5),
    ];

    pub(crate) fn is_search(self) -> bool {
        !matches!(self, Self::FixedStep(_))
    }

    pub(crate) fn name(self) -> String {
        match self {
            Self::AmortizedAdam => "Amortized+Adam".to_owned(),
            Self::FixedStep(length) => format!("FixedStep {length:e}"),
            named => format!("{named:?}"),
        }
    }

    fn search(self) -> Result<Box<dyn LineSearch>, Error> {
        Ok(match self {
            Self::InexactGols => Box::new(InexactGols::default()),
            Self::AmortizedGols | Self::AmortizedAdam => Box::new(AmortizedGols::default()),
            Self::FixedStep(length) => Box::new(FixedStep::new(length)?),
        })
    }

    fn direction(self) -> Along {
        match self {
            Self::AmortizedAdam => Box::new(Adam::without_momentum()),
            _ => Box::new(SteepestDescent),
        }
    }
}

/// What is trained, and for how long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Task<'a> {
    pub sizes: Sizes,
    pub data: &'a [f32],
    pub batch: usize,
    pub epochs: usize,
    pub seed: u64,
}

impl Task<'_> {
    pub(crate) fn rows(&self) -> usize {
        self.data.len() / self.sizes.inputs
    }

    /// As many iterations as there are batches in the data, rounded up.
    pub(crate) fn iterations_per_epoch(&self) -> usize {
        self.rows().div_ceil(self.batch)
    }
}

/// After an epoch: the loss a sample over all training rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Point {
    pub epoch: usize,
    pub cost: u64,
    pub loss: f64,
}

#[derive(Debug)]
pub(crate) struct Outcome {
    pub method: Method,
    pub curve: Vec<Point>,
    /// The step length of every iteration.
    pub steps: Vec<f64>,
    pub parameters: Vec<f32>,
}

impl Outcome {
    pub(crate) fn last(&self) -> Point {
        self.curve[self.curve.len() - 1]
    }

    /// The loss after this cost, linear between epochs; held beyond the end.
    pub(crate) fn loss_at(&self, cost: u64) -> f64 {
        let Some(after) = self.curve.iter().position(|point| point.cost >= cost) else {
            return self.last().loss;
        };
        let (from, to) = (self.curve[after.saturating_sub(1)], self.curve[after]);
        let share = (cost - from.cost) as f64 / (to.cost - from.cost).max(1) as f64;
        from.loss + share * (to.loss - from.loss)
    }
}

/// Trains from the start that the seed fixes, shared by all methods.
pub(crate) fn train(task: Task<'_>, method: Method, bar: &ProgressBar) -> Result<Outcome, Error> {
    let Task { sizes, data, batch, epochs, seed } = task;
    let mut batches = MiniBatches::new(task.rows(), batch, seed)?;
    batches.draw();
    let objective =
        SliceObjective::new(sizes.start(seed), batches, Vae::new(sizes, data, batch, seed))?;
    let descent = Descent::new(objective)?;
    let mut descent = descent.along(method.direction()).with_search(method.search()?);
    let loss = training_loss(task, descent.objective().parameters())?;
    let mut curve = vec![Point { epoch: 0, cost: 0, loss }];
    let mut steps = Vec::new();
    for epoch in 1..=epochs {
        for _ in 0..task.iterations_per_epoch() {
            steps.push(descent.step()?.step.length);
            bar.inc(1);
        }
        let cost = descent.evaluations().function_evaluations();
        let loss = training_loss(task, descent.objective().parameters())?;
        curve.push(Point { epoch, cost, loss });
    }
    Ok(Outcome { method, curve, steps, parameters: descent.into_objective().into_parts().1 })
}

/// The loss a sample over all rows, always with the same noise.
fn training_loss(task: Task<'_>, x: &[f32]) -> Result<f64, Error> {
    let mut model = Vae::new(task.sizes, task.data, task.batch, task.seed ^ 0x5eed);
    let rows: Vec<usize> = (0..task.rows()).collect();
    let mut sum = 0.0;
    for rows in rows.chunks(task.batch) {
        sum += model.loss(x, rows, &mut [])?;
    }
    Ok(sum / task.rows() as f64)
}
