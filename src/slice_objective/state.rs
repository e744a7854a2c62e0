//! What is saved of an objective over a slice.

use alloc::vec::Vec;

use super::SliceObjective;
use crate::error::Error;
use crate::model::{SliceModel, check_start};
use crate::sampling::MiniBatches;
use crate::saved::saved;
use crate::vector::Real;

/// All of a [`SliceObjective`] but its model: the parameters, and where the mini-batches have got to.
///
/// ```
/// use gols::{MiniBatches, SliceObjective};
///
/// // ½ (x − row)² on average, two of four rows at a time.
/// let objective = || {
///     let batches = MiniBatches::in_epochs(4, 2, 1)?;
///     SliceObjective::from_batches(vec![0.0], batches, |x: &[f64], rows, gradient| {
///         gradient[0] = rows.iter().map(|&row| x[0] - row as f64).sum::<f64>() / 2.0;
///         rows.iter().map(|&row| (x[0] - row as f64).powi(2)).sum::<f64>() / 4.0
///     })
/// };
/// let saved = serde_json::to_string(&objective()?.state())?;
/// let restored = objective()?.with_state(serde_json::from_str(&saved)?)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct SliceState<T> {
    x: Vec<T>,
    anchor: Vec<T>,
    batches: Option<MiniBatches>,
}

impl<T: Real, M: SliceModel<T>> SliceObjective<T, M> {
    /// A copy of all but the model, to be saved; with the feature `serde`.
    #[must_use]
    pub fn state(&self) -> SliceState<T> {
        let (x, anchor) = (self.x.clone(), self.anchor.clone());
        SliceState { x, anchor, batches: self.batches.clone() }
    }

    /// The objective with the parameters and the mini-batches of a state; with the feature `serde`.
    ///
    /// # Errors
    /// [`Error::Length`] if there are more or fewer parameters than here, or rows to draw from;
    /// [`Error::Start`] if a parameter is not finite.
    pub fn with_state(mut self, state: SliceState<T>) -> Result<Self, Error> {
        let SliceState { x, anchor, batches } = state;
        Error::check_length("the state", x.len(), self.x.len())?;
        Error::check_length("the anchor of the state", anchor.len(), x.len())?;
        let population = |batches: &Option<_>| batches.as_ref().map_or(0, MiniBatches::population);
        let expected = population(&self.batches);
        Error::check_length("the population of the state", population(&batches), expected)?;
        check_start(&x)?;
        if let Some(last) = batches.as_ref().and_then(MiniBatches::last) {
            self.rows.clear();
            self.rows.extend_from_slice(last);
        }
        Ok(Self { x, anchor, batches, ..self })
    }
}

saved!(SliceState<T>: x, anchor, batches);
