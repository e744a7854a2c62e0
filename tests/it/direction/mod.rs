//! Search directions: by the papers, and what they all have in common.

mod around;
mod oracle;
mod taking_back;

use gols::direction::{
    Adadelta, Adagrad, Adam, AdamW, Clipped, Direction, HeavyBall, Lbfgs, Nesterov, RmsProp,
};
use gols::search::FixedStep;
use gols::{Descent, ElementWise, Error, Parameters, SliceModel, SliceObjective, VectorSpace};

use crate::common::bits;
use crate::common::probe::{Call, Fault, Probe};

/// Every rule as a value that can be cloned, over a space of these vectors.
#[derive(Debug, Clone)]
enum Rule<V> {
    HeavyBall(HeavyBall<V>),
    Nesterov(Nesterov<V>),
    Adagrad(Adagrad<V>),
    RmsProp(RmsProp<V>),
    Adadelta(Adadelta<V>),
    Adam(Adam<V>),
    AdamW(AdamW<V>),
    Lbfgs(Lbfgs<V>),
    Clipped(Clipped<HeavyBall<V>, V>),
}

impl<V> Rule<V> {
    fn all() -> [Self; 9] {
        [
            Self::HeavyBall(HeavyBall::default()),
            Self::Nesterov(Nesterov::default()),
            Self::Adagrad(Adagrad::default()),
            Self::RmsProp(RmsProp::default()),
            Self::Adadelta(Adadelta::default()),
            Self::Adam(Adam::default()),
            Self::AdamW(AdamW::default()),
            Self::Lbfgs(Lbfgs::default()),
            Self::Clipped(Clipped::new(HeavyBall::default(), 0.5).unwrap()),
        ]
    }

    fn inner<O: ElementWise<Vector = V> + Parameters>(&mut self) -> &mut dyn Direction<O> {
        match self {
            Self::HeavyBall(rule) => rule,
            Self::Nesterov(rule) => rule,
            Self::Adagrad(rule) => rule,
            Self::RmsProp(rule) => rule,
            Self::Adadelta(rule) => rule,
            Self::Adam(rule) => rule,
            Self::AdamW(rule) => rule,
            Self::Lbfgs(rule) => rule,
            Self::Clipped(rule) => rule,
        }
    }
}

impl<O: ElementWise + Parameters> Direction<O> for Rule<O::Vector> {
    fn update(&mut self, space: &O, g: &O::Vector, d: &mut O::Vector) -> Result<(), O::Error> {
        self.inner().update(space, g, d)
    }

    fn accepted(&mut self, space: &O, length: f64, d: &O::Vector) -> Result<(), O::Error> {
        self.inner().accepted(space, length, d)
    }

    fn fall_back(&mut self, space: &O, g: &O::Vector, d: &mut O::Vector) -> Result<(), O::Error> {
        self.inner().fall_back(space, g, d)
    }

    fn take_back(&mut self) {
        self.inner::<O>().take_back();
    }

    fn reset(&mut self) {
        self.inner::<O>().reset();
    }
}

#[test]
fn the_first_direction_of_every_rule_descends() {
    let space = bowl();
    for mut rule in Rule::all() {
        let (g, mut d) = (vec![0.5, -2.0, 1e-3], space.zeros().unwrap());
        rule.update(&space, &g, &mut d).unwrap();
        assert!(space.dot(&g, &d).unwrap() < 0.0, "{rule:?}");
        assert!(d.iter().zip(&g).all(|(d, g)| d * g < 0.0), "{rule:?}");
    }
}

/// L(x) = Σ i (xᵢ − ½)².
fn bowl() -> SliceObjective<f64, impl SliceModel<f64, Error = Error>> {
    SliceObjective::from_fn(vec![0.2, -0.4, 0.9], |x, gradient| {
        let terms = gradient.iter_mut().zip(x).zip(1..);
        terms.for_each(|((g, x), i)| *g = 2.0 * f64::from(i) * (x - 0.5));
        x.iter().zip(1..).map(|(x, i)| f64::from(i) * (x - 0.5).powi(2)).sum::<f64>()
    })
    .unwrap()
}

