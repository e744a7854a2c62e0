//! How fast training begins, and what an update takes.

use gols_studies::modern::problem::Case;
use gols_studies::modern::record::Record;
use gols_studies::modern::training::EARLY;
use gols_studies::statistics::{mean, median};
use gols_studies::table::markdown;

use crate::against::Against;
use crate::results::{ADAM_DEFAULT, Entrant, FLOOR, Results, finite};

/// The training losses after the first updates, as ratios to those of Adam at its default rate.
pub(crate) fn early<'a>(
    results: &Results<'_>,
    cases: &[&'a Case],
    entrant: &Entrant,
) -> Against<'a> {
    let loss = |run: &Record| run.early_loss;
    Against::of(cases, |case| {
        let [one, adam] = [entrant, &Entrant::one(ADAM_DEFAULT)].map(|e| {
            let runs = results.runs(case, e);
            (!runs.is_empty()).then(|| finite(mean(runs.iter().map(loss))).max(FLOOR))
        });
        Some(one? / adam?)
    })
}

/// The times of an update, medians over seeds, as ratios to Adam's.
fn times<'a>(
    results: &Results<'_>,
    cases: &[&'a Case],
    entrant: &Entrant,
    time: fn(&Record) -> f64,
) -> Against<'a> {
    Against::of(cases, |case| {
        let [one, adam] = [entrant, &Entrant::one(ADAM_DEFAULT)].map(|e| {
            let runs = results.runs(case, e);
            (!runs.is_empty()).then(|| median(runs.iter().map(time)))
        });
        Some(one? / adam?)
    })
}

/// Entrants by the losses at which they begin.
pub(crate) fn table(results: &Results<'_>) -> String {
    let cases: Vec<&Case> = results.cases.iter().collect();
    let mut rows = Vec::new();
    for entrant in &results.entrants {
        let early = early(results, &cases, entrant);
        if early.0.is_empty() {
            continue;
        }
        let whole = times(results, &cases, entrant, |run| run.seconds);
        let rule = times(results, &cases, entrant, |run| run.rule_seconds);
        let row = vec![
            entrant.to_string(),
            early.0.len().to_string(),
            format!("{:.3}", early.centre()),
            early.ahead().to_string(),
            format!("{:.2}", whole.centre()),
            format!("{:.2}", rule.centre()),
        ];
        rows.push((early.centre(), row));
    }
    if rows.is_empty() {
        return String::new();
    }
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    let rows: Vec<Vec<String>> = rows.into_iter().map(|(_, row)| row).collect();
    let header = ["", "cases", "early loss", "ahead", "time", "without the gradient"];
    format!(
        "## The first {EARLY} updates, and the time of one\n\nAs ratios to Adam at 0.001, geometric means over cases: \
         the training loss after {EARLY} updates, on how many cases it is less;\nthe time of an update, and the time \
         without its gradient (as measured while other runs went on beside it).\n\n{}\n",
        markdown(&header, &rows)
    )
}
