//! The 22 data sets of \[LR\] 3.1: their files, how to read them, and where they are to be had.

use std::ops::Range;
use std::path::Path;

use crate::readers::delimited::{self, Delimiter, Line};
use crate::readers::{File, FileError, ReadError, Table, arff, idx, npy, number, proben1};

/// Inputs and targets in file order.
#[derive(Debug)]
pub struct Samples {
    pub inputs: Table,
    pub targets: Table,
    /// The numbers of training, validation and test samples, where the file says them.
    pub parts: Option<[usize; 3]>,
    /// Whether the inputs are to be scaled to [-1, 1]; Proben1's are used as they are.
    pub is_scaled: bool,
}

type Loaded = Result<Samples, FileError>;

/// A data set of the study.
#[derive(Debug)]
pub struct Entry {
    pub name: &'static str,
    /// How the set is called in figures and tables.
    pub label: &'static str,
    /// Where it is to be had, or why not.
    pub source: &'static str,
    read: fn(&Path) -> Loaded,
}

/// The sets that have claims, figures or a rule of their own.
pub const CANCER1: &str = "cancer1";
pub const GENE1: &str = "gene1";
pub const GLASS1: &str = "glass1";
pub const IRIS: &str = "iris";
pub const MNIST: &str = "mnist";
pub const MUSHROOM1: &str = "mushroom1";
pub const SOYBEAN1: &str = "soybean1";

const PROBEN1: &str =
    "Proben1 by L. Prechelt, a mirror of ftp.ira.uka.de/pub/neuron/proben1.tar.gz";

/// All of them, as \[LR\]'s table 1 has them.
pub const ENTRIES: [Entry; 22] = [
    entry(CANCER1, "Cancer1", PROBEN1, proben1),
    entry("card1", "Card1", PROBEN1, proben1),
    entry("diabetes1", "Diabetes1", PROBEN1, proben1),
    entry(GENE1, "Gene1", PROBEN1, proben1),
    entry(GLASS1, "Glass1", PROBEN1, proben1),
    entry("heart1", "Heart1", PROBEN1, |folder| dt(folder, "heartc1.dt")),
    entry("horse1", "Horse1", PROBEN1, proben1),
    entry(MUSHROOM1, "Mushroom1", PROBEN1, proben1),
    entry(SOYBEAN1, "Soybean1", PROBEN1, proben1),
    entry("thyroid1", "Thyroid1", PROBEN1, proben1),
    entry("abalone", "Abalone", "archive.ics.uci.edu/dataset/1, abalone.data", abalone),
    entry("biodeg", "Biodeg", "archive.ics.uci.edu/dataset/254, biodeg.csv", biodeg),
    entry("clave", "Clave", "archive.ics.uci.edu/dataset/324", clave),
    entry("climate", "Climate", "archive.ics.uci.edu/dataset/252, pop_failures.dat", climate),
    entry("default", "Default", "archive.ics.uci.edu/dataset/350, as UCI_Credit_Card.csv", default),
    entry("forests", "Forests", "archive.ics.uci.edu/dataset/333, both .csv files", forests),
    entry("har", "HAR", "archive.ics.uci.edu/dataset/240, unpacked", har),
    entry(IRIS, "Iris", "the crate itself", iris),
    entry(MNIST, "MNIST", "yann.lecun.com/exdb/mnist, four IDX files", mnist),
    entry("polish", "Polish", "archive.ics.uci.edu/dataset/365, 1year.arff", polish),
    entry(
        "sensorless",
        "Sensorless (2200-row subset)",
        "a subset of archive.ics.uci.edu/dataset/325, 200 rows a class, as X_2200x48.npy and Y_2200.npy",
        sensorless,
    ),
    entry("wilt", "Wilt", "archive.ics.uci.edu/dataset/285, both parts joined as wilt.csv", wilt),
];

const fn entry(
    name: &'static str,
    label: &'static str,
    source: &'static str,
    read: fn(&Path) -> Loaded,
) -> Entry {
    Entry { name, label, source, read }
}

/// The entry of this name, if it is one of the 22.
pub fn find(name: &str) -> Option<&'static Entry> {
    ENTRIES.iter().find(|entry| entry.name == name)
}

