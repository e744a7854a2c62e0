//! Any model whose parameters are one flat slice.

use crate::error::Error;
use crate::objective::{Along, StochasticObjective};
use crate::sampling::MiniBatches;
use crate::vector::{ElementWise, Parameters, Real, Slices, VectorSpace};

/// A loss and its gradient over a flat slice of parameters, a mini-batch at a time: what most people
/// write.
///
/// `T` is the parameters' type, f32 or f64; losses are f64 either way. A closure will do as well, see
/// [`SliceObjective::from_fn`] and [`SliceObjective::from_batches`].
///
/// `rows` are the samples of the mini-batch. They are empty where the objective has no
/// [`MiniBatches`], which means all data.
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
    /// [`StochasticObjective::along_prepared_line`].
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

/// A model made of one closure, see [`SliceObjective::from_fn`].
#[derive(Debug, Clone)]
pub struct FnModel<F>(F);

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
        Error::check_length("parameters", x.len(), self.x.len())?;
        check_start(x)?;
        self.x.copy_from_slice(x);
        Ok(())
    }

    /// The rows of the current mini-batch; none means all data.
    #[must_use]
    pub fn rows(&self) -> &[usize] {
        &self.rows
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
        w: f64,
        c: f64,
        a: f64,
        d: &Vec<T>,
        z: &mut Vec<T>,
    ) -> Result<(), M::Error> {
        Ok(self.space.follow([w, c, a], d, &mut self.x, z)?)
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
