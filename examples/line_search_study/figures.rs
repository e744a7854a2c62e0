//! Figures 6 to 10 of [LR].

use std::error::Error;

use crate::catalogue::label;
use crate::chart::{DRAWN, Panel, Picture, Series, picture};
use crate::record::Record;
use crate::results::Results;
use crate::statistics::{mean_and_sd, median, quantile};

/// What is drawn with a band: the paper's four. The others are thin lines.
const MAIN: usize = 4;

const PARTS: [&str; 3] = ["training", "validation", "test"];

/// All figures that the problems at hand allow: (file, SVG).
pub fn figures(results: &Results) -> Result<Vec<(String, String)>, Box<dyn Error>> {
    let mut figures = vec![("figure_06.svg".to_owned(), averages(results)?)];
    let named = |name: &str| results.problems.iter().any(|problem| problem.name() == name);
    for (number, name) in [("07", "gene1"), ("08", "soybean1"), ("09", "mushroom1")] {
        if named(name) {
            figures.push((format!("figure_{number}.svg"), errors_of(results, name)?));
        }
    }
    let stepped: Vec<&str> = ["glass1", "cancer1"].into_iter().filter(|name| named(name)).collect();
    if !stepped.is_empty() {
        figures.push(("figure_10.svg".to_owned(), steps(results, &stepped)?));
    }
    // Any other set has its own picture.
    let drawn = ["gene1", "soybean1", "mushroom1"];
    for problem in results.problems.iter().filter(|problem| problem.layers == 1) {
        if !drawn.contains(&problem.name()) {
            let file = format!("errors_{}.svg", problem.name());
            figures.push((file, errors_of(results, problem.name())?));
        }
    }
    Ok(figures)
}

/// Figure 6: mean and standard deviation over problems and runs.
fn averages(results: &Results) -> Picture {
    let choices: [(&str, &[usize]); 3] =
        [("one hidden layer", &[1]), ("two hidden layers", &[2]), ("both", &[1, 2])];
    let mut panels = Vec::new();
    for (name, layers) in choices {
        for (part, of) in PARTS.iter().enumerate() {
            let runs = |method: &str| {
                let all = results.problems.iter().enumerate();
                let chosen = all.filter(|(_, problem)| layers.contains(&problem.layers));
                let cells = chosen.filter_map(|(index, _)| results.cell(index, method));
                cells.flat_map(|cell| &cell.runs).collect::<Vec<_>>()
            };
            panels.push(Panel {
                title: format!("{of} error, {name}"),
                x: "function evaluations",
                y: "error in %",
                is_log: [true, false],
                top: None,
                series: error_series(runs, part),
            });
        }
    }
    picture("Mean and sd over problems and runs", 3, &panels)
}

/// Figures 7 to 9: one data set, one and two hidden layers.
fn errors_of(results: &Results, name: &str) -> Picture {
    let mut panels = Vec::new();
    let layers = results.problems.iter().filter(|p| p.name() == name).map(|p| p.layers);
    for layers in layers {
        for (part, of) in PARTS.iter().enumerate() {
            let runs = |method: &str| {
                let cell = results.named(name, layers, method);
                cell.iter().flat_map(|cell| &cell.runs).collect::<Vec<_>>()
            };
            let series = error_series(runs, part);
            // Decades where errors span more than two of them.
            let middles = || series.iter().flat_map(|s| &s.points).map(|point| point[2]);
            let least = middles().fold(f64::INFINITY, f64::min);
            let most = middles().fold(0.0, f64::max);
            panels.push(Panel {
                title: format!(
                    "{of} error, {layers} hidden layer{}",
                    if layers > 1 { "s" } else { "" }
                ),
                x: "function evaluations",
                y: "error in %",
                is_log: [true, least * 100.0 < most],
                top: None,
                series,
            });
        }
    }
    picture(&format!("{}: mean and sd over runs", label(name)), 3, &panels)
}

