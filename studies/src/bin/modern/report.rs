//! The tables.

use gols_studies::AnyError;
use gols_studies::modern::problem::Case;
use gols_studies::modern::training::READINGS;
use gols_studies::table::markdown;

use crate::against::Against;
use crate::results::{Entrant, FLOOR, Results, SCHEDULE_FREE_DEFAULT};
use crate::{claims, costs, held_out};

/// Each with its file's name.
pub(crate) fn tables(results: &Results<'_>) -> Vec<(&'static str, String)> {
    let all = [
        ("losses.md", by_part(results, losses)),
        ("ratios.md", by_part(results, ratios)),
        ("held_out.md", by_part(results, held_out::table)),
        ("costs.md", costs::table(results)),
        ("claims.md", claims::table(results)),
    ];
    all.into_iter().filter(|(_, text)| !text.is_empty()).collect()
}

/// The same of the cases on which settings were chosen, and of those held back.
fn by_part(
    results: &Results<'_>,
    table: impl Fn(&Results<'_>, &[&Case], &str) -> String,
) -> String {
    let [chosen, held_back] = [false, true].map(|is| results.part(is));
    table(results, &chosen, "") + &table(results, &held_back, ", on the cases held back")
}

/// Case by case: what the best Adam rate in hindsight ends at, and everybody's ratio to it.
fn losses(results: &Results<'_>, cases: &[&Case], which: &str) -> String {
    if cases.is_empty() {
        return String::new();
    }
    let adam = Entrant::best("adam");
    let others: Vec<&Entrant> = results.entrants.iter().filter(|e| **e != adam).collect();
    let mut header = vec!["case".to_owned(), "best Adam".to_owned(), "at".to_owned()];
    header.extend(others.iter().map(|entrant| entrant.to_string()));
    let row = |case: &&Case| {
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
    let rows: Vec<Vec<String>> = cases.iter().map(row).collect();
    format!(
        "## Final training losses{which}\n\nRatios to the best constant Adam rate in hindsight, whose losses are printed; \
         means over seeds. Losses below {FLOOR} count\nas equal.\n\n{}\n",
        markdown(&header, &rows)
    )
}

fn number(loss: Option<f64>) -> String {
    loss.map_or_else(String::new, |loss| format!("{loss:.3e}"))
}

/// What everybody is measured against.
fn references() -> [(Entrant, &'static str); 6] {
    [
        (Entrant::best("adam"), "the best constant Adam rate in hindsight"),
        (Entrant::best("schedule-free"), "the best schedule-free rate in hindsight"),
        (Entrant::best("adam-linear"), "the best linearly decayed Adam rate in hindsight"),
        (Entrant::one(SCHEDULE_FREE_DEFAULT), "schedule-free AdamW at its default"),
        (Entrant::one("prodigy"), "Prodigy"),
        (Entrant::one("prodigy-schedule-free"), "Prodigy with schedule-free averaging"),
    ]
}

/// Over cases, the ratios of final training losses to each of the references.
fn ratios(results: &Results<'_>, cases: &[&Case], which: &str) -> String {
    let mut text = String::new();
    for (reference, name) in references() {
        let rows = against(results, cases, &reference);
        if !rows.is_empty() {
            let header =
                ["", "cases", "mean", "worst", "on", "ahead", "tied", "10 %", "20 %", "diverged"];
            text += &format!("Against {name}:\n\n{}\n", markdown(&header, &rows));
        }
    }
    if text.is_empty() {
        return text;
    }
    format!(
        "## Ratios of final training losses{which}\n\nThe geometric mean over cases, the worst, on how many of the \
         cases an entrant is ahead, tied, and within 10 % and 20 %, and its\nruns that diverged. Losses below {FLOOR} count as \
         equal.\n\n{text}"
    )
}

/// Entrants by their geometric mean.
fn against(results: &Results<'_>, cases: &[&Case], reference: &Entrant) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for entrant in results.entrants.iter().filter(|entrant| *entrant != reference) {
        let against = Against::losses(results, cases, entrant, reference);
        let Some((worst, on)) = against.worst() else { continue };
        let row = vec![
            entrant.to_string(),
            against.0.len().to_string(),
            format!("{:.3}", against.centre()),
            format!("{worst:.2}"),
            on.to_owned(),
            against.ahead().to_string(),
            against.tied().to_string(),
            against.within(1.1).to_string(),
            against.within(1.2).to_string(),
            results.diverged(cases, entrant).to_string(),
        ];
        rows.push((against.centre(), row));
    }
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    rows.into_iter().map(|(_, row)| row).collect()
}

/// One line a run.
pub(crate) fn csv(results: &Results<'_>) -> Result<String, AnyError> {
    let mut text = "case,rival,rate,seed,loss,held_out,accuracy,best_held_out,early_loss,seconds,\
                    rule_seconds"
        .to_owned();
    for reading in 1..=READINGS {
        text += &format!(",batch_loss_{reading},held_out_{reading},step_{reading}");
    }
    text.push('\n');
    for run in results.records() {
        let spec = run.spec()?;
        let rate = spec.rate().map_or_else(String::new, |rate| rate.to_string());
        let last = run.last();
        let numbers = [
            run.loss,
            last.map_or(f64::NAN, |reading| reading.held_out),
            last.and_then(|reading| reading.accuracy).unwrap_or(f64::NAN),
            run.best_held_out().unwrap_or(f64::NAN),
            run.early_loss,
            run.seconds,
            run.rule_seconds,
        ];
        text += &format!("{},\"{}\",{rate},{}", run.key.case, spec.family(), run.key.seed);
        let readings = run.readings.iter();
        let readings = readings.flat_map(|at| [at.batch_loss, at.held_out, at.step]);
        for number in numbers.into_iter().chain(readings) {
            text += &format!(",{number}");
        }
        text.push('\n');
    }
    Ok(text)
}
