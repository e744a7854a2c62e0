//! The functions that compare a network's outputs with targets.

use fearless_simd::Simd;

use super::cross_entropy::cross_entropy;
use super::elementwise::map;
use super::{Exponential, Lane, Rows, splat};
use crate::vector::loops::dot;

/// The loss of a batch of B samples with K outputs y and targets t.
///
/// | variant | L | source |
/// |---|---|---|
/// | `HalfSquared` | 1/(2B) Σ_b \|y_b − t_b\|² | \[VG\] eq. 10 and 11 |
/// | `SquaredPercentage` | 100/(B K) Σ_b \|y_b − t_b\|² | \[LR\] appendix A, after Proben1 |
/// | `CrossEntropy` | −1/B Σ_b Σ_k t_bk ln softmax(y_b)_k | softmax regression (Bridle 1990) |
///
/// With targets that name one class of K (1 there, else 0) `CrossEntropy` is the mean of −ln p, p
/// being the share softmax(y)_k = e^y_k / Σ_j e^y_j of the class in question. It is for outputs that
/// are [`Linear`](super::Activation::Linear), and refused for others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Loss {
    /// Half the squared error, averaged over the batch.
    HalfSquared,
    /// The squared error as a percentage: 100 for outputs that are all wrong by 1.
    SquaredPercentage,
    /// The cross-entropy of the outputs' softmax, in nats.
    CrossEntropy,
}

impl Loss {
    /// The factor c in L = c Σ |y − t|², or that of the cross-entropy's sum, for a batch of this
    /// many samples and outputs.
    fn factor(self, samples: usize, outputs: usize) -> f64 {
        match self {
            Self::HalfSquared => 0.5 / samples as f64,
            Self::SquaredPercentage => 100.0 / (samples as f64 * outputs as f64),
            Self::CrossEntropy => 1.0 / samples as f64,
        }
    }

    /// How many times the factor goes into ∂L/∂y.
    fn power(self) -> f64 {
        match self {
            Self::HalfSquared | Self::SquaredPercentage => 2.0,
            Self::CrossEntropy => 1.0,
        }
    }

    /// What a chunk with these outputs y contributes to the loss of a batch of `samples`. Leaves
    /// `differences` from the targets: y − t, or that of the shares, softmax(y) − t.
    #[inline(always)]
    pub(super) fn share<S: Simd, T: Exponential>(
        self,
        simd: S,
        samples: usize,
        y: &[T],
        targets: Rows<T>,
        differences: &mut [T],
    ) -> f64 {
        let sum = match self {
            Self::HalfSquared | Self::SquaredPercentage => {
                subtract(y, targets, differences);
                dot(simd, differences, differences)
            }
            Self::CrossEntropy => cross_entropy(simd, y, targets, differences),
        };
        self.factor(samples, targets.width) * sum
    }

    /// From the differences to ∂L/∂y.
    #[inline(always)]
    pub(super) fn derivative<S: Simd, T: Lane>(
        self,
        simd: S,
        samples: usize,
        outputs: usize,
        differences: &mut [T],
    ) {
        let factor = splat::<S, T>(simd, self.power() * self.factor(samples, outputs));
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
fn subtract<T: Lane>(y: &[T], targets: Rows<T>, differences: &mut [T]) {
    for row in 0..targets.len() {
        let here = row * targets.width..(row + 1) * targets.width;
        let (y, targets) = (&y[here.clone()], targets.row(row));
        for ((difference, &y), &t) in differences[here].iter_mut().zip(y).zip(targets) {
            *difference = y - t;
        }
    }
}
