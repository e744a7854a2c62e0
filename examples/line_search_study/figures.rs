//! Figures 6 to 10 of [LR].

use std::error::Error;

use plotters::coord::Shift;
use plotters::prelude::*;

use crate::catalogue::label;
use crate::record::Record;
use crate::results::Results;
use crate::scale::Scale;
use crate::statistics::{mean_and_sd, median, quantile};

type Figure = Result<String, Box<dyn Error>>;
type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// The methods that are drawn, with colours that stay apart for colour-blind readers (Okabe and Ito).
const DRAWN: [(&str, RGBColor); 7] = [
    ("GoldenSection", RGBColor(0, 114, 178)),
    ("ArmijoResampled", RGBColor(204, 121, 167)),
    ("BisectionGols", RGBColor(0, 158, 115)),
    ("InexactGols", RGBColor(213, 94, 0)),
    ("Armijo", RGBColor(150, 150, 150)),
    ("GoldenSectionUncapped", RGBColor(86, 180, 233)),
    ("BisectionGolsUncapped", RGBColor(120, 200, 90)),
];

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

/// A curve with a band: (x, low, middle, high) from left to right.
struct Series {
    name: &'static str,
    colour: RGBColor,
    has_band: bool,
    points: Vec<[f64; 4]>,
}

struct Panel<'a> {
    title: String,
    x: &'a str,
    y: &'a str,
    is_log: [bool; 2],
    series: Vec<Series>,
}

/// Figure 6: mean and standard deviation over problems and runs.
fn averages(results: &Results) -> Figure {
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
                series: error_series(runs, part),
            });
        }
    }
    picture("Mean and sd over problems and runs", 3, &panels)
}

/// Figures 7 to 9: one data set, one and two hidden layers.
fn errors_of(results: &Results, name: &str) -> Figure {
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
        all.push(Series { name, colour, has_band: place < MAIN, points });
    }
    all
}

/// Figure 10: steps, training and validation errors against iterations, two hidden layers.
fn steps(results: &Results, names: &[&str]) -> Figure {
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
            series: step_series(runs),
        });
        for (part, of) in PARTS.iter().enumerate().take(2) {
            panels.push(Panel {
                title: format!("{}: {of} error, mean and sd", label(name)),
                x: "iteration",
                y: "error in %",
                is_log: [false, false],
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
            all.push(Series { name, colour, has_band: place < MAIN, points });
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
        all.push(Series { name, colour, has_band: place < MAIN, points });
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

fn picture(title: &str, columns: usize, panels: &[Panel<'_>]) -> Figure {
    let rows = panels.len().div_ceil(columns);
    let size = (420 * columns as u32, 330 * rows as u32 + 60);
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        root.fill(&WHITE)?;
        let root = root.titled(title, ("sans-serif", 19))?;
        let (strip, root) = root.split_vertically(20);
        legend(&strip, panels)?;
        for (area, panel) in root.split_evenly((rows, columns)).iter().zip(panels) {
            draw(area, panel)?;
        }
        root.present()?;
    }
    Ok(svg)
}

/// The names of all series in a row, for all panels at once.
fn legend(area: &Area<'_>, panels: &[Panel<'_>]) -> Result<(), Box<dyn Error>> {
    let is_drawn = |name: &str| panels.iter().flat_map(|p| &p.series).any(|s| s.name == name);
    let mut x = 40;
    for (place, (name, colour)) in DRAWN.into_iter().enumerate() {
        if !is_drawn(name) {
            continue;
        }
        let style = colour.stroke_width(if place < MAIN { 3 } else { 1 });
        area.draw(&PathElement::new(vec![(x, 8), (x + 20, 8)], style))?;
        area.draw(&Text::new(name, (x + 26, 2), ("sans-serif", 13)))?;
        x += 50 + 8 * name.len() as i32;
    }
    Ok(())
}

fn draw(area: &Area<'_>, panel: &Panel<'_>) -> Result<(), Box<dyn Error>> {
    let points = || panel.series.iter().flat_map(|series| &series.points);
    let least = |column: usize| points().map(|p| p[column]).fold(f64::INFINITY, f64::min);
    let most = |column: usize| points().map(|p| p[column]).fold(0.0, f64::max);
    let [is_log_x, is_log_y] = panel.is_log;
    let x = match is_log_x {
        true => Scale::log(least(0), most(0)),
        false => Scale::linear(0.0, most(0)),
    };
    let y = match is_log_y {
        // Down to the least mean: what lies below it is a band cut off at 0.
        true => Scale::log(least(2).max(1e-16), most(3)),
        false => Scale::linear(0.0, most(3).min(2.0 * most(2))),
    };
    let mut chart = ChartBuilder::on(area)
        .caption(&panel.title, ("sans-serif", 14))
        .margin(4)
        .margin_right(14)
        .x_label_area_size(34)
        .y_label_area_size(54)
        .build_cartesian_2d(x, y)?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(BLACK.mix(0.08))
        .x_desc(panel.x)
        .y_desc(panel.y)
        .x_labels(7)
        .y_labels(7)
        .label_style(("sans-serif", 11))
        .axis_desc_style(("sans-serif", 12))
        .draw()?;
    for series in panel.series.iter().filter(|series| series.has_band) {
        let upper = series.points.iter().map(|p| (p[0], y.clamp(p[3])));
        let lower = series.points.iter().rev().map(|p| (p[0], y.clamp(p[1])));
        let outline: Vec<_> = upper.chain(lower).collect();
        chart.draw_series([Polygon::new(outline, series.colour.mix(0.15))])?;
    }
    for series in &panel.series {
        let line = series.points.iter().map(|p| (p[0], y.clamp(p[2])));
        let style = series.colour.stroke_width(if series.has_band { 2 } else { 1 });
        chart.draw_series(LineSeries::new(line, style))?;
    }
    Ok(())
}
