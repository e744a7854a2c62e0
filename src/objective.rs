//! What a model must offer to be trained: vectors it can combine, and losses and gradients of them.

/// The few vector operations that a training loop needs, wherever the vectors live.
///
/// Nothing is flattened and nothing leaves a device but scalars, which are f64 whatever the model's
/// type. Every operation may fail with the model's own error.
pub trait VectorSpace {
    /// A vector of the parameters' shape: a `Vec`, a list of device tensors, a module's gradients.
    type Vector;
    /// What can go wrong; it passes through the crate unchanged.
    type Error;

    /// A new vector of zeros.
    ///
    /// # Errors
    /// The model's own.
    fn zeros(&self) -> Result<Self::Vector, Self::Error>;

    /// The inner product a·b.
    ///
    /// # Errors
    /// The model's own.
    fn dot(&self, a: &Self::Vector, b: &Self::Vector) -> Result<f64, Self::Error>;

    /// y ← a x + b y. With b = 0 the old y is ignored, even if it is NaN.
    ///
    /// # Errors
    /// The model's own.
    fn axpby(
        &self,
        a: f64,
        x: &Self::Vector,
        b: f64,
        y: &mut Self::Vector,
    ) -> Result<(), Self::Error>;
}

/// The element-wise operations that adaptive search directions need, beside those of a vector space.
///
/// They are what Adagrad, Adam and their kin do to a gradient: squares,
/// and division by the root of a running mean of squares. On a device each is one pass over the tensors,
/// and nothing comes back. Numbers are rounded to the model's own type.
///
/// ```
/// use gols::{ElementWise, SliceObjective};
///
/// let space = SliceObjective::from_fns(vec![10.0, 20.0], |_| 0.0, |_, _| 0.0)?;
/// let mut v = vec![1.0, 1.0];
/// space.add_squares(0.5, &vec![2.0, 4.0], 1.0, &mut v)?; // v ← ½ x⊙x + v
/// assert_eq!(v, [3.0, 9.0]);
/// let mut d = vec![6.0, 12.0];
/// space.divide_by_root(&v, 0.0, 1.0, &mut d)?; // d ← d / (√v + 1)
/// assert_eq!(d[1], 3.0);
/// space.multiply_by_root(&v, 16.0, &mut d)?; // d ← d √(v + 16)
/// assert_eq!(d[1], 15.0);
/// space.add_parameters(-0.1, &mut d)?; // d ← d − 0.1 x
/// assert_eq!(d[1], 13.0);
/// # Ok::<(), gols::Error>(())
/// ```
pub trait ElementWise: VectorSpace {
    /// y ← a x⊙x + b y, element by element. With b = 0 the old y is ignored, even if it is NaN.
    ///
    /// # Errors
    /// The model's own.
    fn add_squares(
        &self,
        a: f64,
        x: &Self::Vector,
        b: f64,
        y: &mut Self::Vector,
    ) -> Result<(), Self::Error>;

    /// y ← y / (√(v + `inside`) + `outside`), element by element.
    ///
    /// v is not negative, and `inside` or `outside` is positive, or an element may become infinite or NaN,
    /// which is no error.
    ///
    /// # Errors
    /// The model's own.
    fn divide_by_root(
        &self,
        v: &Self::Vector,
        inside: f64,
        outside: f64,
        y: &mut Self::Vector,
    ) -> Result<(), Self::Error>;

    /// y ← y √(v + `inside`), element by element; v is not negative.
    ///
    /// # Errors
    /// The model's own.
    fn multiply_by_root(
        &self,
        v: &Self::Vector,
        inside: f64,
        y: &mut Self::Vector,
    ) -> Result<(), Self::Error>;

    /// y ← y + a x, where x are the parameters as they stand: what decoupled weight decay adds to a
    /// direction.
    ///
    /// # Errors
    /// The model's own.
    fn add_parameters(&self, a: f64, y: &mut Self::Vector) -> Result<(), Self::Error>;
}

