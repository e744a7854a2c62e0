//! Tables as text: cells between commas, semicolons or white space.

use super::{ReadError, lines};

/// What stands between two cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delimiter {
    Comma,
    Semicolon,
    WhiteSpace,
}

/// The cells of one line, as text without white space around it, and the line's number from 1.
pub type Line = (u64, Vec<String>);

/// The lines of a table, all with as many cells as the first; empty lines are left out.
///
/// `skip` lines at the top are no rows of the table: a header.
pub fn read(bytes: &[u8], delimiter: Delimiter, skip: usize) -> Result<Vec<Line>, ReadError> {
    let mut rows = match delimiter {
        Delimiter::Comma => split(bytes, b',')?,
        Delimiter::Semicolon => split(bytes, b';')?,
        Delimiter::WhiteSpace => split_white(bytes)?,
    };
    rows.drain(..skip.min(rows.len()));
    let expected = rows.first().ok_or_else(|| ReadError::file("there are no rows"))?.1.len();
    match rows.iter().find(|(_, cells)| cells.len() != expected) {
        Some((line, cells)) => {
            let found = cells.len();
            Err(ReadError::line(*line, format!("{found} cells, but the first row has {expected}")))
        }
        None => Ok(rows),
    }
}

/// By the csv crate, which knows quotes.
pub(super) fn split(bytes: &[u8], delimiter: u8) -> Result<Vec<Line>, ReadError> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .trim(csv::Trim::All)
        .from_reader(bytes);
    let mut lines = Vec::new();
    for record in reader.byte_records() {
        let record = record.map_err(ReadError::file)?;
        let line = record.position().map_or(0, csv::Position::line);
        let cells = (1..).zip(&record).map(|(column, cell)| {
            let text = std::str::from_utf8(cell).map(str::to_owned);
            text.map_err(|_| ReadError::cell(line, column, "no text"))
        });
        let cells = cells.collect::<Result<Vec<_>, _>>()?;
        if cells.iter().any(|cell| !cell.is_empty()) {
            lines.push((line, cells));
        }
    }
    Ok(lines)
}

fn split_white(bytes: &[u8]) -> Result<Vec<Line>, ReadError> {
    let cells = |text: &str| text.split_whitespace().map(str::to_owned).collect();
    Ok(lines(bytes)?.map(|(line, text)| (line, cells(text))).collect())
}
