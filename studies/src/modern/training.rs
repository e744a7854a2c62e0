//! One run: a case, a rival, a seed.

use std::path::Path;
use std::time::{Duration, Instant};

use gols::MiniBatches;

use super::problem::{Case, Problem};
use super::record::{Key, Reading, Record};
use super::rivals::{Rival, Spec};
use crate::statistics::upper_median;
use crate::{AnyError, seeds};

/// What is run.
#[derive(Debug)]
pub struct Task<'a> {
    pub case: &'a Case,
    pub rival: &'a Spec,
    pub seed: u64,
    /// What the case's number of updates is multiplied by.
    pub updates_scale: f64,
}

/// How often a run is looked at on its way.
pub const READINGS: usize = 20;
/// After so many updates, too.
pub const EARLY: usize = 50;

impl Task<'_> {
    pub fn key(&self) -> Key {
        let (case, rival) = (self.case.name.to_owned(), self.rival.to_string());
        Key { case, rival, seed: self.seed }
    }

    /// How long it is trained.
    pub fn updates(&self) -> usize {
        ((self.case.updates as f64 * self.updates_scale).round() as usize).max(1)
    }

    /// Trains. All rivals of a seed have the same start and the same mini-batches.
    ///
    /// # Errors
    /// Data that cannot be read.
    pub fn train(&self, data: Option<&Path>) -> Result<Record, AnyError> {
        let mut problem = self.case.load(data)?;
        let seed = |what: &str| seeds::of_text(&format!("{}/{}/{what}", self.case.name, self.seed));
        let x0 = problem.start(seed("start"));
        let batches = Batches::new(problem.population(), self.case.batch, seed("batches"))?;
        let rival = self.rival.start(&x0, self.updates())?;
        Run::new(problem.as_mut(), rival, batches, x0).train(self.key(), self.updates())
    }
}

/// Mini-batches from one permutation of all rows after the other.
struct Batches {
    permutations: MiniBatches,
    size: usize,
    /// What is left of the permutations drawn.
    left: Vec<usize>,
    batch: Vec<usize>,
}

impl Batches {
    fn new(population: usize, size: usize, seed: u64) -> Result<Self, AnyError> {
        let permutations = MiniBatches::new(population, population, seed)?;
        Ok(Self { permutations, size, left: Vec::new(), batch: Vec::new() })
    }

    fn draw(&mut self) -> &[usize] {
        self.batch.clear();
        while self.batch.len() < self.size {
            if self.left.is_empty() {
                self.left.extend(self.permutations.draw().iter().rev());
            }
            let missing = self.size - self.batch.len();
            let kept = self.left.len().saturating_sub(missing);
            self.batch.extend(self.left.drain(kept..).rev());
        }
        &self.batch
    }
}

/// A run on its way.
struct Run<'a> {
    problem: &'a mut dyn Problem,
    rival: Box<dyn Rival>,
    batches: Batches,
    x: Vec<f32>,
    gradient: Vec<f32>,
    kept: Vec<f32>,
    losses: Vec<f64>,
    steps: Vec<f64>,
    seconds: Duration,
    rule_seconds: Duration,
}

impl<'a> Run<'a> {
    fn new(
        problem: &'a mut dyn Problem,
        rival: Box<dyn Rival>,
        batches: Batches,
        x0: Vec<f32>,
    ) -> Self {
        let [gradient, kept] = [0; 2].map(|_| vec![0.0; x0.len()]);
        let (losses, steps) = (Vec::new(), Vec::new());
        let [seconds, rule_seconds] = [Duration::ZERO; 2];
        let x = x0;
        Self { problem, rival, batches, x, gradient, kept, losses, steps, seconds, rule_seconds }
    }

    fn train(mut self, key: Key, updates: usize) -> Result<Record, AnyError> {
        let mut readings = Vec::new();
        let mut early_loss = f64::NAN;
        for done in 1..=updates {
            self.update();
            if done == EARLY.min(updates) {
                early_loss = self.training_loss();
            }
            if done * READINGS / updates > (done - 1) * READINGS / updates {
                readings.push(self.read(done));
            }
        }
        let each = |all: Duration| all.as_secs_f64() / updates as f64;
        let (seconds, rule_seconds) = (each(self.seconds), each(self.rule_seconds));
        Ok(Record { key, loss: self.training_loss(), early_loss, readings, seconds, rule_seconds })
    }

