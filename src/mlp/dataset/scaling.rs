//! How input columns are scaled.

use alloc::vec::Vec;

use super::{Dataset, check_table};
use crate::error::Error;
use crate::saved::saved;
use crate::vector::Real;

/// How each input column of a data set is scaled: what was its least value becomes `low`, its greatest
/// `high`, linearly between and beyond.
///
/// It is made of the training set and applied to every other set, so that a model meets all of them on
/// one scale. Save it with the model's parameters (feature `serde`).
///
/// ```
/// use gols::mlp::Dataset;
///
/// let [training, test] = Dataset::<f64>::iris().shuffled(1).split([0.7, 0.3])?;
/// let scaling = training.scaling(-1.0, 1.0)?;
/// let (training, test) = (training.with_scaling(&scaling)?, test.with_scaling(&scaling)?);
/// assert!(training.inputs().iter().all(|cell| (-1.0..=1.0).contains(cell)));
/// // A flower of the test set may be larger than any that was trained on.
/// assert!(test.inputs().iter().any(|cell| !(-1.0..=1.0).contains(cell)));
/// # Ok::<(), gols::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Scaling {
    low: f64,
    high: f64,
    /// The least and the greatest value of each column.
    columns: Vec<[f64; 2]>,
}

impl Scaling {
    /// The scaled value of a cell.
    fn apply(&self, column: usize, cell: f64) -> f64 {
        let [least, greatest] = self.columns[column];
        // Halves where the difference of two finite numbers is not finite; they would lose the
        // smallest numbers there are.
        let scale = if (greatest - least).is_finite() { 1.0 } else { 0.5 };
        let span = scale * greatest - scale * least;
        let share = (scale * cell - scale * least) / span;
        let share = if greatest > least { share } else { 0.0 };
        self.low * (1.0 - share) + self.high * share
    }
}

impl<T: Real> Dataset<T> {
    /// The scaling by which the least value of every input column becomes `low` and the greatest `high`,
    /// over this set.
    ///
    /// # Errors
    /// [`Error::Setting`] if `low` is not less than `high`, or one of them is not finite in `T`.
    pub fn scaling(&self, low: f64, high: f64) -> Result<Scaling, Error> {
        let is_finite = |end: f64| T::of(end).is_finite();
        Error::check("high", high, is_finite(high), "finite")?;
        Error::check("low", low, low < high && is_finite(low), "finite and less than high")?;
        let width = self.input_columns();
        let range = |column: usize| {
            let cells = self.inputs.iter().skip(column).step_by(width).map(|&cell| cell.wide());
            cells.fold([f64::INFINITY, f64::NEG_INFINITY], |[least, greatest], cell| {
                [least.min(cell), greatest.max(cell)]
            })
        };
        Ok(Scaling { low, high, columns: (0..width).map(range).collect() })
    }

    /// Scales the input columns as another set's, as a rule the training set's. A column that is constant
    /// there becomes `low`.
    ///
    /// # Errors
    /// [`Error::Length`] if the scaling is of another number of columns, [`Error::Data`] if a cell is so
    /// far from the other set's that its scaled value is not finite.
    pub fn with_scaling(mut self, scaling: &Scaling) -> Result<Self, Error> {
        let width = self.input_columns();
        Error::check_length("the scaling", scaling.columns.len(), width)?;
        for (index, cell) in self.inputs.iter_mut().enumerate() {
            *cell = T::of(scaling.apply(index % width, cell.wide()));
        }
        check_table("inputs", self.rows, &self.inputs)?;
        Ok(self)
    }

    /// Scales every input column so that its least value becomes `low` and its greatest `high` over
    /// the whole set; a constant column becomes `low`. For a set that is not all there is to come, see
    /// [`scaling`](Self::scaling).
    ///
    /// # Errors
    /// As [`scaling`](Self::scaling).
    pub fn with_scaled_inputs(self, low: f64, high: f64) -> Result<Self, Error> {
        let scaling = self.scaling(low, high)?;
        self.with_scaling(&scaling)
    }
}

saved!(Scaling: low, high, columns; |saved| {
    let Scaling { low, high, .. } = *saved;
    Error::check("low", low, low < high && (high - low).is_finite(), "finite and less than high")
});
