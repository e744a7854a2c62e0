//! Any model whose parameters are one flat slice.

use crate::error::Error;
use crate::objective::StochasticObjective;
use crate::vector::{ElementWise, Real, Slices, VectorSpace};

/// A loss and its gradient over a flat slice of parameters: what most people write.
///
/// `T` is the parameters' type, f32 or f64; losses are f64 either way. Two closures will do as well, see
/// [`SliceObjective::from_fns`].
///
/// ```
/// use gols::{Error, MiniBatches, SliceModel, SliceObjective};
///
/// /// Fits y = x₀ u + x₁ to points (u, y), a mini-batch at a time: L = 1/(2B) Σ (x₀ u + x₁ − y)².
/// struct LineFit {
///     points: Vec<(f64, f64)>,
///     batches: MiniBatches,
///     rows: Vec<usize>,
/// }
///
/// impl SliceModel<f64> for LineFit {
///     type Error = Error;
///
///     fn resample(&mut self) -> Result<(), Error> {
///         self.rows.clear();
///         self.rows.extend_from_slice(self.batches.draw());
///         Ok(())
///     }
///
///     fn loss(&mut self, x: &[f64]) -> Result<f64, Error> {
///         self.loss_and_gradient(x, &mut [0.0; 2])
///     }
///
///     fn loss_and_gradient(&mut self, x: &[f64], gradient: &mut [f64]) -> Result<f64, Error> {
///         gradient.fill(0.0);
///         let (mut loss, count) = (0.0, self.rows.len() as f64);
///         for &row in &self.rows {
///             let (u, y) = self.points[row];
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
/// let rows = (0..points.len()).collect(); // all data, until the first batch is drawn
/// let objective = SliceObjective::new(LineFit { points, batches, rows }, vec![0.0; 2])?;
/// # Ok::<(), gols::Error>(())
/// ```
pub trait SliceModel<T> {
    /// What can go wrong. It takes in this crate's [`Error`] as well, for vectors of a wrong length;
    /// [`Error`] itself and `Box<dyn std::error::Error>` do.
    type Error: From<Error>;

    /// The loss at `x` on the current mini-batch.
    ///
    /// # Errors
    /// The model's own.
    fn loss(&mut self, x: &[T]) -> Result<f64, Self::Error>;

    /// The loss at `x`, and its gradient written over `gradient` (of `x`'s length, with old values in
    /// it), on the current mini-batch.
    ///
    /// # Errors
    /// The model's own.
    fn loss_and_gradient(&mut self, x: &[T], gradient: &mut [T]) -> Result<f64, Self::Error>;

    /// Draws a new mini-batch. Does nothing unless overridden.
    ///
    /// # Errors
    /// The model's own.
    fn resample(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }

    /// Prepares cheaper evaluations along x₀ + α d on the current mini-batch, and says whether it did.
    /// Does nothing and says no unless overridden, together with the next two.
    ///
    /// It is asked where many steps are tried on one batch: with static sub-sampling, or none.
    ///
    /// # Errors
    /// The model's own.
    fn prepare_line(&mut self, _x0: &[T], _direction: &[T]) -> Result<bool, Self::Error> {
        Ok(false)
    }

    /// The loss at x₀ + `step` · d of the line prepared last, on the same mini-batch.
    ///
    /// # Errors
    /// The model's own; [`Error::Unprepared`] unless overridden.
    fn line_loss(&mut self, _step: f64, _x0: &[T], _d: &[T]) -> Result<f64, Self::Error> {
        Err(Error::Unprepared.into())
    }

    /// The slope g·d at x₀ + `step` · d of the line prepared last, on the same mini-batch.
    ///
    /// # Errors
    /// The model's own; [`Error::Unprepared`] unless overridden.
    fn line_slope(&mut self, _step: f64, _x0: &[T], _d: &[T]) -> Result<f64, Self::Error> {
        Err(Error::Unprepared.into())
    }
}

/// A model made of closures, see [`SliceObjective::from_fns`].
#[derive(Debug, Clone)]
pub struct FnModel<L, G, R = fn()> {
    loss: L,
    loss_and_gradient: G,
    resample: R,
}

impl<T, L, G, R> SliceModel<T> for FnModel<L, G, R>
where
    L: FnMut(&[T]) -> f64,
    G: FnMut(&[T], &mut [T]) -> f64,
    R: FnMut(),
{
    type Error = Error;

    fn loss(&mut self, x: &[T]) -> Result<f64, Error> {
        Ok((self.loss)(x))
    }

    fn loss_and_gradient(&mut self, x: &[T], gradient: &mut [T]) -> Result<f64, Error> {
        Ok((self.loss_and_gradient)(x, gradient))
    }

    fn resample(&mut self) -> Result<(), Error> {
        (self.resample)();
        Ok(())
    }
}

