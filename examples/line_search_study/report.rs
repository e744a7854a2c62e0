//! The reports: one line a run, and the summary for people and for programs.

use std::fmt::Write;

use gols::Error;
use serde_json::{Value, json};

use crate::claims::{Claim, claims, cost_ratios, per_iteration};
use crate::methods::{ADAM, FIXED};
use crate::options::Options;
use crate::results::Results;
use crate::statistics::{bootstrap, mean_and_sd, median, quantile};
use crate::table::{short, table};
use crate::winners::{Contest, Stage, contests};

/// `results.csv`: one line a run.
pub fn csv(results: &Results) -> String {
    let mut text = String::from(
        "problem,layers,method,run,train,validation,test,function_evaluations,information_calls,\
         median_step,iterations,test_accuracy,max_steps,failures,diverged\n",
    );
    for problem in 0..results.problems.len() {
        for method in &results.methods {
            for run in results.cell(problem, method.name).iter().flat_map(|cell| &cell.runs) {
                let last = run.last();
                let [train, validation, test] = last.errors;
                let key = &run.key;
                let _ = writeln!(
                    text,
                    "{},{},{},{},{train},{validation},{test},{},{},{},{},{},{},{},{}",
                    key.problem,
                    key.layers,
                    key.method,
                    key.run,
                    last.cost,
                    run.information_calls,
                    run.median_step,
                    last.iteration,
                    run.accuracy,
                    run.max_steps,
                    run.failures,
                    run.diverged(),
                );
            }
        }
    }
    text
}

/// What both summaries say.
pub struct Summary<'a> {
    options: &'a Options,
    results: &'a Results,
    skipped: &'a [String],
    contests: Vec<Contest>,
    claims: Vec<Claim>,
}

impl<'a> Summary<'a> {
    pub fn new(
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
        Ok(Self { options, results, skipped, contests, claims })
    }

    /// `summary.md`.
    pub fn markdown(&self) -> String {
        let mut text = String::from("# The line-search study\n\n");
        let settings = self.options.settings;
        let end = match settings.cost {
            Some(cost) => format!("{cost} function evaluations"),
            None => format!("{} iterations", settings.iterations),
        };
        let _ = writeln!(
            text,
            "{} problems, {} runs of {end} each, seed {}, {}, f32.\nErrors are 100/(N K) Σ (y − t)² over all N samples, in percent.\n",
            self.results.problems.len(),
            self.results.runs,
            settings.seed,
            settings.setup.describe()
        );
        self.claims_table(&mut text);
        self.wins_table(&mut text);
        self.costs_table(&mut text);
        self.fixed_table(&mut text);
        self.errors_table(&mut text);
        self.ends(&mut text);
        text
    }

    fn claims_table(&self, text: &mut String) {
        let header = ["claim", "paper", "measured", "verdict"].map(str::to_owned);
        let rows = self.claims.iter().map(|claim| {
            let Claim { claim, paper, measured, verdict } = claim;
            vec![claim.clone(), (*paper).to_owned(), measured.clone(), (*verdict).to_owned()]
        });
        *text += "## Claims of section 4\n\n";
        table(text, &header, &rows.collect::<Vec<_>>());
    }

    fn wins_table(&self, text: &mut String) {
        *text += "## Winners\n\nThe lowest mean training error wins; within the tolerance, the cheapest. \
                  In brackets: 95 % bootstrap\nintervals over runs. At equal cost, each problem's \
                  methods are read at the cost of the one that ended first.\n\n";
        let header = ["reading", "at equal", "tolerance", "GS", "ARLS", "B-GOLS", "I-GOLS"];
        let rows = self.contests.iter().map(|contest| {
            let mut cells = vec![
                contest.reading.name.to_owned(),
                stage(contest.stage).to_owned(),
                contest.tolerance.to_string(),
            ];
            cells.extend(
                contest
                    .wins
                    .iter()
                    .zip(contest.intervals)
                    .map(|(wins, [low, high])| format!("{wins} [{low:.0}, {high:.0}]")),
            );
            cells
        });
        table(text, &header.map(str::to_owned), &rows.collect::<Vec<_>>());
    }

