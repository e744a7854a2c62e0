//! Who trains further at equal cost, the best rates in hindsight among them.

use gols::Error;
use gols_studies::statistics::{bootstrap, median};
use gols_studies::table::{markdown, short};

use crate::entrant::{Entrant, Name};
use crate::methods::{ADAM_DEFAULT, Method};
use crate::profiles::Profiles;
use crate::results::{Results, least, most};

/// Errors below this, in percent, count as equal where a floor is used.
pub(crate) const FLOOR: f64 = 1e-3;

/// The error, at least the floor; infinite for a run that diverged.
pub(crate) fn floored(error: f64) -> f64 {
    if error.is_finite() { error.max(FLOOR) } else { f64::INFINITY }
}

/// "Within 10 %".
const MARGIN: f64 = 1.1;

/// What the others are measured against.
const RIVALS: [Name; 11] = [
    Name::BestConstant,
    Name::BestAdam,
    Name::Of(ADAM_DEFAULT),
    Name::Of(Method::DAdaptation),
    Name::Of(Method::DAdaptationSgd),
    Name::Of(Method::Prodigy),
    Name::Of(Method::Dog),
    Name::Of(Method::DogLast),
    Name::Of(Method::Sls),
    Name::ConstantGridPaid,
    Name::AdamGridPaid,
];

/// On how many problems one entrant stands how to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Counts {
    ahead: usize,
    tied: usize,
    within: usize,
}

/// All entrants, at equal cost.
pub(crate) struct Comparison<'a> {
    entrants: Vec<Entrant<'a>>,
    problems: usize,
    runs: Vec<usize>,
}

impl<'a> Comparison<'a> {
    /// Where runs end at a cost, they are compared at their ends; else each problem's at the cost of the
    /// method that ended first.
    pub(crate) fn new(results: &'a Results, ends_at_a_cost: bool) -> Self {
        let problems = results.problems.len();
        let cost = |problem: usize| {
            let cells = results.methods.iter().filter_map(|&m| results.cell(problem, m));
            let pick = if ends_at_a_cost { f64::max } else { f64::min };
            cells.map(|cell| cell.cost()).reduce(pick).unwrap_or(0.0)
        };
        let costs: Vec<f64> = (0..problems).map(cost).collect();
        let alone = |method: &&Method| !method.is_of_a_grid() || **method == ADAM_DEFAULT;
        let single = results.methods.iter().filter(alone).map(|&method| Name::Of(method));
        let grids =
            [Name::BestConstant, Name::BestAdam, Name::ConstantGridPaid, Name::AdamGridPaid];
        let entrants = single.chain(grids).filter_map(|name| Entrant::new(name, results, &costs));
        Self { entrants: entrants.collect(), problems, runs: (0..results.runs).collect() }
    }

