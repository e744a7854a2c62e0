//! What the tests share: any search behind one type, its settings at random, and loops that drive it.
#![allow(dead_code, reason = "every test file uses a part of it")]

pub mod probe;

use gols::{
    AmortizedGols, Armijo, BacktrackingGols, BisectionGols, EveryKth, FirstTrial, FixedStep,
    GoldenSection, InexactGols, LineSearch, Origin, ReferenceLoss, Request, SecantGols, Step,
    StepBounds, ThresholdGols,
};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// The same cases in every run: a fixed seed, and no file of past failures.
pub fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        rng_seed: RngSeed::Fixed(2024),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// Any of the searches, as a value that can be cloned and compared.
#[derive(Debug, Clone, PartialEq)]
pub enum Any {
    Inexact(InexactGols),
    Amortized(AmortizedGols),
    Bisection(BisectionGols),
    Golden(GoldenSection),
    Armijo(Armijo),
    Backtracking(BacktrackingGols),
    Threshold(ThresholdGols),
    Secant(SecantGols),
    Every(EveryKth<InexactGols>),
    Fixed(FixedStep),
}

impl Any {
    fn inner(&mut self) -> &mut dyn LineSearch {
        match self {
            Self::Inexact(search) => search,
            Self::Amortized(search) => search,
            Self::Bisection(search) => search,
            Self::Golden(search) => search,
            Self::Armijo(search) => search,
            Self::Backtracking(search) => search,
            Self::Threshold(search) => search,
            Self::Secant(search) => search,
            Self::Every(search) => search,
            Self::Fixed(search) => search,
        }
    }

    pub fn boxed(self) -> Box<dyn LineSearch> {
        match self {
            Self::Inexact(search) => Box::new(search),
            Self::Amortized(search) => Box::new(search),
            Self::Bisection(search) => Box::new(search),
            Self::Golden(search) => Box::new(search),
            Self::Armijo(search) => Box::new(search),
            Self::Backtracking(search) => Box::new(search),
            Self::Threshold(search) => Box::new(search),
            Self::Secant(search) => Box::new(search),
            Self::Every(search) => Box::new(search),
            Self::Fixed(search) => Box::new(search),
        }
    }

    /// Every search with its defaults, and both references of Armijo.
    pub fn defaults() -> Vec<Self> {
        vec![
            Self::Inexact(InexactGols::default()),
            Self::Amortized(AmortizedGols::default()),
            Self::Bisection(BisectionGols::default()),
            Self::Golden(GoldenSection::default()),
            Self::Armijo(Armijo::default()),
            Self::Armijo(Armijo::default().with_reference(ReferenceLoss::Resampled)),
            Self::Backtracking(BacktrackingGols::default()),
            Self::Threshold(ThresholdGols::default()),
            Self::Secant(SecantGols::default()),
            Self::Every(EveryKth::new(InexactGols::default(), 3).unwrap()),
            Self::Fixed(FixedStep::new(0.01).unwrap()),
        ]
    }
}

impl LineSearch for Any {
    fn start(&mut self, origin: Origin) -> Request {
        self.inner().start(origin)
    }

    fn resume(&mut self, answer: f64) -> Request {
        self.inner().resume(answer)
    }

    fn reset(&mut self) {
        self.inner().reset();
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Inexact,
    Bisection,
    Golden,
    Armijo,
    ArmijoResampled,
    Backtracking,
    Threshold,
    Secant,
    Every,
}

pub const KINDS: [Kind; 9] = [
    Kind::Inexact,
    Kind::Bisection,
    Kind::Golden,
    Kind::Armijo,
    Kind::ArmijoResampled,
    Kind::Backtracking,
    Kind::Threshold,
    Kind::Secant,
    Kind::Every,
];

impl Kind {
    /// Whether it asks for slopes, and else for losses.
    pub fn is_gradient_only(self) -> bool {
        !matches!(self, Self::Golden | Self::Armijo | Self::ArmijoResampled)
    }
}

/// Every setting of every search; each search takes its own.
#[derive(Debug, Clone)]
pub struct Settings {
    pub min: f64,
    pub max: f64,
    pub displacement: Option<f64>,
    pub first_bracket: f64,
    pub tolerance: f64,
    pub previous: Option<f64>,
    pub overshoot: f64,
    pub factor: f64,
    pub sufficient_decrease: f64,
    pub budget: usize,
}

impl Settings {
    pub fn bounds(&self) -> StepBounds {
        StepBounds::new(self.min, self.max, self.displacement).unwrap()
    }

