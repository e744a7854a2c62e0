//! Local minima of a sampled loss.

use alloc::vec::Vec;

/// The indices of the local minima of sampled losses (\[VG\] definition 1 and section 2.4): every n + 1
/// with L\[n\] > L\[n + 1\] < L\[n + 2\].
///
/// Ends, plateaus and NaN are no minima. No two neighbours are both minima, so there are at most
/// (len − 1) / 2 of them.
///
/// ```
/// use gols::landscape::local_minima;
///
/// assert_eq!(local_minima(&[3.0, 1.0, 2.0, 0.0, 4.0]), [1, 3]);
/// assert_eq!(local_minima(&[3.0, 1.0, 1.0, 2.0]), []);
/// ```
#[must_use]
pub fn local_minima(losses: &[f64]) -> Vec<usize> {
    let triples = losses.windows(3).enumerate();
    triples
        .filter(|(_, triple)| triple[0] > triple[1] && triple[1] < triple[2])
        .map(|(n, _)| n + 1)
        .collect()
}
