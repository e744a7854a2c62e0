//! What can go wrong while a landscape is looked at.

use crate::error::Error;

/// Either the caller's input was wrong, or the objective failed.
///
/// `E` is the objective's own error, which comes through unchanged. Where that is [`Error`] itself, `?`
/// turns one into the other.
///
/// ```
/// use gols::landscape::{Grid, ScanError, scan};
/// use gols::{Error, Sampling, SliceObjective};
///
/// let mut objective = SliceObjective::from_fn(vec![1.0, 2.0], |_, _| 0.0)?;
/// let error = scan(&mut objective, &vec![0.0, 0.0], &Grid::new(0.0, 1.0, 5)?, Sampling::Full);
/// let error = error.unwrap_err();
/// assert!(matches!(error, ScanError::Input(Error::Setting { .. })));
/// assert_eq!(error.to_string(), "the norm of the direction is 0, but must be positive and finite");
/// # Ok::<(), gols::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ScanError<E> {
    /// A grid, a direction or a count that cannot be used. The objective was not touched.
    #[error(transparent)]
    Input(#[from] Error),
    /// The objective's own error. The parameters are back where they were, bit for bit.
    #[error(transparent)]
    Objective(E),
}

impl From<ScanError<Error>> for Error {
    fn from(error: ScanError<Error>) -> Self {
        match error {
            ScanError::Input(error) | ScanError::Objective(error) => error,
        }
    }
}
