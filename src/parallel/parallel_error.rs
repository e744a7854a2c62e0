//! How an error on one rank is told to all.

use core::fmt;

/// What stopped a [`DataParallel`](super::DataParallel) objective: an error here, an error on another rank, or the
/// network.
///
/// `E` is the objective's error, `C` the network's. Every rank gets one of these in the same evaluation.
///
/// ```
/// use gols::parallel::{Operation, ParallelError};
///
/// let here: ParallelError<&str, &str> =
///     ParallelError::Own { rank: 2, operation: Operation::Loss, error: "out of memory" };
/// assert_eq!(here.to_string(), "rank 2, this one, failed in loss: out of memory");
/// let elsewhere: ParallelError<&str, &str> =
///     ParallelError::Rank { rank: 2, operation: Operation::Loss };
/// assert_eq!(elsewhere.to_string(), "rank 2 failed in loss");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParallelError<E, C> {
    /// This rank's own objective failed. The others were told.
    #[error("rank {rank}, this one, failed in {operation}: {error}")]
    Own {
        /// This rank.
        rank: usize,
        /// What it was doing.
        operation: Operation,
        /// The objective's error, unchanged.
        error: E,
    },
    /// Another rank's objective failed; of several, the first. It knows why.
    #[error("rank {rank} failed in {operation}")]
    Rank {
        /// The rank that failed.
        rank: usize,
        /// What it was doing.
        operation: Operation,
    },
    /// The ranks could not communicate.
    #[error("the ranks have lost each other: {0}")]
    Collective(C),
}

/// What a rank was doing when it failed: a method of [`VectorSpace`](crate::VectorSpace),
/// [`ElementWise`](crate::ElementWise), [`StochasticObjective`](crate::StochasticObjective) or [`DataParallel`](super::DataParallel), by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[allow(missing_docs, reason = "each is named like its method")]
pub enum Operation {
    Zeros,
    Dot,
    Products,
    Axpby,
    AddSquares,
    SquaresOnto,
    DivideByRoot,
    MultiplyByRoot,
    Combine,
    CopyTo,
    Follow,
    AddTo,
    Resample,
    Loss,
    LossAndGradient,
    Slope,
    Synchronize,
    Confirm,
    Anchor,
    MoveTo,
    Restore,
    HasMoved,
    AlongPreparedLine,
    WithWeight,
    AnyWorker,
    /// Something that a rank with a newer version of this crate can do.
    Other,
}

/// Every operation and its method's name. The place in the list, from 1, is what ranks tell each other.
const NAMES: [(Operation, &str); 25] = [
    (Operation::Zeros, "zeros"),
    (Operation::Dot, "dot"),
    (Operation::Products, "products"),
    (Operation::Axpby, "axpby"),
    (Operation::AddSquares, "add_squares"),
    (Operation::SquaresOnto, "squares_onto"),
    (Operation::DivideByRoot, "divide_by_root"),
    (Operation::MultiplyByRoot, "multiply_by_root"),
    (Operation::Combine, "combine"),
    (Operation::CopyTo, "copy_to"),
    (Operation::Follow, "follow"),
    (Operation::AddTo, "add_to"),
    (Operation::Resample, "resample"),
    (Operation::Loss, "loss"),
    (Operation::LossAndGradient, "loss_and_gradient"),
    (Operation::Slope, "slope"),
    (Operation::Synchronize, "synchronize"),
    (Operation::Confirm, "confirm"),
    (Operation::Anchor, "anchor"),
    (Operation::MoveTo, "move_to"),
    (Operation::Restore, "restore"),
    (Operation::HasMoved, "has_moved"),
    (Operation::AlongPreparedLine, "along_prepared_line"),
    (Operation::WithWeight, "with_weight"),
    (Operation::AnyWorker, "any_worker"),
];

impl Operation {
    /// The number that stands for it on the network; never 0.
    pub(super) fn code(self) -> f64 {
        let place = NAMES.iter().position(|(operation, _)| *operation == self);
        (place.unwrap_or(NAMES.len()) + 1) as f64
    }

    pub(super) fn from_code(code: f64) -> Self {
        NAMES.get((code as usize).wrapping_sub(1)).map_or(Self::Other, |(operation, _)| *operation)
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = NAMES.iter().find(|(operation, _)| operation == self);
        f.write_str(name.map_or("an operation unknown here", |(_, name)| name))
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn an_operation_survives_the_network() {
        for (operation, name) in NAMES {
            assert_eq!(Operation::from_code(operation.code()), operation);
            assert_eq!(operation.to_string(), name);
        }
        assert_eq!(Operation::from_code(Operation::Other.code()), Operation::Other);
        assert_eq!(Operation::from_code(99.0), Operation::Other);
    }
}
