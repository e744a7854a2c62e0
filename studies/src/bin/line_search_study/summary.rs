//! The report for programs: `summary.json`.

use std::collections::BTreeMap;

use gols::Error;
use gols_studies::AnyError;
use gols_studies::statistics::{bootstrap, mean_and_sd, median};
use serde::Serialize;

use crate::claims::{Claim, cost_ratios};
use crate::methods::Method;
use crate::part::Part::{self, Test, Training, Validation};
use crate::report::Summary;
use crate::results::Cell;
use crate::winners::{Contest, Stage};

#[derive(Serialize)]
struct Json<'a> {
    settings: Settings,
    problems: Vec<Problem<'a>>,
    winners: Vec<Winners>,
    cost_to_reach_bisection_gols: Costs,
    claims: &'a [Claim],
}

#[derive(Serialize)]
struct Settings {
    runs: usize,
    iterations: usize,
    cost: Option<u64>,
    seed: u64,
}

#[derive(Serialize)]
struct Problem<'a> {
    name: &'a str,
    layers: usize,
    samples: [usize; 3],
    inputs: usize,
    outputs: usize,
    hidden: usize,
    prior_error: f64,
    methods: BTreeMap<Method, Runs>,
}

#[derive(Serialize)]
struct Runs {
    training: Errors,
    training_interval: [f64; 2],
    validation: Errors,
    test: Errors,
    function_evaluations: f64,
    median_step: f64,
    diverged: usize,
}

#[derive(Serialize)]
struct Errors {
    mean: f64,
    sd: f64,
}

#[derive(Serialize)]
struct Winners {
    reading: &'static str,
    at_equal: Stage,
    tolerance: f64,
    wins: BTreeMap<Method, Wins>,
}

#[derive(Serialize)]
struct Wins {
    wins: usize,
    interval: [f64; 2],
}

#[derive(Serialize)]
struct Costs {
    median: f64,
    ratios: Vec<f64>,
}

impl Summary<'_> {
    pub(crate) fn json(&self) -> Result<String, AnyError> {
        let settings = self.options.settings;
        let ratios = cost_ratios(self.results, Method::BisectionGols);
        let problems = (0..self.results.problems.len()).map(|problem| self.problem(problem));
        let json = Json {
            settings: Settings {
                runs: self.results.runs,
                iterations: settings.iterations,
                cost: settings.cost,
                seed: settings.seed,
            },
            problems: problems.collect::<Result<_, _>>()?,
            winners: self.contests.iter().map(Winners::new).collect(),
            cost_to_reach_bisection_gols: Costs { median: median(ratios.iter().copied()), ratios },
            claims: &self.claims,
        };
        Ok(serde_json::to_string_pretty(&json)? + "\n")
    }

    fn problem(&self, index: usize) -> Result<Problem<'_>, Error> {
        let problem = &self.results.problems[index];
        let mut methods = BTreeMap::new();
        for &method in &self.results.methods {
            if let Some(cell) = self.results.cell(index, method) {
                methods.insert(method, Runs::new(cell, self.results.runs)?);
            }
        }
        Ok(Problem {
            name: problem.name(),
            layers: problem.layers,
            samples: Part::ALL.map(|part| problem.data.parts[part].len()),
            inputs: problem.training().input_columns(),
            outputs: problem.training().target_columns(),
            hidden: problem.hidden(&self.options.settings.setup),
            prior_error: problem.prior_error(),
            methods,
        })
    }
}

impl Runs {
    fn new(cell: &Cell, runs: usize) -> Result<Self, Error> {
        let errors = |part: Part| {
            let (mean, sd) = mean_and_sd(cell.runs.iter().map(|run| run.last().errors[part]));
            Errors { mean, sd }
        };
        Ok(Self {
            training: errors(Training),
            training_interval: bootstrap(runs, |runs| cell.final_error(Training, runs))?,
            validation: errors(Validation),
            test: errors(Test),
            function_evaluations: cell.cost(),
            median_step: median(cell.runs.iter().map(|run| run.median_step)),
            diverged: cell.runs.iter().filter(|run| run.diverged()).count(),
        })
    }
}

impl Winners {
    fn new(contest: &Contest) -> Self {
        let wins =
            contest.reading.methods.into_iter().zip(contest.wins.iter().zip(contest.intervals));
        Self {
            reading: contest.reading.name,
            at_equal: contest.stage,
            tolerance: contest.tolerance,
            wins: wins
                .map(|(method, (&wins, interval))| (method, Wins { wins, interval }))
                .collect(),
        }
    }
}
