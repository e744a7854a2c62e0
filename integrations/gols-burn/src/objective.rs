//! A burn module and a loss, as an objective that any search can train.

use std::fmt;

use burn::module::Module;
use burn::optim::GradientsParams;
use burn::tensor::Tensor;
use gols::{Parameters, StochasticObjective, VectorSpace};

use crate::anchor::Anchor;
use crate::arithmetic::{numbers, scalar};
use crate::error::Error;
use crate::fitness::check_fitness;
use crate::journey::Destination;
use crate::vectors::{AddParameters, Combine, Complete, CopyParameters, Share, checked, product};
use crate::walk::{Operation, for_each};

/// A [`StochasticObjective`] over a burn module: the model at x, its anchor x₀, a batch and a loss on a batch.
///
/// * `M`, the model: a module on a device with autodiff. The objective owns it: [`model`](Self::model) looks at it,
///   [`into_model`](Self::into_model) takes it back.
/// * `B`, a batch: whatever the loss needs, often a struct of tensors; `()` if it needs nothing.
/// * `L`, the loss L(x) of the model on a batch, one number: `FnMut(&M, &B) -> Result<Tensor<1>, Error>`.
/// * `N`, draws the next batch: `FnMut() -> Result<B, Error>`.
///
/// Parameters that require gradients are trained; others (frozen ones) stay. A search moves the model like this:
///
/// 1. [`anchor`](StochasticObjective::anchor): x₀ ← x. Tensors are shared, not copied, until the model moves.
/// 2. [`move_to`](StochasticObjective::move_to)(α, d): every parameter ← x₀ + α d, a new leaf under its old identity.
/// 3. [`slope`](StochasticObjective::slope): loss, backward, Σ g d over all parameters on the device; one number leaves
///    it.
/// 4. [`restore`](StochasticObjective::restore): every parameter ← x₀ bit for bit.
///
/// An optimizer moves it by [`combine`](Parameters::combine), which leaves all else alone.
///
/// # Batch normalization
///
/// In burn, running statistics ([`RunningState`](burn::module::RunningState)) are shared by all clones of a module, and
/// every forward pass in training moves them, so that a mere trial would. Steps 2 and 4 therefore put them back to what they
/// were at x₀, in all clones; after a search they have been moved by the accepted evaluation alone (if it was the last
/// one, else by none). The gradient at the start of a line is taken before x₀ is marked, and moves them too.
///
/// Dropout draws a new mask for every evaluation: to a search that is one more kind of dynamic sub-sampling.
pub struct BurnObjective<M, B, L, N = fn() -> Result<B, Error>> {
    model: M,
    anchor: Anchor,
    batch: B,
    loss: L,
    next_batch: Option<N>,
    /// Whether the model has tensors without gradients; running statistics may be among them.
    has_state: bool,
}

impl<M, B, L> BurnObjective<M, B, L>
where
    M: Module,
    L: FnMut(&M, &B) -> Result<Tensor<1>, Error>,
{
    /// An objective on all of `data`, which moves `model` to lower `loss`.
    ///
    /// # Errors
    /// [`Error::NoParameters`], [`Error::Devices`] or [`Error::Duplicate`] if the model is unfit, [`Error::Start`] if a
    /// parameter is not finite, [`Error::Read`] if the device fails.
    pub fn new(model: M, data: B, loss: L) -> Result<Self, Error> {
        let has_state = check_fitness(&model)?;
        let anchor = Anchor::of(&model);
        Ok(Self { model, anchor, batch: data, loss, next_batch: None, has_state })
    }

    /// The same with a source of mini-batches. The first is drawn when first asked for; until then the batch is the
    /// `data` that [`new`](Self::new) was given.
    #[must_use]
    pub fn with_batches<N>(self, next_batch: N) -> BurnObjective<M, B, L, N>
    where
        N: FnMut() -> Result<B, Error>,
    {
        let Self { model, anchor, batch, loss, has_state, .. } = self;
        BurnObjective { model, anchor, batch, loss, next_batch: Some(next_batch), has_state }
    }
}

