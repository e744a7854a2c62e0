//! Vectors, wherever they live: what a training loop does with them beside its model.

mod element_wise;
mod parameters;
mod vector_space;

pub use element_wise::ElementWise;
pub use parameters::Parameters;
pub use vector_space::VectorSpace;
