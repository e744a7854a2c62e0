//! The data of the problems, each read once a process.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use gols::mlp::Dataset;

use crate::AnyError;
use crate::catalogue::{self, Digits, MNIST};
use crate::readers::{File, FileError, ReadError};

/// Rows to train on, and rows held out.
#[derive(Debug)]
pub(crate) struct Parts {
    pub training: Arc<Dataset<f32>>,
    pub held_out: Arc<Dataset<f32>>,
}

/// A text as numbers of its alphabet.
#[derive(Debug)]
pub(crate) struct Text {
    pub symbols: Vec<u8>,
    /// How many symbols there are.
    pub alphabet: usize,
}

/// What was read, by its path.
struct Kept<T>(Mutex<BTreeMap<PathBuf, Arc<T>>>);

impl<T> Kept<T> {
    const fn new() -> Self {
        Self(Mutex::new(BTreeMap::new()))
    }

    /// What lies at this path; others wait while it is read.
    fn get(
        &self,
        path: PathBuf,
        read: impl FnOnce(&Path) -> Result<T, AnyError>,
    ) -> Result<Arc<T>, AnyError> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = kept.get(&path) {
            return Ok(found.clone());
        }
        let found = Arc::new(read(&path)?);
        kept.insert(path, found.clone());
        Ok(found)
    }
}

/// The crate's own Iris, without a folder.
pub(super) fn iris() -> Result<Parts, AnyError> {
    parts(catalogue::load(None, catalogue::IRIS)?)
}

/// A set of the catalogue, in file order: Proben1's training rows and the rest; of others, every
/// other row.
pub(super) fn table(data: Option<&Path>, name: &str) -> Result<Arc<Parts>, AnyError> {
    static TABLES: Kept<Parts> = Kept::new();
    let folder = folder(data)?;
    TABLES.get(folder.join(name), |_| match catalogue::load(Some(folder), name) {
        Ok(samples) => parts(samples),
        Err(error) => Err(with_source(error, catalogue::find(name).map_or("", |e| e.source))),
    })
}

/// Images and one-hot digits of MNIST's training file: 20 000 to train on, 2000 held out from the
/// 50 001st on.
pub(super) fn images(data: Option<&Path>) -> Result<Arc<Parts>, AnyError> {
    static IMAGES: Kept<Parts> = Kept::new();
    IMAGES.get(folder(data)?.join(MNIST), |path| {
        let source = catalogue::find(MNIST).map_or("", |entry| entry.source);
        let digits =
            catalogue::digits(path, "train").map_err(|error| with_source(error, source))?;
        if digits.labels.len() < 52_000 {
            let found = digits.labels.len();
            return Err(format!("{}: {found} images, not 60000", path.display()).into());
        }
        let [training, held_out] = [(0, 20_000), (50_000, 2000)].map(|rows| shown(&digits, rows));
        Ok(Parts { training: Arc::new(training?), held_out: Arc::new(held_out?) })
    })
}

/// These many images from the first on, pixels from 0 to 1.
fn shown(digits: &Digits, (first, count): (usize, usize)) -> Result<Dataset<f32>, gols::Error> {
    let pixels = &digits.pixels[first * digits.columns..][..count * digits.columns];
    let inputs = pixels.iter().map(|&pixel| f32::from(pixel) / 255.0).collect();
    Dataset::from_classes(inputs, &digits.labels[first..first + count], 10)
}

/// The characters of `text/kjv.txt` that are letters, digits, white space or usual marks.
pub(super) fn text(data: Option<&Path>) -> Result<Arc<Text>, AnyError> {
    static TEXTS: Kept<Text> = Kept::new();
    TEXTS.get(folder(data)?.join("text").join("kjv.txt"), |path| {
        let source = "the King James Bible, one verse a line, say gutenberg.org/ebooks/10";
        let file = File::open(path).map_err(|error| with_source(error, source))?;
        Ok(file.read(symbols)?)
    })
}

fn symbols(bytes: &[u8]) -> Result<Text, ReadError> {
    let is_kept = |c: &u8| c.is_ascii_alphanumeric() || b"\n .,;:'!?-()\"".contains(c);
    let kept: Vec<u8> = bytes.iter().copied().filter(is_kept).collect();
    let mut alphabet = kept.clone();
    alphabet.sort_unstable();
    alphabet.dedup();
    let place = |c: &u8| alphabet.binary_search(c).unwrap_or_default() as u8;
    match kept.len() < 10_000 {
        true => Err(ReadError::file(format!("{} characters, not 10000 or more", kept.len()))),
        false => Ok(Text { symbols: kept.iter().map(place).collect(), alphabet: alphabet.len() }),
    }
}

fn folder(data: Option<&Path>) -> Result<&Path, AnyError> {
    data.ok_or_else(|| "needs the folder of the data sets (--data DIR)".into())
}

fn with_source(error: FileError, source: &str) -> AnyError {
    match error {
        FileError::Missing(_) => format!("{error}; it is from {source}").into(),
        FileError::Damaged(message) => message.into(),
    }
}

fn parts(samples: catalogue::Samples) -> Result<Parts, AnyError> {
    let rows = samples.inputs.rows();
    let mut all = Dataset::new(rows, samples.inputs.cells, samples.targets.cells)?;
    if samples.is_scaled {
        all = all.with_scaled_inputs(-1.0, 1.0)?;
    }
    let is_training = |row: usize| match samples.parts {
        Some([training, ..]) => row < training,
        None => row.is_multiple_of(2),
    };
    let (training, held_out): (Vec<_>, Vec<_>) = (0..rows).partition(|&row| is_training(row));
    let pick = |rows: &[usize]| {
        let narrow = |cells: &[f64]| cells.iter().map(|&cell| cell as f32).collect::<Vec<_>>();
        let inputs = rows.iter().flat_map(|&row| narrow(all.input(row))).collect();
        let targets = rows.iter().flat_map(|&row| narrow(all.target(row))).collect();
        Dataset::new(rows.len(), inputs, targets)
    };
    Ok(Parts { training: Arc::new(pick(&training)?), held_out: Arc::new(pick(&held_out)?) })
}
