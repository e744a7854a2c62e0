//! The finished runs, by problem and method.

use std::collections::BTreeMap;

use gols_studies::statistics::mean;

use crate::methods::Method;
use crate::part::Part;
use crate::problem::Problem;
use crate::record::Record;

/// The runs of one method on one problem.
#[derive(Default)]
pub(crate) struct Cell {
    pub runs: Vec<Record>,
}

impl Cell {
    /// The mean final error over all runs. Infinite if one diverged.
    pub(crate) fn error(&self, part: Part) -> f64 {
        self.final_error(part, &self.all())
    }

    /// The same over these runs.
    pub(crate) fn final_error(&self, part: Part, runs: &[usize]) -> f64 {
        finite_or_infinite(mean(runs.iter().map(|&run| self.runs[run].last().errors[part])))
    }

    /// The mean error after this cost.
    pub(crate) fn error_at(&self, cost: f64, part: Part, runs: &[usize]) -> f64 {
        finite_or_infinite(mean(runs.iter().map(|&run| self.runs[run].error_at(cost, part))))
    }

    /// The mean cost of whole runs, in function evaluations.
    pub(crate) fn cost(&self) -> f64 {
        mean(self.runs.iter().map(|run| run.last().cost as f64))
    }

    /// The least cost at which the mean training error is no more than `error`; infinite if it never is.
    pub(crate) fn cost_to_reach(&self, error: f64, runs: &[usize]) -> f64 {
        let mut costs: Vec<u64> =
            runs.iter().flat_map(|&run| &self.runs[run].curve).map(|point| point.cost).collect();
        costs.sort_unstable();
        costs.dedup();
        let reached = |&cost: &u64| self.error_at(cost as f64, Part::Training, runs) <= error;
        costs.into_iter().find(reached).map_or(f64::INFINITY, |cost| cost as f64)
    }

    /// All runs, as a choice of runs.
    pub(crate) fn all(&self) -> Vec<usize> {
        (0..self.runs.len()).collect()
    }
}

fn finite_or_infinite(error: f64) -> f64 {
    if error.is_finite() { error } else { f64::INFINITY }
}

/// The least of some errors or costs; infinite without any.
pub(crate) fn least(values: impl IntoIterator<Item = f64>) -> f64 {
    values.into_iter().fold(f64::INFINITY, f64::min)
}

/// The most of some positive numbers; 0 without any.
pub(crate) fn most(values: impl IntoIterator<Item = f64>) -> f64 {
    values.into_iter().fold(0.0, f64::max)
}

/// All cells: problems by methods.
pub(crate) struct Results {
    pub problems: Vec<Problem>,
    pub methods: Vec<Method>,
    pub runs: usize,
    cells: BTreeMap<(usize, Method), Cell>,
}

impl Results {
    pub(crate) fn new(
        problems: Vec<Problem>,
        methods: Vec<Method>,
        runs: usize,
        records: Vec<Record>,
    ) -> Self {
        let mut cells: BTreeMap<(usize, Method), Cell> = BTreeMap::new();
        for record in records {
            let at = place(&problems, &record.key.problem, record.key.layers);
            if let Some(problem) = at.filter(|_| methods.contains(&record.key.method)) {
                cells.entry((problem, record.key.method)).or_default().runs.push(record);
            }
        }
        Self { problems, methods, runs, cells }
    }

    pub(crate) fn cell(&self, problem: usize, method: Method) -> Option<&Cell> {
        self.cells.get(&(problem, method))
    }

    /// The cell of a data set by its name.
    pub(crate) fn named(&self, name: &str, layers: usize, method: Method) -> Option<&Cell> {
        self.cell(place(&self.problems, name, layers)?, method)
    }

    pub(crate) fn has(&self, method: Method) -> bool {
        self.methods.contains(&method)
    }

    /// The cells of one method, problem by problem.
    pub(crate) fn of(&self, method: Method) -> impl Iterator<Item = &Cell> {
        (0..self.problems.len()).filter_map(move |problem| self.cell(problem, method))
    }

    /// All runs of one method.
    pub(crate) fn runs_of(&self, method: Method) -> impl Iterator<Item = &Record> {
        self.of(method).flat_map(|cell| &cell.runs)
    }
}

fn place(problems: &[Problem], name: &str, layers: usize) -> Option<usize> {
    problems.iter().position(|problem| problem.name() == name && problem.layers == layers)
}