/// Mean and sd of the errors at each cost, up to the median cost of a whole run; a run that ended earlier
/// is held at its end.
fn error_series<'a>(runs: impl Fn(&str) -> Vec<&'a Record>, part: usize) -> Vec<Series> {
    let mut all = Vec::new();
    for (place, (name, colour)) in DRAWN.into_iter().enumerate() {
        let runs = runs(name);
        if runs.is_empty() {
            continue;
        }
        let end = median(runs.iter().map(|run| run.last().cost as f64)).max(2.0);
        let decades = (end.log10() * 10.0).floor() as i32;
        let costs = (3..=decades).map(|tenth| 10.0_f64.powf(f64::from(tenth) / 10.0)).chain([end]);
        let points = costs.map(|cost| {
            let errors = runs.iter().map(|run| run.error_at(cost, part));
            let (mean, sd) = mean_and_sd(errors.filter(|error| error.is_finite()));
            [cost, (mean - sd).max(0.0), mean, mean + sd]
        });
        let points = points.filter(|point| point[2].is_finite()).collect();
        all.push(Series { name, colour, is_main: place < MAIN, points });
    }
    all
}

/// Figure 10: steps, training and validation errors against iterations, two hidden layers.
fn steps(results: &Results, names: &[&str]) -> Picture {
    let mut panels = Vec::new();
    for name in names {
        let runs = |method: &str| {
            let cell = results.named(name, 2, method);
            cell.iter().flat_map(|cell| &cell.runs).collect::<Vec<_>>()
        };
        panels.push(Panel {
            title: format!("{}: step length, median, 10th to 90th percentile", label(name)),
            x: "iteration",
            y: "step length α",
            is_log: [false, true],
            top: None,
            series: step_series(runs),
        });
        for (part, of) in PARTS.iter().enumerate().take(2) {
            panels.push(Panel {
                title: format!("{}: {of} error, mean and sd", label(name)),
                x: "iteration",
                y: "error in %",
                is_log: [false, false],
                top: None,
                series: iteration_series(runs, part),
            });
        }
    }
    picture("Steps and errors, two hidden layers", 3, &panels)
}

fn step_series<'a>(runs: impl Fn(&str) -> Vec<&'a Record>) -> Vec<Series> {
    let mut all = Vec::new();
    for (place, (name, colour)) in DRAWN.into_iter().enumerate() {
        let runs = runs(name);
        let windows = runs.iter().map(|run| run.steps.len()).min().unwrap_or(0);
        let iterations = runs.iter().map(|run| run.last().iteration).max().unwrap_or(0);
        let length = iterations.div_ceil(windows.max(1)) as f64;
        let points = (0..windows).map(|window| {
            let steps = || runs.iter().map(|run| run.steps[window]);
            let [low, middle, high] = [0.1, 0.5, 0.9].map(|share| quantile(steps(), share));
            [(window as f64 + 0.5) * length, low, middle, high]
        });
        // A step of 0 (no search found one) has no place on a logarithmic axis.
        let points: Vec<_> = points.filter(|point| point[2] > 0.0).collect();
        if !points.is_empty() {
            all.push(Series { name, colour, is_main: place < MAIN, points });
        }
    }
    all
}

fn iteration_series<'a>(runs: impl Fn(&str) -> Vec<&'a Record>, part: usize) -> Vec<Series> {
    let mut all = Vec::new();
    for (place, (name, colour)) in DRAWN.into_iter().enumerate() {
        let runs = runs(name);
        let last = runs.iter().map(|run| run.last().iteration).max().unwrap_or(0);
        if last == 0 {
            continue;
        }
        let points = (0..=60).map(|n| {
            let iteration = last as f64 * f64::from(n) / 60.0;
            let errors = runs.iter().map(|run| error_after(run, iteration, part));
            let (mean, sd) = mean_and_sd(errors.filter(|error| error.is_finite()));
            [iteration, (mean - sd).max(0.0), mean, mean + sd]
        });
        let points = points.filter(|point| point[2].is_finite()).collect();
        all.push(Series { name, colour, is_main: place < MAIN, points });
    }
    all
}

/// The error after this many iterations, linear between the points of a run.
fn error_after(run: &Record, iteration: f64, part: usize) -> f64 {
    let Some(after) = run.curve.iter().position(|point| point.iteration as f64 >= iteration) else {
        return run.last().errors[part];
    };
    let to = run.curve[after];
    let from = run.curve[after.saturating_sub(1)];
    let span = (to.iteration - from.iteration).max(1) as f64;
    let share = (iteration - from.iteration as f64) / span;
    from.errors[part] + share * (to.errors[part] - from.errors[part])
}
