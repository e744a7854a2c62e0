//! Vectors of parameters: what is asked of them, and slices of f32 or f64, which have it.

mod element_wise;
pub(crate) mod loops;
mod real;
mod slices;
mod vector_space;

pub use element_wise::ElementWise;
pub use real::Real;
pub use slices::Slices;
pub use vector_space::VectorSpace;
