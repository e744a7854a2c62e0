//! The errors a caller can cause: bad settings, bad sizes, bad data.
//!
//! An outcome of a search is never an error (see [`Termination`](crate::search::Termination)), and an
//! objective's own error is never wrapped in this one.

/// What a caller can get wrong, said by name: what was given, where, and what would be right.
///
/// Nothing has changed when one of these comes back.
///
/// ```
/// use gols::{Error, search::InexactGols};
///
/// let error = InexactGols::default().with_overshoot(1.5).unwrap_err();
/// assert_eq!(error.to_string(), "overshoot is 1.5, but must be in (0, 1]");
/// assert!(matches!(error, Error::Setting { setting: "overshoot", .. }));
/// ```
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A setting is outside its range, or not a number.
    #[error("{setting} is {value}, but must be {expected}")]
    Setting {
        /// The setting's name, as in its setter.
        setting: &'static str,
        /// The value that was refused.
        value: f64,
        /// The range that would have been accepted.
        expected: &'static str,
    },
    /// There is nothing to draw from, or nothing to draw: a count that must be at least one is zero.
    #[error("{what} is empty, but must hold at least one element")]
    Empty {
        /// What is empty: "population", "mini-batch", "data set", ...
        what: &'static str,
    },
    /// A mini-batch drawn without replacement cannot be larger than its population.
    #[error(
        "a mini-batch of {size} cannot be drawn without replacement from a population of {population}; \
         use at most {population}, or draw with replacement"
    )]
    BatchTooLarge {
        /// The size asked for, in samples.
        size: usize,
        /// The samples there are.
        population: usize,
    },
    /// Two lengths that must agree do not.
    #[error("the length of {what} is {found}, but {expected} is needed")]
    Length {
        /// What has the wrong length: "parameters", "targets", ...
        what: &'static str,
        /// The length that was given.
        found: usize,
        /// The length that would be right.
        expected: usize,
    },
    /// A row that a batch names does not exist.
    #[error("row {row} does not exist in a data set of {rows} rows (the first is row 0)")]
    Row {
        /// The row asked for, from 0.
        row: usize,
        /// The rows there are.
        rows: usize,
    },
    /// A starting point has a coordinate that is infinite or not a number.
    #[error("the start has {value} at index {index}, but every coordinate must be finite")]
    Start {
        /// The coordinate's index, from 0.
        index: usize,
        /// The value found there.
        value: f64,
    },
    /// A loss is defined for another activation of the network's outputs.
    #[error(
        "{loss} takes outputs that are {expected}: use Network::with_output(Activation::{expected})"
    )]
    Outputs {
        /// The loss: "CrossEntropy".
        loss: &'static str,
        /// The activation that would be right: "Linear".
        expected: &'static str,
    },
    /// A data set has a cell that is infinite or not a number.
    #[error("{part} row {row}, column {column} is {value}, but every cell must be finite")]
    Data {
        /// Which table: "inputs" or "targets".
        part: &'static str,
        /// The row, from 0.
        row: usize,
        /// The column, from 0.
        column: usize,
        /// The value found there.
        value: f64,
    },
}

impl Error {
    /// `Ok` if `valid`, else the error that names `setting`, its `value` and what is `expected`.
    ///
    /// Write `valid` so that NaN fails it: `x > 0.0`, not `!(x <= 0.0)`.
    pub(crate) fn check(
        setting: &'static str,
        value: f64,
        valid: bool,
        expected: &'static str,
    ) -> Result<(), Self> {
        if valid { Ok(()) } else { Err(Self::Setting { setting, value, expected }) }
    }

    /// `Ok` if `value` is positive and finite.
    pub(crate) fn check_positive(setting: &'static str, value: f64) -> Result<(), Self> {
        Self::check(setting, value, value > 0.0 && value.is_finite(), "positive and finite")
    }

    /// `Ok` if `value` is in \[0, 1).
    pub(crate) fn check_fraction(setting: &'static str, value: f64) -> Result<(), Self> {
        Self::check(setting, value, (0.0..1.0).contains(&value), "in [0, 1)")
    }

    /// `Ok` if `factor` is greater than 1 and finite.
    pub(crate) fn check_factor(factor: f64) -> Result<(), Self> {
        Self::check(
            "factor",
            factor,
            factor > 1.0 && factor.is_finite(),
            "greater than 1 and finite",
        )
    }

    /// `Ok` if there is at least one.
    pub(crate) fn check_count(setting: &'static str, count: usize) -> Result<(), Self> {
        Self::check(setting, count as f64, count > 0, "at least 1")
    }

    /// `Ok` if `found` is `expected`.
    pub(crate) fn check_length(
        what: &'static str,
        found: usize,
        expected: usize,
    ) -> Result<(), Self> {
        if found == expected { Ok(()) } else { Err(Self::Length { what, found, expected }) }
    }
}
