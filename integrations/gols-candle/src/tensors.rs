//! A vector of an optimizer.

use candle_core::Tensor;

/// One tensor a variable. Clones share their tensors, which nobody writes into.
#[derive(Debug, Clone)]
pub(crate) struct Tensors(pub Vec<Tensor>);
