//! A file that holds every finished piece of work, so that a program goes on where it was stopped.
//!
//! A line of settings, then a line of JSON an entry, appended as they end. A last line that was torn by a sudden end is
//! cut off when the file is opened again. When all work is done the file is written anew, sorted.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::AnyError;
use crate::pool::Pool;

/// What is kept of a piece of work.
pub trait Entry: Serialize + DeserializeOwned + Clone + Send {
    type Key: Ord + Send + Debug;

    /// What tells it from all others.
    fn key(&self) -> Self::Key;
}

/// The entries of a file by their keys.
pub type Entries<E> = BTreeMap<<E as Entry>::Key, E>;

/// A journal that is open, for this program alone.
#[derive(Debug)]
pub struct Journal<E: Entry> {
    path: PathBuf,
    file: File,
    header: String,
    entries: Entries<E>,
}

impl<E: Entry> Journal<E> {
    /// Opens or makes the file. The entries in it must have been made with these settings, which are one line.
    pub fn open(path: &Path, header: &str) -> Result<Self, AnyError> {
        let at = |error: std::io::Error| format!("{}: {error}", path.display());
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).read(true).write(true);
        let mut file = options.open(path).map_err(at)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(format!("{}: another program is writing it", path.display()).into());
            }
            Err(TryLockError::Error(error)) => return Err(at(error).into()),
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(at)?;
        let whole = bytes.iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1);
        let entries = match parse(path, &bytes[..whole])? {
            _ if whole == 0 => BTreeMap::new(),
            (found, entries) if found == header => entries,
            (found, _) => {
                let path = path.display();
                return Err(format!(
                    "{path}: it holds work with other settings ({found}, not {header}): \
                     use another --out, or delete it"
                )
                .into());
            }
        };
        file.set_len(whole as u64).map_err(at)?;
        file.seek(SeekFrom::End(0)).map_err(at)?;
        if whole == 0 {
            writeln!(file, "{header}").map_err(at)?;
        }
        Ok(Self { path: path.to_owned(), file, header: header.to_owned(), entries })
    }

    /// The entries of all tasks, in their order. `job` makes those that are not there yet, and each is saved at once.
    pub fn complete<T: Sync>(
        mut self,
        pool: Pool,
        what: &'static str,
        tasks: &[T],
        key: impl Fn(&T) -> E::Key,
        job: impl Fn(&T) -> Result<E, AnyError> + Sync,
    ) -> Result<Vec<E>, AnyError> {
        let is_open = |task: &&T| !self.entries.contains_key(&key(task));
        let open: Vec<&T> = tasks.iter().filter(is_open).collect();
        if open.len() < tasks.len() {
            let done = tasks.len() - open.len();
            eprintln!("{done} of {} {what} were finished before", tasks.len());
        }
        let journal = Mutex::new(&mut self);
        pool.map_with_progress(what, &open, |task| {
            let entry = job(task)?;
            journal.lock().expect("no thread panics").add(entry)
        })?;
        self.sort()?;
        let entry = |task| self.entries.get(&key(task)).cloned().ok_or("an entry has another key");
        Ok(tasks.iter().map(entry).collect::<Result<_, _>>()?)
    }

    fn add(&mut self, entry: E) -> Result<(), AnyError> {
        let line = format!("{}\n", serde_json::to_string(&entry)?);
        let written = self.append(line.as_bytes());
        written.map_err(|error| format!("{}: {error}", self.path.display()))?;
        self.entries.insert(entry.key(), entry);
        Ok(())
    }

    /// Not buffered: it outlives the program. Of a line that the disk has no room for nothing stays: another thread's
    /// may still fit, and must not stand behind its beginning.
    fn append(&mut self, line: &[u8]) -> std::io::Result<()> {
        let end = self.file.stream_position()?;
        self.file.write_all(line).inspect_err(|_| {
            let cut = self.file.set_len(end);
            let _ = cut.and_then(|()| self.file.seek(SeekFrom::Start(end)));
        })
    }

    /// Writes the file anew, in the order of keys.
    fn sort(&self) -> Result<(), AnyError> {
        let mut text = format!("{}\n", self.header);
        for entry in self.entries.values() {
            text += &serde_json::to_string(entry)?;
            text.push('\n');
        }
        // Beside the file, then in its place: at no time is there half a file.
        let new = self.path.with_extension("jsonl.new");
        let written = std::fs::write(&new, text).and_then(|()| std::fs::rename(&new, &self.path));
        Ok(written.map_err(|error| format!("{}: {error}", self.path.display()))?)
    }
}

