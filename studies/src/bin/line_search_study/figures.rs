//! Figures 6 to 10 of [LR].

use gols_studies::AnyError;
use gols_studies::statistics::{mean_and_sd, median, quantile};

use crate::entrant::Name;
use crate::methods::Method;
use crate::panels::{Curve, DRAWN, Panel, picture};
use crate::part::Part;
use crate::record::Record;
use crate::results::{Results, least, most};
use gols_studies::catalogue::{CANCER1, GENE1, GLASS1, MUSHROOM1, SOYBEAN1, label};

/// What is drawn with a band: the paper's four. The others are thin lines.
const MAIN: usize = 4;

/// The sets with a figure of the paper's.
const NUMBERED: [(&str, &str); 3] = [("07", GENE1), ("08", SOYBEAN1), ("09", MUSHROOM1)];

type Runs<'a> = Vec<&'a Record>;

/// All figures that the problems at hand allow: (file, SVG).
pub(crate) fn figures(results: &Results) -> Result<Vec<(String, String)>, AnyError> {
    let mut figures = vec![("figure_06.svg".to_owned(), averages(results)?)];
    let named = |name: &str| results.problems.iter().any(|problem| problem.name() == name);
    for (number, name) in NUMBERED.into_iter().filter(|(_, name)| named(name)) {
        figures.push((format!("figure_{number}.svg"), errors_of(results, name)?));
    }
    let stepped: Vec<&str> = [GLASS1, CANCER1].into_iter().filter(|name| named(name)).collect();
    if !stepped.is_empty() {
        figures.push(("figure_10.svg".to_owned(), steps(results, &stepped)?));
    }
    // Any other set has its own picture.
    for problem in results.problems.iter().filter(|problem| problem.layers == 1) {
        let name = problem.name();
        if NUMBERED.iter().all(|(_, numbered)| *numbered != name) {
            figures.push((format!("errors_{name}.svg"), errors_of(results, name)?));
        }
    }
    Ok(figures)
}

/// Figure 6: mean and standard deviation over problems and runs.
fn averages(results: &Results) -> Result<String, AnyError> {
    let choices: [(&str, &[usize]); 3] =
        [("one hidden layer", &[1]), ("two hidden layers", &[2]), ("both", &[1, 2])];
    let mut panels = Vec::new();
    for (name, layers) in choices {
        let runs = |method: Method| -> Runs<'_> {
            let all = results.problems.iter().enumerate();
            let chosen = all.filter(|(_, problem)| layers.contains(&problem.layers));
            let cells = chosen.filter_map(|(index, _)| results.cell(index, method));
            cells.flat_map(|cell| &cell.runs).collect()
        };
        panels.extend(Part::ALL.map(|part| {
            let curves = curves(runs, |runs| by_cost(runs, part));
            errors_panel(format!("{part} error, {name}"), "function evaluations", curves)
        }));
    }
    picture("Mean and sd over problems and runs", &panels)
}

/// Figures 7 to 9: one data set, one and two hidden layers.
fn errors_of(results: &Results, name: &str) -> Result<String, AnyError> {
    let mut panels = Vec::new();
    let layers = results.problems.iter().filter(|p| p.name() == name).map(|p| p.layers);
    for layers in layers {
        let plural = if layers > 1 { "s" } else { "" };
        for part in Part::ALL {
            let curves = curves(named_runs(results, name, layers), |runs| by_cost(runs, part));
            // Decades where errors span more than two of them.
            let middles = || curves.iter().flat_map(|s| &s.points).map(|point| point[2]);
            let is_log = least(middles()) * 100.0 < most(middles());
            let title = format!("{part} error, {layers} hidden layer{plural}");
            let panel = errors_panel(title, "function evaluations", curves);
            panels.push(Panel { is_log: [true, is_log], ..panel });
        }
    }
    picture(&format!("{}: mean and sd over runs", label(name)), &panels)
}

