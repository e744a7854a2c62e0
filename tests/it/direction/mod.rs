//! Search directions against a program of its own, and what they all have in common.
//!
//! `oracles/directions.json` was computed in double precision by plain loops over the formulas as the papers
//! print them: bias correction before the root, Sutskever's momentum on θ and v, L-BFGS by dense updates of the
//! inverse Hessian (Nocedal and Wright, equation 6.17) on γ I.

#[path = "it/common/mod.rs"]
mod common;

use common::bits;
use common::probe::{Call, Fault, Probe, Recorder};
use gols::{
    Adadelta, Adagrad, Adam, AdamW, Armijo, BacktrackingGols, Descent, Direction, ElementWise,
    Error, FixedStep, HeavyBall, InexactGols, InitialStep, LBfgs, LineSearch, Nesterov, RMSProp,
    Sampling, SliceObjective, SteepestDescent, StochasticObjective, Termination, VectorSpace,
};
use serde_json::Value;

fn oracle() -> Value {
    serde_json::from_str(include_str!("oracles/directions.json")).unwrap()
}

fn rows(value: &Value) -> Vec<Vec<f64>> {
    serde_json::from_value(value.clone()).unwrap()
}

/// A space over these parameters, with no loss to speak of.
fn space<T: gols::Real>(x: Vec<T>) -> impl ElementWise<Vector = Vec<T>, Error = Error> {
    SliceObjective::from_fns(x, |_| 0.0, |_, _| 0.0).unwrap()
}

/// The rules do a dozen operations an iteration, in another order than the oracle's, on numbers that they
/// carry on through at most 60 iterations: some hundred roundings, and some cancellation.
const TOLERANCE: f64 = 1e-12;

#[track_caller]
fn assert_close(found: &[f64], expected: &[f64]) {
    for (found, expected) in found.iter().zip(expected) {
        let error = (found - expected).abs();
        assert!(error <= TOLERANCE * (1.0 + expected.abs()), "{found} is not {expected}");
    }
}

/// Feeds the oracle's gradients to a rule, and compares its directions.
#[track_caller]
fn check_sequence<O, D>(space: &O, mut rule: D, name: &str)
where
    O: VectorSpace<Vector = Vec<f64>, Error = Error>,
    D: Direction<O>,
{
    let oracle = oracle();
    let mut d = space.zeros().unwrap();
    // Twice: a reset rule is as new, whatever it was last told.
    for _ in 0..2 {
        let directions = rows(&oracle[name]);
        assert_eq!(directions.len(), 8);
        for (gradient, expected) in rows(&oracle["gradients"]).iter().zip(&directions) {
            rule.update(space, gradient, &mut d).unwrap();
            assert_close(&d, expected);
        }
        rule.update(space, &vec![f64::NAN; 3], &mut d).unwrap();
        rule.reset();
    }
}

#[test]
fn the_directions_are_those_of_the_papers() {
    let space = space(rows(&Value::Array(vec![oracle()["parameters"].clone()])).remove(0));
    check_sequence(&space, HeavyBall::default(), "heavy_ball");
    check_sequence(&space, Nesterov::default(), "nesterov");
    check_sequence(&space, Adagrad::default(), "adagrad");
    check_sequence(&space, RMSProp::default(), "rms_prop");
    check_sequence(&space, Adadelta::default(), "adadelta");
    check_sequence(&space, Adam::default(), "adam");
    check_sequence(&space, AdamW::default(), "adam_w");
    check_sequence(&space, AdamW::default().with_weight_decay(0.0).unwrap(), "adam");
}

/// g(x) = (x₀ − 0.3, 4 x₁ + x₀, x₂³), from (1, −0.5, 0.7); no gradient of a loss, which is not asked for.
fn field() -> SliceObjective<f64, impl gols::SliceModel<f64, Error = Error>> {
    let gradient = |x: &[f64], gradient: &mut [f64]| {
        gradient.copy_from_slice(&[x[0] - 0.3, 4.0 * x[1] + x[0], x[2].powi(3)]);
        0.0
    };
    SliceObjective::from_fns(vec![1.0, -0.5, 0.7], |_| 0.0, gradient).unwrap()
}

