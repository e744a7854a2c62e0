//! Step lengths by coordinate, from a running mean of squares.

use super::Direction;
use super::renewed::{Age, Renewed};
use crate::error::Error;
use crate::saved::saved;
use crate::vector::ElementWise;

/// RmsProp's direction: each coordinate of the gradient divided by its recent size (Tieleman and Hinton
/// 2012, lecture 6.5).
///
/// v ← ρ v + (1 − ρ) g⊙g,  d = −g / (√v + ε)
///
/// from v = 0, element by element. With [`FixedStep::new(η)`](crate::search::FixedStep) it is RmsProp at learning rate
/// η. It always descends on the batch its gradient came from.
///
/// | setting | meaning | default | range |
/// |---|---|---|---|
/// | `decay` | ρ: what is left of the mean after one iteration | 0.9 (the lecture) | \[0, 1) |
/// | `epsilon` | ε: keeps quotients finite where all gradients were 0 | 1e-8 (PyTorch) | (0, ∞) |
///
/// It keeps one vector, v.
///
/// ```
/// use gols::direction::{Direction, RmsProp};
/// use gols::{Slices, VectorSpace};
///
/// let space = Slices::<f64>::new(1);
/// let mut rule = RmsProp::default().with_decay(0.75)?.with_epsilon(1.0)?;
/// let mut d = space.zeros()?;
/// rule.update(&space, &vec![6.0], &mut d)?; // v = ¼ · 36
/// assert_eq!(d, [-1.5]);
/// # Ok::<(), gols::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct RmsProp<V> {
    decay: f64,
    epsilon: f64,
    squares: Renewed<V>,
    age: Age,
}

impl<V> Default for RmsProp<V> {
    /// Decay 0.9, ε = 1e-8.
    fn default() -> Self {
        Self { decay: 0.9, epsilon: 1e-8, squares: Renewed::new(), age: Age::default() }
    }
}

impl<V> RmsProp<V> {
    /// Sets ρ, what is left of the mean of squares after one iteration.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is not in \[0, 1).
    pub fn with_decay(self, decay: f64) -> Result<Self, Error> {
        Error::check_fraction("decay", decay)?;
        Ok(Self { decay, ..self })
    }

    /// Sets ε, which is added to the root.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is not positive and finite.
    pub fn with_epsilon(self, epsilon: f64) -> Result<Self, Error> {
        Error::check_positive("epsilon", epsilon)?;
        Ok(Self { epsilon, ..self })
    }
}

impl<O: ElementWise> Direction<O> for RmsProp<O::Vector> {
    fn update(&mut self, space: &O, g: &O::Vector, d: &mut O::Vector) -> Result<(), O::Error> {
        self.age.settle();
        let (old, v) = self.squares.parts(space)?;
        let kept = if self.age.is_new() { 0.0 } else { self.decay };
        space.squares_onto(1.0 - self.decay, g, kept, old, v)?;
        space.axpby(-1.0, g, 0.0, d)?;
        space.divide_by_root(v, 0.0, self.epsilon, d)?;
        self.squares.turn();
        self.age.grow();
        Ok(())
    }

    fn take_back(&mut self) {
        if self.age.shrink() {
            self.squares.turn();
        }
    }

    fn reset(&mut self) {
        self.age.reset();
    }
}

saved!(RmsProp<V>: decay, epsilon, squares, age; |saved| {
    RmsProp::<V>::default().with_decay(saved.decay)?.with_epsilon(saved.epsilon)
});
