//! Who is compared at equal cost: methods, and grids of rates.

use std::fmt;

use crate::methods::{ADAM, FIXED, Method};
use crate::part::Part::Training;
use crate::record::Record;
use crate::results::Results;

/// A method; or a grid of rates, of which the best is chosen in hindsight, for each problem by its mean final error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Name {
    Of(Method),
    BestConstant,
    BestAdam,
    /// The same, each rate with an equal share of the cost.
    ConstantGridPaid,
    AdamGridPaid,
}

impl Name {
    /// The methods that this stands for, of which the best counts.
    fn methods(&self) -> &[Method] {
        match self {
            Self::Of(method) => std::slice::from_ref(method),
            Self::BestConstant | Self::ConstantGridPaid => &FIXED,
            Self::BestAdam | Self::AdamGridPaid => &ADAM,
        }
    }

    /// Whether the whole grid shares what others spend on one run.
    pub(crate) fn is_paid(self) -> bool {
        matches!(self, Self::ConstantGridPaid | Self::AdamGridPaid)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Of(method) => method.name(),
            Self::BestConstant => "best constant step",
            Self::BestAdam => "best Adam rate",
            Self::ConstantGridPaid => "constant steps, grid paid",
            Self::AdamGridPaid => "Adam, grid paid",
        })
    }
}

/// One who is compared.
pub(crate) struct Entrant<'a> {
    pub name: Name,
    /// Member by member, problem by problem, run by run: the run, and its training error at the cost.
    members: Vec<Vec<Vec<(&'a Record, f64)>>>,
}

impl<'a> Entrant<'a> {
    /// `costs` are the problems'. `None` if one of the methods was not run.
    pub(crate) fn new(name: Name, results: &'a Results, costs: &[f64]) -> Option<Self> {
        let methods = name.methods();
        let share = if name.is_paid() { 1.0 / methods.len() as f64 } else { 1.0 };
        let member = |&method: &Method| {
            let cells = costs.iter().enumerate().map(|(problem, cost)| {
                let runs = results.cell(problem, method)?.runs.iter();
                Some(runs.map(|run| (run, run.error_at(share * cost, Training))).collect())
            });
            cells.collect::<Option<Vec<Vec<_>>>>()
        };
        Some(Self { name, members: methods.iter().map(member).collect::<Option<_>>()? })
    }

    /// The mean error over these runs, and the place of the member that has it; infinite if a run of every
    /// member diverged.
    fn best_member(&self, problem: usize, runs: &[usize]) -> (f64, usize) {
        let error = |member: usize| {
            let all = &self.members[member][problem];
            let error = runs.iter().map(|&run| all[run].1).sum::<f64>() / runs.len() as f64;
            if error.is_finite() { error } else { f64::INFINITY }
        };
        let errors = (0..self.members.len()).map(|member| (error(member), member));
        errors.min_by(|a, b| a.0.total_cmp(&b.0)).unwrap_or((f64::INFINITY, 0))
    }

    /// The mean error of the best member over these runs.
    pub(crate) fn error(&self, problem: usize, runs: &[usize]) -> f64 {
        self.best_member(problem, runs).0
    }

    /// The runs of a problem, of the member that is best on all of them, each with its error.
    pub(crate) fn runs(&self, problem: usize) -> &[(&'a Record, f64)] {
        let all: Vec<usize> = (0..self.members[0][problem].len()).collect();
        &self.members[self.best_member(problem, &all).1][problem]
    }
}
