//! The 22 data sets of [LR] 3.1: their files, how to read them, and where they are to be had.

use std::path::{Path, PathBuf};

use crate::readers::delimited::{self, Delimiter, Line};
use crate::readers::{ReadError, SourceError, Table, arff, idx, npy, number, open, proben1};

/// Inputs and targets in file order.
pub struct Samples {
    pub inputs: Table,
    pub targets: Table,
    /// The numbers of training, validation and test samples, where the file says them.
    pub parts: Option<[usize; 3]>,
    /// Whether the inputs are to be scaled to [-1, 1]; Proben1's are used as they are.
    pub is_scaled: bool,
}

/// Why a data set cannot be used.
#[derive(Debug, PartialEq, Eq)]
pub enum LoadError {
    Missing(PathBuf),
    Damaged(String),
}

/// A data set of the study.
pub struct Entry {
    pub name: &'static str,
    /// How the set is called in figures and tables.
    pub label: &'static str,
    /// Where it is to be had, or why not.
    pub source: &'static str,
    read: fn(&Path) -> Result<Samples, LoadError>,
}

const PROBEN1: &str =
    "Proben1 by L. Prechelt, a mirror of ftp.ira.uka.de/pub/neuron/proben1.tar.gz";

/// All of them, as [LR]'s table 1 has them.
pub const ENTRIES: [Entry; 22] = [
    proben1_entry("cancer1", "Cancer1", |dir| dt(dir, "cancer1.dt")),
    proben1_entry("card1", "Card1", |dir| dt(dir, "card1.dt")),
    proben1_entry("diabetes1", "Diabetes1", |dir| dt(dir, "diabetes1.dt")),
    proben1_entry("gene1", "Gene1", |dir| dt(dir, "gene1.dt")),
    proben1_entry("glass1", "Glass1", |dir| dt(dir, "glass1.dt")),
    proben1_entry("heart1", "Heart1", |dir| dt(dir, "heartc1.dt")),
    proben1_entry("horse1", "Horse1", |dir| dt(dir, "horse1.dt")),
    proben1_entry("mushroom1", "Mushroom1", |dir| dt(dir, "mushroom1.dt")),
    proben1_entry("soybean1", "Soybean1", |dir| dt(dir, "soybean1.dt")),
    proben1_entry("thyroid1", "Thyroid1", |dir| dt(dir, "thyroid1.dt")),
    entry("abalone", "Abalone", "archive.ics.uci.edu/dataset/1, abalone.data", abalone),
    entry("biodeg", "Biodeg", "archive.ics.uci.edu/dataset/254, biodeg.csv", biodeg),
    entry("clave", "Clave", "archive.ics.uci.edu/dataset/324", clave),
    entry("climate", "Climate", "archive.ics.uci.edu/dataset/252, pop_failures.dat", climate),
    entry("default", "Default", "archive.ics.uci.edu/dataset/350, as UCI_Credit_Card.csv", default),
    entry("forests", "Forests", "archive.ics.uci.edu/dataset/333, both .csv files", forests),
    entry("har", "HAR", "archive.ics.uci.edu/dataset/240, unpacked", har),
    entry("iris", "Iris", "the crate itself", iris),
    entry("mnist", "MNIST", "yann.lecun.com/exdb/mnist, four IDX files", mnist),
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
    read: fn(&Path) -> Result<Samples, LoadError>,
) -> Entry {
    Entry { name, label, source, read }
}

const fn proben1_entry(
    name: &'static str,
    label: &'static str,
    read: fn(&Path) -> Result<Samples, LoadError>,
) -> Entry {
    Entry { name, label, source: PROBEN1, read }
}

/// The entry of this name, if it is one of the 22.
pub fn find(name: &str) -> Option<&'static Entry> {
    ENTRIES.iter().find(|entry| entry.name == name)
}

/// What figures and tables call the set.
pub fn label(name: &str) -> String {
    find(name).map_or(name, |entry| entry.label).to_owned()
}