/// The settings and the entries of a file.
pub fn read<E: Entry>(path: &Path) -> Result<(String, Entries<E>), AnyError> {
    let bytes = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    parse(path, &bytes)
}

fn parse<E: Entry>(path: &Path, bytes: &[u8]) -> Result<(String, Entries<E>), AnyError> {
    let text = std::str::from_utf8(bytes).map_err(|_| format!("{}: no text", path.display()))?;
    let mut lines = (1..).zip(text.lines());
    let header = lines.next().map_or("", |(_, line)| line).to_owned();
    let mut entries = BTreeMap::new();
    for (number, line) in lines.filter(|(_, line)| !line.is_empty()) {
        let entry: E = serde_json::from_str(line).map_err(|error| {
            let path = path.display();
            format!("{path}: line {number} is damaged ({error}): delete the line")
        })?;
        entries.insert(entry.key(), entry);
    }
    Ok((header, entries))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    struct Square(u64, u64);

    impl Entry for Square {
        type Key = u64;

        fn key(&self) -> u64 {
            self.0
        }
    }

    fn path(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("gols-{name}-{}.jsonl", std::process::id()));
        let _ = std::fs::remove_file(&path);
        path
    }

    fn open(path: &Path) -> Result<Journal<Square>, AnyError> {
        Journal::open(path, "settings")
    }

    #[test]
    fn a_torn_last_line_is_cut_off_and_the_whole_ones_stay() {
        let path = path("torn");
        let mut journal = open(&path).unwrap();
        journal.add(Square(1, 1)).unwrap();
        journal.add(Square(2, 4)).unwrap();
        drop(journal);
        let whole = std::fs::read(&path).unwrap();
        std::fs::write(&path, &whole[..whole.len() - 3]).unwrap();
        let mut journal = open(&path).unwrap();
        assert_eq!(journal.entries, BTreeMap::from([(1, Square(1, 1))]));
        journal.add(Square(2, 4)).unwrap();
        drop(journal);
        assert_eq!(std::fs::read(&path).unwrap(), whole);
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn what_is_finished_is_not_done_again_and_the_file_is_sorted_at_the_end() {
        let path = path("finished");
        let square = |&number: &u64| Ok(Square(number, number * number));
        let complete = |tasks: &[u64], job: &(dyn Fn(&u64) -> Result<Square, AnyError> + Sync)| {
            open(&path).unwrap().complete(Pool::new(2), "squares", tasks, |&task| task, job)
        };
        complete(&[3, 2], &square).unwrap();
        let found = complete(&[2, 1, 3], &|&number| {
            if number == 1 { square(&number) } else { Err("done before".into()) }
        });
        assert_eq!(found.unwrap(), [Square(2, 4), Square(1, 1), Square(3, 9)]);
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text, "settings\n[1,1]\n[2,4]\n[3,9]\n");
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn other_settings_a_damaged_line_and_another_writer_are_named() {
        let path = path("damaged");
        let says = |result: Result<Journal<Square>, AnyError>, part: &str| {
            let message = result.unwrap_err().to_string();
            assert!(message.contains(part), "{message}");
        };
        let journal = open(&path).unwrap();
        says(open(&path), "another program");
        drop(journal);
        says(Journal::open(&path, "others"), "other settings (settings, not others)");
        std::fs::write(&path, "settings\n[1,1]\n[2\n").unwrap();
        says(open(&path), "line 3 is damaged");
        std::fs::remove_file(path).unwrap();
    }
}
