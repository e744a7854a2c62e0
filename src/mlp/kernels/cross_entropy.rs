//! The cross-entropy of a softmax, and what its gradient is made of.

use fearless_simd::Simd;

use super::elementwise::map;
use super::exponential::exp;
use super::{Exponential, Rows};

/// −Σ_b Σ_k t_bk ln p_bk of the shares p_b = softmax(y_b). Leaves p_b Σ_k t_bk − t_b in `differences`,
/// the sum's derivative by y_b.
///
/// 1. d ← y − m, with m the largest output of a sample: no exponent is positive.
/// 2. −Σ_k t_k ln p_k = (Σ_k t_k) ln S − Σ_k t_k d_k, with S = Σ_k e^d_k: at least 1, and summed in
///    f64, so that the loss of a sample that is surely right is not rounded to 0.
/// 3. p_k = e^d_k / S.
#[inline(always)]
pub(super) fn cross_entropy<S: Simd, T: Exponential>(
    simd: S,
    y: &[T],
    targets: Rows<T>,
    differences: &mut [T],
) -> f64 {
    let width = targets.width;
    let mut loss = 0.0;
    // 1. Below the largest.
    for ((d, y), row) in differences.chunks_exact_mut(width).zip(y.chunks_exact(width)).zip(0..) {
        let largest = y.iter().fold(T::neg_infinity(), |m, &y| if y > m { y } else { m });
        for ((d, &y), &t) in d.iter_mut().zip(y).zip(targets.row(row)) {
            *d = y - largest;
            loss -= (t * *d).wide();
        }
    }
    map(
        simd,
        differences,
        #[inline(always)]
        |d| exp::<S, T>(simd, d),
    );
    for (d, row) in differences.chunks_exact_mut(width).zip(0..) {
        // 2. The sums.
        let targets = targets.row(row);
        let (mut sum, mut total) = (0.0, T::zero());
        for (&e, &t) in d.iter().zip(targets) {
            sum += e.wide();
            total += t;
        }
        loss += total.wide() * sum.ln();
        // 3. The shares.
        let factor = total / T::of(sum);
        for (d, &t) in d.iter_mut().zip(targets) {
            *d = *d * factor - t;
        }
    }
    loss
}