/// What figures and tables call the set.
pub fn label(name: &str) -> &str {
    find(name).map_or(name, |entry| entry.label)
}

/// Reads the data set `name` below the folder `data`: one of the 22, or `name/name.dt`.
pub fn load(data: Option<&Path>, name: &str) -> Loaded {
    match (data, find(name)) {
        (Some(data), Some(entry)) => (entry.read)(&data.join(name)),
        (Some(data), None) => proben1(&data.join(name)),
        (None, _) if name == IRIS => Ok(bundled_iris()),
        (None, _) => Err(FileError::Missing(name.into())),
    }
}

/// `NAME/NAME.dt`.
fn proben1(folder: &Path) -> Loaded {
    dt(folder, &format!("{}.dt", folder.file_name().unwrap_or_default().display()))
}

fn dt(folder: &Path, file: &str) -> Loaded {
    let found = File::open(folder.join(file))?.read(proben1::read)?;
    let proben1::Proben1 { inputs, targets, parts } = found;
    Ok(Samples { inputs, targets, parts: Some(parts), is_scaled: false })
}

/// Inputs of any origin, one class a row in 0..`classes`.
fn classified(inputs: Table, labels: &[usize], classes: usize) -> Samples {
    let one_hot = |&label: &usize| (0..classes).map(move |k| f64::from(u8::from(k == label)));
    let targets = Table { columns: classes, cells: labels.iter().flat_map(one_hot).collect() };
    Samples { inputs, targets, parts: None, is_scaled: true }
}

/// A text table of which `inputs` are columns (from 0) and one column names the class.
struct Layout<'a> {
    columns: usize,
    inputs: Range<usize>,
    class: usize,
    /// The classes' names in the file.
    names: &'a [&'a str],
}

impl Layout<'_> {
    /// `read_cell` makes a number of an input: text, line and column (both from 1).
    fn apply(
        &self,
        lines: &[Line],
        read_cell: fn(&str, u64, usize) -> Result<f64, ReadError>,
    ) -> Result<Samples, ReadError> {
        let mut inputs = Table::new(self.inputs.len());
        let mut labels = Vec::with_capacity(lines.len());
        for (line, cells) in lines {
            check_columns(cells, *line, self.columns)?;
            for column in self.inputs.clone() {
                inputs.cells.push(read_cell(&cells[column], *line, column + 1)?);
            }
            labels.push(self.label(&cells[self.class], *line)?);
        }
        Ok(classified(inputs, &labels, self.names.len()))
    }

    fn label(&self, class: &str, line: u64) -> Result<usize, ReadError> {
        self.names.iter().position(|&name| name == class).ok_or_else(|| {
            let names = self.names.join(", ");
            let message = format!("the class '{class}' is not among {names}");
            ReadError::cell(line, self.class + 1, message)
        })
    }

    /// The table in this file, below `skip` lines of header.
    fn read(&self, folder: &Path, file: &str, delimiter: Delimiter, skip: usize) -> Loaded {
        let file = File::open(folder.join(file))?;
        file.read(|bytes| self.apply(&delimited::read(bytes, delimiter, skip)?, number))
    }
}

fn check_columns(cells: &[String], line: u64, columns: usize) -> Result<(), ReadError> {
    let message = || format!("{} cells, but must have {columns}", cells.len());
    if cells.len() == columns { Ok(()) } else { Err(ReadError::line(line, message())) }
}

/// There is a label for each row.
fn check_labels(labels: &File, found: usize, expected: usize, of: &str) -> Result<(), FileError> {
    let message = || format!("{found} labels for {expected} {of}");
    if found == expected { Ok(()) } else { Err(labels.damaged(message())) }
}

fn abalone(folder: &Path) -> Loaded {
    let rings: Vec<String> = (1..=29).map(|rings| rings.to_string()).collect();
    let names: Vec<&str> = rings.iter().map(String::as_str).collect();
    let layout = Layout { columns: 9, inputs: 0..8, class: 8, names: &names };
    let cell = |text: &str, line: u64, column: usize| match (column, text) {
        (1, "M") => Ok(-1.0),
        (1, "I") => Ok(0.0),
        (1, "F") => Ok(1.0),
        (1, _) => Err(ReadError::cell(line, 1, format!("the sex '{text}' is not M, I or F"))),
        _ => number(text, line, column),
    };
    let file = File::open(folder.join("abalone.data"))?;
    file.read(|bytes| layout.apply(&delimited::read(bytes, Delimiter::Comma, 0)?, cell))
}

