//! Parameters in one flat slice, under a model.

#[cfg(feature = "serde")]
mod state;

use alloc::vec::Vec;

#[cfg(feature = "serde")]
pub use state::SliceState;

use crate::error::Error;
use crate::model::{FnModel, LossValue, SliceModel, check_start};
use crate::objective::{Along, StochasticObjective};
use crate::sampling::MiniBatches;
use crate::vector::{ElementWise, Parameters, Real, Slices, VectorSpace};

/// A [`StochasticObjective`] over a flat slice: a [`SliceModel`], its parameters x, and the mini-batches
/// that its losses are taken on.
///
/// `T` is f32 or f64. Vectors are `Vec<T>`; inner products are added in many lanes of T and folded into
/// f64 every 4096 elements. Evaluations and moves allocate nothing.
///
/// With [`MiniBatches`], the first batch is all rows, until one is
/// [drawn](StochasticObjective::resample).
///
/// ```
/// use gols::SliceObjective;
///
/// let objective = SliceObjective::from_fn(vec![1.0_f32, 2.0], |x, gradient| {
///     gradient.copy_from_slice(x);
///     0.5 * f64::from(x[0] * x[0] + x[1] * x[1])
/// })?;
/// assert_eq!(objective.parameters(), [1.0, 2.0]);
/// # Ok::<(), gols::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct SliceObjective<T, M> {
    model: M,
    x: Vec<T>,
    anchor: Vec<T>,
    batches: Option<MiniBatches>,
    /// The current mini-batch; empty means all data.
    rows: Vec<usize>,
    /// Room for the gradients that losses come with; empty until a loss is asked for.
    scratch: Vec<T>,
    space: Slices<T>,
}

impl<T: Real> SliceObjective<T, FnModel<()>> {
    /// An objective from one closure over all its data: the loss at x, with its gradient written over a
    /// slice of the same length. It returns an f64, or a `Result` of one.
    ///
    /// A closure that draws a batch of its own at every call samples dynamically, whatever
    /// [`Sampling`](crate::Sampling) says.
    ///
    /// # Errors
    /// [`Error::Empty`] if `x0` is empty, [`Error::Start`] if one of its coordinates is not finite.
    #[allow(clippy::type_complexity, reason = "the type of a closure has no shorter name")]
    pub fn from_fn<F, R>(
        x0: Vec<T>,
        mut loss_and_gradient: F,
    ) -> Result<SliceObjective<T, FnModel<impl FnMut(&[T], &[usize], &mut [T]) -> R>>, Error>
    where
        F: FnMut(&[T], &mut [T]) -> R,
        R: LossValue,
    {
        let ignore_rows = move |x: &[T], _: &[usize], g: &mut [T]| loss_and_gradient(x, g);
        SliceObjective::new(x0, None, FnModel(ignore_rows))
    }

    /// An objective from one closure, a mini-batch at a time: the loss at x on these rows, with its
    /// gradient written over a slice of x's length.
    ///
    /// ```
    /// use gols::{MiniBatches, SliceObjective};
    ///
    /// let targets = [1.0, 2.0, 3.0, 4.0];
    /// let batches = MiniBatches::new(targets.len(), 2, 1)?;
    /// // L(x) = 1/(2B) Σ (x − t)²
    /// let objective = SliceObjective::from_batches(vec![0.0], batches, |x, rows, gradient| {
    ///     gradient[0] = rows.iter().map(|&row| x[0] - targets[row]).sum::<f64>() / rows.len() as f64;
    ///     let squares = rows.iter().map(|&row| (x[0] - targets[row]).powi(2));
    ///     squares.sum::<f64>() / (2 * rows.len()) as f64
    /// })?;
    /// # Ok::<(), gols::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`from_fn`](Self::from_fn).
    pub fn from_batches<F, R>(
        x0: Vec<T>,
        batches: MiniBatches,
        loss_and_gradient: F,
    ) -> Result<SliceObjective<T, FnModel<F>>, Error>
    where
        F: FnMut(&[T], &[usize], &mut [T]) -> R,
        R: LossValue,
    {
        SliceObjective::new(x0, batches, FnModel(loss_and_gradient))
    }
}

