//! NumPy's NPY, versions 1 to 3: a header in Python's notation, then the values.

use super::{ReadError, Table};

const MAGIC: &[u8] = b"\x93NUMPY";

/// A vector as one column, or a matrix; of integers or floating-point numbers.
pub fn read(bytes: &[u8]) -> Result<Table, ReadError> {
    let (header, values) = split(bytes)?;
    let kind = Kind::read(quoted(header, "descr")?)?;
    let by_columns = match entry(header, "fortran_order")? {
        text if text.starts_with("True") => true,
        text if text.starts_with("False") => false,
        _ => return Err(ReadError::file("fortran_order is neither True nor False")),
    };
    let (rows, columns) = shape(entry(header, "shape")?)?;
    let count = rows.checked_mul(columns).and_then(|count| count.checked_mul(kind.bytes));
    if count != Some(values.len()) || values.is_empty() {
        let found = values.len();
        let message =
            format!("{found} bytes of values do not make {rows} x {columns} of {}", kind.bytes);
        return Err(ReadError::file(message));
    }
    let value = |index: usize| kind.value(&values[index * kind.bytes..][..kind.bytes]);
    let mut cells = Vec::with_capacity(rows * columns);
    for row in 0..rows {
        for column in 0..columns {
            let index = if by_columns { column * rows + row } else { row * columns + column };
            let cell = value(index);
            if !cell.is_finite() {
                return Err(ReadError::cell(row as u64 + 1, column + 1, "the value is not finite"));
            }
            cells.push(cell);
        }
    }
    Ok(Table { columns, cells })
}

/// The header's text and the values.
fn split(bytes: &[u8]) -> Result<(&str, &[u8]), ReadError> {
    let short = || ReadError::file("it ends within the header");
    let rest = bytes.strip_prefix(MAGIC);
    let rest = rest.ok_or_else(|| ReadError::file("it does not begin with NumPy's magic"))?;
    let (version, rest) = rest.split_at_checked(2).ok_or_else(short)?;
    let width = match version[0] {
        1 => 2,
        2 | 3 => 4,
        other => return Err(ReadError::file(format!("version {other}; 1, 2 and 3 are known"))),
    };
    let (length, rest) = rest.split_at_checked(width).ok_or_else(short)?;
    let length = length.iter().rev().fold(0, |sum, &byte| sum << 8 | usize::from(byte));
    let (header, values) = rest.split_at_checked(length).ok_or_else(short)?;
    let header =
        std::str::from_utf8(header).map_err(|_| ReadError::file("the header is no text"))?;
    Ok((header, values))
}

/// What follows `'name':` in the header.
fn entry<'a>(header: &'a str, name: &str) -> Result<&'a str, ReadError> {
    let key = format!("'{name}':");
    let missing = || ReadError::file(format!("the header lacks {name}"));
    let at = header.find(&key).ok_or_else(missing)?;
    Ok(header[at + key.len()..].trim_start())
}

fn quoted<'a>(header: &'a str, name: &str) -> Result<&'a str, ReadError> {
    let text = entry(header, name)?.strip_prefix('\'').and_then(|text| text.split_once('\''));
    text.map(|(text, _)| text).ok_or_else(|| ReadError::file(format!("{name} is no text")))
}

fn shape(text: &str) -> Result<(usize, usize), ReadError> {
    let inner =
        text.strip_prefix('(').and_then(|text| text.split_once(')')).map(|(inner, _)| inner);
    let inner = inner.ok_or_else(|| ReadError::file("the shape is no tuple"))?;
    let sizes = inner.split(',').map(str::trim).filter(|size| !size.is_empty());
    let sizes: Option<Vec<usize>> = sizes.map(|size| size.parse().ok()).collect();
    match sizes.as_deref() {
        Some(&[rows]) => Ok((rows, 1)),
        Some(&[rows, columns]) => Ok((rows, columns)),
        _ => Err(ReadError::file(format!("the shape ({inner}) is neither a vector nor a matrix"))),
    }
}

struct Kind {
    is_big: bool,
    letter: u8,
    bytes: usize,
}

impl Kind {
    fn read(descr: &str) -> Result<Self, ReadError> {
        let known = "f4, f8, i1, i2, i4, i8, u1, u2 and u4";
        let unknown = || ReadError::file(format!("values of type '{descr}'; {known} are known"));
        let [order, letter, size] = *descr.as_bytes() else { return Err(unknown()) };
        match (order, letter, size) {
            (b'<' | b'>', b'f', b'4' | b'8')
            | (b'<' | b'>', b'i', b'2' | b'4' | b'8')
            | (b'<' | b'>', b'u', b'2' | b'4')
            | (b'|' | b'<' | b'>', b'i' | b'u', b'1') => {}
            _ => return Err(unknown()),
        }
        Ok(Self { is_big: order == b'>', letter, bytes: usize::from(size - b'0') })
    }

    /// The number in these bytes, of which there are `self.bytes`.
    fn value(&self, bytes: &[u8]) -> f64 {
        let push = |word: u64, &byte: &u8| word << 8 | u64::from(byte);
        let word = match self.is_big {
            true => bytes.iter().fold(0, push),
            false => bytes.iter().rev().fold(0, push),
        };
        match (self.letter, self.bytes) {
            (b'f', 4) => f64::from(f32::from_bits(word as u32)),
            (b'f', _) => f64::from_bits(word),
            (b'u', _) => word as f64,
            _ => {
                let unused = 64 - 8 * self.bytes;
                ((word << unused) as i64 >> unused) as f64
            }
        }
    }
}
