//! How a rate falls over a run whose length is known.

use std::f64::consts::PI;

/// The share of the rate after so many of all updates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Schedule {
    Constant,
    /// 1 − t/n
    Linear,
    /// (1 + cos(π t/n)) / 2 (Loshchilov and Hutter 2017, without restarts)
    Cosine,
}

impl Schedule {
    /// For the update that comes after `done` of `all`.
    pub(super) fn share(self, done: usize, all: usize) -> f64 {
        let gone = (done as f64 / all.max(1) as f64).min(1.0);
        match self {
            Self::Constant => 1.0,
            Self::Linear => 1.0 - gone,
            Self::Cosine => (1.0 + (PI * gone).cos()) / 2.0,
        }
    }
}