impl<T: Real, M: SliceModel<T>> SliceObjective<T, M> {
    /// An objective from a model, starting at the parameters `x0`, on all data (`None`) or on
    /// [`MiniBatches`].
    ///
    /// # Errors
    /// [`Error::Empty`] if `x0` is empty, [`Error::Start`] if one of its coordinates is not finite.
    pub fn new(
        x0: Vec<T>,
        batches: impl Into<Option<MiniBatches>>,
        model: M,
    ) -> Result<Self, Error> {
        check_start(&x0)?;
        let batches = batches.into();
        let rows = (0..batches.as_ref().map_or(0, MiniBatches::population)).collect();
        let (anchor, scratch, space) = (x0.clone(), Vec::new(), Slices::new(x0.len()));
        Ok(Self { model, anchor, x: x0, batches, rows, scratch, space })
    }

    /// The parameters x as they stand.
    #[must_use]
    pub fn parameters(&self) -> &[T] {
        &self.x
    }

    /// Moves x to other parameters. A [`Descent`](crate::Descent) that reuses gradients must be reset.
    ///
    /// # Errors
    /// [`Error::Length`] if there are more or fewer than before, [`Error::Start`] if one is not finite.
    /// Then x is unchanged.
    pub fn set_parameters(&mut self, x: &[T]) -> Result<(), Error> {
        Error::check_length("the parameters", x.len(), self.x.len())?;
        check_start(x)?;
        self.x.copy_from_slice(x);
        Ok(())
    }

    /// The rows of the current mini-batch; none means all data.
    #[must_use]
    pub fn rows(&self) -> &[usize] {
        &self.rows
    }

    /// The source of mini-batches, if there is one, with what it has drawn so far.
    #[must_use]
    pub fn batches(&self) -> Option<&MiniBatches> {
        self.batches.as_ref()
    }

    /// The model.
    #[must_use]
    pub fn model(&self) -> &M {
        &self.model
    }

    /// The model, to change it.
    pub fn model_mut(&mut self) -> &mut M {
        &mut self.model
    }

    /// The model and the parameters.
    #[must_use]
    pub fn into_parts(self) -> (M, Vec<T>) {
        (self.model, self.x)
    }
}

impl<T: Real, M: SliceModel<T>> VectorSpace for SliceObjective<T, M> {
    type Vector = Vec<T>;
    type Error = M::Error;

    fn zeros(&self) -> Result<Vec<T>, M::Error> {
        Ok(self.space.zeros()?)
    }

    fn dot(&self, a: &Vec<T>, b: &Vec<T>) -> Result<f64, M::Error> {
        Ok(self.space.dot(a, b)?)
    }

    fn products(&self, a: &Vec<T>, b: &Vec<T>) -> Result<[f64; 3], M::Error> {
        Ok(self.space.products(a, b)?)
    }

    fn products_around(
        &self,
        g: &Vec<T>,
        u: Option<&Vec<T>>,
        d: &mut Vec<T>,
        renew: &mut dyn FnMut(&mut Vec<T>) -> Result<(), M::Error>,
    ) -> Result<[f64; 5], M::Error> {
        self.space.products_and_renew(g, u, d, renew)
    }

    fn axpby(&self, a: f64, x: &Vec<T>, b: f64, y: &mut Vec<T>) -> Result<(), M::Error> {
        Ok(self.space.axpby(a, x, b, y)?)
    }
}

impl<T: Real, M: SliceModel<T>> ElementWise for SliceObjective<T, M> {
    fn add_squares(&self, a: f64, x: &Vec<T>, b: f64, y: &mut Vec<T>) -> Result<(), M::Error> {
        Ok(self.space.add_squares(a, x, b, y)?)
    }

