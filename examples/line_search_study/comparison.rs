//! Who trains further at equal cost, the best rates in hindsight among them.

use std::fmt::Write;

use gols::Error;

use crate::methods::{ADAM, FIXED, Method};
use crate::profiles::Profiles;
use crate::record::Record;
use crate::results::Results;
use crate::statistics::{bootstrap, median};
use crate::table::{short, table};

/// Errors below this, in percent, count as equal where a floor is used.
pub const FLOOR: f64 = 1e-3;

/// The error, at least the floor; infinite for a run that diverged.
pub fn floored(error: f64) -> f64 {
    if error.is_finite() { error.max(FLOOR) } else { f64::INFINITY }
}

/// "Within 10 %".
const MARGIN: f64 = 1.1;

/// What the others are measured against.
const RIVALS: [&str; 11] = [
    BEST_CONSTANT,
    BEST_ADAM,
    "Adam1e-3",
    "DAdaptation",
    "DAdaptationSgd",
    "Prodigy",
    "DoG",
    "DoGLast",
    "SLS",
    CONSTANT_WITH_GRID,
    ADAM_WITH_GRID,
];

const BEST_CONSTANT: &str = "best constant step";
const BEST_ADAM: &str = "best Adam rate";
const CONSTANT_WITH_GRID: &str = "constant steps, grid paid";
const ADAM_WITH_GRID: &str = "Adam, grid paid";

/// A method; or a grid of rates, of which the best is chosen for each problem by its mean final error.
pub struct Entrant<'a> {
    pub name: &'static str,
    /// Member by member, problem by problem, run by run.
    members: Vec<Vec<Vec<&'a Record>>>,
    /// The training errors of all these.
    errors: Vec<Vec<Vec<f64>>>,
}

impl<'a> Entrant<'a> {
    /// `None` if one of the methods was not run. `share` is each member's share of the cost.
    fn new(
        name: &'static str,
        methods: &[&str],
        results: &'a Results,
        costs: &[f64],
        share: f64,
    ) -> Option<Self> {
        let mut members = Vec::new();
        for method in methods {
            let cells = (0..results.problems.len()).map(|problem| results.cell(problem, method));
            let runs = cells.map(|cell| Some(cell?.runs.iter().collect::<Vec<_>>()));
            members.push(runs.collect::<Option<Vec<_>>>()?);
        }
        let errors = |problems: &Vec<Vec<&Record>>| {
            let runs = problems.iter().zip(costs);
            let errors = runs.map(|(runs, cost)| {
                runs.iter().map(|run| run.error_at(share * cost, 0)).collect::<Vec<_>>()
            });
            errors.collect::<Vec<_>>()
        };
        let errors = members.iter().map(errors).collect();
        Some(Self { name, members, errors })
    }

    /// The mean error over these runs, and the place of the member that has it; infinite if a run of every
    /// member diverged.
    fn best(&self, problem: usize, runs: &[usize]) -> (f64, usize) {
        let error = |member: usize| {
            let errors = &self.errors[member][problem];
            let error = runs.iter().map(|&run| errors[run]).sum::<f64>() / runs.len() as f64;
            if error.is_finite() { error } else { f64::INFINITY }
        };
        let errors = (0..self.members.len()).map(|member| (error(member), member));
        errors.min_by(|a, b| a.0.total_cmp(&b.0)).unwrap_or((f64::INFINITY, 0))
    }

    /// The runs of a problem, of the member that is best on all of them, each with its error.
    pub fn runs(&self, problem: usize) -> impl Iterator<Item = (&'a Record, f64)> {
        let all: Vec<usize> = (0..self.errors[0][problem].len()).collect();
        let (_, member) = self.best(problem, &all);
        let runs = self.members[member][problem].iter().copied();
        runs.zip(self.errors[member][problem].iter().copied())
    }
}

/// On how many problems one entrant stands how to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Counts {
    ahead: usize,
    tied: usize,
    within: usize,
}

