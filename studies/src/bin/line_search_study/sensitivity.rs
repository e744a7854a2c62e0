//! This study beside others of the same problems with other settings: how far final errors move.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use gols_studies::AnyError;
use gols_studies::journal::{self, Entries};
use gols_studies::statistics::{mean, mean_and_sd, median};
use gols_studies::table;
use serde_json::Value;

use crate::comparison::{FLOOR, floored};
use crate::methods::Method;
use crate::part::Part::Training;
use crate::record::Record;
use crate::results::{Results, most};

/// The finished runs of another study.
pub(crate) struct Other {
    /// Its settings that are not this study's.
    label: String,
    records: Entries<Record>,
}

impl Other {
    /// Reads the folder of a study. `header` is the first line of this study's journal.
    pub(crate) fn read(folder: &Path, header: &str) -> Result<Self, AnyError> {
        let path = folder.join("runs.jsonl");
        let (theirs, records) = journal::read(&path)?;
        let label = differences(header, &theirs);
        let damaged = || format!("{}: its first line is damaged", path.display());
        Ok(Self { label: label.ok_or_else(damaged)?, records })
    }

    /// The final training errors of these runs; `None` if one is missing.
    fn errors(&self, runs: &[Record]) -> Option<Vec<f64>> {
        let error = |run: &Record| Some(self.records.get(&run.key)?.last().errors[Training]);
        runs.iter().map(error).collect()
    }

    /// How a method's errors differ over the problems that both studies finished; `None` if there are none.
    fn row(&self, results: &Results, method: Method) -> Option<Vec<String>> {
        let (mut alike, mut ratios) = (0, Vec::new());
        for cell in results.of(method) {
            let Some(theirs) = self.errors(&cell.runs) else { continue };
            let (ours, sd) = mean_and_sd(cell.runs.iter().map(|run| run.last().errors[Training]));
            let [ours, theirs] = [ours, mean(theirs)].map(floored);
            alike += usize::from((ours - theirs).abs() <= sd || ours == theirs);
            ratios.push(theirs / ours);
        }
        (!ratios.is_empty()).then(|| {
            vec![
                self.label.clone(),
                method.to_string(),
                format!("{alike} of {}", ratios.len()),
                format!("{:.2}", median(ratios.iter().copied())),
                format!("{:.2}", most(ratios)),
            ]
        })
    }
}

/// What the second settings say that the first do not, as "name value"; a name the second lacks has the
/// paper's value.
fn differences(ours: &str, theirs: &str) -> Option<String> {
    let read = |line: &str| serde_json::from_str::<BTreeMap<String, Value>>(line).ok();
    let (ours, theirs) = (read(ours)?, read(theirs)?);
    let names: BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
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
pub(crate) fn markdown(results: &Results, others: &[Other]) -> String {
    let rows = others
        .iter()
        .flat_map(|other| results.methods.iter().filter_map(|&method| other.row(results, method)));
    let rows: Vec<Vec<String>> = rows.collect();
    let header = ["settings", "method", "within one sd", "median ratio", "largest ratio"];
    let found = match rows.is_empty() {
        true => "No run of the other studies is one of these.".to_owned(),
        false => table::markdown(&header, &rows),
    };
    format!(
        "\n## Beside other settings\n\nMean final training errors against this study's: on how many problems \
         they differ by no more than the sd over\nthis study's runs, and their ratio. Errors below {FLOOR} % \
         count as equal to it.\n\n{found}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comparison::tests::results;

    const METHODS: [Method; 2] = [Method::Sls, Method::Dog];

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
        let ours = results(&METHODS.map(|method| (method, &[2.0, 4.0][..])));
        let theirs = results(&[(Method::Sls, &[3.0, 5.0]), (Method::Dog, &[4.0, 8.0])]);
        let runs = METHODS.into_iter().flat_map(|method| theirs.runs_of(method));
        let records = runs.map(|run| (run.key.clone(), run.clone())).collect();
        let text = markdown(&ours, &[Other { label: "batch 1".to_owned(), records }]);
        let row = |name: &str| text.lines().find(|line| line.contains(name)).unwrap();
        assert!(row("SLS").contains("1 of 1") && row("SLS").contains("1.33"), "{text}");
        assert!(row("DoG").contains("0 of 1") && row("DoG").contains("2.00"), "{text}");
    }

    #[test]
    fn runs_that_are_missing_there_are_left_out() {
        let ours = results(&[(Method::Sls, &[2.0, 4.0])]);
        let other = Other { label: "batch 1".to_owned(), records: BTreeMap::new() };
        assert!(markdown(&ours, &[other]).contains("No run"));
    }
}
