//! How entrants do on what they were not trained on, beside the best constant Adam rate.

use gols_studies::modern::problem::Case;
use gols_studies::modern::record::Record;
use gols_studies::statistics::{mean, mean_and_sd, median};
use gols_studies::table::markdown;

use crate::against::Against;
use crate::results::{Entrant, FLOOR, Results, finite};

/// The best of the readings of a run, mean over seeds; none where there is nothing held out.
fn best_point(runs: &[Record]) -> Option<f64> {
    let losses: Vec<f64> = runs.iter().filter_map(Record::best_held_out).collect();
    (!losses.is_empty() && losses.len() == runs.len()).then(|| finite(mean(losses)))
}

/// Of the best points: the entrant's as a ratio to that of the Adam rate that trained furthest.
pub(crate) fn best_points<'a>(
    results: &Results<'_>,
    cases: &[&'a Case],
    entrant: &Entrant,
) -> Against<'a> {
    Against::of(cases, |case| {
        let [one, adam] =
            [entrant, &Entrant::best("adam")].map(|e| best_point(results.runs(case, e)));
        Some(one?.max(FLOOR) / adam?.max(FLOOR))
    })
}

/// The same to the least best point of all Adam rates.
fn least_best_points<'a>(
    results: &Results<'_>,
    cases: &[&'a Case],
    entrant: &Entrant,
) -> Against<'a> {
    Against::of(cases, |case| {
        let one = best_point(results.runs(case, entrant))?;
        let adam = results.rates(case, "adam").filter_map(best_point).reduce(f64::min)?;
        Some(one.max(FLOOR) / adam.max(FLOOR))
    })
}

/// How much more often the class is right at the end than for the Adam rate that trained furthest, and the standard
/// error of that difference.
pub(crate) fn accuracies(
    results: &Results<'_>,
    cases: &[&Case],
    entrant: &Entrant,
) -> Vec<(f64, f64)> {
    let difference = |case: &&Case| {
        let [one, adam] = [entrant, &Entrant::best("adam")].map(|e| {
            let runs = results.runs(case, e);
            let ends: Vec<f64> = runs.iter().filter_map(|run| run.last()?.accuracy).collect();
            let (mean, sd) = mean_and_sd(ends.iter().copied());
            (!ends.is_empty()).then(|| (mean, sd * sd / ends.len() as f64))
        });
        let (one, adam) = (one?, adam?);
        Some((one.0 - adam.0, (one.1 + adam.1).sqrt()))
    };
    cases.iter().filter_map(difference).collect()
}

/// On how many cases the class is right as often, but for one standard error.
pub(crate) fn as_accurate(differences: &[(f64, f64)]) -> usize {
    differences.iter().filter(|(difference, error)| *difference >= -error).count()
}

/// Entrants by the median of their best points.
pub(crate) fn table(results: &Results<'_>, cases: &[&Case], which: &str) -> String {
    let mut rows = Vec::new();
    for entrant in &results.entrants {
        let points = best_points(results, cases, entrant);
        let Some((worst, on)) = points.worst() else { continue };
        let least = least_best_points(results, cases, entrant);
        let accuracies = accuracies(results, cases, entrant);
        let centre = median(points.ratios());
        let row = vec![
            entrant.to_string(),
            points.0.len().to_string(),
            format!("{centre:.3}"),
            points.within(1.05).to_string(),
            format!("{worst:.2}"),
            on.to_owned(),
            format!("{:.3}", median(least.ratios())),
            accuracies.len().to_string(),
            format!("{:.2}", 100.0 * mean(accuracies.iter().map(|(difference, _)| *difference))),
            as_accurate(&accuracies).to_string(),
        ];
        rows.push((centre, row));
    }
    if rows.is_empty() {
        return String::new();
    }
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    let rows: Vec<Vec<String>> = rows.into_iter().map(|(_, row)| row).collect();
    let header = [
        "",
        "cases",
        "median",
        "5 %",
        "worst",
        "on",
        "median, least",
        "classes",
        "accuracy",
        "as accurate",
    ];
    format!(
        "## Held out{which}\n\nThe least loss at any of the 20 readings, as a ratio to that of the Adam rate that trained \
         furthest: the median over\ncases, on how many it is within 5 %, the worst; and the median of the ratios to the \
         least of all Adam rates. Then, where\nthere are classes, the accuracy at the end less that of the Adam rate that \
         trained furthest, in points, and on how many\ncases it is no lower by more than the standard error of the \
         difference.\n\n{}\n",
        markdown(&header, &rows)
    )
}
