//! Saved and restored: a run of 2 n steps is one of n steps, saved, loaded, and n steps more, bit for
//! bit.

mod refused;

use gols::direction::{
    Adadelta, Adagrad, Adam, AdamW, Clipped, Direction, HeavyBall, Lbfgs, Masked, Nesterov,
    RmsProp, SteepestDescent,
};
use gols::search::{
    AmortizedGols, Armijo, BacktrackingGols, BisectionGols, EveryKth, FixedStep, GoldenSection,
    InexactGols, InitialStep, LineSearch, Origin, ReferenceLoss, Request, SecantGols,
    ThresholdGols,
};
use gols::{
    Descent, DescentState, Error, Evaluations, MiniBatches, Optimizer, Real, Sampling, SliceModel,
    SliceObjective, SliceOptimizer, SliceState,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::common::counts;

fn reload<T: Serialize, R: DeserializeOwned>(saved: &T) -> R {
    serde_json::from_str(&serde_json::to_string(saved).unwrap()).unwrap()
}

/// Batches of 5 out of 32 points that no line meets, L = 1/(2B) Σ (x·u − y)², and NaN far from the start.
#[derive(Debug, Clone)]
struct Fit {
    limit: f64,
}

const COLUMNS: usize = 6;
/// How far descents are let, and how long they go on: far enough to stray.
const LIMIT: f64 = 0.05;
const STEPS: usize = 40;

impl<T: Real + From<f32> + Into<f64>> SliceModel<T> for Fit {
    type Error = Error;

    fn loss_and_gradient(&mut self, x: &[T], rows: &[usize], g: &mut [T]) -> Result<f64, Error> {
        let (mut loss, mut gradient) = (0.0, [0.0; COLUMNS]);
        for &row in rows {
            let cell = |column: usize| ((7 * row + 3 * column * column) % 11) as f64 - 5.0;
            let sum: f64 = x.iter().enumerate().map(|(k, &x)| x.into() * cell(k)).sum();
            let error = (sum - ((row * row) % 13) as f64) / rows.len() as f64;
            loss += 0.5 * error * error * rows.len() as f64;
            gradient.iter_mut().enumerate().for_each(|(k, g)| *g += error * cell(k));
        }
        for (g, gradient) in g.iter_mut().zip(gradient) {
            *g = From::from(gradient as f32);
        }
        if (x[0].into() - 0.3).abs() > self.limit {
            g[1] = T::nan();
        }
        Ok(loss)
    }
}

fn objective<T>(limit: f64) -> SliceObjective<T, Fit>
where
    T: Real + From<f32> + Into<f64>,
{
    let batches = MiniBatches::in_epochs(32, 5, 3).unwrap();
    SliceObjective::new(vec![From::from(0.3_f32); COLUMNS], batches, Fit { limit }).unwrap()
}

fn bits<T>(objective: &SliceObjective<T, Fit>) -> Vec<u64>
where
    T: Real + From<f32> + Into<f64>,
{
    objective.parameters().iter().map(|&x| x.into().to_bits()).collect()
}

/// Runs 2 n steps at once, and in two halves with a load between them.
fn check_optimizer<T, D>(rule: D)
where
    T: Real + From<f32> + Into<f64> + Serialize + DeserializeOwned,
    D: Direction<SliceObjective<T, Fit>> + Clone + Serialize + DeserializeOwned,
{
    const N: usize = 60;
    let mut whole = objective::<T>(f64::INFINITY);
    let mut optimizer = Optimizer::new(&whole).unwrap().along(rule.clone());
    let first = optimizer.train(&mut whole, N).unwrap();

    let saved = serde_json::to_string(&(&optimizer, whole.state())).unwrap();
    let second = optimizer.train(&mut whole, N).unwrap();
    let (mut resumed, state): (Optimizer<Vec<T>, D>, _) = serde_json::from_str(&saved).unwrap();
    let mut half = objective::<T>(f64::INFINITY).with_state(state).unwrap();
    assert_eq!(resumed.updates(), N as u64);
    assert_eq!(resumed.train(&mut half, N).unwrap(), second);
    assert_eq!(bits(&half), bits(&whole));
    assert_ne!(first, second);

    optimizer.finish(&mut whole).unwrap();
    resumed.finish(&mut half).unwrap();
    assert_eq!(bits(&half), bits(&whole));
}

#[test]
fn an_optimizer_goes_on_as_if_it_had_never_been_saved() {
    check_optimizer::<f32, _>(SteepestDescent);
    check_optimizer::<f64, _>(SteepestDescent);
    check_optimizer::<f32, _>(Adam::without_momentum());
    check_optimizer::<f64, _>(Adam::without_momentum());
}

fn check_slices<T>(optimizer: SliceOptimizer<T>)
where
    T: Real + From<f32> + Into<f64> + Serialize + DeserializeOwned + std::fmt::Debug,
{
    let (mut whole, mut broken) = (optimizer.clone(), optimizer);
    let [mut x, mut y] = [[From::from(0.3_f32); COLUMNS]; 2];
    let mut batches = MiniBatches::in_epochs(32, 5, 3).unwrap();
    for _ in 0..100 {
        let (rows, mut gradient) = (batches.draw(), [T::zero(); COLUMNS]);
        Fit { limit: f64::INFINITY }.loss_and_gradient(&x, rows, &mut gradient).unwrap();
        broken = reload(&broken);
        let expected = whole.step(&mut x, &gradient).unwrap();
        assert_eq!(broken.step(&mut y, &gradient).unwrap(), expected);
        assert_eq!(x, y);
    }
    whole.finish(&mut x).unwrap();
    broken.finish(&mut y).unwrap();
    assert_eq!(x, y);
}

#[test]
fn an_optimizer_of_slices_goes_on_as_if_it_had_never_been_saved() {
    check_slices::<f32>(SliceOptimizer::new(COLUMNS));
    check_slices::<f64>(SliceOptimizer::new(COLUMNS));
    check_slices::<f32>(SliceOptimizer::new(COLUMNS).steepest_descent());
    check_slices::<f64>(SliceOptimizer::new(COLUMNS).steepest_descent());
}

/// Saves and loads a descent before every one of its steps.
fn check_descent<T, D, S>(rule: D, search: S, sampling: Sampling, reuse: bool)
where
    T: Real + From<f32> + Into<f64> + Serialize + DeserializeOwned,
    D: Direction<SliceObjective<T, Fit>> + Clone + Serialize + DeserializeOwned,
    S: LineSearch + Clone + Serialize + DeserializeOwned,
{
    let descent = Descent::new(objective::<T>(LIMIT)).unwrap().along(rule).with_search(search);
    let mut whole = descent.with_sampling(sampling).with_gradient_reuse(reuse);
    let mut broken = whole.clone();
    for _ in 0..STEPS {
        let (parameters, state) = (broken.objective().state(), broken.state());
        let parameters: SliceState<T> = reload(&parameters);
        let state: DescentState<Vec<T>, D, S> = reload(&state);
        let fresh = objective::<T>(LIMIT).with_state(parameters).unwrap();
        broken = Descent::new(fresh).unwrap().with_state(state);
        // Slopes of skipped steps are NaN, which equals nothing.
        let [found, expected] = [broken.step().unwrap(), whole.step().unwrap()];
        assert_eq!(format!("{found:?}"), format!("{expected:?}"));
        assert_eq!(bits(broken.objective()), bits(whole.objective()));
        assert_eq!(broken.evaluations(), whole.evaluations());
    }
}

fn check_every_sampling<S>(search: S)
where
    S: LineSearch + Clone + Serialize + DeserializeOwned,
{
    for sampling in [Sampling::Full, Sampling::Static, Sampling::Dynamic] {
        check_descent::<f64, _, _>(SteepestDescent, search.clone(), sampling, false);
        check_descent::<f32, _, _>(Adam::without_momentum(), search.clone(), sampling, true);
    }
}

#[test]
fn a_descent_goes_on_as_if_it_had_never_been_saved() {
    check_every_sampling(AmortizedGols::default());
    check_every_sampling(InexactGols::default());
    check_every_sampling(BisectionGols::default().with_tolerance(1e-3).unwrap());
    check_every_sampling(BacktrackingGols::default());
    check_every_sampling(ThresholdGols::default());
    check_every_sampling(SecantGols::default());
    check_every_sampling(Armijo::default());
    check_every_sampling(GoldenSection::default().with_tolerance(1e-3).unwrap());
    check_every_sampling(EveryKth::new(InexactGols::default(), 3).unwrap());
    check_every_sampling(FixedStep::new(0.02).unwrap());
}

#[test]
fn every_rule_goes_on_as_if_it_had_never_been_saved() {
    macro_rules! check {
        ($($rule:expr),*) => {$(
            check_descent::<f64, _, _>($rule, AmortizedGols::default(), Sampling::Dynamic, false);
            check_descent::<f32, _, _>($rule, InexactGols::default(), Sampling::Static, true);
        )*};
    }
    check!(SteepestDescent, HeavyBall::default(), Nesterov::default(), Adagrad::default());
    check!(RmsProp::default(), Adadelta::default(), Adam::default(), AdamW::default());
    check!(Lbfgs::default().with_history_size(3).unwrap());
    check!(Clipped::new(Adam::default(), 2.0).unwrap());
    let mask = |frozen| (0..COLUMNS).map(|column| f32::from(column != frozen)).collect();
    let masked = Masked::new(HeavyBall::default(), mask(2));
    check_descent::<f32, _, _>(masked, AmortizedGols::default(), Sampling::Dynamic, false);
    let decaying = AdamW::default().with_decay_mask(mask(0));
    check_descent::<f32, _, _>(decaying, AmortizedGols::default(), Sampling::Dynamic, false);
}

#[test]
fn the_test_runs_meet_gradients_that_are_not_finite() {
    let mut descent = Descent::new(objective::<f64>(LIMIT)).unwrap();
    descent = descent.with_sampling(Sampling::Dynamic);
    let mut descent = descent.along(Adam::without_momentum()).with_search(AmortizedGols::default());
    assert!(descent.run(STEPS).unwrap().unsuccessful > 0);
}

/// Loads a search before each of its answers.
fn check_conversation<S>(mut search: S)
where
    S: LineSearch + Clone + PartialEq + std::fmt::Debug + Serialize + DeserializeOwned,
{
    for (start, minimum) in [(-1.0, 0.3), (-2.0, 1e-3), (-0.5, 0.9)] {
        let mut request = search.start(Origin::new(start, 1.0));
        for _ in 0..200 {
            let loaded: S = reload(&search);
            assert_eq!(loaded, search);
            search = loaded;
            request = match request {
                Request::Loss(alpha) if alpha > 0.95 => search.resume(f64::INFINITY),
                Request::Loss(alpha) => search.resume((alpha - minimum).powi(2)),
                Request::Slope(alpha) if alpha > 0.95 => search.resume(f64::NAN),
                Request::Slope(alpha) => search.resume(2.0 * (alpha - minimum)),
                Request::Done(_) => break,
            };
        }
        assert!(matches!(request, Request::Done(_)));
    }
}

#[test]
fn a_search_is_saved_in_mid_conversation() {
    check_conversation(AmortizedGols::default().without_cap());
    check_conversation(InexactGols::default());
    check_conversation(BisectionGols::default());
    check_conversation(BacktrackingGols::default());
    check_conversation(ThresholdGols::default().with_initial_step(InitialStep::Secant).unwrap());
    check_conversation(SecantGols::default());
    check_conversation(Armijo::default().with_reference(ReferenceLoss::Resampled));
    check_conversation(GoldenSection::default());
    check_conversation(EveryKth::new(Armijo::default(), 2).unwrap());
    check_conversation(FixedStep::new(0.1).unwrap());
}

#[test]
fn mini_batches_are_saved_as_a_seed_and_a_position() {
    let builds = [MiniBatches::new, MiniBatches::with_replacement, MiniBatches::in_epochs];
    for build in builds {
        let mut batches = build(1000, 7, 11).unwrap().with_drop_last(true);
        for _ in 0..300 {
            let saved = serde_json::to_string(&batches).unwrap();
            assert!(saved.len() < 150, "{saved}");
            let mut loaded: MiniBatches = serde_json::from_str(&saved).unwrap();
            assert_eq!(loaded, batches);
            assert_eq!(loaded.draw(), batches.draw());
        }
    }
    let error = load::<MiniBatches>(&MiniBatches::new(9, 3, 1).unwrap(), "size", json!(10));
    assert!(error.starts_with("a mini-batch of 10 cannot be drawn"), "{error}");
}

#[test]
fn the_best_point_is_saved_with_its_value_and_the_offers_since() {
    let mut best = gols::Best::new();
    for (value, x) in [(2.0, 1.0_f32), (0.1, 0.7), (1.0, 0.2)] {
        best.offer_slice(value, &[x]);
    }
    let loaded: gols::Best<Vec<f32>> = reload(&best);
    assert_eq!((loaded.value(), loaded.rejected()), (Some(0.1), 1));
    assert_eq!(loaded.point(), Some(&vec![0.7]));
    assert!(load(&best, "format", json!(2)).contains("format 2"));
}

#[test]
fn evaluations_are_saved_by_their_names() {
    let evaluations = counts(1, 2, 3);
    let saved = serde_json::to_string(&evaluations).unwrap();
    assert_eq!(saved, r#"{"losses":1,"gradients":2,"batches":3}"#);
    assert_eq!(serde_json::from_str::<Evaluations>(&saved).unwrap(), evaluations);
}

/// Every place below a value where something has this name.
fn put(value: &mut Value, name: &str, new: &Value) -> usize {
    let Value::Object(map) = value else { return 0 };
    let here = map.get_mut(name).map(|old| *old = new.clone());
    map.values_mut().map(|value| put(value, name, new)).sum::<usize>() + here.iter().count()
}

/// The complaint about a saved value in which everything of this name was replaced.
fn load<T: Serialize + DeserializeOwned>(original: &T, name: &str, new: Value) -> String {
    let mut saved = serde_json::to_value(original).unwrap();
    assert!(put(&mut saved, name, &new) > 0, "{name} is not in {saved}");
    serde_json::from_value::<T>(saved).err().expect(name).to_string()
}
