//! The functions that compare a network's outputs with targets.

use crate::kernels::Rows;
use crate::real::Real;

/// The loss of a batch of B samples with K outputs y and targets t.
///
/// | variant | L | source |
/// |---|---|---|
/// | `HalfSquared` | 1/(2B) Σ_b \|y_b − t_b\|² | \[VG\] eq. 10 and 11 |
/// | `SquaredPercentage` | 100/(B K) Σ_b \|y_b − t_b\|² | \[LR\] appendix A, after Proben1 |
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Loss {
    /// Half the squared error, averaged over the batch.
    HalfSquared,
    /// The squared error as a percentage: 100 for outputs that are all wrong by 1.
    SquaredPercentage,
}

impl Loss {
    /// The factor c in L = c Σ |y − t|², for a batch of this many samples and outputs.
    fn factor(self, samples: usize, outputs: usize) -> f64 {
        match self {
            Self::HalfSquared => 0.5 / samples as f64,
            Self::SquaredPercentage => 100.0 / (samples as f64 * outputs as f64),
        }
    }

    /// What these outputs contribute to the loss of a batch of `samples`.
    #[inline(always)]
    pub(super) fn share<T: Real>(self, samples: usize, outputs: &[T], targets: Rows<T>) -> f64 {
        let width = outputs.len() / targets.len();
        let rows = outputs.chunks_exact(width).enumerate();
        let squares = rows.map(|(row, y)| squared_distance(y, targets.row(row)).wide());
        self.factor(samples, width) * squares.sum::<f64>()
    }

    /// The same, and delta ← ∂L/∂y.
    #[inline(always)]
    pub(super) fn share_and_derivative<T: Real>(
        self,
        samples: usize,
        outputs: &[T],
        targets: Rows<T>,
        delta: &mut [T],
    ) -> f64 {
        let width = outputs.len() / targets.len();
        let factor = T::of(2.0 * self.factor(samples, width));
        let rows = outputs.chunks_exact(width).zip(delta.chunks_exact_mut(width)).enumerate();
        let mut squares = 0.0;
        for (row, (y, delta)) in rows {
            let t = targets.row(row);
            for ((delta, &y), &t) in delta.iter_mut().zip(y).zip(t) {
                *delta = factor * (y - t);
            }
            squares += squared_distance(y, t).wide();
        }
        self.factor(samples, width) * squares
    }
}

/// |y − t|²
#[inline(always)]
fn squared_distance<T: Real>(y: &[T], t: &[T]) -> T {
    y.iter().zip(t).fold(T::zero(), |sum, (&y, &t)| sum + (y - t) * (y - t))
}