/// All entrants, at equal cost.
pub struct Comparison<'a> {
    entrants: Vec<Entrant<'a>>,
    problems: usize,
    runs: usize,
}

impl<'a> Comparison<'a> {
    /// Where runs end at a cost, they are compared at their ends; else each problem's at the cost of the
    /// method that ended first.
    pub fn new(results: &'a Results, ends_at_a_cost: bool) -> Self {
        let problems = results.problems.len();
        let cost = |problem: usize| {
            let cells = results.methods.iter().filter_map(|m| results.cell(problem, m.name));
            let costs = cells.map(|cell| cell.cost());
            let pick = if ends_at_a_cost { f64::max } else { f64::min };
            costs.reduce(pick).unwrap_or(0.0)
        };
        let costs: Vec<f64> = (0..problems).map(cost).collect();
        let alone = |method: &&Method| !method.is_of_a_grid() || method.name == "Adam1e-3";
        let methods = results.methods.iter().filter(|method| alone(method));
        let single = methods.map(|m| Entrant::new(m.name, &[m.name], results, &costs, 1.0));
        let [fixed, adam] = [FIXED.len(), ADAM.len()].map(|rates| 1.0 / rates as f64);
        let grids = [
            Entrant::new(BEST_CONSTANT, &FIXED, results, &costs, 1.0),
            Entrant::new(BEST_ADAM, &ADAM, results, &costs, 1.0),
            Entrant::new(CONSTANT_WITH_GRID, &FIXED, results, &costs, fixed),
            Entrant::new(ADAM_WITH_GRID, &ADAM, results, &costs, adam),
        ];
        let entrants = single.chain(grids).flatten().collect();
        Self { entrants, problems, runs: results.runs }
    }

