//! What is claimed of the optimizer, and what was found.

use gols_studies::modern::problem::Case;
use gols_studies::statistics::median;
use gols_studies::table::markdown;

use crate::against::Against;
use crate::results::{Entrant, Results, SCHEDULE_FREE_DEFAULT};
use crate::{costs, held_out};

/// A number that a claim is about, and the number that it asks for.
enum Finding {
    AtMost(f64, f64),
    /// So many of so many, and the share that is asked.
    Share(usize, usize, f64),
    /// The same, where so many more are equal.
    ShareOrTied(usize, usize, usize, f64),
}

impl Finding {
    fn holds(&self) -> bool {
        match *self {
            Self::AtMost(found, most) => found <= most,
            Self::Share(count, all, share) | Self::ShareOrTied(count, _, all, share) => {
                count as f64 >= share * all as f64
            }
        }
    }

    fn cell(&self) -> String {
        let verdict = if self.holds() { "yes" } else { "no" };
        match *self {
            Self::AtMost(found, _) => format!("{verdict}: {found:.3}"),
            Self::Share(count, all, _) | Self::ShareOrTied(count, 0, all, _) => {
                format!("{verdict}: {count} of {all}")
            }
            Self::ShareOrTied(count, tied, all, _) => {
                format!("{verdict}: {count} of {all}, {tied} tied")
            }
        }
    }
}

/// What a claim finds of an entrant; none where what it needs was not run.
type Find = fn(&Results<'_>, &Entrant) -> Option<Finding>;

const CLAIMS: [(&str, Find); 12] = [
    ("geometric mean to the best Adam rate at most 0.45", |results, entrant| {
        let against = losses(results, false, entrant, &Entrant::best("adam"))?;
        Some(Finding::AtMost(against.centre(), 0.45))
    }),
    ("worst to the best Adam rate at most 1.1", |results, entrant| {
        let against = losses(results, false, entrant, &Entrant::best("adam"))?;
        Some(Finding::AtMost(against.worst()?.0, 1.1))
    }),
    ("ahead of schedule-free at its default on 85 %", |results, entrant| {
        ahead(&losses(results, false, entrant, &Entrant::one(SCHEDULE_FREE_DEFAULT))?, 0.85)
    }),
    ("ahead of Prodigy on 90 %", |results, entrant| {
        ahead(&losses(results, false, entrant, &Entrant::one("prodigy"))?, 0.9)
    }),
    ("within 20 % of the best schedule-free rate on 85 %", |results, entrant| {
        within(&losses(results, false, entrant, &Entrant::best("schedule-free"))?, 1.2, 0.85)
    }),
    ("within 20 % of the best linearly decayed Adam rate on 95 %", |results, entrant| {
        within(&losses(results, false, entrant, &Entrant::best("adam-linear"))?, 1.2, 0.95)
    }),
    ("held out, best point: median to the best Adam rate's at most 1.05", |results, entrant| {
        let points = held_out::best_points(results, &results.part(false), entrant);
        (!points.0.is_empty()).then(|| Finding::AtMost(median(points.ratios()), 1.05))
    }),
    ("held out, accuracy at the end: within a standard error everywhere", |results, entrant| {
        let differences = held_out::accuracies(results, &results.part(false), entrant);
        let count = held_out::as_accurate(&differences);
        (!differences.is_empty()).then_some(Finding::Share(count, differences.len(), 1.0))
    }),
    ("after 50 updates below Adam at 0.001 on 80 %", |results, entrant| {
        let early = costs::early(results, &results.part(false), entrant);
        (!early.0.is_empty()).then(|| Finding::Share(early.ahead(), early.0.len(), 0.8))
    }),
    ("no run diverges", |results, entrant| {
        let cases: Vec<&Case> = results.cases.iter().collect();
        Some(Finding::AtMost(results.diverged(&cases, entrant) as f64, 0.0))
    }),
    ("held back: within 10 % of the best Adam rate on 90 %", |results, entrant| {
        within(&losses(results, true, entrant, &Entrant::best("adam"))?, 1.1, 0.9)
    }),
    ("held back: ahead of the best Adam rate on 70 %", |results, entrant| {
        ahead(&losses(results, true, entrant, &Entrant::best("adam"))?, 0.7)
    }),
];

/// None without a case where both were run.
fn losses<'a>(
    results: &Results<'a>,
    held_back: bool,
    entrant: &Entrant,
    other: &Entrant,
) -> Option<Against<'a>> {
    let against = Against::losses(results, &results.part(held_back), entrant, other);
    (!against.0.is_empty()).then_some(against)
}

fn ahead(against: &Against<'_>, share: f64) -> Option<Finding> {
    Some(Finding::ShareOrTied(against.ahead(), against.tied(), against.0.len(), share))
}

fn within(against: &Against<'_>, most: f64, share: f64) -> Option<Finding> {
    Some(Finding::Share(against.within(most), against.0.len(), share))
}

/// Every claim of the optimizer and of its variants.
pub(crate) fn table(results: &Results<'_>) -> String {
    let entrants: Vec<&Entrant> =
        results.entrants.iter().filter(|entrant| entrant.is_ours()).collect();
    let row = |(claim, find): &(&str, Find)| {
        let cells: Vec<Option<Finding>> = entrants.iter().map(|e| find(results, e)).collect();
        let is_known = cells.iter().any(Option::is_some);
        let cells = cells.iter().map(|cell| cell.as_ref().map_or_else(String::new, Finding::cell));
        is_known.then(|| std::iter::once((*claim).to_owned()).chain(cells).collect())
    };
    let rows: Vec<Vec<String>> = CLAIMS.iter().filter_map(row).collect();
    if entrants.is_empty() {
        return String::new();
    }
    let header: Vec<String> = std::iter::once("claim".to_owned())
        .chain(entrants.iter().map(|entrant| entrant.to_string()))
        .collect();
    format!("## What is claimed\n\n{}\n", markdown(&header, &rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_holds_at_its_bound_and_not_beyond() {
        assert!(Finding::AtMost(0.45, 0.45).holds() && !Finding::AtMost(0.46, 0.45).holds());
        assert!(!Finding::AtMost(f64::INFINITY, 1.1).holds());
        assert!(Finding::Share(9, 10, 0.9).holds() && !Finding::Share(8, 10, 0.9).holds());
        assert_eq!(Finding::Share(8, 10, 0.9).cell(), "no: 8 of 10");
        assert_eq!(Finding::ShareOrTied(8, 2, 10, 0.9).cell(), "no: 8 of 10, 2 tied");
    }
}
