//! Leaving the parameters, and coming back to them.

use super::scan_error::ScanError;
use crate::error::Error;
#[cfg(not(feature = "std"))]
use crate::float::Float as _;
use crate::objective::StochasticObjective;
use crate::sampling::Sampling;
use crate::vector::VectorSpace;

/// Marks x₀, lets `look` move the parameters about, and restores x₀ bit for bit whatever became of it.
pub(super) fn excursion<O: StochasticObjective, R>(
    objective: &mut O,
    look: impl FnOnce(&mut O) -> Result<R, O::Error>,
) -> Result<R, ScanError<O::Error>> {
    objective.anchor().map_err(ScanError::Objective)?;
    let outcome = look(objective);
    let restored = objective.restore();
    // The first error is the one to report.
    outcome.and_then(|result| restored.map(|()| result)).map_err(ScanError::Objective)
}

/// Loss and slope at the parameters as they stand, both on one mini-batch: a new one if sampling is
/// dynamic.
pub(super) fn evaluate<O: StochasticObjective>(
    objective: &mut O,
    direction: &O::Vector,
    gradient: &mut O::Vector,
    sampling: Sampling,
) -> Result<(f64, f64), O::Error> {
    if sampling == Sampling::Dynamic {
        objective.resample()?;
    }
    let loss = objective.loss_and_gradient(gradient)?;
    let slope = objective.dot(gradient, direction)?;
    Ok((loss, slope))
}

/// The norm |v|, once it is known to be positive and finite; `name` is what to call it if it is not.
pub(super) fn checked_norm<O: VectorSpace>(
    space: &O,
    vector: &O::Vector,
    name: &'static str,
) -> Result<f64, ScanError<O::Error>> {
    let square = space.dot(vector, vector).map_err(ScanError::Objective)?;
    let norm = square.sqrt();
    Error::check_positive(name, norm)?;
    Ok(norm)
}