#[test]
fn every_rule_trains_with_inexact_gols() {
    for rule in Rule::all() {
        let mut descent = Descent::new(bowl()).unwrap().along(rule);
        let loss = descent.run(300).unwrap().last_loss.unwrap();
        assert!(loss < 1e-3, "{:?} ends at {loss}", descent.direction_rule());
    }
}

#[test]
fn a_reset_descent_repeats_itself_bit_for_bit() {
    for rule in Rule::all() {
        let mut descent = Descent::new(bowl()).unwrap().along(rule);
        let ends = [(); 2].map(|()| {
            *descent.objective_mut() = bowl();
            descent.run(20).unwrap();
            descent.reset().unwrap();
            bits(descent.objective().parameters())
        });
        assert_eq!(ends[0], ends[1], "{:?}", descent.direction_rule());
    }
}

#[test]
fn a_ball_that_climbs_gives_way_and_starts_again_from_that_step() {
    // A ball rolls over the bottom of L = ½ x² and up the other side.
    let objective = SliceObjective::from_fn(vec![1.0], |x, gradient| {
        gradient[0] = x[0];
        0.5 * x[0] * x[0]
    });
    let rate = FixedStep::new(0.5).unwrap();
    let mut ball =
        Descent::new(objective.unwrap()).unwrap().along(HeavyBall::default()).with_search(rate);
    let (mut fell_back, mut last) = (0, 0.0);
    for _ in 0..20 {
        let x = ball.objective().parameters()[0];
        let iteration = ball.step().unwrap();
        assert!(iteration.slope < 0.0);
        let d = ball.direction()[0];
        assert_eq!(d, if iteration.fell_back { -x } else { -(x - 0.9 * last) });
        fell_back += usize::from(iteration.fell_back);
        last = d;
    }
    assert!(fell_back > 1, "{fell_back}");
}

#[test]
fn a_failed_operation_leaves_no_trace_in_the_momentum() {
    let rate = FixedStep::new(0.05).unwrap();
    let mut ball = Descent::new(Probe::new(0.0)).unwrap().along(HeavyBall::default());
    ball.step().unwrap();
    // The probe leaves 1e99 in the vector that it failed to write.
    ball.objective_mut().arm(Call::Axpby, 1, Fault::Error);
    ball.step().unwrap_err();
    let mut ball = ball.with_search(rate);
    ball.step().unwrap();
    assert!(ball.direction().iter().all(|d| d.abs() < 10.0), "{:?}", ball.direction());
}

#[test]
fn every_setting_is_checked() {
    type V = Vec<f64>;
    fn refused<R: std::fmt::Debug>(outcome: Result<R, Error>, name: &str) {
        let error = outcome.unwrap_err();
        assert!(matches!(error, Error::Setting { setting, .. } if setting == name), "{error}");
    }
    for bad in [f64::NAN, -0.1, 1.0, f64::INFINITY] {
        refused(HeavyBall::<V>::default().with_momentum(bad), "momentum");
        refused(Nesterov::<V>::default().with_momentum(bad), "momentum");
        refused(RmsProp::<V>::default().with_decay(bad), "decay");
        refused(Adadelta::<V>::default().with_decay(bad), "decay");
        refused(Adam::<V>::default().with_beta1(bad), "beta1");
        refused(Adam::<V>::default().with_beta2(bad), "beta2");
        refused(Lbfgs::<V>::default().with_curvature(bad), "curvature");
    }
    for bad in [f64::NAN, 0.0, -1e-8, f64::INFINITY] {
        refused(Adagrad::<V>::default().with_epsilon(bad), "epsilon");
        refused(RmsProp::<V>::default().with_epsilon(bad), "epsilon");
        refused(Adadelta::<V>::default().with_epsilon(bad), "epsilon");
        refused(Adam::<V>::default().with_epsilon(bad), "epsilon");
    }
    for bad in [f64::NAN, -0.01, f64::INFINITY] {
        refused(AdamW::<V>::default().with_weight_decay(bad), "weight_decay");
    }
    refused(Lbfgs::<V>::default().with_history_size(0), "history_size");
    assert!(HeavyBall::<V>::default().with_momentum(0.0).is_ok());
    assert!(Lbfgs::<V>::default().with_curvature(0.0).is_ok());
    assert!(AdamW::<V>::default().with_weight_decay(0.0).is_ok());
}
