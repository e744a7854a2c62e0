//! The products of a layer, shared out among threads where there is enough work for several.
//!
//! Each thread computes rows of the result on its own, in the order of sums that one thread would use: the
//! results are the same, bit for bit, whatever the number of threads.

use super::{Element, Level, Rows, Start};

/// The least multiply-adds that a thread is woken for.
#[cfg(feature = "rayon")]
const LEAST_WORK: usize = 1_000_000;

/// How many of `rows` rows one thread takes, if all together cost `work` multiply-adds; `None` for one
/// thread alone.
#[cfg(feature = "rayon")]
fn share(rows: usize, work: usize) -> Option<usize> {
    let threads = (work / LEAST_WORK).min(rayon::current_num_threads());
    (threads > 1).then(|| rows.div_ceil(threads))
}

/// out ← `start` + A W.
pub(crate) fn forward<T: Element>(
    level: Level,
    a: Rows<T>,
    w: &[T],
    start: Start<T>,
    out: &mut [T],
) {
    #[cfg(feature = "rayon")]
    if let Some(share) = share(a.len(), a.len() * w.len()) {
        use rayon::prelude::*;
        let outputs = out.len() / a.len();
        out.par_chunks_mut(share * outputs).enumerate().for_each(|(index, out)| {
            let first = index * share;
            let a = a.part(first..first + out.len() / outputs);
            T::forward(level, a, w, start, out);
        });
        return;
    }
    T::forward(level, a, w, start, out);
}

/// dW ← Aᵀ Δ, or added to what is there.
pub(crate) fn weight_gradient<T: Element>(
    level: Level,
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
            T::weight_gradient(level, a, delta, add, dw);
        });
        return;
    }
    T::weight_gradient(level, a, delta, add, dw);
}