#[test]
fn adam_with_a_fixed_step_is_the_textbooks() {
    // On 21 of these 60 steps the slope along Adam's direction is positive: the textbook goes on.
    let mut objective = field();
    let rate = Recorder::new(FixedStep::new(0.1).unwrap());
    let mut adam = Descent::new(&objective, Adam::default(), rate, Sampling::Full).unwrap();
    for expected in rows(&oracle()["adam_run"]) {
        let iteration = adam.step(&mut objective).unwrap();
        assert_eq!(iteration.step.termination, Termination::FixedStep);
        assert_close(objective.parameters(), &expected);
    }
    let origins = &adam.line_search().origins;
    assert_eq!(origins.len(), 60, "no step was searched twice");
    assert!(origins.iter().filter(|origin| origin.slope > 0.0).count() > 10);
}

#[test]
fn adam_is_the_textbooks_while_it_descends() {
    let mut objective = field();
    let rate = FixedStep::new(0.1).unwrap();
    let mut adam = Descent::new(&objective, Adam::default(), rate, Sampling::Full).unwrap();
    for expected in rows(&oracle()["adam_run"]).iter().take(8) {
        assert!(adam.step(&mut objective).unwrap().slope < 0.0);
        assert_close(objective.parameters(), expected);
    }
}

#[test]
fn nesterovs_points_are_sutskevers_look_ahead() {
    let mut objective = field();
    let rate = FixedStep::new(0.05).unwrap();
    let mut rule = Descent::new(&objective, Nesterov::default(), rate, Sampling::Full).unwrap();
    for expected in rows(&oracle()["sutskever_look_ahead"]) {
        assert_close(objective.parameters(), &expected);
        rule.step(&mut objective).unwrap();
    }
}

#[test]
fn l_bfgs_is_the_dense_update_of_its_pairs() {
    let space = space(vec![0.0; 3]);
    let mut skipped = 0;
    for run in oracle()["l_bfgs"].as_array().unwrap() {
        let memory = run["memory"].as_u64().unwrap() as usize;
        let length = run["length"].as_f64().unwrap();
        let mut rule = LBfgs::default().with_memory(memory).unwrap();
        let mut d = space.zeros().unwrap();
        let (gradients, directions) = (rows(&run["gradients"]), rows(&run["directions"]));
        for (index, (gradient, expected)) in gradients.iter().zip(&directions).enumerate() {
            rule.update(&space, gradient, &mut d).unwrap();
            assert_close(&d, expected);
            assert_eq!(rule.pairs() as u64, run["pairs"][index].as_u64().unwrap());
            skipped += usize::from(rule.pairs() < index.min(memory));
            rule.accepted(&space, length, &d).unwrap();
        }
    }
    assert!(skipped > 0, "the oracle's function is concave in places");
}

/// The loss ½ (x₀² + 1000 x₁² + 10 x₂²) after some steps from (1, 1, 1).
fn parabola_after<D, S>(steps: usize, rule: D, search: S) -> f64
where
    D: for<'a> Direction<Parabola<'a>>,
    S: LineSearch,
{
    let loss = |x: &[f64]| 0.5 * (x[0] * x[0] + 1e3 * x[1] * x[1] + 10.0 * x[2] * x[2]);
    let gradient = |x: &[f64], gradient: &mut [f64]| {
        gradient.copy_from_slice(&[x[0], 1e3 * x[1], 10.0 * x[2]]);
        loss(x)
    };
    let mut objective: Parabola =
        SliceObjective::from_fns(vec![1.0; 3], &loss as &Loss, &gradient as &Gradient).unwrap();
    let mut descent = Descent::new(&objective, rule, search, Sampling::Full).unwrap();
    take(steps, &mut descent, &mut objective);
    loss(objective.parameters())
}

