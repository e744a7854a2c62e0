//! The ways into a network's loops.

use fearless_simd::Simd;

use super::activation::apply;
use super::{Activation, Chunk, Pass, Rows, Start, threads};
use crate::vector::Real;
use crate::vector::loops::{Family, Level, dispatch};

/// The loops of one number type, each with the vectors of the level found at run time.
///
/// They are made here for both types, not where they are used, so that they are compiled once, with
/// this crate, and not again with every crate that uses it.
#[derive(Debug, Clone, Copy)]
#[allow(clippy::type_complexity, reason = "signatures, as of methods")]
pub(super) struct Entries<T> {
    /// out ← A W + b: A is samples x inputs, W inputs x outputs.
    pub forward: fn(Level, a: Rows<T>, w: &[T], bias: &[T], out: &mut [T]),
    /// z ← h(z), for every element.
    pub activate: fn(Level, Activation, z: &mut [T]),
    /// The activations of all layers.
    pub run: fn(&mut Pass<T>, x: &[T], inputs: Rows<T>),
    /// The activations of all layers from this one on, and a chunk's share of the loss.
    pub run_to_loss: fn(&mut Pass<T>, from: usize, x: &[T], Chunk<T>) -> f64,
    /// Forward and back: a chunk's share of the loss, and its gradient, written or added.
    pub run_and_return:
        fn(&mut Pass<T>, from: usize, x: &[T], Chunk<T>, add: bool, gradient: &mut [T]) -> f64,
}

impl<T: Real> Entries<T> {
    pub(super) fn new() -> Self {
        *T::pick::<Both>(&OF_F32, &OF_F64)
    }
}

struct Both;

impl Family for Both {
    type Of<T: 'static> = &'static Entries<T>;
}

macro_rules! entries {
    () => {
        Entries {
            forward: |level, a, w, bias, out| {
                let (w, start) = ((w, bias.len()), Start::Bias(bias));
                dispatch!(level, simd => threads::forward(simd, a, w, start, out));
            },
            activate: |level, h, z| dispatch!(level, simd => apply(simd, h, z)),
            run: |pass, x, inputs| {
                dispatch!(pass.level(), simd => pass.forward(simd, 0, x, inputs));
            },
            run_to_loss: |pass, from, x, chunk| {
                dispatch!(pass.level(), simd => simd.vectorize(
                    #[inline(always)]
                    || pass.forward_to_loss(simd, from, x, chunk),
                ))
            },
            run_and_return: |pass, from, x, chunk, add, gradient| {
                dispatch!(pass.level(), simd => simd.vectorize(
                    #[inline(always)]
                    || pass.forward_and_back(simd, from, x, chunk, add, gradient),
                ))
            },
        }
    };
}

static OF_F32: Entries<f32> = entries!();
static OF_F64: Entries<f64> = entries!();
