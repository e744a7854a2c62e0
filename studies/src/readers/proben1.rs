//! Proben1's `.dt` files: a header of `name=value` lines, then one sample a line, inputs before targets.

use super::{ReadError, Table, lines, number};

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
    let mut lines = lines(bytes)?.peekable();
    let mut counts = [None; NAMES.len()];
    while let Some((line, content)) = lines.next_if(|(_, content)| content.contains('=')) {
        read_count(content, line, &mut counts)?;
    }
    let mut found = empty(counts)?;
    for (line, content) in lines {
        found.read_row(content, line)?;
    }
    let (rows, expected) = (found.inputs.rows(), found.parts.iter().sum::<usize>());
    match rows == expected {
        true => Ok(found),
        false => Err(ReadError::file(format!("{rows} samples, but the header says {expected}"))),
    }
}

fn read_count(
    content: &str,
    line: u64,
    counts: &mut [Option<usize>; NAMES.len()],
) -> Result<(), ReadError> {
    let (name, value) = content.split_once('=').unwrap_or((content, ""));
    let (name, value) = (name.trim(), value.trim());
    let index = NAMES.iter().position(|&known| known == name).ok_or_else(|| {
        let names = NAMES.join(", ");
        ReadError::line(line, format!("the header has '{name}'; it knows {names}"))
    })?;
    let count = value.parse().ok().filter(|&count| count < MOST);
    let message = || format!("{name} is '{value}', but must be a count");
    counts[index] = Some(count.ok_or_else(|| ReadError::line(line, message()))?);
    Ok(())
}

/// What the header says, without rows.
fn empty(counts: [Option<usize>; NAMES.len()]) -> Result<Proben1, ReadError> {
    let mut values = [0; NAMES.len()];
    for ((value, count), name) in values.iter_mut().zip(counts).zip(NAMES) {
        *value = count.ok_or_else(|| ReadError::file(format!("the header lacks {name}")))?;
    }
    let [bool_in, real_in, bool_out, real_out, parts @ ..] = values;
    let [inputs, targets] = [bool_in + real_in, bool_out + real_out];
    if inputs == 0 || targets == 0 {
        return Err(ReadError::file("the header says that there are no inputs, or no outputs"));
    }
    if let Some(part) = parts.iter().position(|&count| count == 0) {
        return Err(ReadError::file(format!("{} is 0, but must be at least 1", NAMES[4 + part])));
    }
    Ok(Proben1 { inputs: Table::new(inputs), targets: Table::new(targets), parts })
}

impl Proben1 {
    fn read_row(&mut self, content: &str, line: u64) -> Result<(), ReadError> {
        let cells: Vec<&str> = content.split_whitespace().collect();
        let (inputs, expected) = (self.inputs.columns, self.inputs.columns + self.targets.columns);
        if cells.len() != expected {
            let message = format!("{} values, but the header says {expected}", cells.len());
            return Err(ReadError::line(line, message));
        }
        for (column, cell) in (1..).zip(cells) {
            let table = if column <= inputs { &mut self.inputs } else { &mut self.targets };
            table.cells.push(number(cell, line, column)?);
        }
        Ok(())
    }
}