/// A loss that is known only through mini-batches: it owns the model, the parameters x and the source
/// of mini-batches.
///
/// L(x) = 1/|B| Σ_{b∈B} ℓ(x; t_b), g(x) = ∇L(x) on the current mini-batch B (\[VG\] eq. 5 and 6,
/// \[LR\] 1.1). Who drives the objective decides when a new mini-batch is drawn (see
/// [`Sampling`](crate::Sampling)); an objective that has never been [resampled](Self::resample)
/// should use all its data.
///
/// Parameters are moved along a line: [`anchor`](Self::anchor) marks x₀, and
/// [`move_to`](Self::move_to)(α, d) sets x = x₀ + α d, always from the same x₀, so that the same α gives
/// the same bits however often and in whatever order it is visited.
///
/// Most people need not implement this: [`SliceObjective`](crate::SliceObjective) does it for any model
/// over a flat slice. It is for models whose parameters live elsewhere.
pub trait StochasticObjective: VectorSpace {
    /// Draws a new mini-batch, which later losses and gradients use. Does nothing unless overridden,
    /// which suits a deterministic objective.
    ///
    /// # Errors
    /// The model's own.
    fn resample(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }

    /// The loss L(x) on the current mini-batch.
    ///
    /// # Errors
    /// The model's own.
    fn loss(&mut self) -> Result<f64, Self::Error>;

    /// The loss L(x), and the gradient g(x) written to `gradient`, on the current mini-batch.
    ///
    /// # Errors
    /// The model's own.
    fn loss_and_gradient(&mut self, gradient: &mut Self::Vector) -> Result<f64, Self::Error>;

    /// The slope g(x)·`direction` on the current mini-batch; it leaves g(x) in `gradient`.
    ///
    /// # Errors
    /// The model's own.
    fn slope(
        &mut self,
        direction: &Self::Vector,
        gradient: &mut Self::Vector,
    ) -> Result<f64, Self::Error> {
        self.loss_and_gradient(gradient)?;
        self.dot(gradient, direction)
    }

    /// Lets workers agree on one gradient, once an iteration. Does nothing unless overridden.
    ///
    /// # Errors
    /// The model's own.
    fn synchronize(&mut self, _gradient: &mut Self::Vector) -> Result<(), Self::Error> {
        Ok(())
    }

    /// x₀ ← x: the parameters as they are become the start of the next line.
    ///
    /// # Errors
    /// The model's own.
    fn anchor(&mut self) -> Result<(), Self::Error>;

    /// x ← x₀ + `step` · `direction`. A step of 0 restores x₀ bit for bit.
    ///
    /// # Errors
    /// The model's own.
    fn move_to(&mut self, step: f64, direction: &Self::Vector) -> Result<(), Self::Error>;

    /// Prepares cheaper evaluations along x₀ + α `direction` on the current mini-batch, and says whether it
    /// did. Does nothing and says no unless overridden.
    ///
    /// It is asked, after [`anchor`](Self::anchor), where many steps are tried on one batch. If it says yes,
    /// the line is evaluated by [`line_loss`](Self::line_loss) and [`line_slope`](Self::line_slope) while
    /// the parameters may stay at x₀; the results agree with the plain way to rounding.
    ///
    /// # Errors
    /// The model's own.
    fn prepare_line(&mut self, _direction: &Self::Vector) -> Result<bool, Self::Error> {
        Ok(false)
    }

    /// The loss at x₀ + `step` · `direction` of the line prepared last. Leaves the parameters anywhere on
    /// the line.
    ///
    /// # Errors
    /// The model's own.
    fn line_loss(&mut self, step: f64, direction: &Self::Vector) -> Result<f64, Self::Error> {
        self.move_to(step, direction)?;
        self.loss()
    }

    /// The slope at x₀ + `step` · `direction` of the line prepared last. Leaves the parameters anywhere on
    /// the line, and anything in `gradient`.
    ///
    /// # Errors
    /// The model's own.
    fn line_slope(
        &mut self,
        step: f64,
        direction: &Self::Vector,
        gradient: &mut Self::Vector,
    ) -> Result<f64, Self::Error> {
        self.move_to(step, direction)?;
        self.slope(direction, gradient)
    }
}
