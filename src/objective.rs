//! What a model must offer to be trained: losses and gradients, and parameters that move along lines.

use crate::vector::VectorSpace;

/// A loss that is known only through mini-batches: it owns the model, the parameters x and the source
/// of mini-batches.
///
/// L(x) = 1/|B| Σ_{b∈B} ℓ(x; t_b), g(x) = ∇L(x) on the current mini-batch B (\[VG\] eq. 5 and 6,
/// \[LR\] 1.1). Who drives the objective decides when a new mini-batch is drawn (see
/// [`Sampling`](crate::Sampling)); an objective that has never been [resampled](Self::resample)
/// should use all its data.
///
/// Parameters are moved along a line: [`anchor`](Self::anchor) marks x₀,
/// [`move_to`](Self::move_to)(α, d) sets x = x₀ + α d, always from the same x₀, so that the same α
/// gives the same bits however often and in whatever order it is visited, and
/// [`restore`](Self::restore) goes back to x₀.
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

    /// Whether [`resample`](Self::resample) draws anything: [`Descent`](crate::Descent) samples
    /// [dynamically](crate::Sampling::Dynamic) if it does, unless told otherwise. True unless
    /// overridden.
    fn has_batches(&self) -> bool {
        true
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

    /// Lets workers agree on one gradient, once an iteration (see [`parallel`](crate::parallel)). Does nothing
    /// unless overridden.
    ///
    /// # Errors
    /// The model's own.
    fn synchronize(&mut self, _gradient: &mut Self::Vector) -> Result<(), Self::Error> {
        Ok(())
    }

    /// Lets workers agree that each of them has arrived where its step led; what [`Descent`](crate::Descent) calls
    /// last. Does nothing unless overridden.
    ///
    /// # Errors
    /// The model's own.
    fn confirm(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }

    /// Whether any worker says so; where there is one alone, what it says. A run that may stop by the
    /// clock, or by a callback, asks it once an update, so that all workers stop at the same. Provided
    /// for one worker.
    ///
    /// # Errors
    /// The model's own.
    fn any_worker(&mut self, here: bool) -> Result<bool, Self::Error> {
        Ok(here)
    }

    /// x₀ ← x: the parameters as they are become the start of the next line.
    ///
    /// # Errors
    /// The model's own.
    fn anchor(&mut self) -> Result<(), Self::Error>;

    /// x ← x₀ + `step` · `direction`.
    ///
    /// # Errors
    /// The model's own.
    fn move_to(&mut self, step: f64, direction: &Self::Vector) -> Result<(), Self::Error>;

    /// x ← x₀, bit for bit: the way back from a line, also after an error.
    ///
    /// # Errors
    /// The model's own.
    fn restore(&mut self) -> Result<(), Self::Error>;

    /// Whether the parameters differ from x₀ by as much as a bit. Provided: true, for want of a look;
    /// override it where looking is cheap.
    ///
    /// # Errors
    /// The model's own.
    fn has_moved(&self) -> Result<bool, Self::Error> {
        Ok(true)
    }

    /// Runs `search` on a cheaper form of the line x₀ + α `direction` on the current mini-batch, and
    /// says whether it did. Does nothing and says no unless overridden.
    ///
    /// It is asked, after [`anchor`](Self::anchor), where many steps are tried on one batch. It may
    /// leave the parameters anywhere on the line.
    ///
    /// # Errors
    /// The model's own, if the line cannot be prepared.
    fn along_prepared_line(
        &mut self,
        _direction: &Self::Vector,
        _search: Along<'_, Self::Error>,
    ) -> Result<bool, Self::Error> {
        Ok(false)
    }
}

/// A line on a fixed mini-batch that has been prepared for many evaluations.
///
/// The results agree with those of the plain way to rounding. See
/// [`StochasticObjective::along_prepared_line`] and [`SliceModel`](crate::SliceModel).
pub trait PreparedLine {
    /// The model's error.
    type Error;

    /// The loss F(`alpha`).
    ///
    /// # Errors
    /// The model's own.
    fn loss(&mut self, alpha: f64) -> Result<f64, Self::Error>;

    /// The slope F'(`alpha`).
    ///
    /// # Errors
    /// The model's own.
    fn slope(&mut self, alpha: f64) -> Result<f64, Self::Error>;
}

/// What is done along a [`PreparedLine`]: called once, where there is one.
pub type Along<'a, E> = &'a mut dyn FnMut(&mut dyn PreparedLine<Error = E>);

impl<O: StochasticObjective + ?Sized> StochasticObjective for &mut O {
    fn resample(&mut self) -> Result<(), O::Error> {
        (**self).resample()
    }

    fn has_batches(&self) -> bool {
        (**self).has_batches()
    }

    fn loss(&mut self) -> Result<f64, O::Error> {
        (**self).loss()
    }

    fn loss_and_gradient(&mut self, gradient: &mut O::Vector) -> Result<f64, O::Error> {
        (**self).loss_and_gradient(gradient)
    }

    fn slope(&mut self, direction: &O::Vector, gradient: &mut O::Vector) -> Result<f64, O::Error> {
        (**self).slope(direction, gradient)
    }

    fn synchronize(&mut self, gradient: &mut O::Vector) -> Result<(), O::Error> {
        (**self).synchronize(gradient)
    }

    fn confirm(&mut self) -> Result<(), O::Error> {
        (**self).confirm()
    }

    fn any_worker(&mut self, here: bool) -> Result<bool, O::Error> {
        (**self).any_worker(here)
    }

    fn anchor(&mut self) -> Result<(), O::Error> {
        (**self).anchor()
    }

    fn move_to(&mut self, step: f64, direction: &O::Vector) -> Result<(), O::Error> {
        (**self).move_to(step, direction)
    }

    fn restore(&mut self) -> Result<(), O::Error> {
        (**self).restore()
    }

    fn has_moved(&self) -> Result<bool, O::Error> {
        (**self).has_moved()
    }

    fn along_prepared_line(
        &mut self,
        direction: &O::Vector,
        search: Along<'_, O::Error>,
    ) -> Result<bool, O::Error> {
        (**self).along_prepared_line(direction, search)
    }
}
