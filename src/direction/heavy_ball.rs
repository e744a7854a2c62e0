//! Momentum as a heavy ball has it.

use super::{Direction, check_fraction};
use crate::error::Error;
use crate::vector::VectorSpace;

/// The heavy ball's direction: the gradient, and what is left of earlier ones (Polyak 1964).
///
/// v ← β v + g,  d = −v
///
/// from v = 0, which is PyTorch's convention (`SGD` with `momentum`, no dampening): the step length multiplies
/// the whole of v. With [`FixedStep::new(η)`](crate::search::FixedStep) it is SGD with momentum at learning rate η.
///
/// A direction with momentum need not descend on the current mini-batch; then [`Descent`](crate::Descent)
/// searches along −g, and the ball starts again from that step.
///
/// | setting | meaning | default | range |
/// |---|---|---|---|
/// | `momentum` | β: what is left of v after one iteration | 0.9 (Sutskever et al. 2013 use 0.9 to 0.999) | \[0, 1) |
///
/// It keeps no vector of its own: v is −1 times the last direction.
///
/// ```
/// use gols::direction::{Direction, HeavyBall};
/// use gols::{Slices, VectorSpace};
///
/// let space = Slices::<f64>::new(1);
/// let mut ball = HeavyBall::default().with_momentum(0.5)?;
/// let mut d = space.zeros()?;
/// ball.update(&space, &vec![4.0], &mut d)?;
/// assert_eq!(d, [-4.0]);
/// ball.update(&space, &vec![1.0], &mut d)?;
/// assert_eq!(d, [-3.0]); // −(½ · 4 + 1)
/// # Ok::<(), gols::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct HeavyBall {
    momentum: f64,
    /// Whether the last direction is −v.
    has_velocity: bool,
}

impl Default for HeavyBall {
    /// Momentum 0.9.
    fn default() -> Self {
        Self { momentum: 0.9, has_velocity: false }
    }
}

impl HeavyBall {
    /// Sets β, what is left of v after one iteration.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is not in \[0, 1).
    pub fn with_momentum(self, momentum: f64) -> Result<Self, Error> {
        check_fraction("momentum", momentum)?;
        Ok(Self { momentum, ..self })
    }
}

impl<O: VectorSpace> Direction<O> for HeavyBall {
    fn update(&mut self, space: &O, g: &O::Vector, d: &mut O::Vector) -> Result<(), O::Error> {
        let momentum = if self.has_velocity { self.momentum } else { 0.0 };
        self.has_velocity = true;
        space.axpby(-1.0, g, momentum, d)
    }

    /// After a fall back on −g, that is the last direction.
    fn accepted(&mut self, _space: &O, _length: f64, _d: &O::Vector) -> Result<(), O::Error> {
        self.has_velocity = true;
        Ok(())
    }

    fn reset(&mut self) {
        self.has_velocity = false;
    }
}
