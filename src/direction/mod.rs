//! Search directions: from a gradient to a direction to search along.

mod steepest_descent;

pub use steepest_descent::SteepestDescent;

use crate::objective::VectorSpace;

/// A rule that turns the gradients of a run into search directions.
///
/// A direction need not descend on the next mini-batch, or at all; where the slope along it is
/// positive, [`Descent`](crate::Descent) resets the rule and falls back on −g.
///
/// ```
/// use gols::{Direction, VectorSpace};
///
/// /// d ← −g + m d, the heavy ball's direction.
/// struct HeavyBall(f64);
///
/// impl<O: VectorSpace> Direction<O> for HeavyBall {
///     fn update(&mut self, space: &O, g: &O::Vector, d: &mut O::Vector) -> Result<(), O::Error> {
///         space.axpby(-1.0, g, self.0, d)
///     }
///
///     fn reset(&mut self) {} // it keeps nothing but d, which `Descent` sets to −g
/// }
/// ```
pub trait Direction<O: VectorSpace> {
    /// Writes the next search direction over the last one (at first zeros), given the gradient at the
    /// current point.
    ///
    /// # Errors
    /// The vector space's own.
    fn update(
        &mut self,
        space: &O,
        gradient: &O::Vector,
        direction: &mut O::Vector,
    ) -> Result<(), O::Error>;

    /// Is told the step that was taken after an [`update`](Self::update): x moved by `length` ·
    /// `direction`. Does nothing unless overridden; quasi-Newton rules need it.
    ///
    /// [`Descent`](crate::Descent) calls it after every step but those of length 0. `direction` is the one
    /// searched last, which is −g where it fell back.
    ///
    /// # Errors
    /// The vector space's own. `Descent` then takes the step back and resets the rule.
    fn accepted(
        &mut self,
        _space: &O,
        _length: f64,
        _direction: &O::Vector,
    ) -> Result<(), O::Error> {
        Ok(())
    }

    /// Forgets what was remembered of earlier gradients.
    fn reset(&mut self);
}
