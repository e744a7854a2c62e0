//! A vector of an optimizer.

use burn::optim::GradientsParams;

/// One tensor a parameter; a type of its own, so that it can be written and read.
#[derive(Debug, Default)]
pub(crate) struct Tensors(pub GradientsParams);