    /// The interval [lo, hi] by its definition, worked out apart from the crate.
    pub fn limits(&self, norm: f64) -> (f64, f64) {
        let hi = match self.displacement {
            Some(displacement) if norm > 0.0 && displacement / norm < self.max => {
                displacement / norm
            }
            _ => self.max,
        };
        (if self.min < hi { self.min } else { hi }, hi)
    }

    pub fn inexact(&self) -> InexactGols {
        let search = InexactGols::default()
            .with_bounds(self.bounds())
            .with_overshoot(self.overshoot)
            .and_then(|search| search.with_factor(self.factor))
            .and_then(|search| search.with_budget(self.budget))
            .unwrap();
        match self.previous {
            Some(previous) => search.with_previous(previous).unwrap(),
            None => search,
        }
    }

    pub fn bisection(&self) -> BisectionGols {
        BisectionGols::default()
            .with_bounds(self.bounds())
            .with_first_bracket(self.first_bracket)
            .and_then(|search| search.with_tolerance(self.tolerance))
            .and_then(|search| search.with_budget(self.budget))
            .unwrap()
    }

    pub fn golden(&self) -> GoldenSection {
        GoldenSection::default()
            .with_bounds(self.bounds())
            .with_first_bracket(self.first_bracket)
            .and_then(|search| search.with_tolerance(self.tolerance))
            .and_then(|search| search.with_budget(self.budget))
            .unwrap()
    }

    pub fn armijo(&self, reference: ReferenceLoss) -> Armijo {
        let search = Armijo::default()
            .with_bounds(self.bounds())
            .with_reference(reference)
            .with_sufficient_decrease(self.sufficient_decrease)
            .and_then(|search| search.with_factor(self.factor))
            .and_then(|search| search.with_budget(self.budget))
            .unwrap();
        match self.previous {
            Some(previous) => search.with_previous(previous).unwrap(),
            None => search,
        }
    }

    pub fn backtracking(&self) -> BacktrackingGols {
        let search = BacktrackingGols::default()
            .with_bounds(self.bounds())
            .with_overshoot(self.overshoot)
            .and_then(|search| search.with_factor(self.factor))
            .and_then(|search| search.with_budget(self.budget))
            .unwrap();
        match self.previous {
            Some(previous) => {
                let search = search.with_previous(previous).unwrap();
                search.with_first_trial(FirstTrial::PreviousTimes(2.0)).unwrap()
            }
            None => search,
        }
    }

    /// From the overshoot in (0, 1] a threshold in (-1, 1].
    pub fn threshold(&self) -> ThresholdGols {
        let search = ThresholdGols::default()
            .with_bounds(self.bounds())
            .with_threshold(2.0 * self.overshoot - 1.0)
            .and_then(|search| search.with_factor(self.factor))
            .and_then(|search| search.with_budget(self.budget))
            .unwrap();
        match self.previous {
            Some(previous) => search.with_previous(previous).unwrap(),
            None => search,
        }
    }

    pub fn secant(&self) -> SecantGols {
        let search = SecantGols::default()
            .with_bounds(self.bounds())
            .with_overshoot(self.overshoot)
            .and_then(|search| search.with_limit(10.0 * self.factor))
            .and_then(|search| search.with_factor(self.factor))
            .and_then(|search| search.with_budget(self.budget))
            .unwrap();
        match self.previous {
            Some(previous) => search.with_previous(previous).unwrap(),
            None => search,
        }
    }

