//! The functions that compare a network's outputs with targets.

use super::real::{Real, from_f64, to_f64};

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

    /// One sample's share of the loss of a batch of `samples`.
    pub(super) fn share<T: Real>(self, samples: usize, outputs: &[T], targets: &[T]) -> f64 {
        let square = |(&y, &t): (&T, &T)| to_f64((y - t) * (y - t));
        let squares: f64 = outputs.iter().zip(targets).map(square).sum();
        self.factor(samples, outputs.len()) * squares
    }

    /// delta ← ∂L/∂y of one sample in a batch of `samples`.
    pub(super) fn derivative<T: Real>(
        self,
        samples: usize,
        outputs: &[T],
        targets: &[T],
        delta: &mut [T],
    ) {
        let factor = from_f64::<T>(2.0 * self.factor(samples, outputs.len()));
        for ((delta, &y), &t) in delta.iter_mut().zip(outputs).zip(targets) {
            *delta = factor * (y - t);
        }
    }
}