impl<M, B, L, N> BurnObjective<M, B, L, N> {
    /// The model as it stands. For predictions use `model().valid()`.
    #[must_use]
    pub fn model(&self) -> &M {
        &self.model
    }

    /// The model, handed back.
    #[must_use]
    pub fn into_model(self) -> M {
        self.model
    }

    /// The current batch.
    #[must_use]
    pub fn batch(&self) -> &B {
        &self.batch
    }

    /// Makes `batch` the current one, in place of a drawn one.
    pub fn set_batch(&mut self, batch: B) {
        self.batch = batch;
    }
}

impl<M: fmt::Debug, B, L, N> fmt::Debug for BurnObjective<M, B, L, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BurnObjective").field("model", &self.model).finish_non_exhaustive()
    }
}

impl<M, B, L, N> BurnObjective<M, B, L, N>
where
    M: Module,
    L: FnMut(&M, &B) -> Result<Tensor<1>, Error>,
{
    /// The loss on the current batch, on the device.
    fn evaluate(&mut self) -> Result<Tensor<1>, Error> {
        let loss = (self.loss)(&self.model, &self.batch)?;
        let elements = loss.shape().num_elements();
        if elements == 1 { Ok(loss) } else { Err(Error::Loss { elements }) }
    }

    /// `gradient` ← ∇`loss`.
    fn differentiate(&self, loss: &Tensor<1>, gradient: &mut GradientsParams) -> Result<(), Error> {
        if !loss.is_tracked() {
            return Err(Error::NoGradient);
        }
        *gradient = GradientsParams::new(); // makes room on the device before the new one takes it
        *gradient = GradientsParams::from_grads(loss.backward(), &self.model);
        if gradient.is_empty() {
            return Err(Error::NoGradient);
        }
        for_each(&self.model, &mut Complete(gradient))
    }
}

impl<M: Module, B, L, N> BurnObjective<M, B, L, N> {
    pub(crate) fn apply(&self, mut operation: impl Operation) -> Result<(), Error> {
        for_each(&self.model, &mut operation)
    }

    /// Σ a b, one number on the device.
    fn product(&self, a: &GradientsParams, b: &GradientsParams) -> Result<Tensor<1>, Error> {
        product(&self.model, a, b)
    }

    fn checked(&self, sum: f64, a: &GradientsParams, b: &GradientsParams) -> Result<f64, Error> {
        checked(&self.model, sum, a, b)
    }

    fn go<'a>(
        &'a mut self,
        destination: impl FnOnce(&'a Anchor) -> Destination<'a>,
    ) -> Result<(), Error> {
        self.settle();
        self.model = destination(&self.anchor).of(self.model.clone())?;
        Ok(())
    }

    /// Lets running statistics take in the updates that they still hold back (one a thread).
    fn settle(&self) {
        if self.has_state {
            drop(self.model.valid());
        }
    }
}

impl<M: Module, B, L, N> VectorSpace for BurnObjective<M, B, L, N> {
    /// One tensor for each parameter that requires a gradient, of its shape, on its device, without autodiff; of its
    /// type, but f32 where that is f16 or bf16.
    type Vector = GradientsParams;
    type Error = Error;

    fn zeros(&self) -> Result<GradientsParams, Error> {
        let mut zeros = GradientsParams::new();
        self.apply(Complete(&mut zeros))?;
        Ok(zeros)
    }

    fn dot(&self, a: &GradientsParams, b: &GradientsParams) -> Result<f64, Error> {
        self.checked(scalar(self.product(a, b)?)?, a, b)
    }