    fn update(&mut self) {
        let rows = self.batches.draw();
        let start = Instant::now();
        let loss = self.problem.loss_and_gradient(&self.x, rows, &mut self.gradient);
        let middle = Instant::now();
        self.rival.step(&mut self.x, &self.gradient, loss);
        let end = Instant::now();
        self.seconds += end - start;
        self.rule_seconds += end - middle;
        self.losses.push(loss);
        self.steps.push(self.rival.step_length());
    }

    fn training_loss(&mut self) -> f64 {
        self.rival.evaluated(&self.x, &mut self.kept);
        self.problem.training_loss(&self.kept)
    }

    fn read(&mut self, updates: usize) -> Reading {
        self.rival.evaluated(&self.x, &mut self.kept);
        let held_out = self.problem.held_out(&self.kept);
        let batch_loss = self.losses.iter().sum::<f64>() / self.losses.len() as f64;
        let step = upper_median(self.steps.drain(..));
        self.losses.clear();
        let (loss, accuracy) = held_out.map_or((f64::NAN, None), |held| (held.loss, held.accuracy));
        Reading { updates, batch_loss, step, held_out: loss, accuracy }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_comes_once_before_any_comes_again() {
        let mut batches = Batches::new(7, 3, 1).unwrap();
        let drawn: Vec<usize> = (0..7).flat_map(|_| batches.draw().to_vec()).collect();
        for epoch in drawn.chunks(7) {
            let mut rows = epoch.to_vec();
            rows.sort_unstable();
            assert_eq!(rows, [0, 1, 2, 3, 4, 5, 6], "{drawn:?}");
        }
        assert_ne!(drawn[..7], drawn[7..14]);
    }

    /// ½ (x − 1)², with x held out.
    struct Parabola;

    impl Problem for Parabola {
        fn parameters(&self) -> usize {
            1
        }

        fn start(&self, _: u64) -> Vec<f32> {
            vec![0.0]
        }

        fn population(&self) -> usize {
            4
        }

        fn loss_and_gradient(&mut self, x: &[f32], _: &[usize], gradient: &mut [f32]) -> f64 {
            gradient[0] = x[0] - 1.0;
            self.training_loss(x)
        }

        fn training_loss(&mut self, x: &[f32]) -> f64 {
            0.5 * f64::from(x[0] - 1.0).powi(2)
        }

        fn held_out(&mut self, x: &[f32]) -> Option<super::super::problem::HeldOut> {
            Some(super::super::problem::HeldOut { loss: f64::from(x[0]), accuracy: None })
        }
    }

    #[test]
    fn a_run_is_read_twenty_times_at_the_point_that_one_keeps() {
        let mut problem = Parabola;
        let rival = "sgd:rate=0.5".parse::<Spec>().unwrap().start(&[0.0], 30).unwrap();
        let batches = Batches::new(4, 2, 1).unwrap();
        let run = Run::new(&mut problem, rival, batches, vec![0.0]);
        let key = Key { case: "parabola".to_owned(), rival: "sgd".to_owned(), seed: 0 };
        let record = run.train(key, 30).unwrap();
        let updates: Vec<usize> = record.readings.iter().map(|reading| reading.updates).collect();
        assert_eq!((updates.len(), updates[0], updates[19]), (20, 2, 30));
        // x = 1 − 2⁻ᵗ after t updates; the losses of the first two are those at 0 and ½.
        assert_eq!(record.readings[0].held_out, 0.75);
        assert_eq!(record.readings[0].batch_loss, (0.5 + 0.125) / 2.0);
        assert_eq!((record.readings[0].step, record.last().unwrap().updates), (0.5, 30));
        assert_eq!(record.loss, record.early_loss);
    }
}
