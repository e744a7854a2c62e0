//! Tables as text: cells between commas, semicolons or white space.

use super::ReadError;

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
    let lines = match delimiter {
        Delimiter::Comma => split(bytes, b',')?,
        Delimiter::Semicolon => split(bytes, b';')?,
        Delimiter::WhiteSpace => split_white(bytes)?,
    };
    let rows: Vec<Line> = lines.into_iter().skip(skip).collect();
    let Some((_, first)) = rows.first() else {
        return Err(ReadError::file("there are no rows"));
    };
    let expected = first.len();
    match rows.iter().find(|(_, cells)| cells.len() != expected) {
        Some((line, cells)) => {
            let found = cells.len();
            Err(ReadError::line(*line, format!("{found} cells, but the first row has {expected}")))
        }
        None => Ok(rows),
    }
}

/// By the csv crate, which knows quotes.
fn split(bytes: &[u8], delimiter: u8) -> Result<Vec<Line>, ReadError> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .trim(csv::Trim::All)
        .from_reader(bytes);
    let mut lines = Vec::new();
    for record in reader.byte_records() {
        let record = record.map_err(|error| ReadError::file(error.to_string()))?;
        let line = record.position().map_or(0, csv::Position::line);
        let cells = record.iter().enumerate().map(|(column, cell)| {
            std::str::from_utf8(cell)
                .map(str::to_owned)
                .map_err(|_| ReadError::cell(line, column + 1, "no text"))
        });
        let cells = cells.collect::<Result<Vec<_>, _>>()?;
        if cells.iter().any(|cell| !cell.is_empty()) {
            lines.push((line, cells));
        }
    }
    Ok(lines)
}

fn split_white(bytes: &[u8]) -> Result<Vec<Line>, ReadError> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        ReadError::file(format!("it is no text at byte {}", error.valid_up_to()))
    })?;
    let lines = (1..).zip(text.lines());
    let cells = lines.map(|(line, text)| (line, text.split_whitespace().map(str::to_owned)));
    let lines = cells.map(|(line, cells)| (line, cells.collect::<Vec<_>>()));
    Ok(lines.filter(|(_, cells)| !cells.is_empty()).collect())
}
