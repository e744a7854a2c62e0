//! What a caller can get wrong.

use std::path::PathBuf;

use burn::module::ParamId;
use burn::store::RecordError;
use burn::tensor::TensorReadError;

/// What a caller can get wrong, said by name: what was given, where, and what would be right.
///
/// ```
/// use gols_burn::Error;
///
/// // A loss's own error passes through it.
/// let error = Error::other(std::io::Error::other("the disk is full"));
/// assert_eq!(error.to_string(), "the disk is full");
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is nothing to train.
    #[error(
        "no parameter of the model requires a gradient: create it on a device with autodiff \
         (`Device::default().autodiff()`), or call `train` on it"
    )]
    NoParameters,
    /// The model is spread over several devices.
    #[error("the model is on {devices} devices, but must be on one")]
    Devices {
        /// The number of devices.
        devices: usize,
    },
    /// A parameter appears twice in the model, and would be moved twice.
    #[error("{parameter} is another parameter's clone; share the layer instead of cloning it")]
    Duplicate {
        /// Where in the model it appears for the second time.
        parameter: String,
    },
    /// A parameter has an element that is infinite or not a number.
    #[error("{parameter} is not finite everywhere, so no search can start from it")]
    Start {
        /// Where in the model it is.
        parameter: String,
    },
    /// A vector has no tensor for a parameter of the model.
    #[error("a vector has nothing for parameter {id}; was it made for another model?")]
    Vector {
        /// The parameter.
        id: ParamId,
    },
    /// A loss is not one number.
    #[error(
        "the loss has {elements} elements, but must be one number: take its mean over the batch"
    )]
    Loss {
        /// How many numbers the closure returned.
        elements: usize,
    },
    /// A loss has no gradient at all.
    #[error(
        "the loss depends on no parameter of the model that requires a gradient: is it computed from \
         the model that the closure is given, and is nothing detached?"
    )]
    NoGradient,
    /// A saved run does not fit.
    #[error("{} is not a run of this module: {reason}", path.display())]
    State {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        reason: String,
    },
    /// A checkpoint of burn's `Learner` does not fit.
    #[error("the checkpoint is not a run of this module: {reason}")]
    Checkpoint {
        /// What does not fit.
        reason: String,
    },
    /// Burn's own optimizers would have a part in an update.
    #[error("all parameters are moved together, but {part}")]
    Mixed {
        /// What part they would have, and what would be right.
        part: &'static str,
    },
    /// A saved run could not be written or read.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// A setting is outside its range.
    #[error(transparent)]
    Setting(#[from] gols::Error),
    /// A number could not be read from the device.
    #[error(transparent)]
    Read(#[from] TensorReadError),
    /// An error of the caller's own closures, see [`other`](Self::other).
    #[error(transparent)]
    Other(Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// An error from inside a loss or a source of batches, to be handed through as it is.
    pub fn other(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Other(error.into())
    }
}
