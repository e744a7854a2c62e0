//! Weka's ARFF: attributes with their types, then rows with commas. `?` is a missing cell.
//!
//! Dense rows of numeric and nominal attributes; a nominal value becomes its number in the
//! declaration, from 0, and a missing cell NaN.

use super::{ReadError, Table, delimited, number};

/// The table, NaN where a cell is missing.
pub fn read(bytes: &[u8]) -> Result<Table, ReadError> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        ReadError::file(format!("it is no text at byte {}", error.valid_up_to()))
    })?;
    let mut attributes = Vec::new();
    let mut cells = Vec::new();
    let mut is_data = false;
    for (line, content) in (1..).zip(text.lines()) {
        let content = content.trim();
        if content.is_empty() || content.starts_with('%') {
            continue;
        }
        if is_data {
            read_row(content, line, &attributes, &mut cells)?;
            continue;
        }
        let word = content.split_whitespace().next().unwrap_or_default().to_ascii_lowercase();
        match word.as_str() {
            "@relation" => {}
            "@attribute" => attributes.push(attribute(content[word.len()..].trim(), line)?),
            "@data" => is_data = true,
            _ => {
                let expected = "@relation, @attribute or @data";
                return Err(ReadError::line(line, format!("'{word}' where {expected} should be")));
            }
        }
    }
    if cells.is_empty() {
        return Err(ReadError::file("there is no @data, or it has no rows"));
    }
    Ok(Table { columns: attributes.len(), cells })
}

enum Attribute {
    Numeric,
    Nominal(Vec<String>),
}

fn attribute(declaration: &str, line: u64) -> Result<Attribute, ReadError> {
    let unclear = || ReadError::line(line, "an attribute needs a name and a type");
    let kind = match declaration.chars().next() {
        Some(quote @ ('\'' | '"')) => {
            declaration[1..].split_once(quote).map(|(_, kind)| kind).ok_or_else(unclear)?
        }
        _ => declaration.split_once(char::is_whitespace).map(|(_, k)| k).ok_or_else(unclear)?,
    };
    let kind = kind.trim();
    if let Some(values) = kind.strip_prefix('{').and_then(|kind| kind.strip_suffix('}')) {
        return Ok(Attribute::Nominal(values.split(',').map(|v| plain(v).to_owned()).collect()));
    }
    match kind.to_ascii_lowercase().as_str() {
        "numeric" | "real" | "integer" => Ok(Attribute::Numeric),
        _ => {
            let kind: String = kind.chars().take(40).collect();
            Err(ReadError::line(line, format!("'{kind}' is neither numeric nor a list in braces")))
        }
    }
}

fn read_row(
    content: &str,
    line: u64,
    attributes: &[Attribute],
    cells: &mut Vec<f64>,
) -> Result<(), ReadError> {
    if content.starts_with('{') {
        return Err(ReadError::line(line, "a sparse row, which this reader does not know"));
    }
    let rows = delimited::read(content.as_bytes(), delimited::Delimiter::Comma, 0)
        .map_err(|error| ReadError::line(line, error.message))?;
    let found: Vec<&String> = rows.iter().flat_map(|(_, cells)| cells).collect();
    if found.len() != attributes.len() {
        let (found, expected) = (found.len(), attributes.len());
        return Err(ReadError::line(line, format!("{found} cells, but {expected} attributes")));
    }
    for ((column, text), attribute) in (1..).zip(found).zip(attributes) {
        cells.push(match attribute {
            _ if text == "?" => f64::NAN,
            Attribute::Numeric => number(text, line, column)?,
            Attribute::Nominal(values) => {
                let index = values.iter().position(|value| value == plain(text));
                let message = || format!("'{text}' is not among {}", values.join(", "));
                index.ok_or_else(|| ReadError::cell(line, column, message()))? as f64
            }
        });
    }
    Ok(())
}

/// Without white space and quotes around it.
fn plain(text: &str) -> &str {
    text.trim().trim_matches(['\'', '"'])
}
