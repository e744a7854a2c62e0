//! Vectors, wherever they live: what a training loop does with them beside its model.

mod element_wise;
mod extremes;
pub(crate) mod loops;
mod parameters;
mod real;
mod slices;
mod vector_space;

pub use element_wise::ElementWise;
pub use parameters::Parameters;
pub use real::Real;
pub use slices::Slices;
pub use vector_space::VectorSpace;
