//! What is printed, and the curves as numbers.

use std::fmt::Write;

use gols::Sampling;

use crate::experiment::{Outcome, Run};
use crate::options::Options;

/// The table: one method a row.
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
    let header = [
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
    ];
    let units = ["", "%", "%", "%", "%", "/ iteration", "/ iteration", "share", "median", "range"];
    let mut rows = vec![header.map(String::from), units.map(String::from)];
    rows.extend(outcomes.iter().map(|outcome| cells(outcome, *iterations)));
    align(&mut text, &rows);
    text.push('\n');
    text
}

fn cells(outcome: &Outcome, iterations: usize) -> [String; 10] {
    let runs = &outcome.runs;
    let of_runs =
        |quantity: &dyn Fn(&Run) -> f64| -> Vec<f64> { runs.iter().map(quantity).collect() };
    let last = |run: &Run| run.curve[run.curve.len() - 1];
    let count = (runs.len() * iterations) as f64;
    let total = |quantity: &dyn Fn(&Run) -> f64| of_runs(quantity).iter().sum::<f64>() / count;
    let mut steps: Vec<f64> = runs.iter().flat_map(|run| run.steps.iter().copied()).collect();
    steps.sort_by(f64::total_cmp);
    [
        outcome.name.to_owned(),
        spread(&of_runs(&|run| last(run).training), 3),
        spread(&of_runs(&|run| last(run).validation), 3),
        spread(&of_runs(&|run| last(run).test), 3),
        spread(&of_runs(&|run| 100.0 * run.test_accuracy), 1),
        format!("{:.2}", total(&|run| last(run).function_evaluations as f64)),
        format!("{:.2}", total(&|run| run.information_calls as f64)),
        format!("{:.1} %", 100.0 * total(&|run| run.max_steps as f64)),
        format!("{:.1e}", quantile(&steps, 0.5)),
        format!("{:.0e} .. {:.0e}", steps[0], steps[steps.len() - 1]),
    ]
}

fn spread(values: &[f64], digits: usize) -> String {
    match (mean_and_sd(values), values.len()) {
        ((mean, _), 1) => format!("{mean:.digits$}"), // one run has no spread
        ((mean, sd), _) => format!("{mean:.digits$} ± {sd:.digits$}"),
    }
}

/// The mean and the standard deviation (of a sample; 0 for a single value).
pub fn mean_and_sd(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (mean, if values.len() > 1 { (squares / (count - 1.0)).sqrt() } else { 0.0 })
}

/// The value below which this share of sorted values lies.
pub fn quantile(sorted: &[f64], share: f64) -> f64 {
    sorted[((sorted.len() - 1) as f64 * share).round() as usize]
}

/// Names to the left, numbers to the right, columns as wide as they need to be.
fn align(text: &mut String, rows: &[[String; 10]]) {
    let width =
        |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; 10] = std::array::from_fn(width);
    for (index, row) in rows.iter().enumerate() {
        let mut line = format!("{:<width$}", row[0], width = widths[0]);
        for (cell, width) in row.iter().zip(widths).skip(1) {
            let _ = write!(line, "  {cell:>width$}");
        }
        text.push_str(line.trim_end());
        text.push('\n');
        if index == 1 {
            text.push_str(&"-".repeat(widths.iter().sum::<usize>() + 2 * (widths.len() - 1)));
            text.push('\n');
        }
    }
}

/// All checkpoints of all runs, as comma-separated values; `step` is the last step before each.
pub fn curves(outcomes: &[Outcome]) -> String {
    let mut text = String::from(
        "search,run,iteration,function_evaluations,training_error,validation_error,test_error,step\n",
    );
    for outcome in outcomes {
        for (number, run) in outcome.runs.iter().enumerate() {
            for point in &run.curve {
                let step = point.iteration.checked_sub(1).map(|index| run.steps[index]);
                let step = step.map_or_else(String::new, |step| step.to_string());
                let _ = writeln!(
                    text,
                    "{},{number},{},{},{},{},{},{step}",
                    outcome.name,
                    point.iteration,
                    point.function_evaluations,
                    point.training,
                    point.validation,
                    point.test,
                );
            }
        }
    }
    text
}
