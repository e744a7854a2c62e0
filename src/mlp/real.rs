//! The number types a network can be made of.

use num_traits::Float;

/// A network's number type: f32 or f64, and no other.
pub trait Real: Float + Send + Sync + 'static + sealed::Sealed {}

impl Real for f32 {}
impl Real for f64 {}

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

/// The nearest `T`; used on numbers that every `T` can hold.
pub(super) fn from_f64<T: Real>(value: f64) -> T {
    T::from(value).unwrap_or_else(T::nan)
}

pub(super) fn to_f64<T: Real>(value: T) -> f64 {
    value.to_f64().unwrap_or(f64::NAN)
}
