//! What is printed, and the curves as numbers.

use std::fmt::Write;

use gols::Sampling;
use gols::statistics::Moments;

use crate::options::Options;
use crate::runs::{Outcome, Run};

/// The columns: titles and units.
const TITLES: [[&str; 10]; 2] = [
    [
        "search",
        "training error",
        "validation error",
        "test error",
        "test accuracy",
        "f. eval.",
        "inf. calls",
        "MaxStep",
        "step",
        "step",
    ],
    ["", "%", "%", "%", "%", "/ iteration", "/ iteration", "share", "median", "range"],
];

/// The table: one method a row, names to the left, numbers to the right.
pub fn render(options: &Options, outcomes: &[Outcome]) -> String {
    let Options { runs, iterations, hidden, batch, seed, .. } = options;
    let sampling = match options.sampling {
        Sampling::Static => "static",
        _ => "dynamic",
    };
    let mut text = format!(
        "Iris, 4-{hidden}-3 sigmoid network, squared percentage error, batch {batch}, {sampling} \
         sub-sampling,\n{iterations} iterations, {runs} runs, seed {seed}; mean ± sd over runs; \
         a loss costs 1 function evaluation, a gradient 2\n\n"
    );
    let mut rows = TITLES.map(|titles| titles.map(String::from)).to_vec();
    rows.extend(outcomes.iter().map(|outcome| cells(outcome, *iterations)));
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let widths: [usize; 10] = std::array::from_fn(|column| width(column).unwrap_or(0));
    for (index, row) in rows.iter().enumerate() {
        let mut line = format!("{:<width$}", row[0], width = widths[0]);
        for (cell, width) in row.iter().zip(widths).skip(1) {
            line += &format!("  {cell:>width$}");
        }
        text += &format!("{}\n", line.trim_end());
        if index == 1 {
            text += &format!("{}\n", "-".repeat(widths.iter().sum::<usize>() + 2 * 9));
        }
    }
    text + "\n"
}

fn cells(outcome: &Outcome, iterations: usize) -> [String; 10] {
    let runs = &outcome.runs;
    let count = (runs.len() * iterations) as f64;
    let mean = |quantity: fn(&Run) -> u64| runs.iter().map(quantity).sum::<u64>() as f64 / count;
    let mut steps: Vec<f64> = runs.iter().flat_map(|run| &run.steps).copied().collect();
    steps.sort_by(f64::total_cmp);
    [
        outcome.name.to_owned(),
        spread(runs.iter().map(|run| run.end().errors[0]), 3),
        spread(runs.iter().map(|run| run.end().errors[1]), 3),
        spread(runs.iter().map(|run| run.end().errors[2]), 3),
        spread(runs.iter().map(|run| 100.0 * run.test_accuracy), 1),
        format!("{:.2}", mean(|run| run.end().evaluations.function_evaluations())),
        format!("{:.2}", mean(|run| run.end().evaluations.information_calls())),
        format!("{:.1} %", 100.0 * mean(|run| run.max_steps)),
        format!("{:.1e}", quantile(&steps, 0.5)),
        format!("{:.0e} .. {:.0e}", steps[0], steps[steps.len() - 1]),
    ]
}

fn spread(values: impl Iterator<Item = f64>, digits: usize) -> String {
    let moments: Moments = values.collect();
    let (mean, sd) = (moments.mean(), moments.standard_deviation());
    match moments.count() {
        1 => format!("{mean:.digits$}"), // one run has no spread
        _ => format!("{mean:.digits$} ± {sd:.digits$}"),
    }
}

/// The value below which this share of sorted values lies.
pub fn quantile(sorted: &[f64], share: f64) -> f64 {
    sorted[((sorted.len() - 1) as f64 * share).round() as usize]
}

/// All checkpoints of all runs, as comma-separated values; `step` is the last step before each.
pub fn curves(outcomes: &[Outcome]) -> Result<String, std::fmt::Error> {
    let mut text = String::from(
        "search,run,iteration,function_evaluations,training_error,validation_error,test_error,step\n",
    );
    for outcome in outcomes {
        for (number, run) in outcome.runs.iter().enumerate() {
            for point in &run.curve {
                let [training, validation, test] = point.errors;
                let (iteration, cost) = (point.iteration, point.evaluations.function_evaluations());
                write!(text, "{},{number},{iteration},{cost},", outcome.name)?;
                write!(text, "{training},{validation},{test},")?;
                let step = iteration.checked_sub(1).map(|index| run.steps[index].to_string());
                writeln!(text, "{}", step.unwrap_or_default())?;
            }
        }
    }
    Ok(text)
}
