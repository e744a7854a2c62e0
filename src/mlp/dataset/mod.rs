//! Tables of inputs and targets.

mod iris;
mod scaling;

use alloc::vec;
use alloc::vec::Vec;

pub use scaling::Scaling;

use crate::error::Error;
use crate::stream::Stream;
use crate::vector::Real;

/// A data set: a table of inputs and a table of targets with the same number of rows, one a sample.
///
/// Both tables are stored row by row. Every cell is finite: that is checked once, here, so that a
/// NaN in a file is found by its row and column, not by a loss that never ends.
///
/// ```
/// use gols::mlp::Dataset;
///
/// let iris = Dataset::<f64>::iris().with_scaled_inputs(-1.0, 1.0)?.shuffled(1);
/// let [training, validation, test] = iris.split([0.5, 0.25, 0.25])?;
/// assert_eq!([training.len(), validation.len(), test.len()], [75, 37, 38]);
/// assert_eq!(training.input(0).len(), 4);
/// # Ok::<(), gols::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset<T> {
    rows: usize,
    inputs: Vec<T>,
    targets: Vec<T>,
}

impl<T: Real> Dataset<T> {
    /// A data set of `rows` samples from two tables, each stored row by row.
    ///
    /// The numbers of columns are `inputs.len() / rows` and `targets.len() / rows`, at least 1.
    ///
    /// # Errors
    /// [`Error::Empty`] if there are no rows or no columns, [`Error::Length`] if a table's length
    /// is no multiple of `rows`, [`Error::Data`] with the first cell that is not finite.
    pub fn new(rows: usize, inputs: Vec<T>, targets: Vec<T>) -> Result<Self, Error> {
        if rows == 0 {
            return Err(Error::Empty { what: "the data set" });
        }
        check_table("inputs", rows, &inputs)?;
        check_table("targets", rows, &targets)?;
        Ok(Self { rows, inputs, targets })
    }

    /// A classification data set: the targets of class k are 1 in column k and 0 elsewhere.
    ///
    /// `labels` has one class in 0..`classes` a row.
    ///
    /// # Errors
    /// As [`new`](Self::new); [`Error::Setting`] if a label is not below `classes`.
    pub fn from_classes(inputs: Vec<T>, labels: &[usize], classes: usize) -> Result<Self, Error> {
        for &label in labels {
            Error::check("label", label as f64, label < classes, "below the number of classes")?;
        }
        let mut targets = vec![T::zero(); labels.len() * classes];
        for (row, &label) in labels.iter().enumerate() {
            targets[row * classes + label] = T::one();
        }
        Self::new(labels.len(), inputs, targets)
    }

    /// Fisher's Iris: 150 x 4 measurements in centimetres (sepal length and width, petal length and
    /// width), 3 classes of 50 rows each, sorted by class: setosa, versicolor, virginica.
    ///
    /// \[VG\] scales the inputs to \[0, 1\], \[LR\]'s study to \[-1, 1\]: see
    /// [`with_scaled_inputs`](Self::with_scaled_inputs).
    #[must_use]
    pub fn iris() -> Self {
        let rows = iris::MEASUREMENTS.len();
        let inputs = iris::MEASUREMENTS.iter().flatten().map(|&value| T::of(value)).collect();
        let class = |row: usize| row / iris::ROWS_PER_CLASS;
        let one_hot = |row| (0..3).map(move |k| if k == class(row) { T::one() } else { T::zero() });
        Self { rows, inputs, targets: (0..rows).flat_map(one_hot).collect() }
    }

    /// The number of samples.
    #[must_use]
    #[allow(clippy::len_without_is_empty, reason = "a data set is never empty")]
    pub fn len(&self) -> usize {
        self.rows
    }

    /// The number of input columns.
    #[must_use]
    pub fn input_columns(&self) -> usize {
        self.inputs.len() / self.rows
    }

    /// The number of target columns.
    #[must_use]
    pub fn target_columns(&self) -> usize {
        self.targets.len() / self.rows
    }

    /// All inputs, row by row.
    #[must_use]
    pub fn inputs(&self) -> &[T] {
        &self.inputs
    }

    /// All targets, row by row.
    #[must_use]
    pub fn targets(&self) -> &[T] {
        &self.targets
    }

    /// The inputs of one sample.
    ///
    /// # Panics
    /// If there is no such row, as a slice does.
    #[must_use]
    pub fn input(&self, row: usize) -> &[T] {
        let columns = self.input_columns();
        &self.inputs[row * columns..][..columns]
    }

    /// The targets of one sample.
    ///
    /// # Panics
    /// If there is no such row, as a slice does.
    #[must_use]
    pub fn target(&self, row: usize) -> &[T] {
        let columns = self.target_columns();
        &self.targets[row * columns..][..columns]
    }

    /// The same rows in the random order that this seed fixes for good.
    #[must_use]
    pub fn shuffled(&self, seed: u64) -> Self {
        let mut order: Vec<usize> = (0..self.rows).collect();
        Stream::new(seed).shuffle_first(&mut order, self.rows);
        self.pick(&order)
    }

    /// Cuts the rows, in their order, into consecutive parts with these shares of the whole, which
    /// are positive and add up to 1 (to 1e-9). \[LR\] 3.1 uses 50 %, 25 % and 25 %.
    ///
    /// Part i ends at row ⌊(share₀ + ... + shareᵢ) · len⌋, the last at the last row.
    ///
    /// # Errors
    /// [`Error::Setting`] if the shares are not as said, [`Error::Empty`] if a part would be.
    pub fn split<const PARTS: usize>(&self, shares: [f64; PARTS]) -> Result<[Self; PARTS], Error> {
        let sum: f64 = shares.iter().sum();
        Error::check("the sum of the shares", sum, (sum - 1.0).abs() < 1e-9, "1")?;
        let mut ends = [0; PARTS];
        let mut total = 0.0;
        for (end, &share) in ends.iter_mut().zip(&shares) {
            Error::check("share", share, share > 0.0, "positive")?;
            total += share;
            *end = ((total * self.rows as f64 + 1e-6) as usize).min(self.rows);
        }
        if let Some(end) = ends.last_mut() {
            *end = self.rows;
        }
        let starts = |part: usize| if part == 0 { 0 } else { ends[part - 1] };
        if (0..PARTS).any(|part| starts(part) == ends[part]) {
            return Err(Error::Empty { what: "a part of the data set" });
        }
        Ok(core::array::from_fn(|part| {
            let rows: Vec<usize> = (starts(part)..ends[part]).collect();
            self.pick(&rows)
        }))
    }

    fn pick(&self, rows: &[usize]) -> Self {
        let inputs = rows.iter().flat_map(|&row| self.input(row)).copied().collect();
        let targets = rows.iter().flat_map(|&row| self.target(row)).copied().collect();
        Self { rows: rows.len(), inputs, targets }
    }
}

fn check_table<T: Real>(part: &'static str, rows: usize, cells: &[T]) -> Result<(), Error> {
    if cells.is_empty() {
        return Err(Error::Empty { what: part });
    }
    let columns = cells.len() / rows;
    Error::check_length(part, cells.len(), rows * columns.max(1))?;
    match cells.iter().position(|cell| !cell.is_finite()) {
        Some(cell) => Err(Error::Data {
            part,
            row: cell / columns,
            column: cell % columns,
            value: cells[cell].wide(),
        }),
        None => Ok(()),
    }
}
