//! Search directions: from a gradient to a direction to search along.

mod adadelta;
mod adagrad;
mod adam;
mod adam_w;
mod clipped;
mod heavy_ball;
mod lbfgs;
mod masked;
mod nesterov;
mod renewed;
mod rms_prop;
mod steepest_descent;

use alloc::boxed::Box;

pub use adadelta::Adadelta;
pub use adagrad::Adagrad;
pub use adam::Adam;
pub(crate) use adam::{ADAM_BETA2, ADAM_EPSILON};
pub use adam_w::AdamW;
pub use clipped::Clipped;
pub use heavy_ball::HeavyBall;
pub use lbfgs::Lbfgs;
pub use masked::Masked;
pub use nesterov::Nesterov;
pub use rms_prop::RmsProp;
pub use steepest_descent::SteepestDescent;

use crate::vector::VectorSpace;

/// A rule that turns the gradients of a run into search directions.
///
/// A direction need not descend on the next mini-batch, or at all; where the slope along it is
/// positive, [`Descent`](crate::Descent) resets the rule and falls back on −g.
///
/// ```
/// use gols::{VectorSpace, direction::Direction};
///
/// /// d ← −g / |g|, of length 1.
/// struct Normalized;
///
/// impl<O: VectorSpace> Direction<O> for Normalized {
///     fn update(&mut self, space: &O, g: &O::Vector, d: &mut O::Vector) -> Result<(), O::Error> {
///         let length = space.dot(g, g)?.sqrt();
///         space.axpby(-1.0 / length, g, 0.0, d)
///     }
///
///     fn reset(&mut self) {} // it remembers nothing
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
    /// The vector space's own. `Descent` then takes the step and the update back.
    fn accepted(
        &mut self,
        _space: &O,
        _length: f64,
        _direction: &O::Vector,
    ) -> Result<(), O::Error> {
        Ok(())
    }

    /// Writes what is gone along where the direction of the last [`update`](Self::update) climbs, and
    /// forgets what led there: [resets](Self::reset) the rule and writes −g, unless overridden, as by a
    /// rule around another one.
    ///
    /// # Errors
    /// The vector space's own.
    fn fall_back(
        &mut self,
        space: &O,
        gradient: &O::Vector,
        direction: &mut O::Vector,
    ) -> Result<(), O::Error> {
        self.reset();
        space.axpby(-1.0, gradient, 0.0, direction)
    }

    /// Takes the last [`update`](Self::update) back, and what was [accepted](Self::accepted) since: the
    /// step it was for did not happen. The next update gives what it would have given without it.
    /// [Resets](Self::reset) the rule unless overridden.
    ///
    /// [`Descent`](crate::Descent) calls it after an error behind the update, and where a step is taken
    /// back. A rule whose update fails takes it back by itself.
    fn take_back(&mut self) {
        self.reset();
    }

    /// Forgets what was remembered of earlier gradients, as if new.
    ///
    /// [`Descent`](crate::Descent) calls it where the direction does not descend, and where its slope or
    /// norm is not finite.
    fn reset(&mut self);
}

impl<O: VectorSpace, D: Direction<O> + ?Sized> Direction<O> for Box<D> {
    fn update(
        &mut self,
        space: &O,
        gradient: &O::Vector,
        direction: &mut O::Vector,
    ) -> Result<(), O::Error> {
        (**self).update(space, gradient, direction)
    }

    fn accepted(&mut self, space: &O, length: f64, direction: &O::Vector) -> Result<(), O::Error> {
        (**self).accepted(space, length, direction)
    }

    fn fall_back(
        &mut self,
        space: &O,
        gradient: &O::Vector,
        direction: &mut O::Vector,
    ) -> Result<(), O::Error> {
        (**self).fall_back(space, gradient, direction)
    }

    fn take_back(&mut self) {
        (**self).take_back();
    }

    fn reset(&mut self) {
        (**self).reset();
    }
}
