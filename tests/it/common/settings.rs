//! Every setting of every search, and strategies that draw them.

use gols::search::{
    AmortizedGols, Armijo, BacktrackingGols, BisectionGols, EveryKth, FixedStep, GoldenSection,
    InexactGols, InitialStep, ReferenceLoss, SecantGols, StepBounds, ThresholdGols,
};
use proptest::prelude::*;

use super::{Any, extreme_length, length};

/// Every search, named like its type; Armijo's rule with both references.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    AmortizedGols,
    InexactGols,
    BisectionGols,
    BacktrackingGols,
    ThresholdGols,
    SecantGols,
    Armijo,
    ArmijoResampled,
    GoldenSection,
    EveryKth,
    FixedStep,
}

pub const KINDS: [Kind; 11] = [
    Kind::AmortizedGols,
    Kind::InexactGols,
    Kind::BisectionGols,
    Kind::BacktrackingGols,
    Kind::ThresholdGols,
    Kind::SecantGols,
    Kind::Armijo,
    Kind::ArmijoResampled,
    Kind::GoldenSection,
    Kind::EveryKth,
    Kind::FixedStep,
];

impl Kind {
    /// Whether it asks for slopes, if it asks, and else for losses.
    pub fn is_gradient_only(self) -> bool {
        !matches!(self, Self::GoldenSection | Self::Armijo | Self::ArmijoResampled)
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
    /// The search's own if none.
    pub initial_step: Option<InitialStep>,
    pub overshoot: f64,
    pub factor: f64,
    pub sufficient_decrease: f64,
    pub max_evaluations: usize,
}

impl Default for Settings {
    /// The papers', but for a tolerance that keeps the exact searches short.
    fn default() -> Self {
        Self {
            min: 1e-8,
            max: 1e7,
            displacement: Some(1.0),
            first_bracket: 0.5,
            tolerance: 1e-3,
            previous: None,
            initial_step: None,
            overshoot: 0.9,
            factor: 2.0,
            sufficient_decrease: 0.2,
            max_evaluations: 100,
        }
    }
}

/// A search of trials that grow and shrink, with the settings that all of these have, and its own.
macro_rules! walking {
    ($settings:ident, $search:ident $(, $setter:ident($value:expr))*) => {{
        let Settings { factor, max_evaluations, previous, initial_step, .. } = *$settings;
        let mut search = $search::default()
            .with_bounds($settings.bounds())
            .with_factor(factor)
            .and_then(|search| search.with_max_evaluations(max_evaluations))
            $(.and_then(|search| search.$setter($value)))*
            .unwrap();
        if let Some(previous) = previous {
            search = search.with_previous(previous).unwrap();
        }
        if let Some(initial_step) = initial_step {
            search = search.with_initial_step(initial_step).unwrap();
        }
        search
    }};
}

/// An exact search, with the settings that both of these have.
macro_rules! exact {
    ($settings:ident, $search:ident) => {
        $search::default()
            .with_bounds($settings.bounds())
            .with_first_bracket($settings.first_bracket)
            .and_then(|search| search.with_tolerance($settings.tolerance))
            .and_then(|search| search.with_max_evaluations($settings.max_evaluations))
            .unwrap()
    };
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
        // A tenth of the way to the cap at most.
        let room = match self.displacement {
            Some(displacement) if norm > 0.0 => 0.1 * (displacement / norm),
            _ => f64::INFINITY,
        };
        (self.min.min(room).min(hi), hi)
    }

    pub fn amortized(&self) -> AmortizedGols {
        let search = AmortizedGols::default().with_threshold(self.overshoot).unwrap();
        let search = match self.displacement {
            Some(cap) => search.with_max_displacement(cap).unwrap(),
            None => search.without_cap(),
        };
        match self.previous {
            Some(previous) => search.with_previous(previous).unwrap(),
            None => search,
        }
    }

    pub fn inexact(&self) -> InexactGols {
        walking!(self, InexactGols, with_overshoot(self.overshoot))
    }

    pub fn bisection(&self) -> BisectionGols {
        exact!(self, BisectionGols)
    }

    pub fn golden(&self) -> GoldenSection {
        exact!(self, GoldenSection)
    }

    pub fn armijo(&self, reference: ReferenceLoss) -> Armijo {
        let search = walking!(self, Armijo, with_sufficient_decrease(self.sufficient_decrease));
        search.with_reference(reference)
    }

    pub fn backtracking(&self) -> BacktrackingGols {
        walking!(self, BacktrackingGols, with_overshoot(self.overshoot))
    }

    /// From the overshoot in (0, 1] a threshold in (-1, 1].
    pub fn threshold(&self) -> ThresholdGols {
        walking!(self, ThresholdGols, with_threshold(2.0 * self.overshoot - 1.0))
    }

    pub fn secant(&self) -> SecantGols {
        let limit = 10.0 * self.factor;
        walking!(self, SecantGols, with_overshoot(self.overshoot), with_limit(limit))
    }

    pub fn every(&self, period: usize) -> EveryKth<InexactGols> {
        EveryKth::new(self.inexact(), period).unwrap().with_bounds(self.bounds())
    }

    /// A constant learning rate, and positive.
    pub fn rate(&self) -> f64 {
        (0.1 * self.first_bracket).max(5e-324)
    }

    pub fn build(&self, kind: Kind) -> Any {
        match kind {
            Kind::AmortizedGols => Box::new(self.amortized()),
            Kind::InexactGols => Box::new(self.inexact()),
            Kind::BisectionGols => Box::new(self.bisection()),
            Kind::BacktrackingGols => Box::new(self.backtracking()),
            Kind::ThresholdGols => Box::new(self.threshold()),
            Kind::SecantGols => Box::new(self.secant()),
            Kind::Armijo => Box::new(self.armijo(ReferenceLoss::Once)),
            Kind::ArmijoResampled => Box::new(self.armijo(ReferenceLoss::Resampled)),
            Kind::GoldenSection => Box::new(self.golden()),
            Kind::EveryKth => Box::new(self.every(2)),
            Kind::FixedStep => Box::new(FixedStep::new(self.rate()).unwrap()),
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
            initial_step: self.initial_step.map(|rule| match rule {
                InitialStep::Constant(step) => InitialStep::Constant(step * factor),
                other => other,
            }),
            ..self.clone()
        }
    }
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
    let initial_step = prop_oneof![
        prop::sample::select(vec![
            InitialStep::Previous,
            InitialStep::PreviousTimes(3.0),
            InitialStep::SlopeRatio,
            InitialStep::Secant,
            InitialStep::HagerZhang,
            InitialStep::Largest,
        ]),
        length().prop_map(InitialStep::Constant),
    ];
    let rules = (
        prop_oneof![Just(1.0), 1e-6..1.0],
        prop_oneof![4 => 1.01..10.0, 1 => Just(1.0 + f64::EPSILON), 1 => Just(1e9)],
        1e-6..0.999,
        1_usize..200,
        prop::option::of(initial_step),
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
        max_evaluations: rules.3,
        initial_step: rules.4,
    })
}
