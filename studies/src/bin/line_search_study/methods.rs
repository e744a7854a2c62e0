//! The ways to train, by the names they have in options, files and figures.

use std::fmt;

use gols::direction::{self, Direction, SteepestDescent};
use gols::search::{
    AmortizedGols, Armijo, BisectionGols, FixedStep, GoldenSection, InexactGols, LineSearch,
    ReferenceLoss, StepBounds,
};
use gols::{Descent, Error, Sampling};
use serde::{Deserialize, Serialize};

use crate::averaged::Averaged;
use crate::rivals::{Adam, DAdaptation, DAdaptationSgd, Dog, Prodigy, Sls};
use crate::setup::Batch;
use crate::trainer::{Objective, Trainer, Update, Updates};

/// A way to train.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "&'static str", try_from = "String")]
pub(crate) enum Method {
    GoldenSection,
    Armijo,
    ArmijoResampled,
    BisectionGols,
    InexactGols,
    GoldenSectionUncapped,
    BisectionGolsUncapped,
    /// A constant step, this power of ten.
    Fixed(i32),
    AmortizedGols,
    AmortizedGolsAdam,
    AmortizedGolsAdam0,
    /// The optimizer, which averages.
    Optimizer,
    /// Adam at a constant rate, this power of ten.
    Adam(i32),
    DAdaptation,
    DAdaptationSgd,
    Prodigy,
    Dog,
    DogLast,
    Sls,
}

/// Every method and its name, in the order of tables: the paper's 14, then what they are compared with, which is run
/// where it is named.
const NAMES: [(&str, Method); 29] = [
    ("GoldenSection", Method::GoldenSection),
    ("Armijo", Method::Armijo),
    ("ArmijoResampled", Method::ArmijoResampled),
    ("BisectionGols", Method::BisectionGols),
    ("InexactGols", Method::InexactGols),
    ("GoldenSectionUncapped", Method::GoldenSectionUncapped),
    ("BisectionGolsUncapped", Method::BisectionGolsUncapped),
    ("Fixed1e-4", FIXED[0]),
    ("Fixed1e-3", FIXED[1]),
    ("Fixed1e-2", FIXED[2]),
    ("Fixed1e-1", FIXED[3]),
    ("Fixed1e0", FIXED[4]),
    ("Fixed1e1", FIXED[5]),
    ("Fixed1e2", FIXED[6]),
    ("AmortizedGols", Method::AmortizedGols),
    ("AmortizedGolsAdam", Method::AmortizedGolsAdam),
    ("AmortizedGolsAdam0", Method::AmortizedGolsAdam0),
    ("Optimizer", Method::Optimizer),
    ("Adam1e-4", ADAM[0]),
    ("Adam1e-3", ADAM[1]),
    ("Adam1e-2", ADAM[2]),
    ("Adam1e-1", ADAM[3]),
    ("Adam1e0", ADAM[4]),
    ("DAdaptation", Method::DAdaptation),
    ("DAdaptationSgd", Method::DAdaptationSgd),
    ("Prodigy", Method::Prodigy),
    ("DoG", Method::Dog),
    ("DoGLast", Method::DogLast),
    ("SLS", Method::Sls),
];

/// The constant steps: seven decades.
pub(crate) const FIXED: [Method; 7] = [
    Method::Fixed(-4),
    Method::Fixed(-3),
    Method::Fixed(-2),
    Method::Fixed(-1),
    Method::Fixed(0),
    Method::Fixed(1),
    Method::Fixed(2),
];

/// Adam's rates: five decades.
pub(crate) const ADAM: [Method; 5] =
    [Method::Adam(-4), Method::Adam(-3), Method::Adam(-2), Method::Adam(-1), Method::Adam(0)];

/// The rate of Adam's authors, which stands beside the best of the grid.
pub(crate) const ADAM_DEFAULT: Method = Method::Adam(-3);

/// Names that stand for several methods.
pub(crate) const GROUPS: [(&str, &[Method]); 2] = [("FixedGrid", &FIXED), ("AdamGrid", &ADAM)];

/// What a method is told of a run before it starts.
pub(crate) struct Start {
    pub objective: Objective,
    /// Training samples.
    pub samples: usize,
    pub batch: Batch,
}

type Made = Result<Box<dyn Trainer>, Error>;

