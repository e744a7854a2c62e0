//! Momentum as a heavy ball has it.

use super::Direction;
use super::renewed::{Age, Renewed};
use crate::error::Error;
use crate::saved::saved;
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
/// It keeps v, and what it was before the last update.
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
#[derive(Debug, Clone)]
pub struct HeavyBall<V> {
    momentum: f64,
    velocity: Renewed<V>,
    age: Age,
}

impl<V> Default for HeavyBall<V> {
    /// Momentum 0.9.
    fn default() -> Self {
        Self { momentum: 0.9, velocity: Renewed::new(), age: Age::default() }
    }
}

impl<V> HeavyBall<V> {
    /// Sets β, what is left of v after one iteration.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is not in \[0, 1).
    pub fn with_momentum(self, momentum: f64) -> Result<Self, Error> {
        Error::check_fraction("momentum", momentum)?;
        Ok(Self { momentum, ..self })
    }
}

impl<O: VectorSpace> Direction<O> for HeavyBall<O::Vector> {
    fn update(&mut self, space: &O, g: &O::Vector, d: &mut O::Vector) -> Result<(), O::Error> {
        self.age.settle();
        let (old, v) = self.velocity.parts(space)?;
        space.axpby(1.0, g, 0.0, v)?;
        if !self.age.is_new() {
            space.axpby(self.momentum, old, 1.0, v)?;
        }
        space.axpby(-1.0, v, 0.0, d)?;
        self.velocity.turn();
        self.age.grow();
        Ok(())
    }

    /// After a fall back on −g, the ball starts again from that step.
    fn accepted(&mut self, space: &O, _length: f64, d: &O::Vector) -> Result<(), O::Error> {
        if self.age.is_new() {
            space.axpby(-1.0, d, 0.0, self.velocity.get(space)?)?;
            self.age.restart();
        }
        Ok(())
    }

    fn take_back(&mut self) {
        if self.age.shrink() {
            self.velocity.turn();
        }
    }

    fn reset(&mut self) {
        self.age.reset();
    }
}

saved!(HeavyBall<V>:
    momentum, velocity, age; |saved| HeavyBall::<V>::default().with_momentum(saved.momentum));
