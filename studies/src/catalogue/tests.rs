//! Each named set, from a small file of its shape with made-up numbers.

use std::fmt::Write;

use tempfile::TempDir;

use super::*;

/// A folder of its own that goes away at the end.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn write(&self, file: &str, content: impl AsRef<[u8]>) -> &Self {
        let path = self.0.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
        self
    }

    fn load(&self, name: &str) -> Samples {
        load(Some(self.0.path()), name).map_err(|error| error.to_string()).unwrap()
    }

    fn complaint(&self, name: &str) -> String {
        load(Some(self.0.path()), name).err().unwrap().to_string()
    }
}

fn shape(samples: &Samples) -> [usize; 3] {
    assert_eq!(samples.inputs.rows(), samples.targets.rows());
    [samples.inputs.rows(), samples.inputs.columns, samples.targets.columns]
}

/// `count` numbers between separators.
fn numbers(count: usize, separator: &str) -> String {
    (0..count).map(|n| format!("0.{n}")).collect::<Vec<_>>().join(separator)
}

#[test]
fn all_22_sets_have_a_name_of_their_own_and_a_source() {
    let mut names: Vec<&str> = ENTRIES.iter().map(|entry| entry.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), 22);
    assert!(ENTRIES.iter().all(|entry| !entry.source.is_empty()));
}

#[test]
fn abalone_has_its_sex_as_a_number_and_29_classes() {
    let folder = Folder::new();
    folder.write(
        "abalone/abalone.data",
        "M,1,2,3,4,5,6,7,1\nI,1,2,3,4,5,6,7,29\nF,1,2,3,4,5,6,7,9\n",
    );
    let samples = folder.load("abalone");
    assert_eq!(shape(&samples), [3, 8, 29]);
    assert_eq!([0, 1, 2].map(|row| samples.inputs.row(row)[0]), [-1.0, 0.0, 1.0]);
    assert_eq!([samples.targets.row(0)[0], samples.targets.row(1)[28]], [1.0, 1.0]);
    folder.write("abalone/abalone.data", "M,1,2,3,4,5,6,7,30\n");
    assert!(folder.complaint("abalone").contains("line 1, column 9, the class '30'"));
    folder.write("abalone/abalone.data", "X,1,2,3,4,5,6,7,3\n");
    assert!(folder.complaint("abalone").contains("line 1, column 1, the sex 'X'"));
}

#[test]
fn biodeg_has_semicolons_a_header_and_two_classes() {
    let folder = Folder::new();
    let row = numbers(41, ";");
    folder.write("biodeg/biodeg.csv", format!("{row};class\n{row};RB\n{row};NRB\n"));
    let samples = folder.load("biodeg");
    assert_eq!(shape(&samples), [2, 41, 2]);
    assert_eq!(samples.targets.cells, [1.0, 0.0, 0.0, 1.0]);
}

#[test]
fn a_row_of_clave_that_is_not_one_hot_has_the_last_class() {
    let folder = Folder::new();
    let bits = numbers(16, " ");
    let text = format!("{bits} 0 1 0 0\n{bits} 0 0 0 0\n{bits} 0 1 0 1\n");
    folder.write("clave/ClaveVectors_Firm-Teacher_Model.txt", text);
    let samples = folder.load("clave");
    assert_eq!(shape(&samples), [3, 16, 4]);
    assert_eq!(samples.targets.row(0), [0.0, 1.0, 0.0, 0.0]);
    assert_eq!(samples.targets.row(1), [0.0, 0.0, 0.0, 1.0]);
    assert_eq!(samples.targets.row(2), [0.0, 0.0, 0.0, 1.0]);
}

#[test]
fn climate_and_default_keep_their_row_numbers() {
    let folder = Folder::new();
    folder.write(
        "climate/pop_failures.dat",
        format!("  {} 1\n  {} 0\n", numbers(20, "  "), numbers(20, " ")),
    );
    assert_eq!(shape(&folder.load("climate")), [2, 20, 2]);
    let row = numbers(24, ",");
    folder.write("default/UCI_Credit_Card.csv", format!("{row},Y\r\n{row},1\r\n{row},0\r\n"));
    assert_eq!(shape(&folder.load("default")), [2, 24, 2]);
}

#[test]
fn forests_joins_training_and_testing_rows() {
    let folder = Folder::new();
    let row = numbers(27, ",");
    folder.write("forests/training.csv", format!("class,{row}\nd ,{row}\n"));
    folder.write("forests/testing.csv", format!("class,{row}\ns ,{row}\nh ,{row}\n"));
    let samples = folder.load("forests");
    assert_eq!(shape(&samples), [3, 27, 4]);
    assert_eq!(samples.targets.row(1), [0.0, 0.0, 0.0, 1.0]);
}