impl Method {
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        NAMES.into_iter().map(|(_, method)| method)
    }

    /// Whether this is one of the paper's study, which are run unless others are named.
    pub(crate) fn is_of_the_study(self) -> bool {
        self < Self::AmortizedGols
    }

    /// Whether this is one rate of a grid, which stand outside the contest one by one.
    pub(crate) fn is_of_a_grid(self) -> bool {
        matches!(self, Self::Fixed(_) | Self::Adam(_))
    }

    pub(crate) fn find(name: &str) -> Option<Self> {
        NAMES.iter().find(|(known, _)| *known == name).map(|&(_, method)| method)
    }

    pub(crate) fn name(self) -> &'static str {
        NAMES.iter().find(|(_, method)| *method == self).map_or("unnamed", |(name, _)| name)
    }

    pub(crate) fn trainer(self, start: Start) -> Made {
        let (x0, size) = (x0(&start.objective), start.objective.parameters().len());
        let uncapped = StepBounds::default().without_cap();
        match self {
            Self::GoldenSection => search(start, GoldenSection::default()),
            Self::Armijo => search(start, Armijo::default()),
            Self::ArmijoResampled => {
                search(start, Armijo::default().with_reference(ReferenceLoss::Resampled))
            }
            Self::BisectionGols => search(start, BisectionGols::default()),
            Self::InexactGols => search(start, InexactGols::default()),
            // The exact searches as the paper's text has them: the limits on steps are the inexact searches' alone.
            Self::GoldenSectionUncapped => {
                let golden = GoldenSection::default().with_first_bracket(0.1)?;
                search(start, golden.with_tolerance(1e-8)?.with_bounds(uncapped))
            }
            Self::BisectionGolsUncapped => {
                let bisection = BisectionGols::default().with_first_bracket(0.1)?;
                search(start, bisection.with_tolerance(1e-8)?.with_bounds(uncapped))
            }
            Self::Fixed(power) => search(start, FixedStep::new(10.0_f64.powi(power))?),
            Self::AmortizedGols => search(start, AmortizedGols::default()),
            // Adam's moments add up about ten gradients: the cap is 2 (1 − β₁) of that along −g.
            Self::AmortizedGolsAdam => {
                let search = AmortizedGols::default().with_max_displacement(0.2)?;
                descent(start, direction::Adam::default(), search)
            }
            // Without momentum the direction always descends on its mini-batch.
            Self::AmortizedGolsAdam0 => {
                descent(start, direction::Adam::without_momentum(), AmortizedGols::default())
            }
            Self::Optimizer => updates(start, Averaged::new(size)),
            Self::Adam(power) => updates(start, Adam::new(10.0_f64.powi(power), size)),
            Self::DAdaptation => updates(start, DAdaptation::new(size)),
            Self::DAdaptationSgd => updates(start, DAdaptationSgd::new(size)),
            Self::Prodigy => updates(start, Prodigy::new(x0)),
            Self::Dog => updates(start, Dog::new(x0)),
            Self::DogLast => updates(start, Dog::last(x0)),
            Self::Sls => sls(start),
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl From<Method> for &'static str {
    fn from(method: Method) -> Self {
        method.name()
    }
}

impl TryFrom<String> for Method {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        Self::find(&name).ok_or_else(|| format!("there is no method '{name}'"))
    }
}

/// A search along −g on a new mini-batch for every evaluation.
fn search(start: Start, search: impl LineSearch + 'static) -> Made {
    descent(start, SteepestDescent, search)
}

/// A search along any direction.
fn descent(
    start: Start,
    direction: impl Direction<Objective> + 'static,
    search: impl LineSearch + 'static,
) -> Made {
    Ok(Box::new(Descent::new(start.objective)?.along(direction).with_search(search)))
}

fn updates(start: Start, rule: impl Update + 'static) -> Made {
    Ok(Box::new(Updates::new(start.objective, rule)))
}

/// SLS searches on the mini-batch that its gradient came from.
fn sls(start: Start) -> Made {
    let search = Sls::new(start.batch.size(start.samples), start.samples);
    let descent = Descent::new(start.objective)?.with_search(search);
    Ok(Box::new(descent.with_sampling(Sampling::Static)))
}

fn x0(objective: &Objective) -> Vec<f64> {
    objective.parameters().iter().map(|&x| f64::from(x)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_has_a_name_of_its_own_and_is_found_by_it() {
        assert!(Method::all().all(|method| Method::find(method.name()) == Some(method)));
        assert!(Method::all().collect::<Vec<_>>().is_sorted_by(|a, b| a < b));
        assert_eq!(Method::all().filter(|method| method.is_of_the_study()).count(), 14);
        assert!(Method::try_from("Newton".to_owned()).is_err());
    }

    #[test]
    fn the_rates_of_a_grid_are_those_of_their_names() {
        for method in FIXED.into_iter().chain(ADAM) {
            let (Method::Fixed(power) | Method::Adam(power)) = method else { panic!("{method}") };
            let name = method.name().trim_start_matches("Fixed").trim_start_matches("Adam");
            assert_eq!(name.parse(), Ok(10.0_f64.powi(power)));
        }
    }
}