    fn costs_table(&self, text: &mut String) {
        *text += "## Table 3: cost of an iteration\n\n";
        let header = ["method", "function evaluations", "information calls", "median step"];
        let rows = self.results.methods.iter().filter_map(|method| {
            let [evaluations, calls] = per_iteration(self.results, method.name)?;
            let runs = self.results.of(method.name).flat_map(|cell| &cell.runs);
            let step = median(runs.map(|run| run.median_step));
            Some(vec![
                method.name.to_owned(),
                format!("{evaluations:.2}"),
                format!("{calls:.2}"),
                format!("{step:.1e}"),
            ])
        });
        table(text, &header.map(str::to_owned), &rows.collect::<Vec<_>>());
    }

    fn fixed_table(&self, text: &mut String) {
        let Some(fixed) = self.fixed() else { return };
        let Fixed { problems, not_counted, counted, iterations } = fixed;
        let _ = writeln!(
            text,
            "## Constant steps\n\nThe grid is 1e-4, 1e-3, ..., 1e2; the best in hindsight is chosen for \
             each problem by its training error.\nInexactGols ends lower on\n\n\
             - {iterations} of {problems} problems at equal iterations, the grid's cost not counted;\n\
             - {not_counted} of {problems} at the cost of one run of the best constant step, the grid's \
             cost not counted;\n\
             - {counted} of {problems} at equal cost, where the whole grid shares what InexactGols spent.\n"
        );
    }

    /// On how many problems I-GOLS beats the best constant step; `None` if the grid was not run.
    fn fixed(&self) -> Option<Fixed> {
        let mut fixed = Fixed { problems: 0, iterations: 0, not_counted: 0, counted: 0 };
        for problem in 0..self.results.problems.len() {
            let search = self.results.cell(problem, "InexactGols")?;
            let cells = FIXED.map(|method| self.results.cell(problem, method));
            let grid: Vec<_> = cells.into_iter().collect::<Option<_>>()?;
            let all = search.all();
            let least =
                |errors: &mut dyn Iterator<Item = f64>| errors.fold(f64::INFINITY, f64::min);
            let best = least(&mut grid.iter().map(|cell| cell.final_error(0, &all)));
            let share = search.cost() / grid.len() as f64;
            let shared = least(&mut grid.iter().map(|cell| cell.error_at(share, 0, &all)));
            let alone = grid[0].cost().min(search.cost());
            let alone_best = least(&mut grid.iter().map(|cell| cell.error_at(alone, 0, &all)));
            let end = search.final_error(0, &all);
            fixed.problems += 1;
            fixed.iterations += usize::from(end < best);
            fixed.not_counted += usize::from(search.error_at(alone, 0, &all) < alone_best);
            fixed.counted += usize::from(end < shared);
        }
        Some(fixed)
    }

    fn errors_table(&self, text: &mut String) {
        *text += "## Final training errors\n\nMeans over runs, in percent; `prior` is the error of the best \
                  constant outputs. H: nodes in a hidden layer.\n\n";
        let searches: Vec<_> = self.results.methods.iter().filter(|m| !m.is_of_a_grid()).collect();
        let mut header: Vec<String> =
            ["problem", "layers", "training", "H", "prior"].map(str::to_owned).into();
        header.extend(searches.iter().map(|method| method.name.to_owned()));
        let grids: [(&str, &str, &[&str]); 2] =
            [("best constant", "Fixed", &FIXED), ("best Adam", "Adam", &ADAM)];
        let has = |rates: &[&str]| rates.iter().any(|method| self.results.has(method));
        let grids: Vec<_> = grids.into_iter().filter(|(_, _, rates)| has(rates)).collect();
        header.extend(grids.iter().map(|(name, ..)| (*name).to_owned()));
        let rows = self.results.problems.iter().enumerate().map(|(index, problem)| {
            let mut cells = vec![
                crate::catalogue::label(problem.name()),
                problem.layers.to_string(),
                problem.data.parts[0].len().to_string(),
                problem.hidden(&self.options.settings.setup).to_string(),
                format!("{:.2}", problem.prior_error()),
            ];
            let error = |method: &str| {
                let cell = self.results.cell(index, method);
                cell.map_or(f64::NAN, |cell| cell.final_error(0, &cell.all()))
            };
            cells.extend(searches.iter().map(|method| short(error(method.name))));
            for (_, prefix, rates) in &grids {
                let rates = rates.iter().map(|method| (error(method), method));
                let best = rates.min_by(|a, b| a.0.total_cmp(&b.0));
                cells.push(best.map_or(String::new(), |(error, method)| {
                    format!("{} ({})", short(error), method.trim_start_matches(prefix))
                }));
            }
            cells
        });
        table(text, &header, &rows.collect::<Vec<_>>());
    }

