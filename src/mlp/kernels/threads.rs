//! The products of a layer, shared out among threads where there is enough work for several.
//!
//! Each thread computes rows of the result on its own, in the order of sums that one thread would
//! use: the results are the same, bit for bit, whatever the number of threads.

use fearless_simd::Simd;

use super::product::{self, with_room};
use super::{Lane, Rows, Start};

/// The least multiply-adds that a thread is woken for.
#[cfg(feature = "rayon")]
const LEAST_WORK: usize = 1_000_000;

/// How many of `rows` rows one thread takes, if all together cost `work` multiply-adds; `None` for
/// one thread alone.
#[cfg(feature = "rayon")]
fn share(rows: usize, work: usize) -> Option<usize> {
    let threads = (work / LEAST_WORK).min(rayon::current_num_threads());
    (threads > 1).then(|| rows.div_ceil(threads))
}

/// out ← `start` + A W, W with its number of columns.
#[inline(always)]
pub(super) fn forward<S: Simd, T: Lane>(
    simd: S,
    a: Rows<T>,
    w: (&[T], usize),
    start: Start<T>,
    out: &mut [T],
) {
    #[cfg(feature = "rayon")]
    if let Some(share) = share(a.len(), a.len() * a.width * w.1) {
        use rayon::prelude::*;
        let (samples, outputs) = (a.len(), w.1);
        let out = &mut out[..samples * outputs];
        out.par_chunks_mut(share * outputs).enumerate().for_each(|(index, out)| {
            let first = index * share;
            let a = a.part(first..first + out.len() / outputs);
            forward_alone(simd, a, w, start, out);
        });
        return;
    }
    forward_alone(simd, a, w, start, out);
}

/// dW ← Aᵀ Δ, or added to what is there.
#[inline(always)]
pub(super) fn weight_gradient<S: Simd, T: Lane>(
    simd: S,
    a: Rows<T>,
    delta: &[T],
    add: bool,
    dw: &mut [T],
) {
    #[cfg(feature = "rayon")]
    if let Some(share) = share(a.width, a.len() * dw.len()) {
        use rayon::prelude::*;
        let outputs = dw.len() / a.width;
        dw.par_chunks_mut(share * outputs).enumerate().for_each(|(index, dw)| {
            let first = index * share;
            let a = a.columns(first..first + dw.len() / outputs);
            weight_gradient_alone(simd, a, delta, add, dw);
        });
        return;
    }
    weight_gradient_alone(simd, a, delta, add, dw);
}

#[inline(always)]
fn forward_alone<S: Simd, T: Lane>(
    simd: S,
    a: Rows<T>,
    w: (&[T], usize),
    start: Start<T>,
    out: &mut [T],
) {
    with_room([a.len(), a.width, w.1], |room| product::forward(simd, a, w, start, room, out));
}

#[inline(always)]
fn weight_gradient_alone<S: Simd, T: Lane>(
    simd: S,
    a: Rows<T>,
    delta: &[T],
    add: bool,
    dw: &mut [T],
) {
    let shape = [a.width, a.len(), dw.len() / a.width];
    with_room(shape, |room| product::weight_gradient(simd, a, delta, add, room, dw));
}
