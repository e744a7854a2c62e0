//! The bytes of a file, packed or not.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

/// No data set of the study comes near it; what does is no data set.
const LARGEST: u64 = 2 << 30;

/// Why there are no bytes.
#[derive(Debug, PartialEq, Eq)]
pub enum SourceError {
    Missing,
    Damaged(String),
}

/// The bytes of `path`; or, if there is no such file, those packed in the file with `.gz` appended.
pub fn open(path: &Path) -> Result<Vec<u8>, SourceError> {
    let packed = PathBuf::from(format!("{}.gz", path.display()));
    match File::open(path) {
        Ok(file) => read(path, file),
        Err(error) if error.kind() == ErrorKind::NotFound => match File::open(&packed) {
            Ok(file) => read(&packed, MultiGzDecoder::new(file)),
            Err(error) if error.kind() == ErrorKind::NotFound => Err(SourceError::Missing),
            Err(error) => Err(damaged(&packed, &error)),
        },
        Err(error) => Err(damaged(path, &error)),
    }
}

fn read(path: &Path, source: impl Read) -> Result<Vec<u8>, SourceError> {
    let mut bytes = Vec::new();
    source.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|error| damaged(path, &error))?;
    if bytes.len() as u64 > LARGEST {
        return Err(damaged(path, &"it holds more than 2 GiB"));
    }
    Ok(bytes)
}

fn damaged(path: &Path, error: &dyn std::fmt::Display) -> SourceError {
    SourceError::Damaged(format!("{}: cannot be read: {error}", path.display()))
}