    fn ends(&self, text: &mut String) {
        let runs = |method: &str| {
            self.results.of(method).flat_map(|cell| &cell.runs).filter(|run| run.diverged()).count()
        };
        let diverged: Vec<String> = self
            .results
            .methods
            .iter()
            .map(|method| (method.name, runs(method.name)))
            .filter(|(_, count)| *count > 0)
            .map(|(name, count)| format!("{name} {count}"))
            .collect();
        let diverged = if diverged.is_empty() { "none".to_owned() } else { diverged.join(", ") };
        let _ = writeln!(text, "Runs that diverged (an error that is not finite): {diverged}.");
        let worse = |method: &str| {
            let runs = self.results.of(method).flat_map(|cell| &cell.runs);
            runs.filter(|run| run.last().errors[0] > run.curve[0].errors[0]).count()
        };
        let worse = self.results.methods.iter().map(|method| (method.name, worse(method.name)));
        let worse: Vec<String> = worse
            .filter(|(_, count)| *count > 0)
            .map(|(name, count)| format!("{name} {count}"))
            .collect();
        let worse = if worse.is_empty() { "none".to_owned() } else { worse.join(", ") };
        let _ = writeln!(
            text,
            "\nRuns that ended above the training error they started from (sigmoids saturate rather than \
             diverge): {worse}."
        );
        for line in self.skipped {
            // The folder's path is the reader's own and no part of the result.
            let _ = writeln!(text, "\n{}", line.split(':').next().unwrap_or(line));
        }
    }

    /// `summary.json`.
    pub fn json(&self) -> Result<String, Error> {
        let settings = self.options.settings;
        let mut problems = Vec::new();
        for (index, problem) in self.results.problems.iter().enumerate() {
            let mut methods = serde_json::Map::new();
            for method in &self.results.methods {
                let Some(cell) = self.results.cell(index, method.name) else { continue };
                let errors = |part: usize| {
                    let (mean, sd) =
                        mean_and_sd(cell.runs.iter().map(|run| run.last().errors[part]));
                    json!({ "mean": mean, "sd": sd })
                };
                let interval = bootstrap(self.results.runs, |runs| cell.final_error(0, runs))?;
                let summary = json!({
                    "training": errors(0),
                    "training_interval": interval,
                    "validation": errors(1),
                    "test": errors(2),
                    "function_evaluations": cell.cost(),
                    "median_step": median(cell.runs.iter().map(|run| run.median_step)),
                    "diverged": cell.runs.iter().filter(|run| run.diverged()).count(),
                });
                methods.insert(method.name.to_owned(), summary);
            }
            problems.push(json!({
                "name": problem.name(),
                "layers": problem.layers,
                "samples": problem.data.parts.iter().map(|part| part.len()).collect::<Vec<_>>(),
                "inputs": problem.data.parts[0].input_columns(),
                "outputs": problem.data.parts[0].target_columns(),
                "hidden": problem.hidden(&self.options.settings.setup),
                "prior_error": problem.prior_error(),
                "methods": methods,
            }));
        }
        let ratios = cost_ratios(self.results, "BisectionGols");
        let summary = json!({
            "settings": {
                "runs": self.results.runs,
                "iterations": settings.iterations,
                "cost": settings.cost,
                "seed": settings.seed,
            },
            "problems": problems,
            "winners": self.contests.iter().map(contest_json).collect::<Vec<_>>(),
            "cost_to_reach_bisection_gols": {
                "median": quantile(ratios.iter().copied(), 0.5),
                "ratios": ratios,
            },
            "claims": self.claims.iter().map(|claim| json!({
                "claim": claim.claim,
                "paper": claim.paper,
                "measured": claim.measured,
                "verdict": claim.verdict,
            })).collect::<Vec<_>>(),
        });
        Ok(format!("{summary:#}\n"))
    }
}

struct Fixed {
    problems: usize,
    iterations: usize,
    not_counted: usize,
    counted: usize,
}

fn contest_json(contest: &Contest) -> Value {
    let wins: serde_json::Map<String, Value> = contest
        .reading
        .methods
        .iter()
        .zip(contest.wins.iter().zip(contest.intervals))
        .map(|(method, (wins, interval))| {
            ((*method).to_owned(), json!({ "wins": wins, "interval": interval }))
        })
        .collect();
    json!({
        "reading": contest.reading.name,
        "at_equal": stage(contest.stage),
        "tolerance": contest.tolerance,
        "wins": wins,
    })
}

fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Iterations => "iterations",
        Stage::Cost => "cost",
    }
}