    fn squares_onto(
        &self,
        a: f64,
        x: &Vec<T>,
        b: f64,
        y: &Vec<T>,
        z: &mut Vec<T>,
    ) -> Result<(), M::Error> {
        Ok(self.space.squares_onto(a, x, b, y, z)?)
    }

    fn divide_by_root(
        &self,
        v: &Vec<T>,
        inside: f64,
        outside: f64,
        y: &mut Vec<T>,
    ) -> Result<(), M::Error> {
        Ok(self.space.divide_by_root(v, inside, outside, y)?)
    }

    fn divide_by_mean_square(
        &self,
        of_z: [f64; 2],
        x: &Vec<T>,
        y: &Vec<T>,
        z: &mut Vec<T>,
        of_d: [f64; 2],
        d: &mut Vec<T>,
    ) -> Result<(), M::Error> {
        Ok(self.space.divide_by_mean_square(of_z, x, y, z, of_d, d)?)
    }

    fn multiply_by_root(&self, v: &Vec<T>, inside: f64, y: &mut Vec<T>) -> Result<(), M::Error> {
        Ok(self.space.multiply_by_root(v, inside, y)?)
    }
}

impl<T: Real, M: SliceModel<T>> Parameters for SliceObjective<T, M> {
    fn combine(&mut self, a: f64, b: f64, v: &Vec<T>) -> Result<(), M::Error> {
        Ok(self.space.axpby(b, v, a, &mut self.x)?)
    }

    fn copy_to(&self, v: &mut Vec<T>) -> Result<(), M::Error> {
        Error::check_length("a vector", v.len(), self.x.len())?;
        v.copy_from_slice(&self.x);
        Ok(())
    }

    fn follow(
        &mut self,
        of_x: [f64; 2],
        of_u: [f64; 2],
        d: &Vec<T>,
        u: &mut Vec<T>,
    ) -> Result<(), M::Error> {
        Ok(self.space.follow(of_x, of_u, d, &mut self.x, u)?)
    }

    fn add_to(&self, a: f64, y: &mut Vec<T>) -> Result<(), M::Error> {
        self.axpby(a, &self.x, 1.0, y)
    }
}

impl<T: Real, M: SliceModel<T>> StochasticObjective for SliceObjective<T, M> {
    fn resample(&mut self) -> Result<(), M::Error> {
        if let Some(batches) = &mut self.batches {
            self.rows.clear();
            self.rows.extend_from_slice(batches.draw());
        }
        Ok(())
    }

    fn has_batches(&self) -> bool {
        self.batches.is_some()
    }

    fn loss(&mut self) -> Result<f64, M::Error> {
        self.scratch.resize(self.x.len(), T::zero());
        self.model.loss(&self.x, &self.rows, &mut self.scratch)
    }

    fn loss_and_gradient(&mut self, gradient: &mut Vec<T>) -> Result<f64, M::Error> {
        Error::check_length("the gradient", gradient.len(), self.x.len())?;
        self.model.loss_and_gradient(&self.x, &self.rows, gradient)
    }

    fn anchor(&mut self) -> Result<(), M::Error> {
        self.anchor.copy_from_slice(&self.x);
        Ok(())
    }

    fn move_to(&mut self, step: f64, direction: &Vec<T>) -> Result<(), M::Error> {
        Ok(self.space.step(&self.anchor, step, direction, &mut self.x)?)
    }

    fn restore(&mut self) -> Result<(), M::Error> {
        self.x.copy_from_slice(&self.anchor);
        Ok(())
    }

    fn has_moved(&self) -> Result<bool, M::Error> {
        Ok(self.x != self.anchor)
    }

    fn along_prepared_line(
        &mut self,
        direction: &Vec<T>,
        search: Along<'_, M::Error>,
    ) -> Result<bool, M::Error> {
        Error::check_length("the direction", direction.len(), self.x.len())?;
        self.model.along_prepared_line(&self.anchor, direction, &self.rows, search)
    }
}
