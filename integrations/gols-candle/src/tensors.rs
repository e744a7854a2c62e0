//! A vector of an optimizer.

use candle_core::Tensor;

/// One tensor a variable. They are written into where they lie, and clones share them: a clone is for looking at,
/// or takes the place of what it was made from.
#[derive(Debug, Clone)]
pub(crate) struct Tensors(pub Vec<Tensor>);
