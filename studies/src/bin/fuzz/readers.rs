//! The readers of data files on random and on damaged bytes: none panics. Whether a header that lies about its
//! sizes costs memory is seen where the process may have little (`ulimit -v`).

use std::hint::black_box;
use std::panic::{AssertUnwindSafe, catch_unwind};

use gols_studies::readers::delimited::{self, Delimiter};
use gols_studies::readers::{arff, idx, npy, proben1};

use crate::random::Random;

/// A reader, and a small file that it reads.
pub(crate) struct Reader {
    pub(crate) name: &'static str,
    good: &'static [u8],
    /// Whether it took the bytes.
    read: fn(&[u8]) -> bool,
}

pub(crate) const READERS: [Reader; 5] = [
    Reader {
        name: "proben1",
        good: include_bytes!("../../../tests/data/good.dt"),
        read: |bytes| black_box(proben1::read(bytes)).is_ok(),
    },
    Reader {
        name: "arff",
        good: include_bytes!("../../../tests/data/good.arff"),
        read: |bytes| black_box(arff::read(bytes)).is_ok(),
    },
    Reader {
        name: "delimited",
        good: include_bytes!("../../../tests/data/commas.csv"),
        read: |bytes| black_box(delimited::read(bytes, Delimiter::Comma, 1)).is_ok(),
    },
    Reader {
        name: "idx",
        good: include_bytes!("../../../tests/data/images.idx"),
        read: |bytes| black_box(idx::read(bytes, 3)).is_ok(),
    },
    Reader {
        name: "npy",
        good: include_bytes!("../../../tests/data/matrix.npy"),
        read: |bytes| black_box(npy::read(bytes)).is_ok(),
    },
];

/// What came of the bytes that one reader was given.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) files: u64,
    pub(crate) taken: u64,
    pub(crate) panics: u64,
    pub(crate) first: Option<u64>,
}

impl Reader {
    /// Files until there are as many bytes: one in four of random bytes, the others good ones with damage.
    pub(crate) fn fuzz(&self, bytes: u64, seed: u64) -> Outcome {
        let (mut outcome, mut given) = (Outcome::default(), 0);
        for seed in seed.. {
            if given >= bytes {
                break;
            }
            let file = self.file(&mut Random(seed));
            given += file.len() as u64;
            outcome.files += 1;
            match catch_unwind(AssertUnwindSafe(|| (self.read)(&file))) {
                Ok(taken) => outcome.taken += u64::from(taken),
                Err(_) => {
                    outcome.panics += 1;
                    outcome.first.get_or_insert(seed);
                }
            }
        }
        outcome
    }

    fn file(&self, random: &mut Random) -> Vec<u8> {
        if random.below(4) == 0 {
            let length = random.below(512) + 1;
            return (0..length).map(|_| random.word() as u8).collect();
        }
        let mut file = self.good.to_vec();
        for _ in 0..=random.below(4) {
            damage(&mut file, random);
        }
        file
    }
}

/// One change: another byte, a number of nines for a digit, a piece lost or doubled, the end cut off.
fn damage(file: &mut Vec<u8>, random: &mut Random) {
    let place = random.below(file.len() as u64) as usize;
    let end = (place + 1 + random.below(16) as usize).min(file.len());
    match random.below(6) {
        0 => file[place] = random.word() as u8,
        1 => file[place] ^= 1 << random.below(8),
        2 => {
            let digit = file[place..].iter().position(u8::is_ascii_digit);
            let digit = digit.map_or(place, |ahead| place + ahead);
            let nines = random.below(20) as usize + 1;
            file.splice(digit..=digit, std::iter::repeat_n(b'9', nines));
        }
        3 if end - place < file.len() => drop(file.drain(place..end)),
        4 => {
            let piece = file[place..end].to_vec();
            file.splice(place..place, piece);
        }
        _ => file.truncate(place + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_take_their_good_files() {
        for reader in READERS {
            assert!((reader.read)(reader.good), "{}", reader.name);
        }
    }

    #[test]
    fn some_bytes_through_every_reader_hold() {
        for reader in READERS {
            let outcome = reader.fuzz(100_000, 1);
            assert_eq!((outcome.panics, outcome.first), (0, None), "{}", reader.name);
            // Not all damage is seen, and most is.
            assert!(0 < outcome.taken && outcome.taken < outcome.files / 2, "{outcome:?}");
        }
    }

    #[test]
    fn a_reader_that_panics_is_found() {
        let read = |bytes: &[u8]| bytes[3] == 0;
        let outcome = Reader { name: "blind", good: b"abcd", read }.fuzz(10_000, 1);
        assert!(outcome.panics > 10 && outcome.first.is_some(), "{outcome:?}");
    }
}
