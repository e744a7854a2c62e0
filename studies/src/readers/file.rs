//! The bytes of a file, packed or not.

use std::fmt::Display;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

use super::ReadError;

/// No data set of the studies comes near it; what does is no data set.
const LARGEST: u64 = 2 << 30;

/// Why a file cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    #[error("{} is missing", .0.display())]
    Missing(PathBuf),
    #[error("{0}")]
    Damaged(String),
}

/// A file's bytes, and the path that errors name.
#[derive(Debug)]
pub struct File {
    path: PathBuf,
    bytes: Vec<u8>,
}

impl File {
    /// The file `path`; or, if there is none, what is packed in the file with `.gz` appended.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, FileError> {
        let path = path.into();
        let packed = PathBuf::from(format!("{}.gz", path.display()));
        let is_missing = |error: &io::Error| error.kind() == ErrorKind::NotFound;
        let bytes = match std::fs::File::open(&path) {
            Err(error) if is_missing(&error) => match std::fs::File::open(&packed) {
                Err(error) if is_missing(&error) => return Err(FileError::Missing(path)),
                file => file.and_then(|file| bytes(MultiGzDecoder::new(file))),
            }
            .map_err(|error| damaged(&packed, format!("cannot be read: {error}"))),
            file => file
                .and_then(bytes)
                .map_err(|error| damaged(&path, format!("cannot be read: {error}"))),
        }?;
        Ok(Self { path, bytes })
    }

    /// What `reader` makes of the bytes.
    pub fn read<'a, T>(
        &'a self,
        reader: impl FnOnce(&'a [u8]) -> Result<T, ReadError>,
    ) -> Result<T, FileError> {
        reader(&self.bytes).map_err(|error| self.damaged(error))
    }

    /// What is wrong with this file.
    pub fn damaged(&self, message: impl Display) -> FileError {
        damaged(&self.path, message)
    }
}

fn damaged(path: &Path, message: impl Display) -> FileError {
    FileError::Damaged(format!("{}: {message}", path.display()))
}

fn bytes(source: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(LARGEST + 1).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > LARGEST {
        true => Err(io::Error::other("it holds more than 2 GiB")),
        false => Ok(bytes),
    }
}