fn biodeg(folder: &Path) -> Loaded {
    let layout = Layout { columns: 42, inputs: 0..41, class: 41, names: &["RB", "NRB"] };
    layout.read(folder, "biodeg.csv", Delimiter::Semicolon, 1)
}

/// 16 bits, then 4 columns for the classes. A row whose class is not one-hot has the last class.
fn clave(folder: &Path) -> Loaded {
    let file = File::open(folder.join("ClaveVectors_Firm-Teacher_Model.txt"))?;
    file.read(|bytes| {
        let (mut inputs, mut labels) = (Table::new(16), Vec::new());
        for (line, cells) in delimited::read(bytes, Delimiter::WhiteSpace, 0)? {
            check_columns(&cells, line, 20)?;
            let values = (1..).zip(&cells).map(|(column, text)| number(text, line, column));
            let values = values.collect::<Result<Vec<_>, _>>()?;
            inputs.cells.extend_from_slice(&values[..16]);
            let ones: Vec<usize> = (0..4).filter(|&class| values[16 + class] == 1.0).collect();
            labels.push(if let [class] = ones[..] { class } else { 3 });
        }
        Ok(classified(inputs, &labels, 4))
    })
}

/// The study's and the run's number count as inputs, as the authors have it.
fn climate(folder: &Path) -> Loaded {
    let layout = Layout { columns: 21, inputs: 0..20, class: 20, names: &["0", "1"] };
    layout.read(folder, "pop_failures.dat", Delimiter::WhiteSpace, 0)
}

/// The row's number counts as an input, as the authors have it.
fn default(folder: &Path) -> Loaded {
    let layout = Layout { columns: 25, inputs: 0..24, class: 24, names: &["0", "1"] };
    layout.read(folder, "UCI_Credit_Card.csv", Delimiter::Comma, 1)
}

fn forests(folder: &Path) -> Loaded {
    let layout = Layout { columns: 28, inputs: 1..28, class: 0, names: &["d", "h", "o", "s"] };
    let part = |file| layout.read(folder, file, Delimiter::Comma, 1);
    Ok(joined(part("training.csv")?, part("testing.csv")?))
}

fn joined(mut first: Samples, second: Samples) -> Samples {
    first.inputs.cells.extend(second.inputs.cells);
    first.targets.cells.extend(second.targets.cells);
    first
}

/// `train/X_train.txt` and its three fellows, in the folder or in `UCI HAR Dataset` below it.
fn har(folder: &Path) -> Loaded {
    let below = folder.join("UCI HAR Dataset");
    let folder = if below.is_dir() { &below } else { folder };
    let names = ["1", "2", "3", "4", "5", "6"];
    let layout = Layout { columns: 562, inputs: 0..561, class: 561, names: &names };
    let part = |part: &str| {
        let rows = File::open(folder.join(part).join(format!("X_{part}.txt")))?;
        let labels = File::open(folder.join(part).join(format!("y_{part}.txt")))?;
        let read = |bytes: &[u8]| delimited::read(bytes, Delimiter::WhiteSpace, 0);
        let (mut lines, classes) = (rows.read(read)?, labels.read(read)?);
        check_labels(&labels, classes.len(), lines.len(), "rows")?;
        for ((_, cells), (_, class)) in lines.iter_mut().zip(classes) {
            cells.extend(class);
        }
        rows.read(|_| layout.apply(&lines, number))
    };
    Ok(joined(part("train")?, part("test")?))
}

/// The folder's `iris.csv`, whose first line is "150,4,names"; without it, the crate's own copy.
fn iris(folder: &Path) -> Loaded {
    let layout = Layout { columns: 5, inputs: 0..4, class: 4, names: &["0", "1", "2"] };
    match layout.read(folder, "iris.csv", Delimiter::Comma, 1) {
        Err(FileError::Missing(_)) => Ok(bundled_iris()),
        other => other,
    }
}