/// A [`StochasticObjective`] over a flat slice: a [`SliceModel`], its parameters x and their anchor x₀.
///
/// `T` is f32 or f64. Vectors are `Vec<T>`; inner products are added in many lanes of T and folded into
/// f64 every 4096 elements. Evaluations and moves allocate nothing.
///
/// ```
/// use gols::SliceObjective;
///
/// let objective = SliceObjective::from_fns(
///     vec![1.0_f32, 2.0],
///     |x| 0.5 * f64::from(x[0] * x[0] + x[1] * x[1]),
///     |x, gradient| {
///         gradient.copy_from_slice(x);
///         0.5 * f64::from(x[0] * x[0] + x[1] * x[1])
///     },
/// )?;
/// assert_eq!(objective.parameters(), [1.0, 2.0]);
/// # Ok::<(), gols::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct SliceObjective<T, M> {
    model: M,
    x: Vec<T>,
    anchor: Vec<T>,
    space: Slices<T>,
}

impl<T, L, G> SliceObjective<T, FnModel<L, G>>
where
    T: Real,
    L: FnMut(&[T]) -> f64,
    G: FnMut(&[T], &mut [T]) -> f64,
{
    /// An objective from two closures, starting at `x0`: the loss at x, and the loss at x with its
    /// gradient written over a slice of the same length.
    ///
    /// With sub-sampling, let the closures share what
    /// [`with_resample`](SliceObjective::with_resample) changes (in a `Cell`, say), or draw a batch of
    /// their own at every call, which is dynamic sub-sampling whatever [`Sampling`](crate::Sampling)
    /// says.
    ///
    /// # Errors
    /// [`Error::Empty`] if `x0` is empty, [`Error::Start`] if one of its coordinates is not finite.
    pub fn from_fns(x0: Vec<T>, loss: L, loss_and_gradient: G) -> Result<Self, Error> {
        Self::new(FnModel { loss, loss_and_gradient, resample: || () }, x0)
    }

    /// The same with a closure that draws a new mini-batch.
    #[must_use]
    pub fn with_resample<R: FnMut()>(self, resample: R) -> SliceObjective<T, FnModel<L, G, R>> {
        let FnModel { loss, loss_and_gradient, .. } = self.model;
        let model = FnModel { loss, loss_and_gradient, resample };
        SliceObjective { model, x: self.x, anchor: self.anchor, space: self.space }
    }
}

impl<T: Real, M: SliceModel<T>> SliceObjective<T, M> {
    /// An objective from a model, starting at the parameters `x0`.
    ///
    /// # Errors
    /// [`Error::Empty`] if `x0` is empty, [`Error::Start`] if one of its coordinates is not finite.
    pub fn new(model: M, x0: Vec<T>) -> Result<Self, Error> {
        check_start(&x0)?;
        Ok(Self { model, space: Slices::new(x0.len()), anchor: x0.clone(), x: x0 })
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

fn check_start<T: Real>(x: &[T]) -> Result<(), Error> {
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

    fn axpby(&self, a: f64, x: &Vec<T>, b: f64, y: &mut Vec<T>) -> Result<(), M::Error> {
        Ok(self.space.axpby(a, x, b, y)?)
    }
}

impl<T: Real, M: SliceModel<T>> ElementWise for SliceObjective<T, M> {
    fn add_squares(&self, a: f64, x: &Vec<T>, b: f64, y: &mut Vec<T>) -> Result<(), M::Error> {
        Ok(self.space.add_squares(a, x, b, y)?)
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

    fn add_parameters(&self, a: f64, y: &mut Vec<T>) -> Result<(), M::Error> {
        self.axpby(a, &self.x, 1.0, y)
    }
}

impl<T: Real, M: SliceModel<T>> StochasticObjective for SliceObjective<T, M> {
    fn resample(&mut self) -> Result<(), M::Error> {
        self.model.resample()
    }

    fn loss(&mut self) -> Result<f64, M::Error> {
        self.model.loss(&self.x)
    }

    fn loss_and_gradient(&mut self, gradient: &mut Vec<T>) -> Result<f64, M::Error> {
        Error::check_length("the gradient", gradient.len(), self.x.len())?;
        self.model.loss_and_gradient(&self.x, gradient)
    }

    fn anchor(&mut self) -> Result<(), M::Error> {
        self.anchor.copy_from_slice(&self.x);
        Ok(())
    }

    fn move_to(&mut self, step: f64, direction: &Vec<T>) -> Result<(), M::Error> {
        Error::check_length("the direction", direction.len(), self.x.len())?;
        if step == 0.0 {
            self.x.copy_from_slice(&self.anchor);
            return Ok(());
        }
        Ok(self.space.step(&self.anchor, step, direction, &mut self.x)?)
    }

    fn prepare_line(&mut self, direction: &Vec<T>) -> Result<bool, M::Error> {
        Error::check_length("the direction", direction.len(), self.x.len())?;
        self.model.prepare_line(&self.anchor, direction)
    }

    fn line_loss(&mut self, step: f64, direction: &Vec<T>) -> Result<f64, M::Error> {
        self.model.line_loss(step, &self.anchor, direction)
    }

    fn line_slope(
        &mut self,
        step: f64,
        direction: &Vec<T>,
        _gradient: &mut Vec<T>,
    ) -> Result<f64, M::Error> {
        self.model.line_slope(step, &self.anchor, direction)
    }
}
