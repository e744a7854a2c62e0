//! What a caller can get wrong.

use std::path::PathBuf;

use candle_core::{DType, Shape};

/// What a caller can get wrong, said by name: what was given, where, and what would be right.
///
/// It becomes a [`candle_core::Error`] by `?`, so that a function which returns candle's `Result` can use
/// everything here.
///
/// ```
/// use candle_core::{Tensor, Var};
/// use gols_candle::{CandleObjective, Error};
///
/// let none: Vec<Var> = vec![];
/// let error = CandleObjective::new(none, (), |()| unreachable!()).err();
/// assert!(matches!(error, Some(Error::NoVariables)));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is nothing to train.
    #[error("there are no variables: build the model from a VarMap first, then list its variables")]
    NoVariables,
    /// A variable is not of a floating-point type.
    #[error(
        "variable {index} is of type {dtype:?}, but only f64, f32, f16 and bf16 have gradients"
    )]
    Type {
        /// The variable's place in the list, from 0.
        index: usize,
        /// Its type.
        dtype: DType,
    },
    /// A variable is on another device than the first.
    #[error("variable {index} is on another device than variable 0; move the model to one device")]
    Device {
        /// The variable's place in the list, from 0.
        index: usize,
    },
    /// A variable is listed twice, and would be moved twice.
    #[error("variables {first} and {second} are the same; list each once")]
    Duplicate {
        /// The first place, from 0.
        first: usize,
        /// The second place.
        second: usize,
    },
    /// A variable has an element that is infinite or not a number.
    #[error("variable {index} is not finite everywhere, so no search can start from it")]
    Start {
        /// The variable's place in the list, from 0.
        index: usize,
    },
    /// A vector has more or fewer tensors than there are variables.
    #[error("a vector has {found} tensors, but there are {expected} variables")]
    Length {
        /// The tensors of the vector.
        found: usize,
        /// The variables.
        expected: usize,
    },
    /// A loss is not one number.
    #[error("the loss has shape {shape:?}, but must be one number: take its mean over the batch")]
    Loss {
        /// The shape that the closure returned.
        shape: Shape,
    },
    /// A loss has no gradient at all.
    #[error(
        "the loss depends on none of the variables: are they the model's, and is nothing detached?"
    )]
    NoGradient,
    /// A variable has no name by which its state can be found again.
    #[error("variable {index} is not in the map; give the map that the model was made from")]
    Unnamed {
        /// The variable's place in the list, from 0.
        index: usize,
    },
    /// A saved run does not fit.
    #[error("{} is not a run of these variables: {reason}", path.display())]
    State {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        reason: String,
    },
    /// Candle's own.
    #[error(transparent)]
    Candle(#[from] candle_core::Error),
}

impl From<Error> for candle_core::Error {
    fn from(error: Error) -> Self {
        match error {
            Error::Candle(error) => error,
            error => Self::wrap(error),
        }
    }
}
