//! The reports for people: one line a run, and the tables.

use std::fmt::Write;

use gols::Error;
use gols_studies::AnyError;
use gols_studies::statistics::median;
use gols_studies::table::{markdown, short};

use crate::claims::{Claim, claims, per_iteration};
use crate::comparison::Comparison;
use crate::methods::{ADAM, FIXED, Method};
use crate::options::Options;
use crate::part::Part::Training;
use crate::record::Record;
use crate::results::{Cell, Results, least};
use crate::sensitivity::{self, Other};
use crate::winners::{Contest, Stage, contests};
use gols_studies::catalogue::label;

/// `results.csv`: one line a run.
pub(crate) fn csv(results: &Results) -> Result<String, std::fmt::Error> {
    let mut text = String::from(
        "problem,layers,method,run,train,validation,test,function_evaluations,information_calls,\
         median_step,iterations,test_accuracy,max_steps,failures,diverged\n",
    );
    for problem in 0..results.problems.len() {
        let cells = results.methods.iter().filter_map(|&method| results.cell(problem, method));
        for run in cells.flat_map(|cell| &cell.runs) {
            let (last, key) = (run.last(), &run.key);
            let [train, validation, test] = last.errors.0;
            write!(text, "{},{},{},{},", key.problem, key.layers, key.method, key.run)?;
            write!(text, "{train},{validation},{test},{},", last.cost)?;
            write!(text, "{},{},", run.information_calls, run.median_step)?;
            write!(text, "{},{},{},", last.iteration, run.accuracy, run.max_steps)?;
            writeln!(text, "{},{}", run.failures, run.diverged())?;
        }
    }
    Ok(text)
}

/// A part of the summary that has a file of its own: the file's name, and the text.
pub(crate) type Section = (&'static str, String);

/// What the reports say.
pub(crate) struct Summary<'a> {
    pub options: &'a Options,
    pub results: &'a Results,
    pub contests: Vec<Contest>,
    pub claims: Vec<Claim>,
    skipped: &'a [String],
}

impl<'a> Summary<'a> {
    pub(crate) fn new(
        options: &'a Options,
        results: &'a Results,
        skipped: &'a [String],
    ) -> Result<Self, Error> {
        // Runs that all end at one cost have no common number of iterations.
        let stages = match options.settings.cost {
            Some(_) => vec![Stage::Cost],
            None => vec![Stage::Iterations, Stage::Cost],
        };
        let contests = contests(results, &stages)?;
        let claims = claims(results, &contests);
        Ok(Self { options, results, contests, claims, skipped })
    }

    /// What was run.
    pub(crate) fn heading(&self) -> String {
        let settings = self.options.settings;
        let end = match settings.cost {
            Some(cost) => format!("{cost} function evaluations"),
            None => format!("{} iterations", settings.iterations),
        };
        let (problems, runs) = (self.results.problems.len(), self.results.runs);
        format!(
            "# The line-search study\n\n{problems} problems, {runs} runs of {end} each, seed {}, {}, f32.\n\
             Errors are 100/(N K) Σ (y − t)² over all N samples, in percent.\n\n",
            settings.seed,
            settings.setup.describe()
        )
    }

    /// Every table, in the order of `summary.md`.
    pub(crate) fn sections(
        &self,
        comparison: Option<&Comparison<'_>>,
        others: &[Other],
    ) -> Result<Vec<Section>, AnyError> {
        let mut sections = vec![
            ("claims.md", self.claims_table()),
            ("winners.md", self.wins_table()),
            ("costs.md", self.costs_table()),
        ];
        sections.extend(Fixed::count(self.results).map(|fixed| ("fixed.md", fixed.markdown())));
        sections.push(("errors.md", self.errors_table() + &self.ends()));
        if let Some(comparison) = comparison {
            sections.push(("equal_cost.md", comparison.markdown()?));
        }
        if !others.is_empty() {
            sections.push(("beside.md", sensitivity::markdown(self.results, others)));
        }
        Ok(sections)
    }

    fn claims_table(&self) -> String {
        let header = ["claim", "paper", "measured", "verdict"];
        let rows = self.claims.iter().map(|Claim { claim, paper, measured, verdict }| {
            vec![claim.clone(), (*paper).to_owned(), measured.clone(), verdict.to_string()]
        });
        let table = markdown(&header, &rows.collect::<Vec<_>>());
        format!("## Claims of section 4\n\n{table}\n")
    }

    fn wins_table(&self) -> String {
        let header = ["reading", "at equal", "tolerance", "GS", "ARLS", "B-GOLS", "I-GOLS"];
        let rows = self.contests.iter().map(|contest| {
            let Contest { reading, stage, tolerance, .. } = contest;
            let mut cells = vec![reading.name.to_owned(), stage.to_string(), tolerance.to_string()];
            cells.extend((0..reading.methods.len()).map(|method| contest.shown(method)));
            cells
        });
        format!(
            "## Winners\n\nThe lowest mean training error wins; within the tolerance, the cheapest. \
             In brackets: 95 % bootstrap\nintervals over runs. At equal cost, each problem's \
             methods are read at the cost of the one that ended first.\n\n{}\n",
            markdown(&header, &rows.collect::<Vec<_>>())
        )
    }

