//! A line search of your own, used like the crate's.
//!
//! The search below backs off from the longest step until the slope is negative: one rule, thirty
//! lines. It trains the reference network beside `InexactGols`.
//!
//! Run with `cargo run --release --example own_search`.

use std::io::{Write, stdout};

use gols::mlp::{Activation, Dataset, Loss, Model, Network};
use gols::search::{InexactGols, LineSearch, Origin, Request, Step, StepBounds, Termination};
use gols::{Descent, Error, MiniBatches, SliceObjective};

/// Backtracking on the slope: from hi, halve the step until F'(a) < 0.
struct Backtracking {
    bounds: StepBounds,
    lo: f64,
    trial: f64,
}

impl Backtracking {
    fn new(bounds: StepBounds) -> Self {
        Self { bounds, lo: 0.0, trial: 0.0 }
    }

    fn done(&self, length: f64, termination: Termination) -> Request {
        Request::Done(Step { length, termination })
    }
}

impl LineSearch for Backtracking {
    fn start(&mut self, origin: Origin) -> Request {
        if let Some(termination) = origin.unusable() {
            return self.done(0.0, termination);
        }
        (self.lo, self.trial) = self.bounds.limits(origin.direction_norm);
        Request::Slope(self.trial)
    }

    fn resume(&mut self, slope: f64) -> Request {
        if slope < 0.0 {
            return self.done(self.trial, Termination::SignChange);
        }
        if self.trial <= self.lo {
            return self.done(self.trial, Termination::MinStep);
        }
        self.trial = (self.trial / 2.0).max(self.lo);
        Request::Slope(self.trial)
    }

    fn reset(&mut self) {}
}

fn main() -> Result<(), Error> {
    train("Backtracking", Backtracking::new(StepBounds::default()))?;
    train("InexactGols", InexactGols::default())
}

fn train(name: &str, search: impl LineSearch) -> Result<(), Error> {
    let iris = Dataset::<f64>::iris().with_scaled_inputs(-1.0, 1.0)?;
    let network = Network::new(&[4, 10, 3], Activation::Sigmoid)?;
    let x0 = network.uniform_parameters(-0.1, 0.1, 1)?;
    let batches = MiniBatches::new(iris.len(), 10, 2)?;
    let model = Model::new(network, Loss::SquaredPercentage, iris)?;

    let mut descent = Descent::new(SliceObjective::new(x0, batches, model)?)?.with_search(search);
    let summary = descent.run(1000)?;
    let (mut model, x) = descent.into_objective().into_parts();
    let (error, accuracy) = (model.error(&x)?, model.accuracy(&x)?);
    let cost = summary.evaluations.function_evaluations();
    writeln!(
        stdout(),
        "{name:12}  error {error:6.3} %  accuracy {accuracy:.3}  function evaluations {cost:6}"
    )
    .ok();
    Ok(())
}
