//! The finished runs, by problem and method.

use std::collections::BTreeMap;

use crate::methods::Method;
use crate::problem::Problem;
use crate::record::Record;
use crate::statistics::mean;

/// The runs of one method on one problem.
pub struct Cell {
    pub runs: Vec<Record>,
}

impl Cell {
    /// The mean final error over these runs: training (0), validation (1) or test (2). Infinite if a run
    /// diverged.
    pub fn final_error(&self, part: usize, runs: &[usize]) -> f64 {
        finite_or_infinite(mean(runs.iter().map(|&run| self.runs[run].last().errors[part])))
    }

    /// The mean error after this cost.
    pub fn error_at(&self, cost: f64, part: usize, runs: &[usize]) -> f64 {
        finite_or_infinite(mean(runs.iter().map(|&run| self.runs[run].error_at(cost, part))))
    }

    /// The mean cost of whole runs, in function evaluations.
    pub fn cost(&self) -> f64 {
        mean(self.runs.iter().map(|run| run.last().cost as f64))
    }

    /// The least cost at which the mean training error is no more than `error`; infinite if it never is.
    pub fn cost_to_reach(&self, error: f64, runs: &[usize]) -> f64 {
        let mut costs: Vec<u64> =
            runs.iter().flat_map(|&run| &self.runs[run].curve).map(|point| point.cost).collect();
        costs.sort_unstable();
        costs.dedup();
        let reached = |&cost: &u64| self.error_at(cost as f64, 0, runs) <= error;
        costs.into_iter().find(reached).map_or(f64::INFINITY, |cost| cost as f64)
    }

    /// All runs, as a choice of runs.
    pub fn all(&self) -> Vec<usize> {
        (0..self.runs.len()).collect()
    }
}

fn finite_or_infinite(error: f64) -> f64 {
    if error.is_finite() { error } else { f64::INFINITY }
}

/// All cells: problems by methods.
pub struct Results {
    pub problems: Vec<Problem>,
    pub methods: Vec<&'static Method>,
    pub runs: usize,
    cells: BTreeMap<(usize, &'static str), Cell>,
}

impl Results {
    pub fn new(
        problems: Vec<Problem>,
        methods: Vec<&'static Method>,
        runs: usize,
        records: Vec<Record>,
    ) -> Self {
        let mut cells: BTreeMap<(usize, &'static str), Cell> = BTreeMap::new();
        for record in records {
            let at = |problem: &Problem| {
                problem.name() == record.key.problem && problem.layers == record.key.layers
            };
            let problem = problems.iter().position(at);
            let method = methods.iter().find(|method| method.name == record.key.method);
            if let (Some(problem), Some(method)) = (problem, method) {
                let cell = cells.entry((problem, method.name)).or_insert(Cell { runs: Vec::new() });
                cell.runs.push(record);
            }
        }
        Self { problems, methods, runs, cells }
    }

    pub fn cell(&self, problem: usize, method: &str) -> Option<&Cell> {
        let method = self.methods.iter().find(|known| known.name == method)?;
        self.cells.get(&(problem, method.name))
    }

    /// The cell of a data set by its name.
    pub fn named(&self, name: &str, layers: usize, method: &str) -> Option<&Cell> {
        let at = |problem: &Problem| problem.name() == name && problem.layers == layers;
        self.cell(self.problems.iter().position(at)?, method)
    }

    pub fn has(&self, method: &str) -> bool {
        self.methods.iter().any(|known| known.name == method)
    }

    /// The cells of one method, problem by problem.
    pub fn of<'a>(&'a self, method: &'a str) -> impl Iterator<Item = &'a Cell> {
        (0..self.problems.len()).filter_map(move |problem| self.cell(problem, method))
    }
}
