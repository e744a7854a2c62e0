//! Where an optimizer finds the parameters.

use super::VectorSpace;
#[cfg(not(feature = "std"))]
use crate::float::Float as _;

/// Parameters x that can be moved: what an optimizer needs beside a gradient.
///
/// Every [`SliceObjective`](crate::SliceObjective) has them; an adapter for an optimizer alone is the
/// three methods of [`VectorSpace`] and these two, along
/// [`SteepestDescent`](crate::direction::SteepestDescent), and the three of [`ElementWise`](super::ElementWise)
/// along [`Adam`](crate::direction::Adam).
///
/// ```
/// use gols::{Parameters, SliceObjective};
///
/// let mut objective = SliceObjective::from_fn(vec![1.0, 2.0], |_: &[f64], _: &mut [f64]| 0.0)?;
/// objective.combine(2.0, -1.0, &vec![0.5, 0.5])?; // x ← 2 x − v
/// let mut copy = vec![0.0; 2];
/// objective.copy_to(&mut copy)?;
/// assert_eq!(copy, [1.5, 3.5]);
/// # Ok::<(), gols::Error>(())
/// ```
pub trait Parameters: VectorSpace {
    /// x ← a x + b v. With a = 0 the old x is ignored, even if it is NaN.
    ///
    /// # Errors
    /// The model's own.
    fn combine(&mut self, a: f64, b: f64, v: &Self::Vector) -> Result<(), Self::Error>;

    /// v ← x, bit for bit where both are of one type.
    ///
    /// # Errors
    /// The model's own.
    fn copy_to(&self, v: &mut Self::Vector) -> Result<(), Self::Error>;

    /// x ← x + a u + b d, then u ← p u + q d: how the point where gradients are taken follows a step
    /// along d, u being the way from the mean of the iterates to the last. Provided in three passes;
    /// override it where one will do.
    ///
    /// # Errors
    /// The model's own.
    fn follow(
        &mut self,
        [a, b]: [f64; 2],
        [p, q]: [f64; 2],
        d: &Self::Vector,
        u: &mut Self::Vector,
    ) -> Result<(), Self::Error> {
        self.combine(1.0, a, u)?;
        self.combine(1.0, b, d)?;
        self.axpby(q, d, p, u)
    }

    /// |x + b u − start|: how far a walker is from where it began. `room` is written over. Provided in
    /// three passes and a product.
    ///
    /// # Errors
    /// The model's own.
    fn distance(
        &self,
        b: f64,
        u: &Self::Vector,
        start: &Self::Vector,
        room: &mut Self::Vector,
    ) -> Result<f64, Self::Error> {
        self.copy_to(room)?;
        self.axpby(b, u, 1.0, room)?;
        self.axpby(-1.0, start, 1.0, room)?;
        Ok(self.dot(room, room)?.sqrt())
    }

    /// y ← y + a x: what decoupled weight decay adds to a direction. Provided by way of a copy;
    /// override it where one pass will do.
    ///
    /// # Errors
    /// The model's own.
    fn add_to(&self, a: f64, y: &mut Self::Vector) -> Result<(), Self::Error> {
        let mut x = self.zeros()?;
        self.copy_to(&mut x)?;
        self.axpby(a, &x, 1.0, y)
    }
}

impl<O: Parameters + ?Sized> Parameters for &mut O {
    fn combine(&mut self, a: f64, b: f64, v: &O::Vector) -> Result<(), O::Error> {
        (**self).combine(a, b, v)
    }

    fn copy_to(&self, v: &mut O::Vector) -> Result<(), O::Error> {
        (**self).copy_to(v)
    }

    fn follow(
        &mut self,
        of_x: [f64; 2],
        of_u: [f64; 2],
        d: &O::Vector,
        u: &mut O::Vector,
    ) -> Result<(), O::Error> {
        (**self).follow(of_x, of_u, d, u)
    }

    fn distance(
        &self,
        b: f64,
        u: &O::Vector,
        start: &O::Vector,
        room: &mut O::Vector,
    ) -> Result<f64, O::Error> {
        (**self).distance(b, u, start, room)
    }

    fn add_to(&self, a: f64, y: &mut O::Vector) -> Result<(), O::Error> {
        (**self).add_to(a, y)
    }
}
