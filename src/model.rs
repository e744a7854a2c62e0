//! Any model whose parameters are one flat slice.

use alloc::boxed::Box;

use crate::error::Error;
use crate::objective::Along;
use crate::vector::Real;

/// A loss and its gradient over a flat slice of parameters, a mini-batch at a time: what most people
/// write.
///
/// `T` is the parameters' type, f32 or f64; losses are f64 either way. A closure will do as well, see
/// [`SliceObjective::from_fn`](crate::SliceObjective::from_fn) and
/// [`SliceObjective::from_batches`](crate::SliceObjective::from_batches).
///
/// `rows` are the samples of the mini-batch. They are empty where the objective has no
/// [`MiniBatches`](crate::MiniBatches), which means all data.
///
/// ```
/// use gols::{Descent, Error, MiniBatches, SliceModel, SliceObjective};
///
/// /// Fits y = x₀ u + x₁ to points (u, y): L = 1/(2B) Σ (x₀ u + x₁ − y)².
/// struct LineFit(Vec<(f64, f64)>);
///
/// impl SliceModel<f64> for LineFit {
///     type Error = Error;
///
///     fn loss_and_gradient(
///         &mut self,
///         x: &[f64],
///         rows: &[usize],
///         gradient: &mut [f64],
///     ) -> Result<f64, Error> {
///         gradient.fill(0.0);
///         let (mut loss, count) = (0.0, rows.len() as f64);
///         for &(u, y) in rows.iter().map(|&row| &self.0[row]) {
///             let error = x[0] * u + x[1] - y;
///             loss += error * error / (2.0 * count);
///             gradient[0] += error * u / count;
///             gradient[1] += error / count;
///         }
///         Ok(loss)
///     }
/// }
///
/// let points: Vec<_> = (0..100).map(|i| (i as f64 / 100.0, 3.0 - i as f64 / 50.0)).collect();
/// let batches = MiniBatches::new(points.len(), 10, 1)?;
/// let objective = SliceObjective::new(vec![0.0; 2], batches, LineFit(points))?;
/// let mut descent = Descent::new(objective)?;
/// descent.run(500)?;
/// assert!((descent.objective().parameters()[1] - 3.0).abs() < 0.1);
/// # Ok::<(), gols::Error>(())
/// ```
pub trait SliceModel<T> {
    /// What can go wrong. It takes in this crate's [`Error`] as well, for vectors of a wrong length;
    /// [`Error`] itself and `Box<dyn std::error::Error>` do.
    type Error: From<Error>;

    /// The loss at `x` on these rows, and its gradient written over `gradient` (of `x`'s length, with
    /// old values in it).
    ///
    /// # Errors
    /// The model's own.
    fn loss_and_gradient(
        &mut self,
        x: &[T],
        rows: &[usize],
        gradient: &mut [T],
    ) -> Result<f64, Self::Error>;

    /// The loss at `x` on these rows. Provided: the gradient goes to `scratch` (of `x`'s length), which
    /// a model that can do without may ignore. Only searches by function value ask for it.
    ///
    /// # Errors
    /// The model's own.
    fn loss(&mut self, x: &[T], rows: &[usize], scratch: &mut [T]) -> Result<f64, Self::Error> {
        self.loss_and_gradient(x, rows, scratch)
    }

    /// Runs `search` on a cheaper form of the line `x0` + α `direction` on these rows, if there is one,
    /// and says whether it did. Does nothing and says no unless overridden; see
    /// [`along_prepared_line`](crate::StochasticObjective::along_prepared_line) of objectives.
    ///
    /// # Errors
    /// The model's own, if the line cannot be prepared.
    fn along_prepared_line(
        &mut self,
        _x0: &[T],
        _direction: &[T],
        _rows: &[usize],
        _search: Along<'_, Self::Error>,
    ) -> Result<bool, Self::Error> {
        Ok(false)
    }
}

/// A model behind a pointer is the same model.
macro_rules! behind_a_pointer {
    ($pointer:ty) => {
        impl<T, M: SliceModel<T> + ?Sized> SliceModel<T> for $pointer {
            type Error = M::Error;

            fn loss_and_gradient(
                &mut self,
                x: &[T],
                rows: &[usize],
                gradient: &mut [T],
            ) -> Result<f64, M::Error> {
                (**self).loss_and_gradient(x, rows, gradient)
            }

            fn loss(
                &mut self,
                x: &[T],
                rows: &[usize],
                scratch: &mut [T],
            ) -> Result<f64, M::Error> {
                (**self).loss(x, rows, scratch)
            }

            fn along_prepared_line(
                &mut self,
                x0: &[T],
                direction: &[T],
                rows: &[usize],
                search: Along<'_, M::Error>,
            ) -> Result<bool, M::Error> {
                (**self).along_prepared_line(x0, direction, rows, search)
            }
        }
    };
}

behind_a_pointer!(&mut M);
behind_a_pointer!(Box<M>);

/// What a closure may return as its loss: an f64, or a `Result` with an error that takes in this
/// crate's.
pub trait LossValue {
    /// The error of the model that the closure becomes.
    type Error: From<Error>;

    /// The loss, or what went wrong.
    ///
    /// # Errors
    /// The closure's own.
    fn into_result(self) -> Result<f64, Self::Error>;
}

impl LossValue for f64 {
    type Error = Error;

    fn into_result(self) -> Result<f64, Error> {
        Ok(self)
    }
}

impl<E: From<Error>> LossValue for Result<f64, E> {
    type Error = E;

    fn into_result(self) -> Self {
        self
    }
}

/// A model made of one closure, see
/// [`SliceObjective::from_fn`](crate::SliceObjective::from_fn).
#[derive(Debug, Clone)]
pub struct FnModel<F>(pub(crate) F);

impl<T, F, R> SliceModel<T> for FnModel<F>
where
    F: FnMut(&[T], &[usize], &mut [T]) -> R,
    R: LossValue,
{
    type Error = R::Error;

    fn loss_and_gradient(
        &mut self,
        x: &[T],
        rows: &[usize],
        gradient: &mut [T],
    ) -> Result<f64, R::Error> {
        (self.0)(x, rows, gradient).into_result()
    }
}

/// `Ok` if there is a coordinate and all are finite.
pub(crate) fn check_start<T: Real>(x: &[T]) -> Result<(), Error> {
    if x.is_empty() {
        return Err(Error::Empty { what: "the start" });
    }
    match x.iter().position(|value| !value.is_finite()) {
        Some(index) => Err(Error::Start { index, value: x[index].wide() }),
        None => Ok(()),
    }
}
