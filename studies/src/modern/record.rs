//! What is kept of a run.

use serde::{Deserialize, Deserializer, Serialize};

use super::rivals::Spec;
use crate::journal::Entry;

/// Names a run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Key {
    pub case: String,
    /// With its settings.
    pub rival: String,
    pub seed: u64,
}

/// Where a run stood on its way.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    pub updates: usize,
    /// The mean loss of the mini-batches since the last reading, where their gradients were taken.
    #[serde(deserialize_with = "number")]
    pub batch_loss: f64,
    /// The median step length since then.
    #[serde(deserialize_with = "number")]
    pub step: f64,
    /// Of the point that one keeps, on what it was not trained on; not a number where there is nothing held out.
    #[serde(deserialize_with = "number")]
    pub held_out: f64,
    pub accuracy: Option<f64>,
}

/// One run. What a rival is judged by is taken at the point that one keeps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    #[serde(flatten)]
    pub key: Key,
    /// The training loss at the end.
    #[serde(deserialize_with = "number")]
    pub loss: f64,
    /// The training loss after 50 updates.
    #[serde(deserialize_with = "number")]
    pub early_loss: f64,
    pub readings: Vec<Reading>,
    /// An update with its gradient, and without it.
    pub seconds: f64,
    pub rule_seconds: f64,
}

/// A number that is not finite is null in JSON.
fn number<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or(f64::NAN))
}

impl Entry for Record {
    type Key = Key;

    fn key(&self) -> Key {
        self.key.clone()
    }
}

impl Record {
    pub fn spec(&self) -> Result<Spec, String> {
        self.key.rival.parse()
    }

    /// The last reading: where the run ended.
    pub fn last(&self) -> Option<&Reading> {
        self.readings.last()
    }

    /// The least loss held out at any reading; none where there is nothing held out.
    pub fn best_held_out(&self) -> Option<f64> {
        let losses = self.readings.iter().map(|reading| reading.held_out);
        losses.filter(|loss| loss.is_finite()).reduce(f64::min)
    }
}