/// Figure 10: steps, training and validation errors against iterations, two hidden layers.
fn steps(results: &Results, names: &[&str]) -> Result<String, AnyError> {
    let mut panels = Vec::new();
    for name in names {
        let runs = named_runs(results, name, 2);
        panels.push(Panel {
            title: format!("{}: step length, median, 10th to 90th percentile", label(name)),
            axes: ["iteration", "step length α"],
            is_log: [false, true],
            top: None,
            curves: curves(&runs, step_lengths),
        });
        for part in [Part::Training, Part::Validation] {
            let title = format!("{}: {part} error, mean and sd", label(name));
            let curves = curves(&runs, |runs| by_iteration(runs, part));
            let panel = errors_panel(title, "iteration", curves);
            panels.push(Panel { is_log: [false, false], ..panel });
        }
    }
    picture("Steps and errors, two hidden layers", &panels)
}

fn errors_panel(title: String, x: &'static str, curves: Vec<Curve>) -> Panel {
    Panel { title, axes: [x, "error in %"], is_log: [true, false], top: None, curves }
}

fn named_runs<'a>(results: &'a Results, name: &str, layers: usize) -> impl Fn(Method) -> Runs<'a> {
    move |method| {
        let cell = results.named(name, layers, method);
        cell.iter().flat_map(|cell| &cell.runs).collect()
    }
}

/// The curves of all methods that were run; `points` are `None` where there is nothing to draw.
fn curves<'a>(
    runs: impl Fn(Method) -> Runs<'a>,
    points: impl Fn(&[&Record]) -> Option<Vec<[f64; 4]>>,
) -> Vec<Curve> {
    let curve = |(place, (name, _))| {
        let Name::Of(method) = name else { return None };
        let runs = runs(method);
        let points = if runs.is_empty() { None } else { points(&runs) };
        Some(Curve { name, is_main: place < MAIN, points: points? })
    };
    DRAWN.into_iter().enumerate().filter_map(curve).collect()
}

/// Mean and sd at x of what is finite.
fn mean_point(x: f64, values: impl Iterator<Item = f64>) -> Option<[f64; 4]> {
    let (mean, sd) = mean_and_sd(values.filter(|value| value.is_finite()));
    mean.is_finite().then_some([x, (mean - sd).max(0.0), mean, mean + sd])
}

/// Mean and sd of the errors at each cost, up to the median cost of a whole run; a run that ended earlier
/// is held at its end.
fn by_cost(runs: &[&Record], part: Part) -> Option<Vec<[f64; 4]>> {
    let end = median(runs.iter().map(|run| run.last().cost as f64)).max(2.0);
    let decades = (end.log10() * 10.0).floor() as i32;
    let costs = (3..=decades).map(|tenth| 10.0_f64.powf(f64::from(tenth) / 10.0)).chain([end]);
    let point = |cost| mean_point(cost, runs.iter().map(|run| run.error_at(cost, part)));
    Some(costs.filter_map(point).collect())
}

/// The same at each iteration.
fn by_iteration(runs: &[&Record], part: Part) -> Option<Vec<[f64; 4]>> {
    let last = runs.iter().map(|run| run.last().iteration).max().filter(|&last| last > 0)?;
    let iterations = (0..=60).map(|n| last as f64 * f64::from(n) / 60.0);
    let point = |x| mean_point(x, runs.iter().map(|run| run.error_after(x, part)));
    Some(iterations.filter_map(point).collect())
}

/// Median and percentiles of the steps in each window of iterations.
fn step_lengths(runs: &[&Record]) -> Option<Vec<[f64; 4]>> {
    let windows = runs.iter().map(|run| run.steps.len()).min()?;
    let iterations = runs.iter().map(|run| run.last().iteration).max()?;
    let length = iterations.div_ceil(windows.max(1)) as f64;
    let points = (0..windows).map(|window| {
        let steps = || runs.iter().map(|run| run.steps[window]);
        let [low, middle, high] = [0.1, 0.5, 0.9].map(|share| quantile(steps(), share));
        [(window as f64 + 0.5) * length, low, middle, high]
    });
    // A step of 0 (no search found one) has no place on a logarithmic axis.
    let points: Vec<_> = points.filter(|point| point[2] > 0.0).collect();
    (!points.is_empty()).then_some(points)
}
