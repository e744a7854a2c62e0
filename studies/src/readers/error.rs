//! What is wrong with a file, and where.

use std::fmt::Display;

/// What is wrong with the bytes of a file. Lines and columns count from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ReadError(String);

impl ReadError {
    /// About the whole file.
    pub fn file(message: impl Display) -> Self {
        Self(message.to_string())
    }

    pub fn line(line: u64, message: impl Display) -> Self {
        Self(format!("line {line}, {message}"))
    }

    pub fn cell(line: u64, column: usize, message: impl Display) -> Self {
        Self(format!("line {line}, column {column}, {message}"))
    }
}
