//! One run: one problem, one method, one start.

use std::sync::Arc;

use gols::mlp::{Loss, Model, Network};
use gols::search::Termination;
use gols::{Error, MiniBatches, SliceObjective};
use gols_studies::seeds;
use gols_studies::statistics::upper_median;

use crate::methods::{Method, Start};
use crate::part::{Part, Parts};
use crate::problem::Problem;
use crate::record::{Key, Point, Record};
use crate::scaled_loss::ScaledLoss;
use crate::setup::{Batch, Settings};
use crate::trainer::Objective;

/// What is run.
pub(crate) struct Task<'a> {
    pub problem: &'a Problem,
    pub method: Method,
    pub run: usize,
}

/// Errors are taken at ten costs a decade: over all samples, they cost far more than an iteration.
const POINTS_PER_DECADE: f64 = 10.0;

/// Step lengths are kept as medians over this many windows of iterations.
const WINDOWS: usize = 100;

impl Task<'_> {
    pub(crate) fn key(&self) -> Key {
        Key {
            problem: self.problem.name().to_owned(),
            layers: self.problem.layers,
            method: self.method,
            run: self.run,
            data: self.problem.data.fingerprint.clone(),
        }
    }

    /// Trains, and says where the run stood on its way.
    pub(crate) fn train(&self, settings: &Settings) -> Result<Record, Error> {
        let network = self.problem.network(&settings.setup)?;
        let mut observers = Observers::new(self.problem, &network)?;
        let objective = self.objective(network, settings)?;
        let samples = self.problem.training().len();
        let start = Start { objective, samples, batch: settings.setup.batch };
        let mut trainer = self.method.trainer(start)?;

        let mut x = trainer.parameters().to_vec();
        let mut curve = vec![observers.look(0, 0, &x)?];
        let mut steps = Vec::new();
        let (mut max_steps, mut failures) = (0, 0);
        let (mut due, mut cost, mut information_calls) = (1.0_f64, 0, 0);
        while settings.cost.is_some() || steps.len() < settings.iterations {
            let step = trainer.step()?;
            let evaluations = trainer.evaluations();
            if settings.cost.is_some_and(|limit| evaluations.function_evaluations() > limit) {
                break; // this iteration does not fit in: x is where the last one ended
            }
            x.copy_from_slice(trainer.parameters());
            cost = evaluations.function_evaluations();
            information_calls = evaluations.information_calls();
            steps.push(step.length);
            max_steps += usize::from(step.termination == Termination::MaxStep);
            failures += usize::from(!step.termination.is_success());
            if cost as f64 >= due {
                curve.push(observers.look(steps.len(), cost, &x)?);
                let next = (POINTS_PER_DECADE * (cost as f64).log10()).floor() + 1.0;
                due = 10.0_f64.powf(next / POINTS_PER_DECADE);
            }
        }
        if curve.last().is_some_and(|point| point.iteration != steps.len()) {
            curve.push(observers.look(steps.len(), cost, &x)?);
        }
        Ok(Record {
            key: self.key(),
            curve,
            accuracy: observers.0[2].accuracy(&x)?,
            information_calls,
            max_steps,
            failures,
            median_step: upper_median(steps.iter().copied()),
            steps: windows(&steps),
        })
    }

    /// What is trained, at its start. The start is shared by all methods; the batches are each run's own.
    fn objective(&self, network: Network, settings: &Settings) -> Result<Objective, Error> {
        let Self { problem, method, run } = self;
        let name = format!("{}/{}/{}/{run}", settings.seed, problem.name(), problem.layers);
        let start = seeds::of_text(&format!("{name}/start"));
        let x0 = network.uniform_parameters(-0.1, 0.1, start)?;
        let samples = problem.training().len();
        let training = Arc::clone(problem.training());
        let model = Model::new(network, Loss::SquaredPercentage, training)?;
        let batches = match settings.setup.batch {
            Batch::Full => None,
            Batch::Size(size) => {
                let seed = seeds::of_text(&format!("{name}/{method}/batches"));
                Some(MiniBatches::new(samples, size, seed)?)
            }
        };
        SliceObjective::new(x0, batches, ScaledLoss::new(model, settings.setup.loss_scale))
    }
}

/// The network over each part of the data.
struct Observers([Model<f32>; 3]);

impl Observers {
    fn new(problem: &Problem, network: &Network) -> Result<Self, Error> {
        let over = |part| {
            let data = Arc::clone(&problem.data.parts[part]);
            Model::new(network.clone(), Loss::SquaredPercentage, data)
        };
        Ok(Self([over(Part::Training)?, over(Part::Validation)?, over(Part::Test)?]))
    }

    fn look(&mut self, iteration: usize, cost: u64, x: &[f32]) -> Result<Point, Error> {
        let mut errors = [f64::NAN; 3];
        for (error, observer) in errors.iter_mut().zip(&mut self.0) {
            *error = observer.error(x)?;
        }
        Ok(Point { iteration, cost, errors: Parts(errors) })
    }
}

fn windows(steps: &[f64]) -> Vec<f64> {
    let length = steps.len().div_ceil(WINDOWS).max(1);
    // The upper one of two in the middle, so that it is a step that was taken.
    steps.chunks(length).map(|window| upper_median(window.iter().copied())).collect()
}
