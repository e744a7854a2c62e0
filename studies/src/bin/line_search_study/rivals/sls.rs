//! The stochastic Armijo search, SLS (Vaswani, Mishkin, Laradji, Schmidt, Gidel and Lacoste-Julien: Painless
//! stochastic gradient, 2019, algorithms 1 and 2).

use gols::search::{LineSearch, Origin, Request, Step, Termination};

/// c, the share of the slope that the loss must fall by (the paper's for networks).
const SUFFICIENT_DECREASE: f64 = 0.1;

/// β, which a rejected step is multiplied by.
const BACKTRACKING: f64 = 0.9;

/// γ, by which the step may grow in an epoch.
const GROWTH: f64 = 2.0;

/// η_max, the largest step.
const LARGEST: f64 = 10.0;

/// The first step that is tried: the authors' program's. The paper's algorithm tries η_max, from which
/// sigmoids saturate at once.
const FIRST: f64 = 1.0;

/// The loss of a network in f32 is known to this share of itself. Without it, a search at a gradient that is
/// next to nothing ends in steps that are nothing, for good.
const ROUNDING: f64 = f32::EPSILON as f64;

/// Tests before a search is given up, and the step that is then taken (the authors' program's).
const TESTS: usize = 100;
const LAST_RESORT: f64 = 1e-6;

/// Backtracks along −g until the loss has decreased enough on the mini-batch that g came from: it is run with
/// static sub-sampling.
///
/// 1. η ← min(γ^(b/n) η, η_max) with b of n samples in a batch, at first 1: the reset rule, option 2
/// 2. While L(x − η g) > L(x) − c η |g|², by more than L(x) is rounded: η ← β η
/// 3. x ← x − η g
///
/// L(x) comes with the gradient; every test costs a loss.
pub(crate) struct Sls {
    growth: f64,
    /// The step accepted last.
    eta: Option<f64>,
    trial: f64,
    tests: usize,
    origin: Origin,
}

impl Sls {
    /// For mini-batches of `batch` out of `samples`.
    pub(crate) fn new(batch: usize, samples: usize) -> Self {
        let growth = GROWTH.powf(batch as f64 / samples as f64);
        Self { growth, eta: None, trial: FIRST, tests: 0, origin: Origin::new(0.0, 0.0) }
    }
}

impl LineSearch for Sls {
    fn start(&mut self, origin: Origin) -> Request {
        if let Some(termination) = origin.unusable() {
            return Request::Done(Step { length: 0.0, termination });
        }
        // 1.
        self.trial = self.eta.map_or(FIRST, |eta| (self.growth * eta).min(LARGEST));
        self.origin = origin;
        self.tests = 0;
        Request::Loss(self.trial)
    }

    fn resume(&mut self, loss: f64) -> Request {
        // 2. A comparison with a loss that is NaN fails, so it is a rejection.
        let Origin { slope, loss: start, .. } = self.origin;
        let start = start.unwrap_or(f64::NAN);
        let limit = start + SUFFICIENT_DECREASE * self.trial * slope + ROUNDING * start.abs();
        self.tests += 1;
        if loss <= limit {
            self.eta = Some(self.trial);
            let termination = Termination::SufficientDecrease;
            return Request::Done(Step { length: self.trial, termination }); // 3.
        }
        self.trial *= BACKTRACKING;
        if self.tests < TESTS {
            return Request::Loss(self.trial);
        }
        self.eta = Some(self.trial);
        Request::Done(Step { length: LAST_RESORT, termination: Termination::Budget })
    }

    fn reset(&mut self) {
        self.eta = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gols::{Descent, SliceObjective};

    #[test]
    fn the_constants_are_those_of_the_paper() {
        assert_eq!((SUFFICIENT_DECREASE, BACKTRACKING, GROWTH, LARGEST), (0.1, 0.9, 2.0, 10.0));
        assert_eq!((FIRST, TESTS, LAST_RESORT), (1.0, 100, 1e-6));
    }

    /// Steps and costs on L = ½ k x² from 1, with batches of 10 of 100.
    fn run(k: f64, searches: usize) -> Vec<(f64, u64)> {
        let objective = SliceObjective::from_fn(vec![1.0], move |x, g| {
            g[0] = k * x[0];
            0.5 * k * x[0] * x[0]
        });
        let descent = Descent::new(objective.unwrap()).unwrap();
        let mut descent = descent.with_search(Sls::new(10, 100));
        let mut step = || {
            let iteration = descent.step().unwrap();
            (iteration.step.length, iteration.evaluations.function_evaluations())
        };
        (0..searches).map(|_| step()).collect()
    }

    #[test]
    fn it_backtracks_from_1_and_then_grows_by_2_to_the_tenth_and_pays_for_every_loss() {
        // On ½ k x² a step is accepted if η k ≤ 2 (1 − c) = 1.8. With k = 4: 0.9ⁿ ≤ 0.45 first at n = 8
        // (0.9⁷ = 0.478, 0.9⁸ = 0.430): 9 losses and a gradient.
        let steps = run(4.0, 3);
        let first = 0.9_f64.powi(8);
        assert!((steps[0].0 / first - 1.0).abs() < 1e-12);
        assert_eq!(steps[0].1, 11);
        // 0.4305 · 2^0.1 = 0.4614 > 0.45, then 0.4152; 0.4152 · 2^0.1 = 0.4450 ≤ 0.45 at once.
        assert!((steps[1].0 / (first * 2.0_f64.powf(0.1) * 0.9) - 1.0).abs() < 1e-12);
        assert_eq!(steps[1].1, 4);
        assert!((steps[2].0 / (first * 2.0_f64.powf(0.2) * 0.9) - 1.0).abs() < 1e-12);
        assert_eq!(steps[2].1, 3);
    }

    #[test]
    fn steps_grow_to_10_and_no_further() {
        // 2^(33/10) = 9.85, 2^(34/10) = 10.6.
        let steps = run(0.01, 40);
        assert!((steps[33].0 / 2.0_f64.powf(3.3) - 1.0).abs() < 1e-12);
        assert!(steps[34..].iter().all(|&(length, cost)| length == 10.0 && cost == 3));
    }

    #[test]
    fn a_loss_that_rises_by_less_than_its_rounding_has_not_risen() {
        let origin = Origin::new(-1e-12, 1e-6).with_loss(1.0);
        let mut sls = Sls::new(10, 100);
        for (loss, is_accepted) in [(1.0 + 1e-7, true), (1.0 + 2e-7, false)] {
            sls.start(origin);
            assert_eq!(matches!(sls.resume(loss), Request::Done(_)), is_accepted);
        }
    }

    #[test]
    fn after_100_tests_it_takes_a_tiny_step_and_goes_on_from_the_least_one() {
        let mut sls = Sls::new(10, 100);
        let mut request = sls.start(Origin::new(-1.0, 1.0).with_loss(1.0));
        let mut tests = 0;
        while let Request::Loss(_) = request {
            tests += 1;
            request = sls.resume(f64::NAN);
        }
        let step = Step { length: 1e-6, termination: Termination::Budget };
        assert_eq!((tests, request), (100, Request::Done(step)));
        let Request::Loss(trial) = sls.start(Origin::new(-1.0, 1.0).with_loss(1.0)) else {
            panic!()
        };
        assert!((trial / (0.9_f64.powi(100) * 2.0_f64.powf(0.1)) - 1.0).abs() < 1e-12);
    }
}
