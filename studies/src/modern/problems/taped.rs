//! Problems whose loss is recorded on a tape.

use super::super::problem::{HeldOut, Problem};
use super::super::tape::{Layout, Number, Tape, Var};

/// Which rows a loss is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Training,
    HeldOut,
}

/// A loss on the tape.
pub(super) struct Recorded {
    pub loss: Var,
    /// The share of classes that are right, where there are classes.
    pub right: Option<f64>,
}

/// A network with its data.
pub(super) trait Model: Send {
    fn layout(&self) -> &Layout;

    /// How many rows a part has.
    fn rows(&self, part: Part) -> usize;

    /// Records the mean loss over some rows of a part.
    fn record<T: Number>(&self, tape: &mut Tape<T>, part: Part, rows: &[usize]) -> Recorded;
}

/// A model and the tape that it is trained on.
pub(super) struct Taped<M> {
    model: M,
    tape: Tape<f32>,
    /// How many training rows the training loss is taken over.
    evaluated: usize,
}

/// Rows that are evaluated at once.
const CHUNK: usize = 100;

impl<M: Model> Taped<M> {
    /// The training loss is that of at most `evaluated` rows.
    pub(super) fn new(model: M, evaluated: usize) -> Self {
        let evaluated = evaluated.min(model.rows(Part::Training));
        Self { model, tape: Tape::default(), evaluated }
    }

    /// The mean loss over the first rows of a part, and the share of classes that are right.
    fn mean(&mut self, x: &[f32], part: Part, rows: usize) -> HeldOut {
        let (mut loss, mut accuracy) = (0.0, None);
        for first in (0..rows).step_by(CHUNK) {
            let chunk: Vec<usize> = (first..rows.min(first + CHUNK)).collect();
            let share = chunk.len() as f64 / rows as f64;
            self.tape.begin(x);
            let recorded = self.model.record(&mut self.tape, part, &chunk);
            loss += share * self.tape.scalar(recorded.loss);
            accuracy = recorded.right.map(|right| accuracy.unwrap_or(0.0) + share * right);
        }
        HeldOut { loss, accuracy }
    }
}

impl<M: Model> Problem for Taped<M> {
    fn parameters(&self) -> usize {
        self.model.layout().len()
    }

    fn start(&self, seed: u64) -> Vec<f32> {
        self.model.layout().draw(seed)
    }

    fn population(&self) -> usize {
        self.model.rows(Part::Training)
    }

    fn loss_and_gradient(&mut self, x: &[f32], rows: &[usize], gradient: &mut [f32]) -> f64 {
        self.tape.begin(x);
        let loss = self.model.record(&mut self.tape, Part::Training, rows).loss;
        self.tape.backward(loss, gradient);
        self.tape.scalar(loss)
    }

    fn training_loss(&mut self, x: &[f32]) -> f64 {
        self.mean(x, Part::Training, self.evaluated).loss
    }

    fn held_out(&mut self, x: &[f32]) -> Option<HeldOut> {
        Some(self.mean(x, Part::HeldOut, self.model.rows(Part::HeldOut)))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::modern::tape::tests::check;
    use crate::noise::Noise;

    /// Compares a model's gradient over some rows with differences, near its start.
    pub(in super::super) fn check_model<M: Model>(model: &M, rows: &[usize]) {
        let mut noise = Noise::new(5);
        let x = model.layout().draw(1);
        // Off the start, where biases are 0 and ReLUs of empty images at their kink.
        let x: Vec<f64> = x.iter().map(|&x| f64::from(x) + 0.02 * noise.normal()).collect();
        check(&x, |tape| model.record(tape, Part::Training, rows).loss);
    }

    /// Compares loss and Σ gradientᵢ cos i with those of `twins/problems.py`, at xᵢ = 0.2 sin i, in f64.
    pub(in super::super) fn check_twin<M: Model>(model: &M, [loss, sum]: [f64; 2]) {
        let count = model.layout().len();
        let x: Vec<f64> = (0..count).map(|i| 0.2 * (i as f64).sin()).collect();
        let (mut tape, mut gradient) = (Tape::default(), vec![0.0; count]);
        tape.begin(&x);
        let found = model.record(&mut tape, Part::Training, &[1, 5, 2]).loss;
        tape.backward(found, &mut gradient);
        assert!((tape.scalar(found) / loss - 1.0).abs() < 1e-10, "{}", tape.scalar(found));
        let found: f64 = gradient.iter().enumerate().map(|(i, g)| g * (i as f64).cos()).sum();
        assert!((found / sum - 1.0).abs() < 1e-9, "{found}");
    }

    /// Ten updates along the negative gradient on one batch lower its loss.
    pub(in super::super) fn check_descent<M: Model>(model: M, rows: &[usize], rate: f32) {
        let mut problem = Taped::new(model, 1000);
        let mut x = problem.start(1);
        let mut gradient = vec![0.0; x.len()];
        let before = problem.loss_and_gradient(&x, rows, &mut gradient);
        for _ in 0..10 {
            problem.loss_and_gradient(&x, rows, &mut gradient);
            x.iter_mut().zip(&gradient).for_each(|(x, g)| *x -= rate * g);
        }
        let after = problem.loss_and_gradient(&x, rows, &mut gradient);
        assert!(after < before, "{before} to {after}");
    }
}
