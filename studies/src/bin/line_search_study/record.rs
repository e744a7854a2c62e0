//! What is kept of a run.

use gols_studies::journal::Entry;
use serde::{Deserialize, Deserializer, Serialize};

use crate::methods::Method;
use crate::part::{Part, Parts};

/// Names a run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Key {
    pub problem: String,
    pub layers: usize,
    pub method: Method,
    pub run: usize,
    /// The fingerprint of the samples.
    pub data: String,
}

/// Where a run stood, its errors in percent.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(from = "Numbers", into = "Numbers")]
pub(crate) struct Point {
    pub iteration: usize,
    pub cost: u64,
    pub errors: Parts<f64>,
}

/// A point in JSON, where a number that is not finite is null.
type Numbers = (usize, u64, Option<f64>, Option<f64>, Option<f64>);

impl From<Numbers> for Point {
    fn from((iteration, cost, training, validation, test): Numbers) -> Self {
        let errors = [training, validation, test].map(|error| error.unwrap_or(f64::NAN));
        Self { iteration, cost, errors: Parts(errors) }
    }
}

impl From<Point> for Numbers {
    fn from(Point { iteration, cost, errors: Parts([training, validation, test]) }: Point) -> Self {
        (iteration, cost, Some(training), Some(validation), Some(test))
    }
}

/// One run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Record {
    #[serde(flatten)]
    pub key: Key,
    /// From the start to the end, with rising cost; never empty.
    pub curve: Vec<Point>,
    /// The share of test samples that the last parameters classify rightly.
    pub accuracy: f64,
    pub information_calls: u64,
    /// Iterations that ended at the largest allowed step.
    pub max_steps: usize,
    /// Iterations whose search found no step.
    pub failures: usize,
    #[serde(deserialize_with = "number")]
    pub median_step: f64,
    /// Median step lengths of consecutive windows of iterations.
    #[serde(deserialize_with = "numbers")]
    pub steps: Vec<f64>,
}

fn number<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or(f64::NAN))
}

fn numbers<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<f64>, D::Error> {
    let numbers = Vec::<Option<f64>>::deserialize(from)?;
    Ok(numbers.into_iter().map(|number| number.unwrap_or(f64::NAN)).collect())
}

impl Entry for Record {
    type Key = Key;

    fn key(&self) -> Key {
        self.key.clone()
    }
}

impl Record {
    pub(crate) fn last(&self) -> Point {
        let nowhere = Point { iteration: 0, cost: 0, errors: Parts([f64::NAN; 3]) };
        self.curve.last().copied().unwrap_or(nowhere)
    }

    pub(crate) fn diverged(&self) -> bool {
        !self.last().errors.0.iter().all(|error| error.is_finite())
    }

    /// Whether it ended with a training error, here `error`, above the one that it started from.
    pub(crate) fn is_worse(&self, error: f64) -> bool {
        self.curve.first().is_some_and(|start| error > start.errors[Part::Training])
    }

    /// The error after this many function evaluations: linear between the points, but held within a single iteration,
    /// which is all or nothing; and the last one beyond the end.
    pub(crate) fn error_at(&self, cost: f64, part: Part) -> f64 {
        let after = self.curve.iter().position(|point| point.cost as f64 >= cost);
        match after {
            None => self.last().errors[part],
            Some(0) => self.curve[0].errors[part],
            Some(index) => {
                let (from, to) = (self.curve[index - 1], self.curve[index]);
                if to.iteration - from.iteration <= 1 && cost < to.cost as f64 {
                    return from.errors[part];
                }
                let share = (cost - from.cost as f64) / (to.cost - from.cost).max(1) as f64;
                from.errors[part] + share * (to.errors[part] - from.errors[part])
            }
        }
    }

    /// The error after this many iterations, linear between the points.
    pub(crate) fn error_after(&self, iteration: f64, part: Part) -> f64 {
        let after = self.curve.iter().position(|point| point.iteration as f64 >= iteration);
        let Some(after) = after else { return self.last().errors[part] };
        let (from, to) = (self.curve[after.saturating_sub(1)], self.curve[after]);
        let span = (to.iteration - from.iteration).max(1) as f64;
        let share = (iteration - from.iteration as f64) / span;
        from.errors[part] + share * (to.errors[part] - from.errors[part])
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn record(method: Method, run: usize, errors: [f64; 2]) -> Record {
        let (problem, data) = ("p".to_owned(), "ffff".to_owned());
        let point = |iteration, cost, error| Point { iteration, cost, errors: Parts([error; 3]) };
        Record {
            key: Key { problem, layers: 1, method, run, data },
            curve: vec![point(0, 0, errors[0]), point(10, 100, errors[1])],
            accuracy: 0.5,
            information_calls: 60,
            max_steps: 1,
            failures: 0,
            median_step: 0.1,
            steps: vec![0.1, 1e-8],
        }
    }

    #[test]
    fn a_line_gives_the_record_back_bit_for_bit_and_a_torn_one_gives_none() {
        let record = record(Method::Fixed(-1), 3, [0.1 + 0.2, 1.0 / 3.0]);
        let line = serde_json::to_string(&record).unwrap();
        assert!(
            line.contains(r#""method":"Fixed1e-1""#) && line.contains("[10,100,0.33"),
            "{line}"
        );
        assert_eq!(serde_json::from_str::<Record>(&line).unwrap(), record);
        assert!((0..line.len()).all(|end| serde_json::from_str::<Record>(&line[..end]).is_err()));
    }

    #[test]
    fn a_divergence_survives_the_file() {
        let mut record = record(Method::Fixed(2), 0, [20.0, f64::NAN]);
        (record.median_step, record.steps[1]) = (f64::NAN, f64::INFINITY);
        let line = serde_json::to_string(&record).unwrap();
        let read: Record = serde_json::from_str(&line).unwrap();
        assert!(read.diverged() && read.last().errors[Part::Training].is_nan());
        assert!(read.median_step.is_nan() && read.steps[1].is_nan());
    }

    #[test]
    fn errors_are_linear_between_points_but_an_iteration_is_all_or_nothing() {
        let mut record = record(Method::InexactGols, 0, [20.0, 10.0]);
        let at = |record: &Record| {
            [0.0, 50.0, 100.0, 1e6].map(|cost| record.error_at(cost, Part::Training))
        };
        assert_eq!(at(&record), [20.0, 15.0, 10.0, 10.0]);
        assert_eq!(record.error_after(5.0, Part::Test), 15.0);
        record.curve[1].iteration = 1;
        assert_eq!(at(&record), [20.0, 20.0, 10.0, 10.0]);
    }
}
