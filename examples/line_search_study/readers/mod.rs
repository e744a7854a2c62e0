//! Readers of the files that hold the data sets.
//!
//! A reader takes bytes and gives a table, or says what is wrong and where. No bytes make one panic.

pub mod arff;
pub mod delimited;
mod error;
pub mod idx;
pub mod npy;
pub mod proben1;
mod source;

pub use error::ReadError;
pub use source::{SourceError, open};

/// Numbers row by row.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    pub columns: usize,
    pub cells: Vec<f64>,
}

impl Table {
    pub fn rows(&self) -> usize {
        self.cells.len() / self.columns.max(1)
    }

    pub fn row(&self, row: usize) -> &[f64] {
        &self.cells[row * self.columns..][..self.columns]
    }
}

/// A finite number in a file; `line` and `column` count from 1.
pub fn number(text: &str, line: u64, column: usize) -> Result<f64, ReadError> {
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(value),
        Ok(_) => Err(ReadError::cell(line, column, format!("'{text}' is not finite"))),
        Err(_) => {
            let text: String = text.chars().take(40).collect();
            Err(ReadError::cell(line, column, format!("'{text}' is no number")))
        }
    }
}

#[cfg(test)]
mod tests;
