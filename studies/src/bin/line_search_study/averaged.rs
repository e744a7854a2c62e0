//! The crate's optimizer, as an update of the study.

use gols::SliceOptimizer;

use crate::trainer::Update;

/// The optimizer along Adam's direction, judged by its mean.
pub(crate) struct Averaged {
    optimizer: SliceOptimizer<f64>,
    x: Vec<f64>,
    mean: Vec<f64>,
}

impl Averaged {
    pub(crate) fn new(size: usize) -> Self {
        let [x, mean] = [0; 2].map(|_| vec![0.0; size]);
        Self { optimizer: SliceOptimizer::new(size), x, mean }
    }
}

impl Update for Averaged {
    fn update(&mut self, x: &[f64], gradient: &[f64], change: &mut [f64]) -> f64 {
        self.x.copy_from_slice(x);
        let update = self.optimizer.step(&mut self.x, gradient);
        let length = update.map_or(f64::NAN, |update| update.step.length);
        let moved = change.iter_mut().zip(self.x.iter().zip(x));
        moved.for_each(|(change, (after, before))| *change = after - before);
        if self.optimizer.average(&self.x, &mut self.mean).is_err() {
            self.mean.fill(f64::NAN);
        }
        length
    }

    fn average(&self) -> Option<&[f64]> {
        Some(&self.mean)
    }
}