#[test]
fn har_is_read_from_the_folder_it_unpacks_to() {
    let folder = Folder::new();
    for (part, class) in [("train", 6), ("test", 1)] {
        let base = format!("har/UCI HAR Dataset/{part}");
        folder.write(&format!("{base}/X_{part}.txt"), numbers(561, " "));
        folder.write(&format!("{base}/y_{part}.txt"), format!("{class}\n"));
    }
    let samples = folder.load("har");
    assert_eq!(shape(&samples), [2, 561, 6]);
    assert_eq!([samples.targets.row(0)[5], samples.targets.row(1)[0]], [1.0, 1.0]);
    folder.write("har/UCI HAR Dataset/test/y_test.txt", "1\n2\n");
    assert!(folder.complaint("har").contains("2 labels for 1 rows"));
}

#[test]
fn iris_is_the_bundled_one_where_there_is_no_file() {
    let folder = Folder::new();
    assert_eq!(shape(&folder.load("iris")), [150, 4, 3]);
    folder.write("iris/iris.csv", "2,4,a,b,c\n1,2,3,4,0\n1,2,3,4,2\n");
    assert_eq!(shape(&folder.load("iris")), [2, 4, 3]);
    assert!(matches!(load(None, "wilt"), Err(FileError::Missing(_))));
}

#[test]
fn mnist_joins_training_and_test_images() {
    let folder = Folder::new();
    for (part, label) in [("train", 7), ("t10k", 3)] {
        folder.write(
            &format!("mnist/{part}-images-idx3-ubyte"),
            [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 2, 9, 8, 7, 255],
        );
        folder.write(&format!("mnist/{part}-labels-idx1-ubyte"), [0, 0, 8, 1, 0, 0, 0, 1, label]);
    }
    let samples = folder.load("mnist");
    assert_eq!(shape(&samples), [2, 4, 10]);
    assert_eq!(samples.inputs.row(1), [9.0, 8.0, 7.0, 255.0]);
    assert_eq!([samples.targets.row(0)[7], samples.targets.row(1)[3]], [1.0, 1.0]);
    folder.write("mnist/t10k-labels-idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, 1, 10]);
    assert!(folder.complaint("mnist").contains("label 0 is 10"));
}

#[test]
fn a_missing_cell_of_polish_is_zero() {
    let folder = Folder::new();
    let mut text = String::from("@relation r\n");
    for n in 0..64 {
        let _ = writeln!(text, "@attribute 'a {n}' numeric");
    }
    let _ = writeln!(text, "@attribute bankruptcy {{0,1}}\n@data\n?,{},1", numbers(63, ","));
    folder.write("polish/1year.arff", text);
    let samples = folder.load("polish");
    assert_eq!(shape(&samples), [1, 64, 2]);
    assert_eq!(samples.inputs.row(0)[..3], [0.0, 0.0, 0.1]);
    assert_eq!(samples.targets.row(0), [0.0, 1.0]);
}

fn npy(shape: &str, values: &[f64]) -> Vec<u8> {
    let header = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}\n");
    let mut bytes = b"\x93NUMPY\x01\0".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.bytes());
    bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    bytes
}

#[test]
fn sensorless_is_two_npy_files() {
    let folder = Folder::new();
    folder.write("sensorless/X_2200x48.npy", npy("(2, 1)", &[0.5, 1.5]));
    folder.write("sensorless/Y_2200.npy", npy("(2,)", &[10.0, 0.0]));
    let samples = folder.load("sensorless");
    assert_eq!(shape(&samples), [2, 1, 11]);
    assert_eq!(samples.targets.row(0)[10], 1.0);
    folder.write("sensorless/Y_2200.npy", npy("(2,)", &[10.0, 11.0]));
    assert!(folder.complaint("sensorless").contains("the class of row 2 is 11"));
}

#[test]
fn wilt_leaves_out_its_row_number() {
    let folder = Folder::new();
    folder.write("wilt/wilt.csv", ",a,b,c,d,e,TARGET\n0,1,2,3,4,5,2\n1,1,2,3,4,5,1\n");
    let samples = folder.load("wilt");
    assert_eq!(shape(&samples), [2, 5, 2]);
    assert_eq!(samples.inputs.row(0), [1.0, 2.0, 3.0, 4.0, 5.0]);
    folder.write("wilt/wilt.csv", ",a,b,c,d,e,TARGET\n0,1,2,x,4,5,2\n");
    assert!(folder.complaint("wilt").contains("wilt.csv: line 2, column 4, 'x' is no number"));
    folder.write("wilt/wilt.csv", "a,b\n0,1\n");
    assert!(folder.complaint("wilt").contains("line 2, 2 cells, but must have 7"));
}

#[test]
fn any_other_proben1_file_is_found_by_its_name() {
    let folder = Folder::new();
    let text = include_bytes!("../../tests/data/good.dt");
    folder.write("own/own.dt", text);
    let samples = folder.load("own");
    assert_eq!(shape(&samples), [4, 3, 2]);
    assert!(!samples.is_scaled);
    assert!(matches!(load(Some(folder.0.path()), "other"), Err(FileError::Missing(_))));
}
