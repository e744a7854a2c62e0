//! A text for the adapters' examples, as numbers of its alphabet, and windows of it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use gols_studies::AnyError;
use gols_studies::readers::{File, ReadError};

/// Characters in a window.
pub const CONTEXT: usize = 64;
/// Windows at most whose loss is looked at.
const LOOKED_AT: usize = 200;
/// Fewer characters than this are no text.
const SHORTEST: usize = 30 * CONTEXT;

/// A story of a harbour, written for this example.
const HARBOUR: &str = include_str!("harbour.txt");

/// What a model learns from: the first nine tenths of a text, and the last one that is held out.
pub struct Text {
    alphabet: Vec<char>,
    symbols: Vec<u32>,
}

impl Text {
    /// The files of a folder that end in `.txt` or `.txt.gz`, one after the other; or the story.
    ///
    /// # Errors
    /// Where they cannot be read, or are too short.
    pub fn read(folder: Option<&Path>) -> Result<Self, AnyError> {
        let Some(folder) = folder else { return Ok(Self::new(HARBOUR)) };
        let mut text = String::new();
        for path in files(folder)? {
            let file = File::open(path)?;
            text += file.read(|bytes| std::str::from_utf8(bytes).map_err(ReadError::file))?;
        }
        let text = Self::new(&text);
        if text.symbols.len() < SHORTEST {
            let found = text.symbols.len();
            let folder = folder.display();
            return Err(
                format!("{folder} has {found} characters in .txt files, not {SHORTEST}").into()
            );
        }
        Ok(text)
    }

    /// Letters, digits, white space and the usual marks are kept.
    fn new(text: &str) -> Self {
        let is_kept = |c: &char| c.is_ascii_alphanumeric() || " \n.,;:'!?-()\"".contains(*c);
        let kept: Vec<char> = text.chars().filter(is_kept).collect();
        let alphabet: BTreeSet<char> = kept.iter().copied().collect();
        let alphabet: Vec<char> = alphabet.into_iter().collect();
        let symbols = kept.iter().filter_map(|c| alphabet.binary_search(c).ok());
        let symbols = symbols.map(|place| place as u32).collect();
        Self { alphabet, symbols }
    }

    /// How many symbols there are.
    pub fn alphabet(&self) -> usize {
        self.alphabet.len()
    }

    #[expect(clippy::len_without_is_empty, reason = "a text that was read is not empty")]
    pub fn len(&self) -> usize {
        self.symbols.len()
    }

    fn border(&self) -> usize {
        self.len() / 10 * 9
    }

    /// The windows to train on: one from every character on.
    pub fn windows(&self) -> usize {
        self.border() - CONTEXT
    }

    /// Windows that lie evenly in what is trained on, and in what is held out; no two of them overlap.
    pub fn looked_at(&self) -> [Vec<usize>; 2] {
        let even = |first: usize, end: usize| {
            let count = LOOKED_AT.min((end - first - 1) / CONTEXT);
            (0..count).map(|k| first + k * (end - first - 1) / count).collect()
        };
        [even(0, self.border()), even(self.border(), self.len())]
    }

    /// The windows that begin at these characters, one after the other, and what comes next at each place of theirs.
    pub fn select(&self, starts: &[usize]) -> [Vec<u32>; 2] {
        let from = |offset: usize| {
            let windows = starts.iter().map(|start| &self.symbols[start + offset..][..CONTEXT]);
            windows.flatten().copied().collect()
        };
        [from(0), from(1)]
    }

    /// What held out windows begin with.
    pub fn opening(&self) -> Vec<u32> {
        self.symbols[self.border()..][..CONTEXT].to_vec()
    }

    pub fn spelt(&self, symbols: &[u32]) -> String {
        symbols.iter().map(|&symbol| self.alphabet[symbol as usize]).collect()
    }
}

/// The text files of a folder in the order of their names, without `.gz`.
fn files(folder: &Path) -> Result<BTreeSet<PathBuf>, AnyError> {
    let unreadable = |error| format!("cannot read the folder {}: {error}", folder.display());
    let mut files = BTreeSet::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let plain = if path.extension().is_some_and(|end| end == "gz") {
            path.with_extension("")
        } else {
            path
        };
        if plain.extension().is_some_and(|end| end == "txt") {
            files.insert(plain);
        }
    }
    Ok(files)
}
