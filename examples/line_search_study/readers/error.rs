//! What is wrong with a file, and where.

use std::fmt;

/// What is wrong with the bytes of a file. Lines and columns count from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadError {
    pub line: Option<u64>,
    pub column: Option<usize>,
    pub message: String,
}

impl ReadError {
    /// About the whole file.
    pub fn file(message: impl Into<String>) -> Self {
        Self { line: None, column: None, message: message.into() }
    }

    pub fn line(line: u64, message: impl Into<String>) -> Self {
        Self { line: Some(line), column: None, message: message.into() }
    }

    pub fn cell(line: u64, column: usize, message: impl Into<String>) -> Self {
        Self { line: Some(line), column: Some(column), message: message.into() }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}, ")?;
        }
        if let Some(column) = self.column {
            write!(f, "column {column}, ")?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for ReadError {}
