//! Step lengths by coordinate, from all gradients so far.

use super::Direction;
use super::renewed::{Age, Renewed};
use crate::error::Error;
use crate::saved::saved;
use crate::vector::ElementWise;

/// Adagrad's direction: each coordinate of the gradient divided by the norm of its history (Duchi, Hazan
/// and Singer 2011).
///
/// v ← v + g⊙g,  d = −g / (√v + ε)
///
/// from v = 0, element by element. With [`FixedStep::new(η)`](crate::search::FixedStep) it is Adagrad at learning rate
/// η. It always descends on the batch its gradient came from.
///
/// | setting | meaning | default | range |
/// |---|---|---|---|
/// | `epsilon` | ε: keeps quotients finite where all gradients were 0 (the paper's δ, which it does not fix) | 1e-10 (PyTorch) | (0, ∞) |
///
/// It keeps one vector, v.
///
/// ```
/// use gols::direction::{Adagrad, Direction};
/// use gols::{Slices, VectorSpace};
///
/// let space = Slices::<f64>::new(1);
/// let mut rule = Adagrad::default().with_epsilon(1.0)?;
/// let mut d = space.zeros()?;
/// rule.update(&space, &vec![3.0], &mut d)?; // v = 9
/// assert_eq!(d, [-0.75]);
/// rule.update(&space, &vec![4.0], &mut d)?; // v = 25
/// assert_eq!(d, [-4.0 / 6.0]);
/// # Ok::<(), gols::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Adagrad<V> {
    epsilon: f64,
    squares: Renewed<V>,
    age: Age,
}

impl<V> Default for Adagrad<V> {
    /// ε = 1e-10.
    fn default() -> Self {
        Self { epsilon: 1e-10, squares: Renewed::new(), age: Age::default() }
    }
}

impl<V> Adagrad<V> {
    /// Sets ε, which is added to the root.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is not positive and finite.
    pub fn with_epsilon(self, epsilon: f64) -> Result<Self, Error> {
        Error::check_positive("epsilon", epsilon)?;
        Ok(Self { epsilon, ..self })
    }
}

impl<O: ElementWise> Direction<O> for Adagrad<O::Vector> {
    fn update(&mut self, space: &O, g: &O::Vector, d: &mut O::Vector) -> Result<(), O::Error> {
        self.age.settle();
        let (old, v) = self.squares.parts(space)?;
        let kept = if self.age.is_new() { 0.0 } else { 1.0 };
        space.squares_onto(1.0, g, kept, old, v)?;
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

saved!(Adagrad<V>:
    epsilon, squares, age; |saved| Adagrad::<V>::default().with_epsilon(saved.epsilon));
