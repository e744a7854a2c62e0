//! The file that holds every finished run, so that a study goes on where it was stopped.
//!
//! `runs.jsonl`: a line of settings, then a line a run, appended and flushed as runs end. A last line
//! that was torn by a sudden end is cut off when the file is opened again. At the end of a study the file
//! is written anew, sorted.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::record::{Key, Record};
use crate::training::Settings;

pub struct Journal {
    path: PathBuf,
    file: File,
    settings: String,
    records: BTreeMap<Key, Record>,
}

impl Journal {
    /// Opens or makes the folder's journal, and reads the runs that are finished.
    pub fn open(folder: &Path, settings: Settings) -> Result<Self, String> {
        let path = folder.join("runs.jsonl");
        let at = |error: std::io::Error| format!("{}: {error}", path.display());
        let mut options = OpenOptions::new();
        let mut file =
            options.create(true).truncate(false).read(true).write(true).open(&path).map_err(at)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(format!("{}: another study is writing it", path.display()));
            }
            Err(TryLockError::Error(error)) => return Err(at(error)),
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(at)?;
        let whole = bytes.iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1);
        let settings = header(settings);
        let records = read(&bytes[..whole], &settings)
            .map_err(|message| format!("{}: {message}", path.display()))?;
        file.set_len(whole as u64).map_err(at)?;
        file.seek(SeekFrom::End(0)).map_err(at)?;
        if whole == 0 {
            writeln!(file, "{settings}").map_err(at)?;
        }
        Ok(Self { file, settings, records, path })
    }

    /// The finished run of this name on these samples.
    pub fn find(&self, key: &Key, data: u64) -> Option<&Record> {
        self.records.get(key).filter(|record| record.data == data)
    }

    /// Saves a finished run at once.
    pub fn add(&mut self, record: Record) -> Result<(), String> {
        let line = format!("{}\n", record.to_line());
        let written = self.file.write_all(line.as_bytes()); // not buffered: it outlives the program
        written.map_err(|error| format!("{}: {error}", self.path.display()))?;
        self.records.insert(record.key.clone(), record);
        Ok(())
    }

    /// Writes the file anew, in the order of the runs' names.
    pub fn sort(&mut self) -> Result<(), String> {
        let mut text = format!("{}\n", self.settings);
        for record in self.records.values() {
            text += &record.to_line();
            text.push('\n');
        }
        // Beside the file, then in its place: at no time is there half a file.
        let new = self.path.with_extension("jsonl.new");
        let written = std::fs::write(&new, text).and_then(|()| std::fs::rename(&new, &self.path));
        written.map_err(|error| format!("{}: {error}", self.path.display()))
    }
}

/// The first line of a journal with these settings.
pub fn header(settings: Settings) -> String {
    let Settings { iterations, cost, seed, setup } = settings;
    let iterations = if cost.is_some() { None } else { Some(iterations) };
    let mut header = setup.settings();
    let ends = [
        ("study", json!(1)),
        ("iterations", json!(iterations)),
        ("cost", json!(cost)),
        ("seed", json!(seed)),
    ];
    header.extend(ends.map(|(name, value)| (name.to_owned(), value)));
    Value::Object(header).to_string()
}

fn read(bytes: &[u8], settings: &str) -> Result<BTreeMap<Key, Record>, String> {
    let mut lines = (1..).zip(bytes.split(|&byte| byte == b'\n'));
    match lines.next() {
        Some((_, [])) | None => return Ok(BTreeMap::new()),
        Some((_, line)) if line == settings.as_bytes() => {}
        Some((_, line)) => {
            let found = String::from_utf8_lossy(line);
            return Err(format!(
                "it holds runs with other settings ({found}, not {settings}): \
                 use another --out, or delete it"
            ));
        }
    }
    let mut records = BTreeMap::new();
    for (number, line) in lines.filter(|(_, line)| !line.is_empty()) {
        let record = std::str::from_utf8(line).ok().and_then(Record::from_line);
        let record = record.ok_or_else(|| format!("line {number} is damaged: delete the line"))?;
        records.insert(record.key.clone(), record);
    }
    Ok(records)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::tests::record;
    use crate::setup::{Batch, Setup};
    use gols::mlp::Activation;

    const SETUP: Setup = Setup {
        batch: Batch::Size(10),
        width: 1.0,
        activation: Activation::Sigmoid,
        loss_scale: 1.0,
    };
    const SETTINGS: Settings = Settings { iterations: 10, cost: None, seed: 1, setup: SETUP };

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("gols-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn a_torn_last_line_is_cut_off_and_the_whole_ones_stay() {
        let folder = folder("torn");
        let mut journal = Journal::open(&folder, SETTINGS).unwrap();
        let (first, second) = (record("a", 0, [2.0, 1.0]), record("a", 1, [2.0, 1.5]));
        journal.add(first.clone()).unwrap();
        journal.add(second.clone()).unwrap();
        drop(journal);
        let path = folder.join("runs.jsonl");
        let whole = std::fs::read(&path).unwrap();
        std::fs::write(&path, &whole[..whole.len() - 7]).unwrap();
        let mut journal = Journal::open(&folder, SETTINGS).unwrap();
        assert_eq!(journal.find(&first.key, first.data), Some(&first));
        assert_eq!(journal.find(&second.key, second.data), None);
        journal.add(second).unwrap();
        drop(journal);
        assert_eq!(std::fs::read(&path).unwrap(), whole);
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn runs_with_other_settings_are_not_mixed_in() {
        let folder = folder("mixed");
        Journal::open(&folder, SETTINGS).unwrap().add(record("a", 0, [2.0, 1.0])).unwrap();
        let scaled = Setup { loss_scale: 1e3, ..SETUP };
        for other in [Settings { seed: 2, ..SETTINGS }, Settings { setup: scaled, ..SETTINGS }] {
            let message = Journal::open(&folder, other).err().unwrap();
            assert!(message.contains("other settings"), "{message}");
        }
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn the_papers_settings_are_written_as_ever_so_that_old_runs_count() {
        let line = r#"{"batch":10,"cost":null,"iterations":10,"seed":1,"study":1}"#;
        assert_eq!(header(SETTINGS), line);
    }

    #[test]
    fn a_run_on_other_samples_does_not_count() {
        let folder = folder("samples");
        let mut journal = Journal::open(&folder, SETTINGS).unwrap();
        let record = record("a", 0, [2.0, 1.0]);
        journal.add(record.clone()).unwrap();
        assert_eq!(journal.find(&record.key, record.data - 1), None);
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_damaged_line_in_the_middle_is_named() {
        let folder = folder("damaged");
        let mut journal = Journal::open(&folder, SETTINGS).unwrap();
        journal.add(record("a", 0, [2.0, 1.0])).unwrap();
        drop(journal);
        let path = folder.join("runs.jsonl");
        let mut text = std::fs::read_to_string(&path).unwrap();
        text += "{\"problem\"\n";
        std::fs::write(&path, text).unwrap();
        let message = Journal::open(&folder, SETTINGS).err().unwrap();
        assert!(message.contains("line 3"), "{message}");
        std::fs::remove_dir_all(folder).unwrap();
    }
}