    /// The entrants that spend the whole cost on one run: all but the grids that are paid for.
    pub(crate) fn on_one_run(&self) -> Vec<&Entrant<'a>> {
        self.entrants.iter().filter(|entrant| !entrant.name.is_paid()).collect()
    }

    pub(crate) fn problems(&self) -> usize {
        self.problems
    }

    /// How `one` stands to `other` over these runs, errors below `floor` taken as equal to it.
    fn counts(&self, one: &Entrant<'_>, other: &Entrant<'_>, runs: &[usize], floor: f64) -> Counts {
        let mut counts = Counts { ahead: 0, tied: 0, within: 0 };
        for problem in 0..self.problems {
            let [a, b] = [one, other].map(|entrant| entrant.error(problem, runs).max(floor));
            counts.ahead += usize::from(a < b);
            counts.tied += usize::from(a == b);
            counts.within += usize::from(a.is_finite() && a <= MARGIN * b);
        }
        counts
    }

    /// The section of the summary.
    pub(crate) fn markdown(&self) -> Result<String, Error> {
        Ok(format!(
            "\n## At equal cost\n\nMean training errors over runs, at the same number of function evaluations. \
             The best rate in hindsight is chosen\nfor each problem by that error; where its grid is paid, \
             every rate has an equal share of the cost. With the floor,\nerrors below {FLOOR} % count as \
             equal; without it, any difference counts. In brackets: 95 % bootstrap intervals\nover runs.\n\n\
             {}{}{}",
            self.against_table()?,
            self.rank_table(),
            Profiles::new(self).markdown()
        ))
    }

    fn against_table(&self) -> Result<String, Error> {
        let (rivals, others): (Vec<_>, Vec<_>) =
            self.entrants.iter().partition(|entrant| RIVALS.contains(&entrant.name));
        let mut rows = Vec::new();
        for one in others {
            for other in &rivals {
                rows.push(self.against(one, other)?);
            }
        }
        if rows.is_empty() {
            return Ok(String::new());
        }
        let header =
            ["", "against", "ahead", "tied", "within 10 %", "ahead, no floor", "within, no floor"];
        Ok(format!("Of {} problems:\n\n{}\n", self.problems, markdown(&header, &rows)))
    }

    fn against(&self, one: &Entrant<'_>, other: &Entrant<'_>) -> Result<Vec<String>, Error> {
        let counts = self.counts(one, other, &self.runs, FLOOR);
        let bare = self.counts(one, other, &self.runs, 0.0);
        let shown = |pick: fn(Counts) -> usize| {
            let count = |runs: &[usize]| pick(self.counts(one, other, runs, FLOOR)) as f64;
            let [low, high] = bootstrap(self.runs.len(), count)?;
            Ok::<_, Error>(format!("{} [{low:.0}, {high:.0}]", pick(counts)))
        };
        Ok(vec![
            one.name.to_string(),
            other.name.to_string(),
            shown(|counts| counts.ahead)?,
            counts.tied.to_string(),
            shown(|counts| counts.within)?,
            bare.ahead.to_string(),
            bare.within.to_string(),
        ])
    }

    /// The mean ranks over problems, those of equals shared.
    fn ranks(&self, entrants: &[&Entrant<'_>], runs: &[usize]) -> Vec<f64> {
        let mut sums = vec![0.0; entrants.len()];
        for problem in 0..self.problems {
            let errors: Vec<f64> =
                entrants.iter().map(|entrant| entrant.error(problem, runs).max(FLOOR)).collect();
            for (sum, error) in sums.iter_mut().zip(&errors) {
                let below = errors.iter().filter(|other| *other < error).count();
                let equal = errors.iter().filter(|other| *other == error).count();
                *sum += below as f64 + (equal as f64 + 1.0) / 2.0;
            }
        }
        sums.into_iter().map(|sum| sum / self.problems as f64).collect()
    }

    fn rank_table(&self) -> String {
        let entrants = self.on_one_run();
        let ranks = self.ranks(&entrants, &self.runs);
        let least_error = |problem: usize| {
            least(entrants.iter().map(|entrant| entrant.error(problem, &self.runs))).max(FLOOR)
        };
        let least_errors: Vec<f64> = (0..self.problems).map(least_error).collect();
        let mut rows: Vec<(f64, Vec<String>)> = entrants
            .iter()
            .zip(ranks)
            .map(|(e, rank)| (rank, self.rank(e, rank, &least_errors)))
            .collect();
        rows.sort_by(|a, b| a.0.total_cmp(&b.0));
        let rows: Vec<Vec<String>> = rows.into_iter().map(|(_, row)| row).collect();
        let header = [
            "",
            "mean rank",
            "best on",
            "median ratio",
            "largest ratio",
            "diverged runs",
            "worse runs",
        ];
        format!(
            "Ranks by mean error, with the floor. Ratios are to the least error of a problem; a run got \
             worse if it\nended above the error it started from.\n\n{}\n",
            markdown(&header, &rows)
        )
    }

    fn rank(&self, entrant: &Entrant<'_>, rank: f64, least_errors: &[f64]) -> Vec<String> {
        let errors = (0..self.problems).map(|p| entrant.error(p, &self.runs).max(FLOOR));
        let ratios: Vec<f64> =
            errors.zip(least_errors).map(|(error, least)| error / least).collect();
        let runs = || (0..self.problems).flat_map(|problem| entrant.runs(problem));
        vec![
            entrant.name.to_string(),
            format!("{rank:.2}"),
            ratios.iter().filter(|&&ratio| ratio <= 1.0).count().to_string(),
            format!("{:.2}", median(ratios.iter().copied())),
            short(most(ratios)),
            runs().filter(|(_, error)| !error.is_finite()).count().to_string(),
            runs().filter(|(run, error)| run.is_worse(*error)).count().to_string(),
        ]
    }
}

#[cfg(test)]
pub(crate) mod tests;
