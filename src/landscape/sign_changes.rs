//! Sign changes of a sampled slope.

use alloc::vec::Vec;

/// The indices of the sign changes of sampled slopes from negative to positive, the SNN-GPPs of a line
/// (\[VG\] definition 3 and section 2.4): every n + 1 with D\[n\] < 0 and D\[n + 1\] > 0, the positive sample.
///
/// A slope of exactly 0, or NaN, is neither negative nor positive. No two neighbours are both sign
/// changes, so there are at most len / 2 of them.
///
/// ```
/// use gols::landscape::sign_changes;
///
/// assert_eq!(sign_changes(&[-2.0, -1.0, 0.5, -0.1, 3.0]), [2, 4]);
/// assert_eq!(sign_changes(&[-1.0, 0.0, 1.0]), []);
/// ```
#[must_use]
pub fn sign_changes(slopes: &[f64]) -> Vec<usize> {
    let pairs = slopes.windows(2).enumerate();
    pairs.filter(|(_, pair)| pair[0] < 0.0 && pair[1] > 0.0).map(|(n, _)| n + 1).collect()
}
