//! One run: one problem, one method, one start.

use std::sync::Arc;

use gols::mlp::{Loss, Model, Network};
use gols::{Error, MiniBatches, SliceObjective, Termination};

use crate::hash::seed;
use crate::methods::{Method, Start};
use crate::problem::Problem;
use crate::record::{Key, Point, Record};
use crate::scaled_loss::ScaledLoss;
use crate::setup::{Batch, Setup};
use crate::trainer::Objective;

/// Where runs end, what they are seeded with, and what they train.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// Iterations of a run, unless `cost` ends it.
    pub iterations: usize,
    /// Function evaluations that end a run, whatever its iterations.
    pub cost: Option<u64>,
    pub seed: u64,
    pub setup: Setup,
}

/// Errors are taken at ten costs a decade: over all samples, they cost far more than an iteration.
const POINTS_PER_DECADE: f64 = 10.0;

/// Step lengths are kept as medians over this many windows of iterations.
const WINDOWS: usize = 100;

/// Trains, and says where the run stood on its way.
pub fn train(
    problem: &Problem,
    method: &Method,
    run: usize,
    settings: Settings,
) -> Result<Record, Error> {
    let network = problem.network(&settings.setup)?;
    let mut observers = Vec::new();
    for part in &problem.data.parts {
        observers.push(Model::new(network.clone(), Loss::SquaredPercentage, Arc::clone(part))?);
    }
    let mut objective = objective(problem, network, method, run, settings)?;
    let (samples, batch) = (problem.data.parts[0].len(), settings.setup.batch);
    let mut trainer = method.trainer(&Start { objective: &objective, samples, batch })?;

    let mut x = objective.parameters().to_vec();
    let mut curve = vec![look(&mut observers, 0, 0, &x)?];
    let mut steps = Vec::new();
    let (mut max_steps, mut failures) = (0, 0);
    let (mut due, mut cost, mut calls) = (1.0_f64, 0, 0);
    while settings.cost.is_some() || steps.len() < settings.iterations {
        let step = trainer.step(&mut objective)?;
        let evaluations = trainer.evaluations();
        if settings.cost.is_some_and(|limit| evaluations.function_evaluations() > limit) {
            break; // this iteration does not fit in: x is where the last one ended
        }
        x.copy_from_slice(trainer.parameters(&objective));
        (cost, calls) = (evaluations.function_evaluations(), evaluations.information_calls());
        steps.push(step.length);
        max_steps += usize::from(step.termination == Termination::MaxStep);
        failures += usize::from(!step.termination.is_success());
        if cost as f64 >= due {
            curve.push(look(&mut observers, steps.len(), cost, &x)?);
            let next = (POINTS_PER_DECADE * (cost as f64).log10()).floor() + 1.0;
            due = 10.0_f64.powf(next / POINTS_PER_DECADE);
        }
    }
    if curve.last().is_some_and(|point| point.iteration != steps.len()) {
        curve.push(look(&mut observers, steps.len(), cost, &x)?);
    }
    Ok(Record {
        key: Key {
            problem: problem.name().to_owned(),
            layers: problem.layers,
            method: method.name.to_owned(),
            run,
        },
        data: problem.data.fingerprint,
        curve,
        accuracy: observers[2].accuracy(&x)?,
        information_calls: calls,
        max_steps,
        failures,
        median_step: median(&mut steps.clone()),
        steps: windows(&steps),
    })
}

/// What is trained, at its start. The start is shared by all methods; the batches are each run's own.
fn objective(
    problem: &Problem,
    network: Network,
    method: &Method,
    run: usize,
    settings: Settings,
) -> Result<Objective, Error> {
    let name = format!("{}/{}/{}/{run}", settings.seed, problem.name(), problem.layers);
    let x0 = network.uniform_parameters(-0.1, 0.1, seed(&format!("{name}/start")))?;
    let training = Arc::clone(&problem.data.parts[0]);
    let samples = training.len();
    let mut model = Model::new(network, Loss::SquaredPercentage, training)?;
    if let Batch::Size(size) = settings.setup.batch {
        let batch_seed = seed(&format!("{name}/{}/batches", method.name));
        model = model.with_mini_batches(MiniBatches::new(samples, size, batch_seed)?)?;
    }
    SliceObjective::new(ScaledLoss::new(model, settings.setup.loss_scale), x0)
}

fn look(
    observers: &mut [Model<f32>],
    iteration: usize,
    cost: u64,
    x: &[f32],
) -> Result<Point, Error> {
    let mut errors = [f64::NAN; 3];
    for (error, observer) in errors.iter_mut().zip(observers) {
        *error = observer.error(x)?;
    }
    Ok(Point { iteration, cost, errors })
}

fn windows(steps: &[f64]) -> Vec<f64> {
    let length = steps.len().div_ceil(WINDOWS).max(1);
    steps.chunks(length).map(|window| median(&mut window.to_vec())).collect()
}

/// The upper one of two in the middle, so that it is a step that was taken; NaN without steps.
fn median(steps: &mut [f64]) -> f64 {
    steps.sort_by(f64::total_cmp);
    steps.get(steps.len() / 2).copied().unwrap_or(f64::NAN)
}
