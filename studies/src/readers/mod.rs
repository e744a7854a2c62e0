//! Readers of the files that hold data sets.
//!
//! A reader takes bytes and gives a table, or says what is wrong and where. No bytes make one panic.

pub mod arff;
pub mod delimited;
mod error;
mod file;
pub mod idx;
pub mod npy;
pub mod proben1;

pub use error::ReadError;
pub use file::{File, FileError};

/// Numbers row by row.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    pub columns: usize,
    pub cells: Vec<f64>,
}

impl Table {
    pub fn new(columns: usize) -> Self {
        Self { columns, cells: Vec::new() }
    }

    pub fn rows(&self) -> usize {
        self.cells.len() / self.columns.max(1)
    }

    pub fn row(&self, row: usize) -> &[f64] {
        &self.cells[row * self.columns..][..self.columns]
    }
}

/// The lines of a text that hold something, without white space around them, and their numbers from 1.
fn lines(bytes: &[u8]) -> Result<impl Iterator<Item = (u64, &str)>, ReadError> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        ReadError::file(format!("it is no text at byte {}", error.valid_up_to()))
    })?;
    Ok((1..).zip(text.lines().map(str::trim)).filter(|(_, line)| !line.is_empty()))
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