type Loss<'a> = dyn Fn(&[f64]) -> f64 + 'a;
type Gradient<'a> = dyn Fn(&[f64], &mut [f64]) -> f64 + 'a;
type Parabola<'a> = SliceObjective<f64, gols::FnModel<&'a Loss<'a>, &'a Gradient<'a>>>;

#[test]
fn l_bfgs_ends_on_a_parabola_that_steepest_descent_crawls_on() {
    let unit = InitialStep::Constant(1.0);
    let backtracking = BacktrackingGols::default().with_initial_step(unit).unwrap();
    let found = parabola_after(60, LBfgs::default(), backtracking);
    assert!(found < 1e-20, "{found}");
    let armijo = Armijo::default().with_initial_step(unit).unwrap();
    let found = parabola_after(60, LBfgs::default(), armijo);
    assert!(found < 1e-20, "{found}");
    assert!(parabola_after(60, SteepestDescent, InexactGols::default()) > 1e-6);
}

/// Steps that must not fail.
fn take<O, D, S>(steps: usize, descent: &mut Descent<O::Vector, D, S>, objective: &mut O)
where
    O: StochasticObjective<Error: std::fmt::Debug>,
    D: Direction<O>,
    S: LineSearch,
{
    for _ in 0..steps {
        descent.step(objective).unwrap();
    }
}

/// Every rule as a value that can be cloned, over a space of these vectors.
#[derive(Debug, Clone)]
enum Rule<V> {
    HeavyBall(HeavyBall),
    Nesterov(Nesterov<V>),
    Adagrad(Adagrad<V>),
    RMSProp(RMSProp<V>),
    Adadelta(Adadelta<V>),
    Adam(Adam<V>),
    AdamW(AdamW<V>),
    LBfgs(LBfgs<V>),
}

impl<V> Rule<V> {
    fn all() -> [Self; 8] {
        [
            Self::HeavyBall(HeavyBall::default()),
            Self::Nesterov(Nesterov::default()),
            Self::Adagrad(Adagrad::default()),
            Self::RMSProp(RMSProp::default()),
            Self::Adadelta(Adadelta::default()),
            Self::Adam(Adam::default()),
            Self::AdamW(AdamW::default()),
            Self::LBfgs(LBfgs::default()),
        ]
    }

    fn inner<O: ElementWise<Vector = V>>(&mut self) -> &mut dyn Direction<O> {
        match self {
            Self::HeavyBall(rule) => rule,
            Self::Nesterov(rule) => rule,
            Self::Adagrad(rule) => rule,
            Self::RMSProp(rule) => rule,
            Self::Adadelta(rule) => rule,
            Self::Adam(rule) => rule,
            Self::AdamW(rule) => rule,
            Self::LBfgs(rule) => rule,
        }
    }
}

impl<O: ElementWise> Direction<O> for Rule<O::Vector> {
    fn update(&mut self, space: &O, g: &O::Vector, d: &mut O::Vector) -> Result<(), O::Error> {
        self.inner().update(space, g, d)
    }

    fn accepted(&mut self, space: &O, length: f64, d: &O::Vector) -> Result<(), O::Error> {
        self.inner().accepted(space, length, d)
    }

    fn reset(&mut self) {
        self.inner::<O>().reset();
    }
}

#[test]
fn the_first_direction_of_every_rule_descends() {
    let space = space(vec![0.0_f64; 3]);
    for mut rule in Rule::all() {
        let (g, mut d) = (vec![0.5, -2.0, 1e-3], space.zeros().unwrap());
        rule.update(&space, &g, &mut d).unwrap();
        assert!(space.dot(&g, &d).unwrap() < 0.0, "{rule:?}");
        assert!(d.iter().zip(&g).all(|(d, g)| d * g < 0.0), "{rule:?}");
    }
}