/// Reads the data set `name` below the folder `data`: one of the 22, or `name/name.dt`.
pub fn load(data: Option<&Path>, name: &str) -> Result<Samples, LoadError> {
    let Some(data) = data else {
        return match name {
            "iris" => Ok(bundled_iris()),
            _ => Err(LoadError::Missing(Path::new(name).to_owned())),
        };
    };
    let folder = data.join(name);
    match find(name) {
        Some(entry) => (entry.read)(&folder),
        None => dt(&folder, &format!("{name}.dt")),
    }
}

fn bytes(path: &Path) -> Result<Vec<u8>, LoadError> {
    open(path).map_err(|error| match error {
        SourceError::Missing => LoadError::Missing(path.to_owned()),
        SourceError::Damaged(message) => LoadError::Damaged(message),
    })
}

/// Names the file in which something is wrong.
fn at(path: &Path) -> impl Fn(ReadError) -> LoadError {
    move |error| LoadError::Damaged(format!("{}: {error}", path.display()))
}

fn dt(folder: &Path, file: &str) -> Result<Samples, LoadError> {
    let path = folder.join(file);
    let found = proben1::read(&bytes(&path)?).map_err(at(&path))?;
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
    inputs: std::ops::Range<usize>,
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
        let mut inputs = Table { columns: self.inputs.len(), cells: Vec::new() };
        let mut labels = Vec::with_capacity(lines.len());
        for (line, cells) in lines {
            if cells.len() != self.columns {
                let message = format!("{} cells, but must have {}", cells.len(), self.columns);
                return Err(ReadError::line(*line, message));
            }
            for column in self.inputs.clone() {
                inputs.cells.push(read_cell(&cells[column], *line, column + 1)?);
            }
            let class = cells[self.class].as_str();
            let label = self.names.iter().position(|&name| name == class).ok_or_else(|| {
                let names = self.names.join(", ");
                let message = format!("the class '{class}' is not among {names}");
                ReadError::cell(*line, self.class + 1, message)
            })?;
            labels.push(label);
        }
        Ok(classified(inputs, &labels, self.names.len()))
    }
}

fn text_table(
    path: &Path,
    delimiter: Delimiter,
    skip: usize,
    layout: &Layout<'_>,
) -> Result<Samples, LoadError> {
    let lines = delimited::read(&bytes(path)?, delimiter, skip).map_err(at(path))?;
    layout.apply(&lines, number).map_err(at(path))
}

fn abalone(folder: &Path) -> Result<Samples, LoadError> {
    let path = folder.join("abalone.data");
    let rings: Vec<String> = (1..=29).map(|rings| rings.to_string()).collect();
    let names: Vec<&str> = rings.iter().map(String::as_str).collect();
    let layout = Layout { columns: 9, inputs: 0..8, class: 8, names: &names };
    let lines = delimited::read(&bytes(&path)?, Delimiter::Comma, 0).map_err(at(&path))?;
    let cell = |text: &str, line: u64, column: usize| match (column, text) {
        (1, "M") => Ok(-1.0),
        (1, "I") => Ok(0.0),
        (1, "F") => Ok(1.0),
        (1, _) => Err(ReadError::cell(line, 1, format!("the sex '{text}' is not M, I or F"))),
        _ => number(text, line, column),
    };
    layout.apply(&lines, cell).map_err(at(&path))
}

fn biodeg(folder: &Path) -> Result<Samples, LoadError> {
    let layout = Layout { columns: 42, inputs: 0..41, class: 41, names: &["RB", "NRB"] };
    text_table(&folder.join("biodeg.csv"), Delimiter::Semicolon, 1, &layout)
}

