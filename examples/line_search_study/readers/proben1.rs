//! Proben1's `.dt` files: a header of `name=value` lines, then one sample a line, inputs before targets.

use super::{ReadError, Table, number};

/// What a `.dt` file holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Proben1 {
    pub inputs: Table,
    pub targets: Table,
    /// The numbers of training, validation and test samples, in file order.
    pub parts: [usize; 3],
}

const NAMES: [&str; 7] = [
    "bool_in",
    "real_in",
    "bool_out",
    "real_out",
    "training_examples",
    "validation_examples",
    "test_examples",
];

/// More than any table that fits into memory: sums of counts below it do not overflow.
const MOST: usize = 1 << 40;

pub fn read(bytes: &[u8]) -> Result<Proben1, ReadError> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        ReadError::file(format!("it is no text at byte {}", error.valid_up_to()))
    })?;
    let mut counts = [None; NAMES.len()];
    let mut header = None;
    let mut table = Body { inputs: Vec::new(), targets: Vec::new(), rows: 0 };
    for (line, content) in (1..).zip(text.lines()) {
        let content = content.trim();
        if content.is_empty() {
            continue;
        }
        if header.is_none() && content.contains('=') {
            read_count(content, line, &mut counts)?;
            continue;
        }
        let header = match header {
            Some(header) => header,
            None => *header.insert(check(counts)?),
        };
        table.read_row(content, line, header)?;
    }
    let header = match header {
        Some(header) => header,
        None => check(counts)?,
    };
    table.finish(header)
}

#[derive(Clone, Copy)]
struct Header {
    inputs: usize,
    targets: usize,
    parts: [usize; 3],
}

fn read_count(
    content: &str,
    line: u64,
    counts: &mut [Option<usize>; NAMES.len()],
) -> Result<(), ReadError> {
    let (name, value) = content.split_once('=').unwrap_or((content, ""));
    let (name, value) = (name.trim(), value.trim());
    let Some(index) = NAMES.iter().position(|&known| known == name) else {
        let names = NAMES.join(", ");
        return Err(ReadError::line(line, format!("the header has '{name}'; it knows {names}")));
    };
    match value.parse::<usize>() {
        Ok(count) if count < MOST => counts[index] = Some(count),
        _ => {
            return Err(ReadError::line(line, format!("{name} is '{value}', but must be a count")));
        }
    }
    Ok(())
}

fn check(counts: [Option<usize>; NAMES.len()]) -> Result<Header, ReadError> {
    let mut values = [0; NAMES.len()];
    for ((value, count), name) in values.iter_mut().zip(counts).zip(NAMES) {
        *value = count.ok_or_else(|| ReadError::file(format!("the header lacks {name}")))?;
    }
    let [bool_in, real_in, bool_out, real_out, parts @ ..] = values;
    let header = Header { inputs: bool_in + real_in, targets: bool_out + real_out, parts };
    if header.inputs == 0 || header.targets == 0 {
        return Err(ReadError::file("the header says that there are no inputs, or no outputs"));
    }
    if let Some(part) = parts.iter().position(|&count| count == 0) {
        return Err(ReadError::file(format!("{} is 0, but must be at least 1", NAMES[4 + part])));
    }
    Ok(header)
}

struct Body {
    inputs: Vec<f64>,
    targets: Vec<f64>,
    rows: usize,
}

impl Body {
    fn read_row(&mut self, content: &str, line: u64, header: Header) -> Result<(), ReadError> {
        let expected = header.inputs + header.targets;
        let mut found = 0;
        for cell in content.split_whitespace() {
            found += 1;
            if found <= expected {
                let value = number(cell, line, found)?;
                let table =
                    if found <= header.inputs { &mut self.inputs } else { &mut self.targets };
                table.push(value);
            }
        }
        if found != expected {
            let message = format!("{found} values, but the header says {expected}");
            return Err(ReadError::line(line, message));
        }
        self.rows += 1;
        Ok(())
    }

    fn finish(self, header: Header) -> Result<Proben1, ReadError> {
        let expected: usize = header.parts.iter().sum();
        if self.rows != expected {
            let message = format!("{} samples, but the header says {expected}", self.rows);
            return Err(ReadError::file(message));
        }
        Ok(Proben1 {
            inputs: Table { columns: header.inputs, cells: self.inputs },
            targets: Table { columns: header.targets, cells: self.targets },
            parts: header.parts,
        })
    }
}
