//! Directions in the units of the parameters.

use super::Direction;
use super::renewed::{Age, Renewed};
use crate::error::Error;
use crate::saved::saved;
use crate::vector::ElementWise;

/// Adadelta's direction: the gradient over its recent size, times the recent size of the directions
/// (Zeiler 2012, algorithm 1).
///
/// 1. v ← ρ v + (1 − ρ) g⊙g
/// 2. d = −g √(u + ε) / √(v + ε)
/// 3. u ← ρ u + (1 − ρ) d⊙d
///
/// from u = v = 0, element by element. With [`FixedStep::new(1.0)`](crate::search::FixedStep) it is Adadelta. As in
/// PyTorch u gathers d itself, not the step α d. It always descends on the batch its gradient came from.
///
/// | setting | meaning | default | range |
/// |---|---|---|---|
/// | `decay` | ρ: what is left of the means after one iteration | 0.95 (Zeiler 2012, 4.1) | \[0, 1) |
/// | `epsilon` | ε: the size of the first directions | 1e-6 (Zeiler 2012, 4.1) | (0, ∞) |
///
/// It keeps two vectors, u and v.
///
/// ```
/// use gols::direction::{Adadelta, Direction};
/// use gols::{Slices, VectorSpace};
///
/// let space = Slices::<f64>::new(1);
/// let mut rule = Adadelta::default().with_decay(0.0)?.with_epsilon(9.0)?;
/// let mut d = space.zeros()?;
/// rule.update(&space, &vec![4.0], &mut d)?; // v = 16
/// assert_eq!(d, [-4.0 * 3.0 / 5.0]);
/// # Ok::<(), gols::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Adadelta<V> {
    decay: f64,
    epsilon: f64,
    gradient_squares: Renewed<V>,
    direction_squares: Renewed<V>,
    age: Age,
}

impl<V> Default for Adadelta<V> {
    /// Decay 0.95, ε = 1e-6.
    fn default() -> Self {
        let (gradient_squares, direction_squares) = (Renewed::new(), Renewed::new());
        Self {
            decay: 0.95,
            epsilon: 1e-6,
            gradient_squares,
            direction_squares,
            age: Age::default(),
        }
    }
}

impl<V> Adadelta<V> {
    /// Sets ρ, what is left of the means of squares after one iteration.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is not in \[0, 1).
    pub fn with_decay(self, decay: f64) -> Result<Self, Error> {
        Error::check_fraction("decay", decay)?;
        Ok(Self { decay, ..self })
    }

    /// Sets ε, which is added inside both roots.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is not positive and finite.
    pub fn with_epsilon(self, epsilon: f64) -> Result<Self, Error> {
        Error::check_positive("epsilon", epsilon)?;
        Ok(Self { epsilon, ..self })
    }
}

impl<O: ElementWise> Direction<O> for Adadelta<O::Vector> {
    fn update(&mut self, space: &O, g: &O::Vector, d: &mut O::Vector) -> Result<(), O::Error> {
        self.age.settle();
        let is_new = self.age.is_new();
        let (old_v, v) = self.gradient_squares.parts(space)?;
        let (old_u, u) = self.direction_squares.parts(space)?;
        let (kept, rest) = (if is_new { 0.0 } else { self.decay }, 1.0 - self.decay);
        // 1. The size of the gradients.
        space.squares_onto(rest, g, kept, old_v, v)?;
        // 2. The direction. At first u is 0, whatever its place holds.
        space.axpby(-1.0, g, 0.0, d)?;
        space.axpby(f64::from(!is_new), if is_new { g } else { old_u }, 0.0, u)?;
        space.multiply_by_root(u, self.epsilon, d)?;
        space.divide_by_root(v, self.epsilon, 0.0, d)?;
        // 3. The size of the directions.
        space.add_squares(rest, d, self.decay, u)?;
        self.gradient_squares.turn();
        self.direction_squares.turn();
        self.age.grow();
        Ok(())
    }

    fn take_back(&mut self) {
        if self.age.shrink() {
            self.gradient_squares.turn();
            self.direction_squares.turn();
        }
    }

    fn reset(&mut self) {
        self.age.reset();
    }
}

saved!(Adadelta<V>: decay, epsilon, gradient_squares, direction_squares, age; |saved| {
    Adadelta::<V>::default().with_decay(saved.decay)?.with_epsilon(saved.epsilon)
});