/// 16 bits, then 4 columns for the classes. A row whose class is not one-hot has the last class.
fn clave(folder: &Path) -> Result<Samples, LoadError> {
    let path = folder.join("ClaveVectors_Firm-Teacher_Model.txt");
    let lines = delimited::read(&bytes(&path)?, Delimiter::WhiteSpace, 0).map_err(at(&path))?;
    let mut inputs = Table { columns: 16, cells: Vec::new() };
    let mut labels = Vec::new();
    for (line, cells) in &lines {
        if cells.len() != 20 {
            let message = format!("{} cells, but must have 20", cells.len());
            return Err(at(&path)(ReadError::line(*line, message)));
        }
        let values = (1..).zip(cells).map(|(column, text)| number(text, *line, column));
        let values = values.collect::<Result<Vec<_>, _>>().map_err(at(&path))?;
        inputs.cells.extend_from_slice(&values[..16]);
        let ones: Vec<usize> = (0..4).filter(|&class| values[16 + class] == 1.0).collect();
        labels.push(if let [class] = ones[..] { class } else { 3 });
    }
    Ok(classified(inputs, &labels, 4))
}

/// The study's and the run's number count as inputs, as the authors have it.
fn climate(folder: &Path) -> Result<Samples, LoadError> {
    let layout = Layout { columns: 21, inputs: 0..20, class: 20, names: &["0", "1"] };
    text_table(&folder.join("pop_failures.dat"), Delimiter::WhiteSpace, 0, &layout)
}

/// The row's number counts as an input, as the authors have it.
fn default(folder: &Path) -> Result<Samples, LoadError> {
    let layout = Layout { columns: 25, inputs: 0..24, class: 24, names: &["0", "1"] };
    text_table(&folder.join("UCI_Credit_Card.csv"), Delimiter::Comma, 1, &layout)
}

fn forests(folder: &Path) -> Result<Samples, LoadError> {
    let layout = Layout { columns: 28, inputs: 1..28, class: 0, names: &["d", "h", "o", "s"] };
    let part = |file| text_table(&folder.join(file), Delimiter::Comma, 1, &layout);
    Ok(joined(part("training.csv")?, part("testing.csv")?))
}

fn joined(mut first: Samples, second: Samples) -> Samples {
    first.inputs.cells.extend(second.inputs.cells);
    first.targets.cells.extend(second.targets.cells);
    first
}

/// `train/X_train.txt` and its three fellows, in the folder or in `UCI HAR Dataset` below it.
fn har(folder: &Path) -> Result<Samples, LoadError> {
    let below = folder.join("UCI HAR Dataset");
    let folder = if below.is_dir() { below } else { folder.to_owned() };
    let names = ["1", "2", "3", "4", "5", "6"];
    let part = |part: &str| {
        let path = folder.join(part).join(format!("X_{part}.txt"));
        let labels = folder.join(part).join(format!("y_{part}.txt"));
        let mut lines =
            delimited::read(&bytes(&path)?, Delimiter::WhiteSpace, 0).map_err(at(&path))?;
        let classes =
            delimited::read(&bytes(&labels)?, Delimiter::WhiteSpace, 0).map_err(at(&labels))?;
        if lines.len() != classes.len() {
            let (found, expected) = (classes.len(), lines.len());
            let message = format!("{found} labels for {expected} rows");
            return Err(at(&labels)(ReadError::file(message)));
        }
        for ((_, cells), (_, class)) in lines.iter_mut().zip(classes) {
            cells.extend(class);
        }
        let layout = Layout { columns: 562, inputs: 0..561, class: 561, names: &names };
        layout.apply(&lines, number).map_err(at(&path))
    };
    Ok(joined(part("train")?, part("test")?))
}

