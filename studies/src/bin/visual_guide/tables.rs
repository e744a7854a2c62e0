//! Tables 1 to 3: aligned text beside the paper's numbers, and every cell as JSON.

use std::fmt::Write;

use gols::statistics::Moments;
use gols_studies::statistics::quantile;
use serde::Serialize;

use crate::census::{Census, Entry};
use crate::lines::{Counts, Setting};
use crate::paper;
use crate::problem::{Domain, Unit};

/// A table of the paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Table {
    One = 1,
    Two = 2,
    Three = 3,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
enum Quantity {
    #[serde(rename = "true optima")]
    TrueOptima,
    #[serde(rename = "local minima")]
    LocalMinima,
    #[serde(rename = "SNN-GPPs")]
    SnnGpps,
}

impl Quantity {
    const ALL: [Self; 3] = [Self::TrueOptima, Self::LocalMinima, Self::SnnGpps];

    fn name(self) -> &'static str {
        ["true optima", "local minima", "SNN-GPPs"][self as usize]
    }

    fn of(self, counts: Counts) -> usize {
        match self {
            Self::TrueOptima => counts.true_optima,
            Self::LocalMinima => counts.local_minima,
            Self::SnnGpps => counts.snn_gpps,
        }
    }
}

/// One cell, as it is written to JSON: what the paper counted, and mean, standard deviation, 5th and 95th percentile of
/// what was counted here. The batch is that of the row, also for the true optima, which do not depend on it; a
/// percentile or sd that one start cannot have is null.
#[derive(Debug, Serialize)]
pub(crate) struct Record {
    activation: Unit,
    batch: usize,
    direction: &'static str,
    domain: &'static str,
    mean: f64,
    p05: f64,
    p95: f64,
    paper: Option<usize>,
    quantity: Quantity,
    sd: f64,
    seeds: usize,
    table: u8,
}

impl Record {
    fn new(table: Table, entry: &Entry, quantity: Quantity) -> Self {
        let Setting { unit, domain, batch } = entry.setting;
        let counts = entry.seen().map(|seen| quantity.of(seen.counts) as f64);
        let mut counts: Vec<f64> = counts.collect();
        counts.sort_by(f64::total_cmp); // which fixes how sums are rounded
        let moments: Moments = counts.iter().copied().collect();
        Self {
            activation: unit,
            batch,
            direction: domain.reading(),
            domain: if domain == Domain::Global { "global" } else { "local" },
            mean: moments.mean(),
            p05: quantile(counts.iter().copied(), 0.05),
            p95: quantile(counts.iter().copied(), 0.95),
            paper: paper::counts(entry.setting).map(|counts| quantity.of(counts)),
            quantity,
            sd: moments.standard_deviation(),
            seeds: counts.len(),
            table: table as u8,
        }
    }

    fn write(&self, text: &mut String) {
        let paper = self.paper.map_or_else(|| "-".to_owned(), |count| count.to_string());
        let range = format!("{:.0} - {:.0}", self.p05, self.p95);
        let sd = if self.sd.is_nan() { "-".to_owned() } else { format!("{:.1}", self.sd) };
        let _ = write!(text, "|{paper:>6}{:>8.1}{sd:>6}{range:>10}", self.mean);
    }

    /// Whether the paper's count does not look like one of these starts.
    fn is_outside(&self) -> bool {
        let paper = self.paper.map_or(f64::NAN, |count| count as f64);
        !(self.p05..=self.p95).contains(&paper)
    }
}

impl Table {
    pub(crate) const ALL: [Self; 3] = [Self::One, Self::Two, Self::Three];

    pub(crate) fn number(self) -> &'static str {
        ["1", "2", "3"][self as usize - 1]
    }

    /// The settings whose lines the table needs.
    pub(crate) fn settings(self) -> Vec<Setting> {
        match self {
            Self::One => Setting::of_units(Domain::Global).to_vec(),
            Self::Two => [Domain::LocalUnit, Domain::LocalRaw].map(Setting::of_units).concat(),
            Self::Three => {
                let batches =
                    |domain| [10, 50].map(|batch| Setting { unit: Unit::Sigmoid, domain, batch });
                Domain::ALL.map(batches).concat()
            }
        }
    }

    fn entries(self, census: &Census) -> impl Iterator<Item = &Entry> {
        self.settings().into_iter().filter_map(|setting| census.get(setting))
    }

    /// Every cell.
    pub(crate) fn records(self, census: &Census) -> Vec<Record> {
        let cells = |entry| Quantity::ALL.map(|quantity| Record::new(self, entry, quantity));
        self.entries(census).flat_map(cells).collect()
    }

    /// The table as aligned text, with the remarks that belong to it.
    pub(crate) fn render(self, census: &Census, seeds: usize) -> String {
        let title = match self {
            Self::One => "Table 1: [-20, 20], random directions, batches of 10",
            Self::Two => "Table 2: [-2, 2], d1 = -gradient of all data, batches of 10",
            Self::Three => "Table 3: batches of 10 and of 50, Sigmoid",
        };
        let names = Quantity::ALL.map(|quantity| format!("|{:^30}", quantity.name())).concat();
        let heading = format!("|{:>6}{:>8}{:>6}{:>10}", "paper", "mean", "sd", "5 - 95 %");
        let mut text = format!(
            "{title}\nCounts over four lines: the paper's one start, then mean, sd, and 5th to 95th \
             percentile over {seeds} starts.\n\n{:<29}{names}\n{:<29}{}\n",
            "",
            "",
            heading.repeat(3)
        );
        for entry in self.entries(census) {
            self.write_row(&mut text, entry, seeds);
        }
        if self == Self::Two {
            text.push_str(&remark(census));
        }
        text + "\n"
    }

    fn write_row(self, text: &mut String, entry: &Entry, seeds: usize) {
        let Setting { unit, domain, batch } = entry.setting;
        let label = match self {
            Self::One => unit.name().to_owned(),
            Self::Two => format!("{}, {} d1", unit.name(), domain.reading()),
            Self::Three => format!("{}, batch {batch}", domain.name()),
        };
        let _ = write!(text, "{label:<29}");
        for quantity in Quantity::ALL {
            Record::new(self, entry, quantity).write(text);
        }
        let seen = entry.seen().count();
        if seen < seeds {
            let _ = write!(text, "  {seen} starts: the others have no gradient");
        }
        text.push('\n');
    }
}

/// Which of the paper's cells do not look like one of these starts, by either reading of d1.
fn remark(census: &Census) -> String {
    let mut text =
        String::from("\nThe paper's count lies outside the 5th to 95th percentile here:\n");
    let records = Table::Two.records(census);
    let mut whole = false;
    for domain in [Domain::LocalUnit, Domain::LocalRaw] {
        let cells = || records.iter().filter(|record| record.direction == domain.reading());
        let outside = cells().filter(|record| record.is_outside());
        let name =
            |record: &Record| format!("{} {}", record.activation.name(), record.quantity.name());
        let outside: Vec<String> = outside.map(name).collect();
        whole |= outside.is_empty();
        let names = if outside.is_empty() { "none".to_owned() } else { outside.join(", ") };
        let (reading, count, all) = (domain.reading(), outside.len(), cells().count());
        let _ = writeln!(text, "  {reading} d1: {count} of {all} cells: {names}");
    }
    text.push_str(if whole {
        "A reading of d1 without such cells is consistent with the paper's table.\n"
    } else {
        "So neither reading of d1, as a unit vector or as long as the gradient, reproduces the \
         table in full.\n"
    });
    text
}
