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
/// use std::convert::Infallible;
///
/// use gols::direction::SteepestDescent;
/// use gols::{Optimizer, Parameters, VectorSpace};
///
/// /// Wraps what another crate owns: its type and these traits are both foreign to one's own crate.
/// struct Point([f32; 2]);
///
/// impl VectorSpace for Point {
///     type Vector = [f32; 2];
///     type Error = Infallible; // or the framework's
///     fn zeros(&self) -> Result<[f32; 2], Infallible> {
///         Ok([0.0; 2])
///     }
///     fn dot(&self, a: &[f32; 2], b: &[f32; 2]) -> Result<f64, Infallible> {
///         Ok(f64::from(a[0]) * f64::from(b[0]) + f64::from(a[1]) * f64::from(b[1]))
///     }
///     fn axpby(&self, a: f64, x: &[f32; 2], b: f64, y: &mut [f32; 2]) -> Result<(), Infallible> {
///         *y = [0, 1].map(|i| a as f32 * x[i] + if b == 0.0 { 0.0 } else { b as f32 * y[i] });
///         Ok(())
///     }
/// }
///
/// impl Parameters for Point {
///     fn combine(&mut self, a: f64, b: f64, v: &[f32; 2]) -> Result<(), Infallible> {
///         let x = self.0;
///         self.0 = [0, 1].map(|i| b as f32 * v[i] + if a == 0.0 { 0.0 } else { a as f32 * x[i] });
///         Ok(())
///     }
///     fn copy_to(&self, v: &mut [f32; 2]) -> Result<(), Infallible> {
///         *v = self.0;
///         Ok(())
///     }
/// }
///
/// let mut point = Point([4.0, -3.0]);
/// let report = gols::check::parameters(&mut point, &[1.0, -2.0])?; // in a test
/// assert!(report.holds(), "{report}");
/// let mut optimizer = Optimizer::new(&point)?.along(SteepestDescent);
/// for _ in 0..200 {
///     let gradient = [point.0[0] - 1.0, 3.0 * (point.0[1] - 1.0)]; // yours
///     optimizer.step(&mut point, &gradient)?;
/// }
/// optimizer.finish(&mut point)?;
/// assert!(point.0.iter().all(|x| (x - 1.0).abs() < 0.01));
/// # Ok::<(), Infallible>(())
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
