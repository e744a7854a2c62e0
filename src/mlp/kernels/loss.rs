//! The functions that compare a network's outputs with targets.

use fearless_simd::Simd;

use super::elementwise::map;
use super::{Lane, Rows, splat};
use crate::vector::loops::dot;

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

    /// What a chunk with these differences y − t contributes to the loss of a batch of `samples`.
    #[inline(always)]
    pub(super) fn share<S: Simd, T: Lane>(
        self,
        simd: S,
        samples: usize,
        outputs: usize,
        differences: &[T],
    ) -> f64 {
        self.factor(samples, outputs) * dot(simd, differences, differences)
    }

    /// From y − t to ∂L/∂y.
    #[inline(always)]
    pub(super) fn derivative<S: Simd, T: Lane>(
        self,
        simd: S,
        samples: usize,
        outputs: usize,
        differences: &mut [T],
    ) {
        let factor = splat::<S, T>(simd, 2.0 * self.factor(samples, outputs));
        map(
            simd,
            differences,
            #[inline(always)]
            |difference| factor * difference,
        );
    }
}

/// y − t, sample by sample.
#[inline(always)]
pub(super) fn subtract<T: Lane>(y: &[T], targets: Rows<T>, differences: &mut [T]) {
    for row in 0..targets.len() {
        let here = row * targets.width..(row + 1) * targets.width;
        let (y, targets) = (&y[here.clone()], targets.row(row));
        for ((difference, &y), &t) in differences[here].iter_mut().zip(y).zip(targets) {
            *difference = y - t;
        }
    }
}
