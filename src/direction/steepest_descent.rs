//! The direction of steepest descent.

use super::Direction;
use crate::vector::VectorSpace;

/// d = −g, the negative gradient of the current mini-batch (\[LR\] 2.1: stochastic gradient descent).
///
/// It always descends on the batch its gradient came from: g·d = −|g|².
///
/// ```
/// use gols::direction::{Direction, SteepestDescent};
/// use gols::{Slices, VectorSpace};
///
/// let space = Slices::<f64>::new(2);
/// let mut d = space.zeros()?;
/// SteepestDescent.update(&space, &vec![3.0, -4.0], &mut d)?;
/// assert_eq!(d, [-3.0, 4.0]);
/// # Ok::<(), gols::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SteepestDescent;

impl<O: VectorSpace> Direction<O> for SteepestDescent {
    fn update(
        &mut self,
        space: &O,
        gradient: &O::Vector,
        direction: &mut O::Vector,
    ) -> Result<(), O::Error> {
        space.axpby(-1.0, gradient, 0.0, direction)
    }

    fn reset(&mut self) {}
}
