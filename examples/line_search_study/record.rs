//! What is kept of a run, and as what text.

use serde_json::{Value, json};

/// Names a run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    pub problem: String,
    pub layers: usize,
    pub method: String,
    pub run: usize,
}

/// Where a run stood: training, validation and test error in percent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    pub iteration: usize,
    pub cost: u64,
    pub errors: [f64; 3],
}

/// One run.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    pub key: Key,
    /// The fingerprint of the samples.
    pub data: u64,
    /// From the start to the end, with rising cost; never empty.
    pub curve: Vec<Point>,
    /// The share of test samples that the last parameters classify rightly.
    pub accuracy: f64,
    pub information_calls: u64,
    /// Iterations that ended at the largest allowed step.
    pub max_steps: usize,
    /// Iterations whose search found no step.
    pub failures: usize,
    pub median_step: f64,
    /// Median step lengths of consecutive windows of iterations.
    pub steps: Vec<f64>,
}

impl Record {
    pub fn last(&self) -> Point {
        let nowhere = Point { iteration: 0, cost: 0, errors: [f64::NAN; 3] };
        self.curve.last().copied().unwrap_or(nowhere)
    }

    pub fn diverged(&self) -> bool {
        !self.last().errors.iter().all(|error| error.is_finite())
    }

    /// The error `part` (0 training, 1 validation, 2 test) after this many function evaluations: linear
    /// between the points, but held within a single iteration, which is all or nothing; and the last one
    /// beyond the end.
    pub fn error_at(&self, cost: f64, part: usize) -> f64 {
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

    /// One line of JSON. Numbers that are not finite become null.
    pub fn to_line(&self) -> String {
        let point = |p: &Point| json!([p.iteration, p.cost, p.errors[0], p.errors[1], p.errors[2]]);
        let Key { problem, layers, method, run } = &self.key;
        json!({
            "problem": problem,
            "layers": layers,
            "method": method,
            "run": run,
            "data": format!("{:016x}", self.data),
            "curve": self.curve.iter().map(point).collect::<Vec<_>>(),
            "accuracy": self.accuracy,
            "information_calls": self.information_calls,
            "max_steps": self.max_steps,
            "failures": self.failures,
            "median_step": self.median_step,
            "steps": self.steps,
        })
        .to_string()
    }

    /// The record that a line holds; `None` if it holds none.
    pub fn from_line(line: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(line).ok()?;
        let text = |name: &str| value[name].as_str();
        let count = |name: &str| Some(value[name].as_u64()? as usize);
        let curve = value["curve"].as_array()?.iter().map(|p| {
            let errors = [real(&p[2])?, real(&p[3])?, real(&p[4])?];
            Some(Point { iteration: p[0].as_u64()? as usize, cost: p[1].as_u64()?, errors })
        });
        let curve = curve.collect::<Option<Vec<_>>>().filter(|curve| !curve.is_empty())?;
        Some(Self {
            key: Key {
                problem: text("problem")?.to_owned(),
                layers: count("layers")?,
                method: text("method")?.to_owned(),
                run: count("run")?,
            },
            data: u64::from_str_radix(text("data")?, 16).ok()?,
            curve,
            accuracy: real(&value["accuracy"])?,
            information_calls: value["information_calls"].as_u64()?,
            max_steps: count("max_steps")?,
            failures: count("failures")?,
            median_step: real(&value["median_step"])?,
            steps: value["steps"].as_array()?.iter().map(real).collect::<Option<Vec<_>>>()?,
        })
    }
}

fn real(value: &Value) -> Option<f64> {
    if value.is_null() { Some(f64::NAN) } else { value.as_f64() }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    pub fn record(method: &str, run: usize, errors: [f64; 2]) -> Record {
        let key = Key { problem: "p".into(), layers: 1, method: method.into(), run };
        let point = |iteration, cost, error| Point { iteration, cost, errors: [error; 3] };
        Record {
            key,
            data: u64::MAX,
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
    fn a_line_gives_the_record_back_bit_for_bit() {
        let record = record("InexactGols", 3, [0.1 + 0.2, 1.0 / 3.0]);
        assert_eq!(Record::from_line(&record.to_line()), Some(record));
    }

    #[test]
    fn a_divergence_survives_the_file() {
        let record = record("Fixed1e2", 0, [20.0, f64::NAN]);
        let read = Record::from_line(&record.to_line()).unwrap();
        assert!(read.diverged() && read.last().errors[0].is_nan());
    }

    #[test]
    fn a_torn_line_is_no_record() {
        let line = record("InexactGols", 3, [2.0, 1.0]).to_line();
        assert!((0..line.len()).all(|end| Record::from_line(&line[..end]).is_none()));
    }

    #[test]
    fn errors_are_linear_between_points_but_an_iteration_is_all_or_nothing() {
        let mut record = record("InexactGols", 0, [20.0, 10.0]);
        let at = |record: &Record| [0.0, 50.0, 100.0, 1e6].map(|cost| record.error_at(cost, 0));
        assert_eq!(at(&record), [20.0, 15.0, 10.0, 10.0]);
        record.curve[1].iteration = 1;
        assert_eq!(at(&record), [20.0, 20.0, 10.0, 10.0]);
    }
}