/// The folder's `iris.csv`, whose first line is "150,4,names"; without it, the crate's own copy.
fn iris(folder: &Path) -> Result<Samples, LoadError> {
    let layout = Layout { columns: 5, inputs: 0..4, class: 4, names: &["0", "1", "2"] };
    match text_table(&folder.join("iris.csv"), Delimiter::Comma, 1, &layout) {
        Err(LoadError::Missing(_)) => Ok(bundled_iris()),
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
fn mnist(folder: &Path) -> Result<Samples, LoadError> {
    let mut samples: Option<Samples> = None;
    for part in ["train", "t10k"] {
        let found = digits(folder, part)?;
        samples = Some(match samples {
            None => found,
            Some(first) => joined(first, found),
        });
    }
    samples.ok_or_else(|| LoadError::Missing(folder.to_owned()))
}

fn digits(folder: &Path, part: &str) -> Result<Samples, LoadError> {
    let path = folder.join(format!("{part}-images-idx3-ubyte"));
    let labels = folder.join(format!("{part}-labels-idx1-ubyte"));
    let (image_bytes, label_bytes) = (bytes(&path)?, bytes(&labels)?);
    let images = idx::read(&image_bytes, 3).map_err(at(&path))?;
    let classes = idx::read(&label_bytes, 1).map_err(at(&labels))?;
    if images.sizes[0] != classes.sizes[0] {
        let (found, expected) = (classes.sizes[0], images.sizes[0]);
        let message = format!("{found} labels for {expected} images");
        return Err(at(&labels)(ReadError::file(message)));
    }
    if let Some(index) = classes.values.iter().position(|&label| label > 9) {
        let message = format!("label {index} is {}, but must be 0 to 9", classes.values[index]);
        return Err(at(&labels)(ReadError::file(message)));
    }
    let cells = images.values.iter().map(|&pixel| f64::from(pixel)).collect();
    let inputs = Table { columns: images.sizes[1] * images.sizes[2], cells };
    let labels: Vec<usize> = classes.values.iter().map(|&label| usize::from(label)).collect();
    Ok(classified(inputs, &labels, 10))
}

/// A missing cell is 0 before scaling.
fn polish(folder: &Path) -> Result<Samples, LoadError> {
    let path = folder.join("1year.arff");
    let table = arff::read(&bytes(&path)?).map_err(at(&path))?;
    if table.columns != 65 {
        let message = format!("{} attributes, but must have 65", table.columns);
        return Err(at(&path)(ReadError::file(message)));
    }
    let mut inputs = Table { columns: 64, cells: Vec::new() };
    let mut labels = Vec::new();
    for row in 0..table.rows() {
        let (cells, class) = table.row(row).split_at(64);
        inputs.cells.extend(cells.iter().map(|cell| if cell.is_nan() { 0.0 } else { *cell }));
        labels.push(class_label(class[0], 2, row).map_err(at(&path))?);
    }
    Ok(classified(inputs, &labels, 2))
}

fn class_label(value: f64, classes: usize, row: usize) -> Result<usize, ReadError> {
    match (0..classes).find(|&class| class as f64 == value) {
        Some(class) => Ok(class),
        None => {
            let message = format!("the class of row {} is {value}, not below {classes}", row + 1);
            Err(ReadError::file(message))
        }
    }
}

fn sensorless(folder: &Path) -> Result<Samples, LoadError> {
    let path = folder.join("X_2200x48.npy");
    let labels = folder.join("Y_2200.npy");
    let inputs = npy::read(&bytes(&path)?).map_err(at(&path))?;
    let classes = npy::read(&bytes(&labels)?).map_err(at(&labels))?;
    if classes.columns != 1 || classes.rows() != inputs.rows() {
        let message = format!("{} labels for {} rows", classes.cells.len(), inputs.rows());
        return Err(at(&labels)(ReadError::file(message)));
    }
    let rows = classes.cells.iter().enumerate();
    let labels =
        rows.map(|(row, &value)| class_label(value, 11, row)).collect::<Result<Vec<_>, _>>();
    Ok(classified(inputs, &labels.map_err(at(&folder.join("Y_2200.npy")))?, 11))
}

/// The first column is a row number, which the set leaves out.
fn wilt(folder: &Path) -> Result<Samples, LoadError> {
    let layout = Layout { columns: 7, inputs: 1..6, class: 6, names: &["1", "2"] };
    text_table(&folder.join("wilt.csv"), Delimiter::Comma, 1, &layout)
}

#[cfg(test)]
mod tests;
