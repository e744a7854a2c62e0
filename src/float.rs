//! The functions of f64 that only the standard library has: roots, exponentials, powers.

/// Their names where there is no standard library; the feature `libm` computes them.
///
/// A file that takes a root imports it with `#[cfg(not(feature = "std"))] use crate::float::Float as _;`.
#[cfg(not(feature = "std"))]
pub(crate) use num_traits::Float;
