//! Tables 1 to 3: aligned text beside the paper's numbers, and every cell as JSON.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::census::{Census, Entry};
use crate::lines::{Counts, Setting};
use crate::paper;
use crate::problem::{Domain, UNITS};
use crate::statistics::Summary;

/// One cell: what the paper counted, and what was counted here.
struct Cell {
    quantity: &'static str,
    paper: Option<usize>,
    here: Summary,
}

/// The settings whose lines a table needs.
pub fn settings(table: u8) -> Vec<Setting> {
    let all_units = |domain: Domain| UNITS.map(|unit| Setting { unit, domain, batch: 10 }).to_vec();
    match table {
        1 => all_units(Domain::Global),
        2 => [Domain::LocalUnit, Domain::LocalRaw].into_iter().flat_map(all_units).collect(),
        _ => {
            let batches = |domain| [10, 50].map(|batch| Setting { unit: UNITS[0], domain, batch });
            Domain::ALL.into_iter().flat_map(batches).collect()
        }
    }
}

fn cells(entry: &Entry) -> [Cell; 3] {
    let paper = paper::counts(entry.setting);
    let cell = |quantity, count: fn(Counts) -> usize| Cell {
        quantity,
        paper: paper.map(count),
        here: Summary::of(entry.seen().map(|seen| count(seen.counts) as f64)),
    };
    [
        cell("true optima", |counts| counts.true_optima),
        cell("local minima", |counts| counts.local_minima),
        cell("SNN-GPPs", |counts| counts.snn_gpps),
    ]
}

/// The table as aligned text, with the remarks that belong to it.
pub fn render(table: u8, census: &Census, seeds: usize) -> String {
    let title = match table {
        1 => "Table 1: [-20, 20], random directions, batches of 10",
        2 => "Table 2: [-2, 2], d1 = -gradient of all data, batches of 10",
        _ => "Table 3: batches of 10 and of 50, Sigmoid",
    };
    let mut text = format!(
        "{title}\nCounts over four lines: the paper's one start, then mean, sd, and 5th to 95th \
         percentile over {seeds} starts.\n\n"
    );
    let _ = writeln!(
        text,
        "{:<29}|{:^30}|{:^30}|{:^30}",
        "", "true optima", "local minima", "SNN-GPPs"
    );
    let heading = format!("{:>6}{:>8}{:>6}{:>10}", "paper", "mean", "sd", "5 - 95 %");
    let _ = writeln!(text, "{:<29}|{heading}|{heading}|{heading}", "");
    for setting in settings(table) {
        if let Some(entry) = census.get(setting) {
            row(&mut text, table, entry, seeds);
        }
    }
    if table == 2 {
        text.push_str(&remark(census));
    }
    text.push('\n');
    text
}

fn row(text: &mut String, table: u8, entry: &Entry, seeds: usize) {
    let Setting { unit, domain, batch } = entry.setting;
    let label = match table {
        1 => unit.name.to_owned(),
        2 => format!("{}, {} d1", unit.name, domain.reading()),
        _ => format!("{}, batch {batch}", domain.name()),
    };
    let _ = write!(text, "{label:<29}");
    for Cell { paper, here, .. } in cells(entry) {
        let paper = paper.map_or_else(|| "-".to_owned(), |count| count.to_string());
        let range = format!("{:.0} - {:.0}", here.p05, here.p95);
        let sd = if here.sd.is_nan() { "-".to_owned() } else { format!("{:.1}", here.sd) };
        let _ = write!(text, "|{paper:>6}{:>8.1}{sd:>6}{range:>10}", here.mean);
    }
    let seen = entry.seen().count();
    if seen < seeds {
        let _ = write!(text, "  {seen} starts: the others have no gradient");
    }
    text.push('\n');
}

/// Which of the paper's cells do not look like one of these starts, by either reading of d1.
fn remark(census: &Census) -> String {
    let mut text =
        String::from("\nThe paper's count lies outside the 5th to 95th percentile here:\n");
    let mut whole = false;
    for domain in [Domain::LocalUnit, Domain::LocalRaw] {
        let mut outside = Vec::new();
        let mut all = 0;
        for unit in UNITS {
            let entry = census.get(Setting { unit, domain, batch: 10 });
            for cell in entry.into_iter().flat_map(cells) {
                all += 1;
                let paper = cell.paper.map_or(f64::NAN, |count| count as f64);
                if !(cell.here.p05..=cell.here.p95).contains(&paper) {
                    outside.push(format!("{} {}", unit.name, cell.quantity));
                }
            }
        }
        whole |= outside.is_empty();
        let names = if outside.is_empty() { "none".to_owned() } else { outside.join(", ") };
        let _ =
            writeln!(text, "  {} d1: {} of {all} cells: {names}", domain.reading(), outside.len());
    }
    text.push_str(if whole {
        "A reading of d1 without such cells is consistent with the paper's table.\n"
    } else {
        "So neither reading of d1, as a unit vector or as long as the gradient, reproduces the \
         table in full.\n"
    });
    text
}

/// Every cell of a table. The batch is that of the row, also for the true optima, which do not depend
/// on it; a percentile or sd that one start cannot have is null.
pub fn json(table: u8, census: &Census) -> Vec<Value> {
    let entries = settings(table).into_iter().filter_map(|setting| census.get(setting));
    entries
        .flat_map(|entry| {
            let Setting { unit, domain, batch } = entry.setting;
            cells(entry).map(|cell| {
                json!({
                    "table": table,
                    "activation": unit.key,
                    "domain": domain.key(),
                    "direction": domain.reading(),
                    "batch": batch,
                    "quantity": cell.quantity,
                    "paper": cell.paper,
                    "mean": cell.here.mean,
                    "sd": cell.here.sd,
                    "p05": cell.here.p05,
                    "p95": cell.here.p95,
                    "seeds": cell.here.count,
                })
            })
        })
        .collect()
}
