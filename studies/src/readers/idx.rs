//! IDX, the format of MNIST: a magic number, sizes as big-endian 32-bit integers, then the values.

use super::ReadError;

/// Unsigned bytes of any number of dimensions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idx<'a> {
    pub sizes: Vec<usize>,
    pub values: &'a [u8],
}

/// The type code of unsigned bytes, the only one that MNIST uses.
const UNSIGNED_BYTE: u8 = 8;

pub fn read(bytes: &[u8], dimensions: usize) -> Result<Idx<'_>, ReadError> {
    let magic = bytes.get(..4).ok_or_else(|| ReadError::file("it ends within the magic number"))?;
    let expected = [0, 0, UNSIGNED_BYTE, dimensions as u8];
    if magic != expected {
        let message = format!("the magic number is {magic:?}, but must be {expected:?}");
        return Err(ReadError::file(message));
    }
    let (sizes, values) = bytes[4..]
        .split_at_checked(4 * dimensions)
        .ok_or_else(|| ReadError::file("it ends within the sizes"))?;
    let size = |bytes: &[u8]| bytes.iter().fold(0, |size, &byte| size << 8 | usize::from(byte));
    let sizes: Vec<usize> = sizes.chunks_exact(4).map(size).collect();
    let count = sizes.iter().try_fold(1_usize, |count, &size| count.checked_mul(size));
    if count != Some(values.len()) || values.is_empty() {
        let found = values.len();
        let message = format!("{found} values, but its sizes {sizes:?} need another number");
        return Err(ReadError::file(message));
    }
    Ok(Idx { sizes, values })
}
