//! A network's loops, on the vectors of the processor: what a pass through it, forward and back, is
//! made of.
//!
//! None allocates.

mod activation;
mod cross_entropy;
mod elementwise;
mod entries;
mod exponential;
mod layer;
mod left;
mod loss;
mod pass;
mod product;
mod rows;
#[cfg(test)]
mod tests;
mod threads;
mod tile;
mod transpose;

pub use activation::Activation;
use exponential::Exponential;
pub(super) use layer::Layer;
pub use loss::Loss;
pub(super) use pass::{CHUNK, Chunk, Pass};
use product::Start;
pub(super) use rows::Rows;

use crate::vector::loops::{Lane, Vector, load, splat};

/// No vector has more lanes than this.
const MAX_LANES: usize = 16;

/// A copy of a short slice, followed by zeros.
#[inline(always)]
fn padded<T: Lane>(short: &[T]) -> [T; 2 * MAX_LANES] {
    let mut long = [T::zero(); 2 * MAX_LANES];
    long[..short.len()].copy_from_slice(short);
    long
}