    pub fn every(&self, period: usize) -> EveryKth<InexactGols> {
        EveryKth::new(self.inexact(), period).unwrap().with_bounds(self.bounds())
    }

    pub fn build(&self, kind: Kind) -> Any {
        match kind {
            Kind::Inexact => Any::Inexact(self.inexact()),
            Kind::Bisection => Any::Bisection(self.bisection()),
            Kind::Golden => Any::Golden(self.golden()),
            Kind::Armijo => Any::Armijo(self.armijo(ReferenceLoss::Once)),
            Kind::ArmijoResampled => Any::Armijo(self.armijo(ReferenceLoss::Resampled)),
            Kind::Backtracking => Any::Backtracking(self.backtracking()),
            Kind::Threshold => Any::Threshold(self.threshold()),
            Kind::Secant => Any::Secant(self.secant()),
            Kind::Every => Any::Every(self.every(2)),
        }
    }

    /// The same settings along a direction that is `1 / factor` times as long: every step length is
    /// multiplied by `factor`, and the cap on the displacement stays.
    pub fn scaled(&self, factor: f64) -> Self {
        Self {
            min: self.min * factor,
            max: self.max * factor,
            first_bracket: self.first_bracket * factor,
            tolerance: self.tolerance * factor,
            previous: self.previous.map(|previous| previous * factor),
            ..self.clone()
        }
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

pub fn settings() -> impl Strategy<Value = Settings> {
    settings_of(|| length().boxed())
}

pub fn extreme_settings() -> impl Strategy<Value = Settings> {
    settings_of(|| extreme_length().boxed())
}

fn settings_of(length: fn() -> BoxedStrategy<f64>) -> impl Strategy<Value = Settings> {
    let lengths = (length(), length(), prop::option::of(length()));
    let brackets = (length(), length(), prop::option::of(length()));
    let rules = (
        prop_oneof![Just(1.0), 1e-6..1.0],
        prop_oneof![4 => 1.01..10.0, 1 => Just(1.0 + f64::EPSILON), 1 => Just(1e9)],
        1e-6..0.999,
        1_usize..200,
    );
    (lengths, brackets, rules).prop_map(|(lengths, brackets, rules)| Settings {
        min: lengths.0.min(lengths.1),
        max: lengths.0.max(lengths.1),
        displacement: lengths.2,
        first_bracket: brackets.0,
        tolerance: brackets.1,
        previous: brackets.2,
        overshoot: rules.0,
        factor: rules.1,
        sufficient_decrease: rules.2,
        budget: rules.3,
    })
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
    pub fn requests(&self) -> Vec<Request> {
        self.asked.iter().map(|(request, _)| *request).collect()
    }

    /// The steps and the answers, whatever was asked there.
    pub fn points(&self) -> Vec<(f64, f64)> {
        let points = self.asked.iter();
        points.map(|(request, answer)| (alpha(*request), *answer)).collect()
    }
}

/// The step length of a request.
pub fn alpha(request: Request) -> f64 {
    match request {
        Request::Loss(alpha) | Request::Slope(alpha) => alpha,
        Request::Done(step) => step.length,
    }
}

/// Far more requests than any budget used here; a search that passes it does not end.
const NEVER: usize = 20_000;

/// Runs a search to its end on the answers of a function.
pub fn drive<S: LineSearch + ?Sized>(
    search: &mut S,
    origin: Origin,
    mut answer: impl FnMut(Request) -> f64,
) -> Run {
    let mut asked = Vec::new();
    let mut request = search.start(origin);
    loop {
        if let Request::Done(step) = request {
            return Run { asked, step };
        }
        assert!(asked.len() < NEVER, "the search does not end");
        let answer = answer(request);
        asked.push((request, answer));
        request = search.resume(answer);
    }
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
