//! Anything that trains the study's networks, a step at a time.

use gols::direction::Direction;
use gols::mlp::Model;
use gols::search::{LineSearch, Step, Termination};
use gols::{Descent, Error, Evaluations, SliceObjective, StochasticObjective};

use crate::scaled_loss::ScaledLoss;

/// What is trained: a network over its training samples, its loss scaled on request.
pub(crate) type Objective = SliceObjective<f32, ScaledLoss<Model<f32>>>;

/// A way to train, with what it trains and what it remembers.
pub(crate) trait Trainer {
    /// One update of the parameters, and the step length it took.
    fn step(&mut self) -> Result<Step, Error>;

    /// What all steps so far asked of the objective.
    fn evaluations(&self) -> Evaluations;

    /// The parameters that count: the objective's own, unless the method averages them.
    fn parameters(&self) -> &[f32];
}

impl<D: Direction<Objective>, S: LineSearch> Trainer for Descent<Objective, D, S> {
    fn step(&mut self) -> Result<Step, Error> {
        Ok(self.step()?.step)
    }

    fn evaluations(&self) -> Evaluations {
        self.evaluations()
    }

    fn parameters(&self) -> &[f32] {
        self.objective().parameters()
    }
}

/// A rule that turns one gradient into one update, without a search.
pub(crate) trait Update {
    /// Writes to `change` what is to be added to the parameters `x`, given the gradient there, and returns
    /// the step length in the rule's own sense.
    fn update(&mut self, x: &[f64], gradient: &[f64], change: &mut [f64]) -> f64;

    /// The average of the parameters after the last change, if the rule is judged by it.
    fn average(&self) -> Option<&[f64]> {
        None
    }
}

/// Trains by an [`Update`], one gradient on a new mini-batch each. The rule computes in f64, on
/// parameters that are f32.
pub(crate) struct Updates<U> {
    objective: Objective,
    rule: U,
    x: Vec<f64>,
    gradient: Vec<f64>,
    change: Vec<f64>,
    narrow: Vec<f32>,
    average: Vec<f32>,
    evaluations: Evaluations,
}

impl<U: Update> Updates<U> {
    pub(crate) fn new(objective: Objective, rule: U) -> Self {
        let size = objective.parameters().len();
        let [x, gradient, change] = [0; 3].map(|_| vec![0.0; size]);
        let (narrow, average) = (vec![0.0; size], objective.parameters().to_vec());
        let evaluations = Evaluations::default();
        Self { objective, rule, x, gradient, change, narrow, average, evaluations }
    }
}

impl<U: Update> Trainer for Updates<U> {
    fn step(&mut self) -> Result<Step, Error> {
        self.objective.resample()?;
        self.objective.loss_and_gradient(&mut self.narrow)?;
        self.evaluations.gradients += 1;
        self.evaluations.batches += 1;
        widen(self.objective.parameters(), &mut self.x);
        widen(&self.narrow, &mut self.gradient);
        let length = self.rule.update(&self.x, &self.gradient, &mut self.change);
        narrow(&self.change, &mut self.narrow);
        self.objective.anchor()?;
        self.objective.move_to(1.0, &self.narrow)?;
        if let Some(average) = self.rule.average() {
            narrow(average, &mut self.average);
        }
        Ok(Step { length, termination: Termination::FixedStep })
    }

    fn evaluations(&self) -> Evaluations {
        self.evaluations
    }

    fn parameters(&self) -> &[f32] {
        let is_averaged = self.rule.average().is_some();
        if is_averaged { &self.average } else { self.objective.parameters() }
    }
}

fn widen(from: &[f32], to: &mut [f64]) {
    to.iter_mut().zip(from).for_each(|(to, &from)| *to = f64::from(from));
}

fn narrow(from: &[f64], to: &mut [f32]) {
    to.iter_mut().zip(from).for_each(|(to, &from)| *to = from as f32);
}

#[cfg(test)]
mod tests {
    use super::*;
    use gols::mlp::{Activation, Dataset, Loss, Network};

    fn objective() -> Objective {
        let network = Network::new(&[4, 3, 3], Activation::Sigmoid).unwrap();
        let x0 = network.uniform_parameters(-0.1, 0.1, 1).unwrap();
        let model = Model::new(network, Loss::SquaredPercentage, Dataset::iris()).unwrap();
        SliceObjective::new(x0, None, ScaledLoss::new(model, 1.0)).unwrap()
    }

    /// x ← x − 0.01 g, judged by half of x.
    struct Halved(Option<Vec<f64>>);

    impl Update for Halved {
        fn update(&mut self, x: &[f64], gradient: &[f64], change: &mut [f64]) -> f64 {
            change.iter_mut().zip(gradient).for_each(|(change, g)| *change = -0.01 * g);
            self.0 = Some(x.iter().zip(&*change).map(|(x, change)| (x + change) / 2.0).collect());
            0.01
        }

        fn average(&self) -> Option<&[f64]> {
            self.0.as_deref()
        }
    }

    #[test]
    fn an_update_is_a_step_along_the_gradient_that_costs_one_gradient() {
        let mut objective = objective();
        let x0 = objective.parameters().to_vec();
        let mut g = vec![0.0_f32; x0.len()];
        objective.loss_and_gradient(&mut g).unwrap();
        let mut trainer = Updates::new(objective, Halved(None));
        assert_eq!(trainer.parameters(), x0);
        trainer.step().unwrap();
        assert_eq!(trainer.evaluations().function_evaluations(), 2);
        let moved = trainer.objective.parameters();
        for ((x, x0), g) in moved.iter().zip(&x0).zip(&g) {
            // One rounding of the change, one of the sum: f32 has 24 bits.
            assert!((x - (x0 - 0.01 * g)).abs() <= 2.0 * f32::EPSILON * (x.abs() + g.abs()));
        }
        for (average, half) in trainer.parameters().iter().zip(moved.iter().map(|x| x / 2.0)) {
            assert!((average - half).abs() <= 2.0 * f32::EPSILON * (1.0 + half.abs()));
        }
    }

    #[test]
    fn a_rule_that_diverges_leaves_parameters_that_are_not_finite_and_no_error() {
        struct Away;
        impl Update for Away {
            fn update(&mut self, _: &[f64], _: &[f64], change: &mut [f64]) -> f64 {
                change.fill(f64::INFINITY);
                1.0
            }
        }
        let mut trainer = Updates::new(objective(), Away);
        trainer.step().unwrap();
        trainer.step().unwrap();
        assert!(trainer.parameters().iter().all(|x| !x.is_finite()));
    }

    #[test]
    fn a_search_pays_for_all_that_it_asks() {
        let mut trainer: Box<dyn Trainer> = Box::new(Descent::new(objective()).unwrap());
        assert!(trainer.step().unwrap().length > 0.0);
        assert!(trainer.evaluations().gradients >= 2);
    }
}