#[test]
fn single_precision_follows_double_precision() {
    let (narrow, wide) = (space(vec![0.5_f32, -0.25, 2.0]), space(vec![0.5_f64, -0.25, 2.0]));
    for (mut rule, mut twin) in Rule::all().into_iter().zip(Rule::all()) {
        let (mut d, mut e) = (narrow.zeros().unwrap(), wide.zeros().unwrap());
        for gradient in rows(&oracle()["gradients"]) {
            let short: Vec<f32> = gradient.iter().map(|g| *g as f32).collect();
            rule.update(&narrow, &short, &mut d).unwrap();
            twin.update(&wide, &gradient, &mut e).unwrap();
            // A dozen operations an iteration, each within 2⁻²⁴, over 8 iterations; L-BFGS is told no step.
            for (d, e) in d.iter().zip(&e) {
                assert!((f64::from(*d) - e).abs() <= 2e-5 * (1e-2 + e.abs()), "{rule:?}: {d} {e}");
            }
        }
    }
}

/// L(x) = Σ i (xᵢ − ½)² / 2, whose gradient can be spoilt once.
fn bowl() -> SliceObjective<f64, impl gols::SliceModel<f64, Error = Error> + Clone> {
    let loss = |x: &[f64]| x.iter().zip(1..).map(|(x, i)| f64::from(i) * (x - 0.5).powi(2)).sum();
    let gradient = move |x: &[f64], gradient: &mut [f64]| {
        let terms = gradient.iter_mut().zip(x).zip(1..);
        terms.for_each(|((g, x), i)| *g = 2.0 * f64::from(i) * (x - 0.5));
        loss(x)
    };
    SliceObjective::from_fns(vec![0.2, -0.4, 0.9], loss, gradient).unwrap()
}

#[test]
fn every_rule_trains_with_inexact_gols() {
    for rule in Rule::all() {
        let mut objective = bowl();
        let search = InexactGols::default();
        let mut descent = Descent::new(&objective, rule, search, Sampling::Full).unwrap();
        let mut loss = f64::NAN;
        for _ in 0..300 {
            loss = descent.step(&mut objective).unwrap().loss;
        }
        assert!(loss < 1e-3, "{:?} ends at {loss}", descent.direction_rule());
    }
}

#[test]
fn a_reset_descent_repeats_itself_bit_for_bit() {
    for rule in Rule::all() {
        let start = bowl();
        let search = InexactGols::default();
        let mut descent = Descent::new(&start, rule, search, Sampling::Full).unwrap();
        let mut ends = Vec::new();
        for _ in 0..2 {
            let mut objective = start.clone();
            take(20, &mut descent, &mut objective);
            ends.push(bits(objective.parameters()));
            descent.reset(&start).unwrap();
        }
        assert_eq!(ends[0], ends[1], "{:?}", descent.direction_rule());
    }
}

#[test]
fn a_gradient_of_nan_is_forgotten() {
    for (rule, fresh) in Rule::all().into_iter().zip(Rule::all()) {
        // The same space, with a gradient that is NaN when the flag is up.
        let spoilt = std::cell::Cell::new(false);
        let gradient = |x: &[f64], gradient: &mut [f64]| {
            gradient.copy_from_slice(x);
            gradient[1] = if spoilt.get() { f64::NAN } else { x[1] };
            0.0
        };
        let mut objective =
            SliceObjective::from_fns(vec![0.3, -0.6, 0.9], |_| 0.0, gradient).unwrap();
        let rate = FixedStep::new(0.01).unwrap();
        let mut descent = Descent::new(&objective, rule, rate.clone(), Sampling::Full).unwrap();
        take(3, &mut descent, &mut objective);
        let before = bits(objective.parameters());
        spoilt.set(true);
        let iteration = descent.step(&mut objective).unwrap();
        assert_eq!(iteration.step.termination, Termination::NonFinite);
        assert_eq!(bits(objective.parameters()), before);
        spoilt.set(false);
        // From there it goes on as a new rule does.
        let x: Vec<f64> = objective.parameters().to_vec();
        descent.step(&mut objective).unwrap();
        let found = bits(objective.parameters());
        objective.set_parameters(&x).unwrap();
        let mut new = Descent::new(&objective, fresh, rate, Sampling::Full).unwrap();
        new.step(&mut objective).unwrap();
        assert_eq!(found, bits(objective.parameters()), "{:?}", descent.direction_rule());
    }
}

