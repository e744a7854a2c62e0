//! This study beside others of the same problems with other settings: how far final errors move.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use serde_json::Value;

use crate::comparison::{FLOOR, floored};
use crate::record::{Key, Record};
use crate::results::Results;
use crate::statistics::{mean, mean_and_sd, median};
use crate::table::table;

/// The finished runs of another study.
pub struct Other {
    /// Its settings that are not this study's.
    pub label: String,
    records: BTreeMap<Key, Record>,
}

impl Other {
    /// Reads the folder of a study. `settings` is the first line of this study's journal.
    pub fn read(folder: &Path, settings: &str) -> Result<Self, String> {
        let path = folder.join("runs.jsonl");
        let at = |message: &str| format!("{}: {message}", path.display());
        let text = std::fs::read_to_string(&path).map_err(|error| at(&error.to_string()))?;
        let mut lines = text.lines();
        let header = lines.next().ok_or_else(|| at("it is empty"))?;
        let label = differences(settings, header).ok_or_else(|| at("its first line is damaged"))?;
        let mut records = BTreeMap::new();
        for line in lines {
            let record = Record::from_line(line).ok_or_else(|| at("a line is damaged"))?;
            records.insert(record.key.clone(), record);
        }
        Ok(Self { label, records })
    }

    /// The final training errors of these runs; `None` if one is missing.
    fn errors(&self, runs: &[Record]) -> Option<Vec<f64>> {
        let error = |run: &Record| Some(self.records.get(&run.key)?.last().errors[0]);
        runs.iter().map(error).collect()
    }
}

/// What the second settings say that the first do not, as "name value"; a name the second lacks has the
/// paper's value.
fn differences(ours: &str, theirs: &str) -> Option<String> {
    let [ours, theirs] =
        [ours, theirs].map(|line| serde_json::from_str::<BTreeMap<String, Value>>(line).ok());
    let (ours, theirs) = (ours?, theirs?);
    let names: std::collections::BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
    let differs = names.into_iter().filter(|name| ours.get(*name) != theirs.get(*name));
    let told: Vec<String> = differs
        .map(|name| match theirs.get(name) {
            Some(Value::String(text)) => format!("{name} {text}"),
            Some(value) => format!("{name} {value}"),
            None => format!("{name} of the paper"),
        })
        .collect();
    Some(if told.is_empty() { "the same settings".to_owned() } else { told.join(", ") })
}

/// A section of the summary: for every method and other study, over the problems that both finished, how
/// often the mean final error moved by no more than the standard deviation over this study's runs, and how
/// many times as large it is in the median. Errors below the floor count as equal to it.
pub fn markdown(results: &Results, others: &[Other]) -> String {
    let mut text = format!(
        "\n## Beside other settings\n\nMean final training errors against this study's: on how many problems \
         they differ by no more than the sd over\nthis study's runs, and their ratio. Errors below {FLOOR} % \
         count as equal to it.\n\n"
    );
    let mut rows = Vec::new();
    for other in others {
        for method in &results.methods {
            let (mut problems, mut alike, mut ratios) = (0, 0, Vec::new());
            for cell in results.of(method.name) {
                let Some(theirs) = other.errors(&cell.runs) else { continue };
                let (ours, sd) = mean_and_sd(cell.runs.iter().map(|run| run.last().errors[0]));
                let [ours, theirs] = [ours, mean(theirs)].map(floored);
                problems += 1;
                alike += usize::from((ours - theirs).abs() <= sd || ours == theirs);
                ratios.push(theirs / ours);
            }
            if problems > 0 {
                let largest = ratios.iter().copied().fold(0.0, f64::max);
                rows.push(vec![
                    other.label.clone(),
                    method.name.to_owned(),
                    format!("{alike} of {problems}"),
                    format!("{:.2}", median(ratios)),
                    format!("{largest:.2}"),
                ]);
            }
        }
    }
    let header = ["settings", "method", "within one sd", "median ratio", "largest ratio"];
    if rows.is_empty() {
        let _ = writeln!(text, "No run of the other studies is one of these.");
    } else {
        table(&mut text, &header.map(str::to_owned), &rows);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comparison::tests::results;

    #[test]
    fn settings_are_told_by_their_differences() {
        let ours = r#"{"batch":10,"seed":1}"#;
        let label = |theirs: &str| differences(ours, theirs);
        assert_eq!(label(r#"{"batch":"full","seed":1}"#).unwrap(), "batch full");
        assert_eq!(
            label(r#"{"batch":10,"loss_scale":0.001,"seed":2}"#).unwrap(),
            "loss_scale 0.001, seed 2"
        );
        assert_eq!(differences(r#"{"width":2.0}"#, "{}").unwrap(), "width of the paper");
        assert_eq!(label(ours).unwrap(), "the same settings");
        assert_eq!(label("runs"), None);
    }

    #[test]
    fn an_error_that_moves_by_more_than_the_sd_is_seen() {
        // 2 and 4: mean 3, sd 1.41.
        let ours = results(&[("SLS", &[2.0, 4.0]), ("DoG", &[2.0, 4.0])]);
        let theirs = results(&[("SLS", &[3.0, 5.0]), ("DoG", &[4.0, 8.0])]);
        let runs =
            ["SLS", "DoG"].into_iter().flat_map(|name| theirs.of(name)).flat_map(|c| &c.runs);
        let records = runs.map(|run| (run.key.clone(), run.clone())).collect();
        let text = markdown(&ours, &[Other { label: "batch 1".to_owned(), records }]);
        let row = |name: &str| text.lines().find(|line| line.contains(name)).unwrap();
        assert!(row("SLS").contains("1 of 1") && row("SLS").contains("1.33"), "{text}");
        assert!(row("DoG").contains("0 of 1") && row("DoG").contains("2.00"), "{text}");
    }

    #[test]
    fn runs_that_are_missing_there_are_left_out() {
        let ours = results(&[("SLS", &[2.0, 4.0])]);
        let other = Other { label: "batch 1".to_owned(), records: BTreeMap::new() };
        assert!(markdown(&ours, &[other]).contains("No run"));
    }
}