    /// The entrants that spend the whole cost on one run: all but the grids that are paid for.
    pub fn on_one_run(&self) -> Vec<&Entrant<'a>> {
        let paid = [CONSTANT_WITH_GRID, ADAM_WITH_GRID];
        self.entrants.iter().filter(|entrant| !paid.contains(&entrant.name)).collect()
    }

    pub fn problems(&self) -> usize {
        self.problems
    }

    /// How `one` stands to `other` over these runs, errors below `floor` taken as equal to it.
    fn counts(&self, one: &Entrant<'_>, other: &Entrant<'_>, runs: &[usize], floor: f64) -> Counts {
        let mut counts = Counts { ahead: 0, tied: 0, within: 0 };
        for problem in 0..self.problems {
            let [a, b] = [one, other].map(|entrant| entrant.best(problem, runs).0.max(floor));
            counts.ahead += usize::from(a < b);
            counts.tied += usize::from(a == b);
            counts.within += usize::from(a.is_finite() && a <= MARGIN * b);
        }
        counts
    }

    /// The section of the summary.
    pub fn markdown(&self) -> Result<String, Error> {
        let mut text = format!(
            "\n## At equal cost\n\nMean training errors over runs, at the same number of function evaluations. \
             The best rate in hindsight is chosen\nfor each problem by that error; where its grid is paid, \
             every rate has an equal share of the cost. With the floor,\nerrors below {FLOOR} % count as \
             equal; without it, any difference counts. In brackets: 95 % bootstrap intervals\nover runs.\n\n"
        );
        self.against_table(&mut text)?;
        self.rank_table(&mut text);
        Profiles::new(self).markdown(&mut text);
        Ok(text)
    }

    fn against_table(&self, text: &mut String) -> Result<(), Error> {
        let all: Vec<usize> = (0..self.runs).collect();
        let is_rival = |entrant: &&Entrant<'_>| RIVALS.contains(&entrant.name);
        let mut rows = Vec::new();
        for one in self.entrants.iter().filter(|entrant| !is_rival(entrant)) {
            for other in self.entrants.iter().filter(is_rival) {
                let counts = self.counts(one, other, &all, FLOOR);
                let bare = self.counts(one, other, &all, 0.0);
                let interval = |pick: fn(Counts) -> usize| {
                    bootstrap(self.runs, |runs| pick(self.counts(one, other, runs, FLOOR)) as f64)
                };
                let [low, high] = interval(|counts| counts.ahead)?;
                let [within_low, within_high] = interval(|counts| counts.within)?;
                rows.push(vec![
                    one.name.to_owned(),
                    other.name.to_owned(),
                    format!("{} [{low:.0}, {high:.0}]", counts.ahead),
                    counts.tied.to_string(),
                    format!("{} [{within_low:.0}, {within_high:.0}]", counts.within),
                    bare.ahead.to_string(),
                    bare.within.to_string(),
                ]);
            }
        }
        if rows.is_empty() {
            return Ok(());
        }
        let _ = writeln!(text, "Of {} problems:\n", self.problems);
        let header =
            ["", "against", "ahead", "tied", "within 10 %", "ahead, no floor", "within, no floor"];
        table(text, &header.map(str::to_owned), &rows);
        Ok(())
    }

    /// The mean ranks over problems, those of equals shared.
    fn ranks(&self, entrants: &[&Entrant<'_>], runs: &[usize]) -> Vec<f64> {
        let mut sums = vec![0.0; entrants.len()];
        for problem in 0..self.problems {
            let errors: Vec<f64> =
                entrants.iter().map(|entrant| entrant.best(problem, runs).0.max(FLOOR)).collect();
            for (sum, error) in sums.iter_mut().zip(&errors) {
                let less = errors.iter().filter(|other| *other < error).count();
                let equal = errors.iter().filter(|other| *other == error).count();
                *sum += less as f64 + (equal as f64 + 1.0) / 2.0;
            }
        }
        sums.into_iter().map(|sum| sum / self.problems as f64).collect()
    }

    fn rank_table(&self, text: &mut String) {
        let all: Vec<usize> = (0..self.runs).collect();
        let entrants = self.on_one_run();
        let ranks = self.ranks(&entrants, &all);
        let least: Vec<f64> = (0..self.problems)
            .map(|problem| {
                let errors = entrants.iter().map(|entrant| entrant.best(problem, &all).0);
                errors.fold(f64::INFINITY, f64::min).max(FLOOR)
            })
            .collect();
        let mut rows: Vec<(f64, Vec<String>)> = Vec::new();
        for (entrant, rank) in entrants.iter().zip(ranks) {
            let ratio = |problem: usize| entrant.best(problem, &all).0.max(FLOOR) / least[problem];
            let ratios: Vec<f64> = (0..self.problems).map(ratio).collect();
            let runs = || (0..self.problems).flat_map(|problem| entrant.runs(problem));
            let worse = runs().filter(|(run, error)| *error > run.curve[0].errors[0]).count();
            let diverged = runs().filter(|(_, error)| !error.is_finite()).count();
            let row = vec![
                entrant.name.to_owned(),
                format!("{rank:.2}"),
                ratios.iter().filter(|&&ratio| ratio <= 1.0).count().to_string(),
                format!("{:.2}", median(ratios.iter().copied())),
                short(ratios.iter().copied().fold(0.0, f64::max)),
                diverged.to_string(),
                worse.to_string(),
            ];
            rows.push((rank, row));
        }
        rows.sort_by(|a, b| a.0.total_cmp(&b.0));
        let rows: Vec<Vec<String>> = rows.into_iter().map(|(_, row)| row).collect();
        *text += "Ranks by mean error, with the floor. Ratios are to the least error of a problem; a run got \
                  worse if it\nended above the error it started from.\n\n";
        let header = [
            "",
            "mean rank",
            "best on",
            "median ratio",
            "largest ratio",
            "diverged runs",
            "worse runs",
        ];
        table(text, &header.map(str::to_owned), &rows);
    }
}

#[cfg(test)]
pub mod tests;