    fn costs_table(&self) -> String {
        let header = ["method", "function evaluations", "information calls", "median step"];
        let rows = self.results.methods.iter().filter_map(|&method| {
            let [evaluations, calls] = per_iteration(self.results, method)?;
            let step = median(self.results.runs_of(method).map(|run| run.median_step));
            Some(vec![
                method.to_string(),
                format!("{evaluations:.2}"),
                format!("{calls:.2}"),
                format!("{step:.1e}"),
            ])
        });
        let table = markdown(&header, &rows.collect::<Vec<_>>());
        format!("## Table 3: cost of an iteration\n\n{table}\n")
    }

    fn errors_table(&self) -> String {
        let (singles, rates): (Vec<Method>, Vec<Method>) =
            self.results.methods.iter().partition(|method| !method.is_of_a_grid());
        let has = |(_, _, grid): &(&str, &str, &[Method])| rates.iter().any(|m| grid.contains(m));
        let grids: [(&str, &str, &[Method]); 2] =
            [("best constant", "Fixed", &FIXED), ("best Adam", "Adam", &ADAM)];
        let grids: Vec<_> = grids.into_iter().filter(has).collect();
        let mut header: Vec<&str> = vec!["problem", "layers", "training", "H", "prior"];
        header.extend(singles.iter().map(|method| method.name()));
        header.extend(grids.iter().map(|(name, ..)| *name));
        let rows = self.results.problems.iter().enumerate().map(|(index, problem)| {
            let mut cells = vec![
                label(problem.name()).to_owned(),
                problem.layers.to_string(),
                problem.training().len().to_string(),
                problem.hidden(&self.options.settings.setup).to_string(),
                format!("{:.2}", problem.prior_error()),
            ];
            let error = |method: Method| {
                self.results.cell(index, method).map_or(f64::NAN, |cell| cell.error(Training))
            };
            cells.extend(singles.iter().map(|&method| short(error(method))));
            cells.extend(grids.iter().map(|(_, prefix, rates)| {
                let rates = rates.iter().map(|&method| (error(method), method));
                let best = rates.min_by(|a, b| a.0.total_cmp(&b.0));
                best.map_or(String::new(), |(error, method)| {
                    format!("{} ({})", short(error), method.name().trim_start_matches(prefix))
                })
            }));
            cells
        });
        format!(
            "## Final training errors\n\nMeans over runs, in percent; `prior` is the error of the best \
             constant outputs. H: nodes in a hidden layer.\n\n{}\n",
            markdown(&header, &rows.collect::<Vec<_>>())
        )
    }

    /// How runs ended, and what was not run.
    fn ends(&self) -> String {
        let diverged = self.counted(|run| run.diverged());
        let worse = self.counted(|run| run.is_worse(run.last().errors[Training]));
        let mut text = format!(
            "Runs that diverged (an error that is not finite): {diverged}.\n\n\
             Runs that ended above the training error they started from (sigmoids saturate rather than \
             diverge): {worse}.\n"
        );
        for line in self.skipped {
            // The folder's path is the reader's own and no part of the result.
            text += &format!("\n{}\n", line.split(':').next().unwrap_or(line));
        }
        text
    }

    /// The methods that have such runs, and how many.
    fn counted(&self, is_such: impl Fn(&Record) -> bool) -> String {
        let count = |&method: &Method| {
            let count = self.results.runs_of(method).filter(|run| is_such(run)).count();
            (count > 0).then(|| format!("{method} {count}"))
        };
        let found: Vec<String> = self.results.methods.iter().filter_map(count).collect();
        if found.is_empty() { "none".to_owned() } else { found.join(", ") }
    }
}

/// On how many problems I-GOLS beats the best constant step.
struct Fixed {
    problems: usize,
    iterations: usize,
    not_counted: usize,
    counted: usize,
}

impl Fixed {
    /// `None` if the grid was not run.
    fn count(results: &Results) -> Option<Self> {
        let mut fixed = Self { problems: 0, iterations: 0, not_counted: 0, counted: 0 };
        for problem in 0..results.problems.len() {
            let search = results.cell(problem, Method::InexactGols)?;
            let cells = FIXED.map(|method| results.cell(problem, method));
            let grid: Vec<&Cell> = cells.into_iter().collect::<Option<_>>()?;
            let all = search.all();
            let best_at =
                |cost: f64| least(grid.iter().map(|cell| cell.error_at(cost, Training, &all)));
            let share = search.cost() / grid.len() as f64;
            let alone = grid[0].cost().min(search.cost());
            let end = search.error(Training);
            let best = least(grid.iter().map(|cell| cell.final_error(Training, &all)));
            fixed.problems += 1;
            fixed.iterations += usize::from(end < best);
            let is_ahead = search.error_at(alone, Training, &all) < best_at(alone);
            fixed.not_counted += usize::from(is_ahead);
            fixed.counted += usize::from(end < best_at(share));
        }
        Some(fixed)
    }

    fn markdown(&self) -> String {
        let Self { problems, not_counted, counted, iterations } = self;
        format!(
            "## Constant steps\n\nThe grid is 1e-4, 1e-3, ..., 1e2; the best in hindsight is chosen for \
             each problem by its training error.\nInexactGols ends lower on\n\n\
             - {iterations} of {problems} problems at equal iterations, the grid's cost not counted;\n\
             - {not_counted} of {problems} at the cost of one run of the best constant step, the grid's \
             cost not counted;\n\
             - {counted} of {problems} at equal cost, where the whole grid shares what InexactGols spent.\n\n"
        )
    }
}
