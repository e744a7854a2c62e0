//! The two pictures.

use std::error::Error;
use std::ops::Range;

use gols::statistics::Moments;
use plotters::prelude::*;

use crate::runs::{Outcome, Run};
use crate::table::quantile;

/// A place on a method's line and the band around it: x, low, middle, high.
type Point = (f64, f64, f64, f64);

/// Colours that stay apart for colour-blind readers (Okabe and Ito), one a method.
const COLORS: [RGBColor; 9] = [
    RGBColor(0, 114, 178),
    RGBColor(204, 121, 167),
    RGBColor(0, 158, 115),
    RGBColor(213, 94, 0),
    RGBColor(86, 180, 233),
    RGBColor(230, 159, 0),
    RGBColor(170, 170, 170),
    RGBColor(110, 110, 110),
    RGBColor(40, 40, 40),
];

/// Training error against function evaluations: mean over runs, band of one standard deviation.
pub fn training_error(outcomes: &[Outcome]) -> Result<String, Box<dyn Error>> {
    let caption = "Training error on Iris, mean and sd over runs";
    let labels = ["function evaluations (loss 1, gradient 2)", "training error in %"];
    draw(caption, labels, outcomes, mean_error)
}

/// Step length against iteration: median over runs, band from the 10th to the 90th percentile.
pub fn step_length(outcomes: &[Outcome]) -> Result<String, Box<dyn Error>> {
    let caption = "Step lengths on Iris, median and 10th to 90th percentile over runs";
    draw(caption, ["iteration", "step length α"], outcomes, median_steps)
}

/// At each checkpoint: the mean cost, and the mean error with one standard deviation to each side.
fn mean_error(runs: &[Run]) -> Vec<Point> {
    let point = |index: usize| {
        let points = runs.iter().map(|run| &run.curve[index]);
        let costs = points.clone().map(|point| point.evaluations.function_evaluations() as f64);
        let errors: Moments = points.map(|point| point.errors[0]).collect();
        let mean = errors.mean();
        let sd = if runs.len() > 1 { errors.standard_deviation() } else { 0.0 };
        (costs.collect::<Moments>().mean(), mean - sd, mean, mean + sd)
    };
    (1..runs[0].curve.len()).map(point).collect()
}

/// Between checkpoints: the quantiles of all steps of all runs, at the last iteration there.
fn median_steps(runs: &[Run]) -> Vec<Point> {
    let point = |span: Range<usize>| {
        let steps = runs.iter().flat_map(|run| &run.steps[span.clone()]).copied();
        let mut steps: Vec<f64> = steps.filter(|&step| step > 0.0).collect();
        steps.sort_by(f64::total_cmp);
        let at = |share| quantile(&steps, share);
        (!steps.is_empty()).then(|| (span.end as f64, at(0.1), at(0.5), at(0.9)))
    };
    let pairs = runs[0].curve.windows(2);
    pairs.filter_map(|pair| point(pair[0].iteration..pair[1].iteration)).collect()
}

/// A plot with logarithmic axes, a legend, lines and bands.
fn draw(
    caption: &str,
    [x_label, y_label]: [&str; 2],
    outcomes: &[Outcome],
    points: fn(&[Run]) -> Vec<Point>,
) -> Result<String, Box<dyn Error>> {
    let lines: Vec<Vec<Point>> = outcomes.iter().map(|outcome| points(&outcome.runs)).collect();
    let series = || lines.iter().zip(COLORS);
    let x_range = padded(lines.iter().flatten().map(|point| point.0));
    let y_range = padded(lines.iter().flatten().map(|point| point.2));
    let floor = y_range.start;
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, (900, 540)).into_drawing_area();
        root.fill(&WHITE)?;
        let (plot, legend) = root.split_horizontally(720);
        let mut chart = ChartBuilder::on(&plot)
            .caption(caption, ("sans-serif", 20))
            .margin(12)
            .x_label_area_size(48)
            .y_label_area_size(68)
            .build_cartesian_2d(x_range.log_scale(), y_range.log_scale())?;
        chart
            .configure_mesh()
            .x_desc(x_label)
            .y_desc(y_label)
            .label_style(("sans-serif", 15))
            .axis_desc_style(("sans-serif", 17))
            .light_line_style(RGBColor(240, 240, 240))
            .bold_line_style(RGBColor(215, 215, 215))
            .x_label_formatter(&power)
            .y_label_formatter(&power)
            .draw()?;
        for (line, color) in series() {
            let upper = line.iter().map(|&(x, _, _, high)| (x, high));
            let lower = line.iter().rev().map(|&(x, low, _, _)| (x, low.max(floor)));
            let band: Vec<(f64, f64)> = upper.chain(lower).collect();
            chart.draw_series([Polygon::new(band, color.mix(0.15))])?;
        }
        for (line, color) in series() {
            let line = line.iter().map(|&(x, _, middle, _)| (x, middle));
            chart.draw_series(LineSeries::new(line, color.stroke_width(2)))?;
        }
        for (y, (outcome, color)) in (60..).step_by(26).zip(outcomes.iter().zip(COLORS)) {
            legend.draw(&PathElement::new([(4, y), (30, y)], color.stroke_width(2)))?;
            legend.draw(&Text::new(outcome.name, (38, y - 8), ("sans-serif", 15)))?;
        }
        root.present()?;
    }
    Ok(svg)
}

/// From the least to the greatest value, with some room on a logarithmic axis.
fn padded(values: impl Iterator<Item = f64> + Clone) -> Range<f64> {
    let least = values.clone().fold(f64::INFINITY, f64::min);
    let greatest = values.fold(f64::NEG_INFINITY, f64::max);
    least / 1.2..greatest * 1.2
}

/// 1000 as 1000, 0.00001 as 1e-5; the ticks are powers of ten, but for rounding.
fn power(value: &f64) -> String {
    if (0.99e-3..1.01e4).contains(value) {
        format!("{}", (value * 1e6).round() / 1e6)
    } else {
        format!("{value:.0e}")
    }
}
