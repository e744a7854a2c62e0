//! The readers on small files, good and damaged, and on bytes of all kinds.

use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::delimited::Delimiter;
use super::*;

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

fn bytes(name: &str) -> Vec<u8> {
    File::open(path(name)).unwrap().read(|bytes| Ok(bytes.to_vec())).unwrap()
}

fn says<T: std::fmt::Debug>(result: Result<T, ReadError>, expected: &str) {
    let message = result.unwrap_err().to_string();
    assert!(message.contains(expected), "'{message}' lacks '{expected}'");
}

#[test]
fn a_proben1_file_gives_inputs_targets_and_parts() {
    let found = proben1::read(&bytes("good.dt")).unwrap();
    assert_eq!(found.inputs.columns, 3);
    assert_eq!(found.inputs.row(1), [1.0, 0.25, 2.0]);
    assert_eq!(found.inputs.row(2), [1.0, 0.001, 0.0]);
    assert_eq!(found.targets.row(3), [0.0, 1.0]);
    assert_eq!(found.parts, [2, 1, 1]);
}

#[test]
fn a_packed_file_is_found_by_its_plain_name() {
    assert_eq!(proben1::read(&bytes("packed.dt")), proben1::read(&bytes("good.dt")));
}

#[test]
fn a_damaged_proben1_file_names_line_and_column() {
    for (file, expected) in [
        ("short_row.dt", "line 9, 4 values, but the header says 5"),
        ("text.dt", "line 10, column 2, 'n/a' is no number"),
        ("nan.dt", "line 10, column 2, 'NaN' is not finite"),
        ("counts.dt", "4 samples, but the header says 5"),
        ("lacks_count.dt", "the header lacks real_out"),
        ("count_is_text.dt", "line 2, real_in is 'two', but must be a count"),
    ] {
        says(proben1::read(&bytes(file)), expected);
    }
}

#[test]
fn a_truncated_gz_is_damaged_and_no_file_is_missing() {
    let message = File::open(path("truncated.dt")).unwrap_err().to_string();
    assert!(message.contains("truncated.dt.gz: cannot be read"), "{message}");
    let missing = FileError::Missing(path("nothing.dt"));
    assert_eq!(File::open(path("nothing.dt")).unwrap_err(), missing);
}

#[test]
fn commas_semicolons_and_white_space_give_the_same_rows() {
    let rows = |file, delimiter, skip| {
        let lines = delimited::read(&bytes(file), delimiter, skip).unwrap();
        lines.into_iter().map(|(_, cells)| cells).collect::<Vec<_>>()
    };
    let expected = [["1", "2", "a"], ["3", "4", "b"]];
    assert_eq!(rows("commas.csv", Delimiter::Comma, 1), expected);
    assert_eq!(rows("semicolons.csv", Delimiter::Semicolon, 1), expected);
    assert_eq!(rows("spaces.txt", Delimiter::WhiteSpace, 0), expected);
}

#[test]
fn a_short_row_of_a_table_is_named() {
    let result = delimited::read(&bytes("short_row.csv"), Delimiter::Comma, 1);
    says(result, "line 3, 2 cells, but the first row has 3");
    says(delimited::read(b"a,b\n", Delimiter::Comma, 1), "there are no rows");
    says(delimited::read(b"1,\xff\n", Delimiter::Comma, 0), "line 1, column 2, no text");
}

#[test]
fn an_arff_file_gives_numbers_classes_and_gaps() {
    let table = arff::read(&bytes("good.arff")).unwrap();
    assert_eq!(table.columns, 3);
    assert!(table.row(0)[1].is_nan());
    assert_eq!([table.row(0)[0], table.row(0)[2]], [1.5, 1.0]);
    assert_eq!(table.row(1), [-2.0, 30.0, 0.0]);
}

#[test]
fn a_damaged_arff_file_names_line_and_column() {
    for (file, expected) in [
        ("text.arff", "line 6, column 2, 'four' is no number"),
        ("unknown_class.arff", "line 5, column 2, '2' is not among 0, 1"),
        ("short_row.arff", "line 5, 1 cells, but 2 attributes"),
        ("good.dt", "where @relation, @attribute or @data should be"),
    ] {
        says(arff::read(&bytes(file)), expected);
    }
}

#[test]
fn idx_files_give_sizes_and_values() {
    let (images, labels) = (bytes("images.idx"), bytes("labels.idx"));
    let images = idx::read(&images, 3).unwrap();
    assert_eq!(images.sizes, [2, 2, 3]);
    assert_eq!(images.values[11], 11);
    assert_eq!(idx::read(&labels, 1).unwrap().values, [7, 0]);
}

#[test]
fn a_damaged_idx_file_is_refused() {
    says(idx::read(&bytes("magic.idx"), 3), "the magic number is [0, 0, 13, 3]");
    says(idx::read(&bytes("short.idx"), 3), "11 values, but its sizes [2, 2, 3]");
    says(idx::read(&bytes("labels.idx"), 3), "the magic number");
    says(idx::read(b"\0\0\x08", 3), "ends within the magic number");
    says(idx::read(b"\0\0\x08\x03\0\0", 3), "ends within the sizes");
}

#[test]
fn npy_files_of_every_order_give_the_same_numbers() {
    let matrix = npy::read(&bytes("matrix.npy")).unwrap();
    assert_eq!(matrix, Table { columns: 3, cells: vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0] });
    assert_eq!(npy::read(&bytes("fortran.npy")).unwrap(), matrix);
    assert_eq!(npy::read(&bytes("vector.npy")).unwrap().cells, [-1.0, 0.0, 300.0]);
    assert_eq!(npy::read(&bytes("floats.npy")).unwrap().cells, [0.5, -2.0]);
}

#[test]
fn a_damaged_npy_file_is_refused() {
    for (file, expected) in [
        ("short.npy", "40 bytes of values do not make 2 x 3 of 8"),
        ("nan.npy", "line 2, column 2, the value is not finite"),
        ("magic.npy", "does not begin with NumPy's magic"),
        ("huge.npy", "0 bytes of values do not make"),
    ] {
        says(npy::read(&bytes(file)), expected);
    }
}

/// All readers on the same bytes; what they say does not matter here, only that they say something.
fn read_all(bytes: &[u8]) {
    let _ = proben1::read(bytes);
    let _ = arff::read(bytes);
    let _ = npy::read(bytes);
    for dimensions in 0..4 {
        let _ = idx::read(bytes, dimensions);
    }
    for delimiter in [Delimiter::Comma, Delimiter::Semicolon, Delimiter::WhiteSpace] {
        for skip in 0..3 {
            let _ = delimited::read(bytes, delimiter, skip);
        }
    }
}

#[test]
fn no_beginning_of_a_file_makes_a_reader_panic() {
    for entry in std::fs::read_dir(path("")).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        (0..=bytes.len()).for_each(|end| read_all(&bytes[..end]));
    }
}

const GOOD: [&str; 6] =
    ["good.dt", "commas.csv", "good.arff", "images.idx", "matrix.npy", "fortran.npy"];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn no_bytes_make_a_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        read_all(&bytes);
    }

    #[test]
    fn no_change_of_a_good_file_makes_a_reader_panic(
        file in 0..GOOD.len(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        doubled in any::<bool>(),
    ) {
        let mut bytes = bytes(GOOD[file]);
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if doubled {
            bytes.extend(bytes.clone());
        }
        read_all(&bytes);
    }
}
