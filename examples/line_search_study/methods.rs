//! The ways to train, by the names they have in options, files and figures.

use gols::{
    AmortizedGols, Armijo, BisectionGols, Descent, Direction, Error, FixedStep, GoldenSection,
    InexactGols, LineSearch, ReferenceLoss, Sampling, SteepestDescent, StepBounds,
};

use crate::rivals::{Adam, DAdaptation, DAdaptationSgd, Dog, Prodigy, Sls};
use crate::setup::Batch;
use crate::trainer::{Objective, Trainer, Update, Updates};

/// What a method is told of a run before it starts.
pub struct Start<'a> {
    pub objective: &'a Objective,
    /// Training samples.
    pub samples: usize,
    pub batch: Batch,
}

type Made = Result<Box<dyn Trainer>, Error>;

/// A way to train.
pub struct Method {
    pub name: &'static str,
    make: fn(&Start<'_>) -> Made,
}

impl Method {
    pub fn trainer(&self, start: &Start<'_>) -> Made {
        (self.make)(start)
    }

    /// Whether this is one rate of a grid, which stand outside the contest one by one.
    pub fn is_of_a_grid(&self) -> bool {
        FIXED.contains(&self.name) || ADAM.contains(&self.name)
    }
}

/// The constant steps: seven decades.
pub const FIXED: [&str; 7] =
    ["Fixed1e-4", "Fixed1e-3", "Fixed1e-2", "Fixed1e-1", "Fixed1e0", "Fixed1e1", "Fixed1e2"];

/// Adam's rates: five decades.
pub const ADAM: [&str; 5] = ["Adam1e-4", "Adam1e-3", "Adam1e-2", "Adam1e-1", "Adam1e0"];

/// Names that stand for several methods.
pub const GROUPS: [(&str, &[&str]); 2] = [("FixedGrid", &FIXED), ("AdamGrid", &ADAM)];

/// The methods of the paper's study, which are run unless others are named.
pub const STUDY: [Method; 14] = [
    Method { name: "GoldenSection", make: |start| search(start, GoldenSection::default()) },
    Method { name: "Armijo", make: |start| search(start, Armijo::default()) },
    Method { name: "ArmijoResampled", make: armijo_resampled },
    Method { name: "BisectionGols", make: |start| search(start, BisectionGols::default()) },
    Method { name: "InexactGols", make: |start| search(start, InexactGols::default()) },
    Method { name: "GoldenSectionUncapped", make: golden_section_uncapped },
    Method { name: "BisectionGolsUncapped", make: bisection_gols_uncapped },
    Method { name: FIXED[0], make: |start| search(start, FixedStep::new(1e-4)?) },
    Method { name: FIXED[1], make: |start| search(start, FixedStep::new(1e-3)?) },
    Method { name: FIXED[2], make: |start| search(start, FixedStep::new(1e-2)?) },
    Method { name: FIXED[3], make: |start| search(start, FixedStep::new(1e-1)?) },
    Method { name: FIXED[4], make: |start| search(start, FixedStep::new(1.0)?) },
    Method { name: FIXED[5], make: |start| search(start, FixedStep::new(10.0)?) },
    Method { name: FIXED[6], make: |start| search(start, FixedStep::new(100.0)?) },
];

/// What the searches are compared with beyond the paper, run where it is named. A search along another
/// direction stands here as `|start| descent(start, direction, search)`.
pub const OTHERS: [Method; 14] = [
    Method { name: "AmortizedGols", make: |start| search(start, AmortizedGols::default()) },
    Method { name: "AmortizedGolsAdam", make: amortized_gols_adam },
    Method { name: "AmortizedGolsAdam0", make: amortized_gols_adam_0 },
    Method { name: ADAM[0], make: |start| adam(start, 1e-4) },
    Method { name: ADAM[1], make: |start| adam(start, 1e-3) },
    Method { name: ADAM[2], make: |start| adam(start, 1e-2) },
    Method { name: ADAM[3], make: |start| adam(start, 1e-1) },
    Method { name: ADAM[4], make: |start| adam(start, 1.0) },
    Method { name: "DAdaptation", make: |start| updates(start, DAdaptation::new(size(start))) },
    Method {
        name: "DAdaptationSgd",
        make: |start| updates(start, DAdaptationSgd::new(size(start))),
    },
    Method { name: "Prodigy", make: |start| updates(start, Prodigy::new(x0(start))) },
    Method { name: "DoG", make: |start| updates(start, Dog::new(x0(start))) },
    Method { name: "DoGLast", make: |start| updates(start, Dog::last(x0(start))) },
    Method { name: "SLS", make: sls },
];

/// Every method, in the order of tables.
pub fn all() -> impl Iterator<Item = &'static Method> {
    STUDY.iter().chain(&OTHERS)
}

pub fn find(name: &str) -> Option<&'static Method> {
    all().find(|method| method.name == name)
}

/// A search along −g on a new mini-batch for every evaluation.
fn search(start: &Start<'_>, search: impl LineSearch + 'static) -> Made {
    descent(start, SteepestDescent, search)
}

/// A search along any direction.
fn descent(
    start: &Start<'_>,
    direction: impl Direction<Objective> + 'static,
    search: impl LineSearch + 'static,
) -> Made {
    let sampling = start.batch.sampling();
    Ok(Box::new(Descent::new(start.objective, direction, search, sampling)?))
}

/// Adam's moments add up about ten gradients: the cap on a displacement is 2 (1 − β₁) of that along −g.
fn amortized_gols_adam(start: &Start<'_>) -> Made {
    let bounds = StepBounds::new(1e-8, 1e7, Some(0.2))?;
    descent(start, gols::Adam::default(), AmortizedGols::default().with_bounds(bounds))
}

/// Adam's direction without momentum, which always descends on its mini-batch.
fn amortized_gols_adam_0(start: &Start<'_>) -> Made {
    descent(start, gols::Adam::default().with_momentum(0.0)?, AmortizedGols::default())
}

fn updates(start: &Start<'_>, rule: impl Update + 'static) -> Made {
    Ok(Box::new(Updates::new(start.objective, rule)))
}

fn adam(start: &Start<'_>, rate: f64) -> Made {
    updates(start, Adam::new(rate, size(start)))
}

/// SLS searches on the mini-batch that its gradient came from.
fn sls(start: &Start<'_>) -> Made {
    let sampling = match start.batch.sampling() {
        Sampling::Full => Sampling::Full,
        _ => Sampling::Static,
    };
    let search = Sls::new(start.batch.size(start.samples), start.samples);
    Ok(Box::new(Descent::new(start.objective, SteepestDescent, search, sampling)?))
}

fn x0(start: &Start<'_>) -> Vec<f64> {
    start.objective.parameters().iter().map(|&x| f64::from(x)).collect()
}

fn size(start: &Start<'_>) -> usize {
    start.objective.parameters().len()
}

fn armijo_resampled(start: &Start<'_>) -> Made {
    search(start, Armijo::default().with_reference(ReferenceLoss::Resampled))
}

/// The exact searches as the paper's text has them: the limits on steps are the inexact searches' alone.
fn golden_section_uncapped(start: &Start<'_>) -> Made {
    let golden = GoldenSection::default().with_first_bracket(0.1)?.with_tolerance(1e-8)?;
    search(start, golden.with_bounds(StepBounds::new(1e-8, 1e7, None)?))
}

fn bisection_gols_uncapped(start: &Start<'_>) -> Made {
    let bisection = BisectionGols::default().with_first_bracket(0.1)?.with_tolerance(1e-8)?;
    search(start, bisection.with_bounds(StepBounds::new(1e-8, 1e7, None)?))
}
