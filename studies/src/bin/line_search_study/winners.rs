//! Who wins a problem: the paper's rule ([LR] 4.2) made exact.
//!
//! The lowest mean training error wins; among all methods within a tolerance of it, the cheapest. The paper
//! names no tolerance: it calls B-GOLS best where it is 0.4 below I-GOLS, so 0.3 is the largest round one
//! that agrees.

use std::fmt;

use gols::Error;
use gols_studies::statistics::bootstrap;
use serde::Serialize;

use crate::methods::Method;
use crate::part::Part::Training;
use crate::results::{Cell, Results, least};

/// The methods that stand for the paper's four: GS, ARLS, B-GOLS and I-GOLS.
pub(crate) struct Reading {
    pub name: &'static str,
    pub methods: [Method; 4],
}

/// What the paper leaves open: whether the exact searches are capped, and which loss Armijo compares with.
pub(crate) const READINGS: [Reading; 3] = [
    Reading {
        name: "capped",
        methods: [
            Method::GoldenSection,
            Method::ArmijoResampled,
            Method::BisectionGols,
            Method::InexactGols,
        ],
    },
    Reading {
        name: "uncapped",
        methods: [
            Method::GoldenSectionUncapped,
            Method::ArmijoResampled,
            Method::BisectionGolsUncapped,
            Method::InexactGols,
        ],
    },
    Reading {
        name: "capped, textbook Armijo",
        methods: [
            Method::GoldenSection,
            Method::Armijo,
            Method::BisectionGols,
            Method::InexactGols,
        ],
    },
];

/// At which point of their runs the methods are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Stage {
    /// After all their iterations, whatever they cost.
    Iterations,
    /// When the cheapest of them has ended: all at its cost.
    Cost,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Iterations => "iterations",
            Self::Cost => "cost",
        })
    }
}

/// Wins by method under one reading, stage and tolerance.
pub(crate) struct Contest {
    pub reading: &'static Reading,
    pub stage: Stage,
    pub tolerance: f64,
    /// The problems that all of the reading's methods ran.
    pub problems: usize,
    pub wins: [usize; 4],
    /// 95 % bootstrap intervals of the wins, over runs.
    pub intervals: [[f64; 2]; 4],
}

/// The tolerances that are printed, in percent of error.
pub(crate) const TOLERANCES: [f64; 2] = [0.0, 0.3];

/// Every reading whose methods were run, at these stages, with both tolerances.
pub(crate) fn contests(results: &Results, stages: &[Stage]) -> Result<Vec<Contest>, Error> {
    let mut contests = Vec::new();
    for reading in READINGS.iter().filter(|r| r.methods.iter().all(|&m| results.has(m))) {
        for &stage in stages {
            for tolerance in TOLERANCES {
                contests.push(Contest::new(results, reading, stage, tolerance)?);
            }
        }
    }
    Ok(contests)
}

impl Contest {
    fn new(
        results: &Results,
        reading: &'static Reading,
        stage: Stage,
        tolerance: f64,
    ) -> Result<Self, Error> {
        let cells = (0..results.problems.len()).filter_map(|problem| {
            let cells = reading.methods.iter().map(|&method| results.cell(problem, method));
            cells.collect::<Option<Vec<&Cell>>>()
        });
        let cells: Vec<Vec<&Cell>> = cells.collect();
        let wins = |runs: &[usize]| {
            let mut wins = [0; 4];
            for cells in &cells {
                wins[winner(cells, stage, tolerance, runs)] += 1;
            }
            wins
        };
        let all: Vec<usize> = (0..results.runs).collect();
        let mut intervals = [[0.0; 2]; 4];
        for (method, interval) in intervals.iter_mut().enumerate() {
            *interval = bootstrap(results.runs, |runs| wins(runs)[method] as f64)?;
        }
        let (problems, wins) = (cells.len(), wins(&all));
        Ok(Self { reading, stage, tolerance, problems, wins, intervals })
    }

    /// The wins of a method, by its place in the reading, and their interval.
    pub(crate) fn shown(&self, method: usize) -> String {
        let [low, high] = self.intervals[method];
        format!("{} [{low:.0}, {high:.0}]", self.wins[method])
    }
}

/// The place of the winner among these methods.
fn winner(cells: &[&Cell], stage: Stage, tolerance: f64, runs: &[usize]) -> usize {
    let least_cost = least(cells.iter().map(|cell| cell.cost()));
    let error = |cell: &&Cell| match stage {
        Stage::Iterations => cell.final_error(Training, runs),
        Stage::Cost => cell.error_at(least_cost, Training, runs),
    };
    let errors: Vec<f64> = cells.iter().map(error).collect();
    let best = least(errors.iter().copied());
    let good = |&method: &usize| errors[method] <= best + tolerance;
    // The price of a method: all of its run; or, where all have spent the same, what it took to come
    // within the tolerance.
    let price = |method: usize| match stage {
        Stage::Iterations => cells[method].cost(),
        Stage::Cost => cells[method].cost_to_reach(best + tolerance, runs).min(least_cost),
    };
    let order = |a: &usize, b: &usize| {
        price(*a).total_cmp(&price(*b)).then(errors[*a].total_cmp(&errors[*b]))
    };
    (0..cells.len()).filter(good).min_by(order).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::tests::record;

    /// Runs from an error of 20 to this one, at this cost.
    fn cell(cost: u64, error: f64) -> Cell {
        let mut record = record(Method::InexactGols, 0, [20.0, error]);
        record.curve[1].cost = cost;
        Cell { runs: vec![record] }
    }

    fn won(cells: [Cell; 3], stage: Stage, tolerance: f64) -> usize {
        let [a, b, c] = &cells;
        winner(&[a, b, c], stage, tolerance, &[0])
    }

    #[test]
    fn the_lowest_error_wins_and_within_the_tolerance_the_cheapest() {
        let cells = || [cell(1000, 1.0), cell(100, 1.2), cell(50, 1.4)];
        assert_eq!(won(cells(), Stage::Iterations, 0.0), 0);
        assert_eq!(won(cells(), Stage::Iterations, 0.3), 1);
        assert_eq!(won(cells(), Stage::Iterations, 0.5), 2);
    }

    #[test]
    fn at_equal_cost_a_dear_method_is_judged_half_way() {
        // At cost 50 the first stands at 20 - 19 * 50 / 1000 and the second at 20 - 18.8 / 2.
        let cells = [cell(1000, 1.0), cell(100, 1.2), cell(50, 19.5)];
        assert_eq!(won(cells, Stage::Cost, 0.0), 1);
    }

    #[test]
    fn a_divergence_never_wins() {
        let cells = [cell(10, f64::NAN), cell(100, 19.0), cell(1000, 19.5)];
        assert_eq!(won(cells, Stage::Iterations, 0.3), 1);
    }
}