#[test]
fn a_direction_that_climbs_gives_way_and_starts_again() {
    // A ball rolls over the bottom of L = ½ x² and up the other side.
    let loss = |x: &[f64]| 0.5 * x[0] * x[0];
    let gradient = move |x: &[f64], gradient: &mut [f64]| {
        gradient[0] = x[0];
        loss(x)
    };
    let mut objective = SliceObjective::from_fns(vec![1.0], loss, gradient).unwrap();
    let rate = Recorder::new(FixedStep::new(0.5).unwrap());
    let mut ball = Descent::new(&objective, HeavyBall::default(), rate, Sampling::Full).unwrap();
    let mut fell_back = 0;
    let mut last = (0.0, false);
    for _ in 0..20 {
        let x = objective.parameters()[0];
        let searches = ball.line_search().origins.len();
        assert!(ball.step(&mut objective).unwrap().slope < 0.0);
        let is_second = ball.line_search().origins.len() == searches + 2;
        let d = ball.direction()[0];
        let expected = if is_second || last.0 == 0.0 { -x } else { -x + 0.9 * last.0 };
        assert_eq!(d, expected, "after a fall back the ball goes on from that step");
        fell_back += usize::from(is_second);
        last = (d, is_second);
    }
    assert!(fell_back > 1, "{fell_back}");
}

#[test]
fn a_failed_operation_leaves_no_trace_in_the_momentum() {
    let mut probe = Probe::new(0.0);
    let rate = FixedStep::new(0.05).unwrap();
    let mut ball = Descent::new(&probe, HeavyBall::default(), rate, Sampling::Full).unwrap();
    ball.step(&mut probe).unwrap();
    // The probe leaves 1e99 in the direction that it failed to write.
    probe.arm(Call::Axpby, 1, Fault::Error);
    ball.step(&mut probe).unwrap_err();
    ball.step(&mut probe).unwrap();
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
        refused(HeavyBall::default().with_momentum(bad), "momentum");
        refused(Nesterov::<V>::default().with_momentum(bad), "momentum");
        refused(RMSProp::<V>::default().with_decay(bad), "decay");
        refused(Adadelta::<V>::default().with_decay(bad), "decay");
        refused(Adam::<V>::default().with_momentum(bad), "momentum");
        refused(Adam::<V>::default().with_decay(bad), "decay");
        refused(LBfgs::<V>::default().with_curvature(bad), "curvature");
    }
    for bad in [f64::NAN, 0.0, -1e-8, f64::INFINITY] {
        refused(Adagrad::<V>::default().with_epsilon(bad), "epsilon");
        refused(RMSProp::<V>::default().with_epsilon(bad), "epsilon");
        refused(Adadelta::<V>::default().with_epsilon(bad), "epsilon");
        refused(Adam::<V>::default().with_epsilon(bad), "epsilon");
    }
    for bad in [f64::NAN, -0.01, f64::INFINITY] {
        refused(AdamW::<V>::default().with_weight_decay(bad), "weight_decay");
    }
    refused(LBfgs::<V>::default().with_memory(0), "memory");
    assert!(HeavyBall::default().with_momentum(0.0).is_ok());
    assert!(LBfgs::<V>::default().with_curvature(0.0).is_ok());
    assert!(AdamW::<V>::default().with_weight_decay(0.0).is_ok());
}
