//! What a model must offer to be trained: losses and gradients.

use crate::vector::VectorSpace;

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