fn bundled_iris() -> Samples {
    let iris = gols::mlp::Dataset::<f64>::iris();
    let inputs = Table { columns: iris.input_columns(), cells: iris.inputs().to_vec() };
    let targets = Table { columns: iris.target_columns(), cells: iris.targets().to_vec() };
    Samples { inputs, targets, parts: None, is_scaled: true }
}

/// The training images, then the test images.
fn mnist(folder: &Path) -> Loaded {
    let part = |part: &str| {
        let Digits { columns, pixels, labels } = digits(folder, part)?;
        let cells = pixels.iter().map(|&pixel| f64::from(pixel)).collect();
        Ok::<_, FileError>(classified(Table { columns, cells }, &labels, 10))
    };
    Ok(joined(part("train")?, part("t10k")?))
}

/// A part of MNIST: images row by row, and what digits they show.
#[derive(Debug)]
pub struct Digits {
    /// Pixels of an image.
    pub columns: usize,
    pub pixels: Vec<u8>,
    pub labels: Vec<usize>,
}

/// The part "train" or "t10k" of MNIST, in this folder.
pub fn digits(folder: &Path, part: &str) -> Result<Digits, FileError> {
    let images = File::open(folder.join(format!("{part}-images-idx3-ubyte")))?;
    let labels = File::open(folder.join(format!("{part}-labels-idx1-ubyte")))?;
    let pixels = images.read(|bytes| idx::read(bytes, 3))?;
    let classes = labels.read(|bytes| idx::read(bytes, 1))?;
    check_labels(&labels, classes.sizes[0], pixels.sizes[0], "images")?;
    if let Some(index) = classes.values.iter().position(|&label| label > 9) {
        let found = classes.values[index];
        return Err(labels.damaged(format!("label {index} is {found}, but must be 0 to 9")));
    }
    Ok(Digits {
        columns: pixels.sizes[1] * pixels.sizes[2],
        pixels: pixels.values.to_vec(),
        labels: classes.values.iter().map(|&label| usize::from(label)).collect(),
    })
}

/// A missing cell is 0 before scaling.
fn polish(folder: &Path) -> Loaded {
    File::open(folder.join("1year.arff"))?.read(|bytes| {
        let table = arff::read(bytes)?;
        if table.columns != 65 {
            let message = format!("{} attributes, but must have 65", table.columns);
            return Err(ReadError::file(message));
        }
        let (mut inputs, mut labels) = (Table::new(64), Vec::new());
        for row in 0..table.rows() {
            let (cells, class) = table.row(row).split_at(64);
            inputs.cells.extend(cells.iter().map(|cell| if cell.is_nan() { 0.0 } else { *cell }));
            labels.push(class_label(class[0], 2, row)?);
        }
        Ok(classified(inputs, &labels, 2))
    })
}

fn class_label(value: f64, classes: usize, row: usize) -> Result<usize, ReadError> {
    (0..classes).find(|&class| class as f64 == value).ok_or_else(|| {
        let message = format!("the class of row {} is {value}, not below {classes}", row + 1);
        ReadError::file(message)
    })
}

fn sensorless(folder: &Path) -> Loaded {
    let inputs = File::open(folder.join("X_2200x48.npy"))?.read(npy::read)?;
    let labels = File::open(folder.join("Y_2200.npy"))?;
    let classes = labels.read(npy::read)?;
    check_labels(&labels, classes.cells.len(), inputs.rows(), "rows")?;
    let label = |(row, &value): (usize, &f64)| class_label(value, 11, row);
    let found: Result<Vec<_>, _> = classes.cells.iter().enumerate().map(label).collect();
    Ok(classified(inputs, &labels.read(|_| found)?, 11))
}

/// The first column is a row number, which the set leaves out.
fn wilt(folder: &Path) -> Loaded {
    let layout = Layout { columns: 7, inputs: 1..6, class: 6, names: &["1", "2"] };
    layout.read(folder, "wilt.csv", Delimiter::Comma, 1)
}

#[cfg(test)]
mod tests;
