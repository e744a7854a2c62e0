//! The number types that parameters can be made of.

use num_traits::Float;

use super::loops::Sealed;

/// A number type for parameters: f32 or f64, and no other.
///
/// It is closed because the vector loops behind it are written for these two.
pub trait Real: Float + Send + Sync + Sealed {}

impl Real for f32 {}
impl Real for f64 {}