    /// All three are brought to the host at once.
    fn products(&self, a: &GradientsParams, b: &GradientsParams) -> Result<[f64; 3], Error> {
        let products = vec![self.product(a, a)?, self.product(a, b)?, self.product(b, b)?];
        let products = numbers(Tensor::cat(products, 0))?;
        Ok([
            self.checked(products[0], a, a)?,
            self.checked(products[1], a, b)?,
            self.checked(products[2], b, b)?,
        ])
    }

    /// All five are brought to the host at once.
    fn products_around(
        &self,
        g: &GradientsParams,
        u: Option<&GradientsParams>,
        d: &mut GradientsParams,
        renew: &mut dyn FnMut(&mut GradientsParams) -> Result<(), Error>,
    ) -> Result<[f64; 5], Error> {
        let mut old = GradientsParams::new();
        self.apply(Share { x: d, y: &mut old })?;
        let [square, arrival] = [self.product(g, g)?, self.product(g, d)?];
        renew(d)?;
        let [slope, direction_square] = [self.product(g, d)?, self.product(d, d)?];
        let mut all = vec![square, arrival, slope, direction_square];
        all.extend(u.map(|u| self.product(g, u)).transpose()?);
        let products = numbers(Tensor::cat(all, 0))?;
        let square = self.checked(products[0], g, g)?;
        let arrival = self.checked(products[1], g, &old)?;
        let slope = self.checked(products[2], g, d)?;
        let direction_square = self.checked(products[3], d, d)?;
        let along_u = u.map_or(Ok(0.0), |u| self.checked(products[4], g, u))?;
        if square == 0.0 || !square.is_finite() {
            *d = old;
        }
        Ok([square, arrival, along_u, slope, direction_square])
    }

    fn axpby(
        &self,
        a: f64,
        x: &GradientsParams,
        b: f64,
        y: &mut GradientsParams,
    ) -> Result<(), Error> {
        self.apply(Combine { a, x, b, y })
    }
}

impl<M: Module, B, L, N> Parameters for BurnObjective<M, B, L, N> {
    fn combine(&mut self, a: f64, b: f64, v: &GradientsParams) -> Result<(), Error> {
        self.go(|_| Destination::Combination(a, b, v))
    }

    fn copy_to(&self, v: &mut GradientsParams) -> Result<(), Error> {
        self.apply(CopyParameters(v))
    }

    fn add_to(&self, a: f64, y: &mut GradientsParams) -> Result<(), Error> {
        self.apply(AddParameters { a, y })
    }
}

impl<M, B, L, N> StochasticObjective for BurnObjective<M, B, L, N>
where
    M: Module,
    L: FnMut(&M, &B) -> Result<Tensor<1>, Error>,
    N: FnMut() -> Result<B, Error>,
{
    fn resample(&mut self) -> Result<(), Error> {
        if let Some(next_batch) = &mut self.next_batch {
            self.batch = next_batch()?;
        }
        Ok(())
    }

    fn has_batches(&self) -> bool {
        self.next_batch.is_some()
    }

    fn loss(&mut self) -> Result<f64, Error> {
        scalar(self.evaluate()?.inner())
    }

    fn loss_and_gradient(&mut self, gradient: &mut GradientsParams) -> Result<f64, Error> {
        let loss = self.evaluate()?;
        self.differentiate(&loss, gradient)?;
        scalar(loss.inner())
    }

    /// The loss stays on the device: only the slope leaves it.
    fn slope(
        &mut self,
        direction: &GradientsParams,
        gradient: &mut GradientsParams,
    ) -> Result<f64, Error> {
        let loss = self.evaluate()?;
        self.differentiate(&loss, gradient)?;
        self.dot(gradient, direction)
    }

    fn anchor(&mut self) -> Result<(), Error> {
        self.settle();
        self.anchor = Anchor::of(&self.model);
        Ok(())
    }

    fn move_to(&mut self, step: f64, direction: &GradientsParams) -> Result<(), Error> {
        self.go(|anchor| Destination::Along(anchor, step, direction))
    }

    fn restore(&mut self) -> Result<(), Error> {
        self.go(Destination::Start)
    }
}
