//! What the tests share: any search behind one type, its settings at random, and loops to drive it.
#![allow(dead_code, unused_imports, reason = "every test file uses a part of it")]

pub mod probe;
mod settings;

use std::convert::Infallible;
use std::fmt::Debug;

use gols::Evaluations;
use gols::landscape::RandomVectors;
use gols::search::{LineSearch, Origin, Request, Step};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

pub use settings::{KINDS, Kind, Settings, extreme_settings, settings};

/// The same cases in every run: a fixed seed, and no file of past failures.
pub fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        rng_seed: RngSeed::Fixed(2024),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// A search that can be cloned behind a pointer.
pub trait Search: LineSearch + Debug + Send + Sync {
    fn boxed_clone(&self) -> Any;
}

impl<S: LineSearch + Debug + Send + Sync + Clone + 'static> Search for S {
    fn boxed_clone(&self) -> Any {
        Box::new(self.clone())
    }
}

/// Any of the searches.
pub type Any = Box<dyn Search>;

impl Clone for Any {
    fn clone(&self) -> Self {
        (**self).boxed_clone()
    }
}

/// An origin with its loss, if it is known.
pub fn origin(slope: f64, norm: f64, loss: Option<f64>) -> Origin {
    let origin = Origin::new(slope, norm);
    match loss {
        Some(loss) => origin.with_loss(loss),
        None => origin,
    }
}

/// Positive lengths from 1e-12 to 1e8, evenly over the orders of magnitude.
pub fn length() -> impl Strategy<Value = f64> {
    (-12.0..8.0_f64).prop_map(|exponent| 10.0_f64.powf(exponent))
}

/// Positive lengths, among them the smallest and largest there are.
pub fn extreme_length() -> impl Strategy<Value = f64> {
    prop_oneof![
        6 => length().boxed(),
        1 => Just(5e-324).boxed(),
        1 => Just(f64::MIN_POSITIVE).boxed(),
        1 => Just(1e300).boxed(),
        1 => Just(f64::MAX).boxed(),
    ]
}

/// Answers of any kind: every bit pattern, and often the special ones.
pub fn any_answers() -> impl Strategy<Value = Vec<f64>> {
    let special = prop::sample::select(vec![
        0.0,
        -0.0,
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        5e-324,
        -5e-324,
        f64::MAX,
        f64::MIN,
        1.0,
        -1.0,
    ]);
    let answer = prop_oneof![2 => prop::num::f64::ANY, 1 => special, 2 => -2.0..2.0_f64];
    prop_oneof![
        4 => prop::collection::vec(answer, 1..48),
        // Long monotonous stretches reach the limits and the budget.
        1 => prop::sample::select(vec![-1.0, 1.0, 0.0, f64::NAN]).prop_map(|answer| vec![answer]),
    ]
}

/// Answers of a moderate size, zeros and non-finite ones: a power of two scales them exactly.
pub fn moderate_answers() -> impl Strategy<Value = Vec<f64>> {
    let special = prop::sample::select(vec![0.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY]);
    let answer = prop_oneof![1 => special, 5 => -10.0..10.0_f64, 2 => -1e-3..1e-3_f64];
    prop::collection::vec(answer, 1..48)
}

/// One search from its start to its end: what it asked, what it was told, and its step.
#[derive(Debug, Clone)]
pub struct Run {
    pub asked: Vec<(Request, f64)>,
    pub step: Step,
}

impl Run {
    /// What was asked, and the step: all that a search shows.
    pub fn outcome(&self) -> (Vec<Request>, Step) {
        (self.requests(), self.step)
    }

    pub fn requests(&self) -> Vec<Request> {
        self.asked.iter().map(|(request, _)| *request).collect()
    }

    /// The steps and the answers, whatever was asked there.
    pub fn points(&self) -> Vec<(f64, f64)> {
        let points = self.asked.iter();
        points.map(|(request, answer)| (request.alpha(), *answer)).collect()
    }
}

/// Far more requests than any budget used here; a search that passes it does not end.
const NEVER: usize = 20_000;

/// Runs a search to its end on the answers of a function.
pub fn drive<S: LineSearch + ?Sized>(
    mut search: &mut S,
    origin: Origin,
    mut answer: impl FnMut(Request) -> f64,
) -> Run {
    let mut asked = Vec::new();
    let outcome = LineSearch::run(&mut search, origin, |request| {
        assert!(asked.len() < NEVER, "the search does not end");
        let answer = answer(request);
        asked.push((request, answer));
        Ok::<_, Infallible>(answer)
    });
    let Ok(step) = outcome;
    Run { asked, step }
}

/// Runs a search to its end on a list of answers, over and over.
pub fn drive_on<S: LineSearch + ?Sized>(search: &mut S, origin: Origin, answers: &[f64]) -> Run {
    let mut answers = answers.iter().copied().cycle();
    drive(search, origin, |_| answers.next().unwrap())
}

/// The bits of some numbers, to compare them exactly.
pub fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|value| value.to_bits()).collect()
}

/// Independent standard normal numbers.
pub fn normal(count: usize, seed: u64) -> Vec<f64> {
    let mut numbers = vec![0.0; count];
    gols::Slices::new(count).fill_normal(seed, &mut numbers).unwrap();
    numbers
}

/// Counts of evaluations, which only the crate builds from its fields.
pub fn counts(losses: u64, gradients: u64, batches: u64) -> Evaluations {
    let mut evaluations = Evaluations::default();
    (evaluations.losses, evaluations.gradients, evaluations.batches) = (losses, gradients, batches);
    evaluations
}
