//! One run: one problem, one method, one start.

use std::sync::Arc;

use gols::mlp::{Loss, Model};
use gols::{
    Dataset, Descent, Error, MiniBatches, Sampling, SliceObjective, SteepestDescent, Termination,
};

use crate::hash::seed;
use crate::methods::Method;
use crate::problem::{BATCH, Problem};
use crate::record::{Key, Point, Record};

/// Where runs end, and what they are seeded with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Iterations of a run, unless `cost` ends it.
    pub iterations: usize,
    /// Function evaluations that end a run, whatever its iterations.
    pub cost: Option<u64>,
    pub seed: u64,
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
    let network = problem.network()?;
    let model = |part: &Arc<Dataset<f32>>| {
        Model::new(network.clone(), Loss::SquaredPercentage, Arc::clone(part))
    };
    let [training, validation, test] = &problem.data.parts;
    let mut observers = [model(training)?, model(validation)?, model(test)?];

    // The start is shared by all methods; the batches are each run's own.
    let name = format!("{}/{}/{}/{run}", settings.seed, problem.name(), problem.layers);
    let batch_seed = seed(&format!("{name}/{}/batches", method.name));
    let batches = MiniBatches::new(training.len(), BATCH, batch_seed)?;
    let x0 = network.uniform_parameters(-0.1, 0.1, seed(&format!("{name}/start")))?;
    let mut objective = SliceObjective::new(model(training)?.with_mini_batches(batches)?, x0)?;
    let search = method.search()?;
    let mut descent = Descent::new(&objective, SteepestDescent, search, Sampling::Dynamic)?;

    let mut curve = vec![look(&mut observers, 0, 0, objective.parameters())?];
    let mut steps = Vec::new();
    let (mut max_steps, mut failures) = (0, 0);
    let (mut due, mut cost, mut calls) = (1.0_f64, 0, 0);
    let mut previous = objective.parameters().to_vec();
    while settings.cost.is_some() || steps.len() < settings.iterations {
        if settings.cost.is_some() {
            previous.copy_from_slice(objective.parameters());
        }
        let step = descent.step(&mut objective)?.step;
        let evaluations = descent.evaluations();
        if settings.cost.is_some_and(|limit| evaluations.function_evaluations() > limit) {
            objective.set_parameters(&previous)?; // this iteration does not fit in
            break;
        }
        (cost, calls) = (evaluations.function_evaluations(), evaluations.information_calls());
        steps.push(step.length);
        max_steps += usize::from(step.termination == Termination::MaxStep);
        failures += usize::from(!step.termination.is_success());
        if cost as f64 >= due {
            curve.push(look(&mut observers, steps.len(), cost, objective.parameters())?);
            let next = (POINTS_PER_DECADE * (cost as f64).log10()).floor() + 1.0;
            due = 10.0_f64.powf(next / POINTS_PER_DECADE);
        }
    }
    if curve.last().is_some_and(|point| point.iteration != steps.len()) {
        curve.push(look(&mut observers, steps.len(), cost, objective.parameters())?);
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
        accuracy: observers[2].accuracy(objective.parameters())?,
        information_calls: calls,
        max_steps,
        failures,
        median_step: median(&mut steps.clone()),
        steps: windows(&steps),
    })
}

fn look(
    observers: &mut [Model<f32>; 3],
    iteration: usize,
    cost: u64,
    x: &[f32],
) -> Result<Point, Error> {
    let [training, validation, test] = observers;
    let errors = [training.error(x)?, validation.error(x)?, test.error(x)?];
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
