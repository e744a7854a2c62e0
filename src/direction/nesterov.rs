//! Momentum that looks ahead.

use super::Direction;
use super::renewed::{Age, Renewed};
use crate::error::Error;
use crate::saved::saved;
use crate::vector::VectorSpace;

/// Nesterov's accelerated gradient as a direction (Nesterov 1983; Sutskever et al. 2013).
///
/// v ← β v + g,  d = −(g + β v)
///
/// from v = 0, which is PyTorch's convention (`SGD` with `nesterov`): x is Sutskever's point θ + μ v, at which
/// the gradient is taken. With [`FixedStep::new(η)`](crate::search::FixedStep) it is that method at learning rate η.
///
/// It need not descend on the current mini-batch; then [`Descent`](crate::Descent) resets v to 0 and
/// searches along −g.
///
/// | setting | meaning | default | range |
/// |---|---|---|---|
/// | `momentum` | β: what is left of v after one iteration | 0.9 (Sutskever et al. 2013 use 0.9 to 0.999) | \[0, 1) |
///
/// It keeps one vector, v.
///
/// ```
/// use gols::direction::{Direction, Nesterov};
/// use gols::{Slices, VectorSpace};
///
/// let space = Slices::<f64>::new(1);
/// let mut rule = Nesterov::default().with_momentum(0.5)?;
/// let mut d = space.zeros()?;
/// rule.update(&space, &vec![4.0], &mut d)?; // v = 4
/// assert_eq!(d, [-6.0]);
/// rule.update(&space, &vec![1.0], &mut d)?; // v = 3
/// assert_eq!(d, [-2.5]);
/// # Ok::<(), gols::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Nesterov<V> {
    momentum: f64,
    velocity: Renewed<V>,
    age: Age,
}

impl<V> Default for Nesterov<V> {
    /// Momentum 0.9.
    fn default() -> Self {
        Self { momentum: 0.9, velocity: Renewed::new(), age: Age::default() }
    }
}

impl<V> Nesterov<V> {
    /// Sets β, what is left of v after one iteration.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is not in \[0, 1).
    pub fn with_momentum(self, momentum: f64) -> Result<Self, Error> {
        Error::check_fraction("momentum", momentum)?;
        Ok(Self { momentum, ..self })
    }
}

impl<O: VectorSpace> Direction<O> for Nesterov<O::Vector> {
    fn update(&mut self, space: &O, g: &O::Vector, d: &mut O::Vector) -> Result<(), O::Error> {
        self.age.settle();
        let (old, v) = self.velocity.parts(space)?;
        space.axpby(1.0, g, 0.0, v)?;
        if !self.age.is_new() {
            space.axpby(self.momentum, old, 1.0, v)?;
        }
        space.axpby(-1.0, g, 0.0, d)?;
        space.axpby(-self.momentum, v, 1.0, d)?;
        self.velocity.turn();
        self.age.grow();
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

saved!(Nesterov<V>:
    momentum, velocity, age; |saved| Nesterov::<V>::default().with_momentum(saved.momentum));
