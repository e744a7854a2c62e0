//! The tables.

use gols_studies::AnyError;
use gols_studies::modern::problem::Case;
use gols_studies::statistics::mean;
use gols_studies::table::markdown;

use crate::results::{ADAM_DEFAULT, Entrant, FLOOR, Results, SCHEDULE_FREE_DEFAULT, finite};

/// Each with its file's name.
pub(crate) fn tables(results: &Results<'_>) -> Vec<(&'static str, String)> {
    vec![("losses.md", losses(results)), ("ratios.md", ratios(results))]
}

/// Case by case: what the best rates in hindsight end at, and everybody's ratio to Adam's.
fn losses(results: &Results<'_>) -> String {
    let adam = Entrant::best("adam");
    let others: Vec<&Entrant> = results.entrants.iter().filter(|e| **e != adam).collect();
    let mut header = vec!["case".to_owned(), "best Adam".to_owned(), "at".to_owned()];
    header.extend(others.iter().map(|entrant| entrant.to_string()));
    let row = |case: &Case| {
        let best = results.runs(case, &adam);
        let rate = best.first().and_then(|run| run.spec().ok()).and_then(|spec| spec.rate());
        let mut row = vec![case.name.to_owned(), number(results.loss(case, &adam))];
        row.push(rate.map_or_else(String::new, |rate| rate.to_string()));
        row.extend(others.iter().map(|entrant| match results.ratio(case, entrant, &adam) {
            Some(ratio) => format!("{ratio:.2}"),
            // Nothing to compare with: the loss itself.
            None => number(results.loss(case, entrant)),
        }));
        row
    };
    let rows: Vec<Vec<String>> = results.cases.iter().map(row).collect();
    let text = "Final training losses as ratios to the best constant Adam rate in hindsight, means over seeds";
    format!("{text}; losses below {FLOOR} count as equal.\n\n{}\n", markdown(&header, &rows))
}

fn number(loss: Option<f64>) -> String {
    loss.map_or_else(String::new, |loss| format!("{loss:.3e}"))
}

/// What everybody is measured against.
fn references() -> [(Entrant, &'static str); 5] {
    [
        (Entrant::best("adam"), "the best constant Adam rate in hindsight"),
        (Entrant::best("schedule-free"), "the best schedule-free rate in hindsight"),
        (Entrant::best("adam-linear"), "the best linearly decayed Adam rate in hindsight"),
        (Entrant::one(SCHEDULE_FREE_DEFAULT), "schedule-free AdamW at its default"),
        (Entrant::one("prodigy"), "Prodigy"),
    ]
}

/// Over cases, the ratios to each of the references.
fn ratios(results: &Results<'_>) -> String {
    let mut text = String::new();
    for (held_back, what) in [(false, ""), (true, ", held back")] {
        let cases: Vec<&Case> =
            results.cases.iter().filter(|case| case.is_held_back == held_back).collect();
        for (reference, name) in references() {
            let rows = against(results, &cases, &reference);
            if !rows.is_empty() {
                let header = ["", "cases", "mean ratio", "worst", "on", "ahead", "10 %", "20 %"];
                text += &format!("Against {name}{what}:\n\n{}\n", markdown(&header, &rows));
            }
        }
    }
    let note = "Ratios of final training losses: the geometric mean over cases, the worst, and on how many of the cases \
                an entrant\nis ahead and within 10 % and 20 %.";
    format!("{note} Losses below {FLOOR} count as equal.\n\n{text}")
}

/// Entrants by their geometric mean.
fn against(results: &Results<'_>, cases: &[&Case], reference: &Entrant) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for entrant in results.entrants.iter().filter(|entrant| *entrant != reference) {
        let ratio = |case: &&Case| Some((results.ratio(case, entrant, reference)?, case.name));
        let ratios: Vec<(f64, &str)> = cases.iter().filter_map(ratio).collect();
        let Some(&(worst, on)) = ratios.iter().max_by(|a, b| a.0.total_cmp(&b.0)) else {
            continue;
        };
        let within = |most: f64| ratios.iter().filter(|(ratio, _)| *ratio <= most).count();
        let ahead = ratios.iter().filter(|(ratio, _)| *ratio < 1.0).count();
        let centre = finite(mean(ratios.iter().map(|(ratio, _)| ratio.ln())).exp());
        let row = vec![
            entrant.to_string(),
            ratios.len().to_string(),
            format!("{centre:.3}"),
            format!("{worst:.2}"),
            on.to_owned(),
            ahead.to_string(),
            within(1.1).to_string(),
            within(1.2).to_string(),
        ];
        rows.push((centre, row));
    }
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    rows.into_iter().map(|(_, row)| row).collect()
}

/// One line a run.
pub(crate) fn csv(results: &Results<'_>) -> Result<String, AnyError> {
    let mut text =
        "case,rival,rate,seed,loss,held_out,accuracy,best_held_out,early_loss,seconds,rule_seconds"
            .to_owned();
    for reading in 1..=gols_studies::modern::training::READINGS {
        text += &format!(",batch_loss_{reading},held_out_{reading},step_{reading}");
    }
    text.push('\n');
    for run in results.records() {
        let spec = run.spec()?;
        let last = run.last();
        let held_out = last.map_or(f64::NAN, |reading| reading.held_out);
        let accuracy = last.and_then(|reading| reading.accuracy).unwrap_or(f64::NAN);
        let rate = spec.rate().map_or_else(String::new, |rate| rate.to_string());
        let numbers = [
            run.loss,
            held_out,
            accuracy,
            run.best_held_out().unwrap_or(f64::NAN),
            run.early_loss,
            run.seconds,
            run.rule_seconds,
        ];
        let rival = spec.family();
        text += &format!("{},\"{rival}\",{rate},{}", run.key.case, run.key.seed);
        let readings = run.readings.iter();
        let readings = readings.flat_map(|at| [at.batch_loss, at.held_out, at.step]);
        for number in numbers.into_iter().chain(readings) {
            text += &format!(",{number}");
        }
        text.push('\n');
    }
    Ok(text)
}

#[allow(unused)]
const UNUSED: &str = ADAM_DEFAULT;
