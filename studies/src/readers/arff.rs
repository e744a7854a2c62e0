//! Weka's ARFF: attributes with their types, then rows with commas. `?` is a missing cell.
//!
//! Dense rows of numeric and nominal attributes; a nominal value becomes its number in the
//! declaration, from 0, and a missing cell NaN.

use super::{ReadError, Table, delimited, lines, number};

/// The table, NaN where a cell is missing.
pub fn read(bytes: &[u8]) -> Result<Table, ReadError> {
    let mut lines = lines(bytes)?.filter(|(_, content)| !content.starts_with('%'));
    let mut attributes = Vec::new();
    for (line, content) in &mut lines {
        let word = content.split_whitespace().next().unwrap_or_default();
        match word.to_ascii_lowercase().as_str() {
            "@relation" => {}
            "@attribute" => attributes.push(Attribute::read(&content[word.len()..], line)?),
            "@data" => break,
            word => {
                let expected = "@relation, @attribute or @data";
                return Err(ReadError::line(line, format!("'{word}' where {expected} should be")));
            }
        }
    }
    let mut table = Table::new(attributes.len());
    for (line, content) in lines {
        read_row(content, line, &attributes, &mut table.cells)?;
    }
    match table.cells.is_empty() {
        true => Err(ReadError::file("there is no @data, or it has no rows")),
        false => Ok(table),
    }
}

enum Attribute {
    Numeric,
    Nominal(Vec<String>),
}

impl Attribute {
    /// From `name type`, where a name may stand in quotes.
    fn read(declaration: &str, line: u64) -> Result<Self, ReadError> {
        let declaration = declaration.trim();
        let parts = match declaration.chars().next() {
            Some(quote @ ('\'' | '"')) => declaration[1..].split_once(quote),
            _ => declaration.split_once(char::is_whitespace),
        };
        let missing = || ReadError::line(line, "an attribute needs a name and a type");
        let kind = parts.ok_or_else(missing)?.1.trim();
        if let Some(values) = kind.strip_prefix('{').and_then(|kind| kind.strip_suffix('}')) {
            return Ok(Self::Nominal(values.split(',').map(|v| plain(v).to_owned()).collect()));
        }
        if ["numeric", "real", "integer"].contains(&kind.to_ascii_lowercase().as_str()) {
            return Ok(Self::Numeric);
        }
        let kind: String = kind.chars().take(40).collect();
        Err(ReadError::line(line, format!("'{kind}' is neither numeric nor a list in braces")))
    }

    fn value(&self, text: &str, line: u64, column: usize) -> Result<f64, ReadError> {
        match self {
            _ if text == "?" => Ok(f64::NAN),
            Self::Numeric => number(text, line, column),
            Self::Nominal(values) => {
                let index = values.iter().position(|value| value == plain(text));
                let message = || format!("'{text}' is not among {}", values.join(", "));
                Ok(index.ok_or_else(|| ReadError::cell(line, column, message()))? as f64)
            }
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
    let rows = delimited::split(content.as_bytes(), b',')?;
    let found: Vec<&String> = rows.iter().flat_map(|(_, cells)| cells).collect();
    if found.len() != attributes.len() {
        let (found, expected) = (found.len(), attributes.len());
        return Err(ReadError::line(line, format!("{found} cells, but {expected} attributes")));
    }
    for ((column, text), attribute) in (1..).zip(found).zip(attributes) {
        cells.push(attribute.value(text, line, column)?);
    }
    Ok(())
}

/// Without white space and quotes around it.
fn plain(text: &str) -> &str {
    text.trim().trim_matches(['\'', '"'])
}
