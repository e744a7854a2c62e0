//! Candle's variables and a loss, as an objective that any search can train.

use std::fmt;

use candle_core::{DType, Result, Tensor, Var};
use gols::{Parameters, StochasticObjective, VectorSpace};

use crate::arithmetic::{combine, dot_of, is_half, numbers, scalar, sum, wide};
use crate::error::Error;
use crate::extremes;

/// A [`StochasticObjective`] over candle's variables: x, its anchor x₀, a batch and a loss on a batch.
///
/// * `B`, a batch: whatever the loss needs, often `(Tensor, Tensor)`; `()` if it needs nothing.
/// * `L`, the loss L(x) on a batch, one number that depends on the variables: `FnMut(&B) -> Result<Tensor>`.
/// * `N`, draws the next batch: `FnMut() -> Result<B>`.
///
/// The model stays the caller's: it shares its variables with the objective, and its outputs are those of the
/// parameters x, wherever a search has moved them.
///
/// A search moves the variables like this:
///
/// 1. [`anchor`](StochasticObjective::anchor): x₀ ← x, copied into tensors of its own.
/// 2. [`move_to`](StochasticObjective::move_to)(α, d): every variable ← x₀ + α d, written in place.
/// 3. [`slope`](StochasticObjective::slope): loss, backward, Σ g d over all variables on the device; one number leaves
///    it.
/// 4. [`restore`](StochasticObjective::restore): every variable ← x₀ bit for bit.
///
/// An optimizer moves them by [`combine`](Parameters::combine), in place as well.
///
/// # Variables without a gradient
///
/// They count as zero gradient, so that steps 2 and 4 write x₀ back to them, undoing what else has changed them since.
/// That suits batch normalization, whose running statistics are variables which every evaluation in training mode
/// moves: after a search they have been moved by the accepted evaluation alone (if it was the last one, else by
/// none). The gradient at the start of a line is taken before x₀ is marked, and moves them too. `combine` leaves
/// variables alone that had no gradient when one was last taken, so that an optimizer's mean is not mixed into them.
///
/// A loss on which no variable has any influence is refused, as a mistake.
pub struct CandleObjective<B, L, N = fn() -> Result<B>> {
    variables: Vec<Var>,
    /// x₀, in storage of its own that `anchor` writes over.
    anchor: Vec<Var>,
    /// Whether each variable had a gradient when one was last taken.
    trained: Vec<bool>,
    batch: B,
    loss: L,
    next_batch: Option<N>,
}

impl<B, L> CandleObjective<B, L>
where
    L: FnMut(&B) -> Result<Tensor>,
{
    /// An objective on all of `data`, which moves `variables` to lower `loss`.
    ///
    /// `variables` are the model's, each once: `variables(&var_map)`, or a list of one's own. They stay where they are,
    /// and as they are.
    ///
    /// # Errors
    /// [`Error::NoVariables`], [`Error::Type`], [`Error::Device`] or [`Error::Duplicate`] if the list is empty or
    /// unfit, [`Error::Start`] if a variable is not finite, [`Error::Candle`] if there is no room for x₀.
    pub fn new(variables: Vec<Var>, data: B, loss: L) -> std::result::Result<Self, Error> {
        check_variables(&variables)?;
        let anchor = variables
            .iter()
            // A detached tensor is copied; a variable would be shared.
            .map(|variable| Var::from_tensor(&variable.as_detached_tensor()))
            .collect::<Result<Vec<Var>>>()?;
        let trained = vec![true; variables.len()];
        Ok(Self { variables, anchor, trained, batch: data, loss, next_batch: None })
    }

    /// The same with a source of mini-batches. The first is drawn when first asked for; until then the batch is the
    /// `data` that [`new`](Self::new) was given.
    #[must_use]
    pub fn with_batches<N>(self, next_batch: N) -> CandleObjective<B, L, N>
    where
        N: FnMut() -> Result<B>,
    {
        let Self { variables, anchor, trained, batch, loss, .. } = self;
        CandleObjective { variables, anchor, trained, batch, loss, next_batch: Some(next_batch) }
    }
}

impl<B, L, N> CandleObjective<B, L, N> {
    /// The variables, in the order of every vector's tensors.
    #[must_use]
    pub fn variables(&self) -> &[Var] {
        &self.variables
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

    /// Σ a b, one number on the device.
    fn product(&self, a: &[Tensor], b: &[Tensor]) -> Result<Tensor> {
        self.check_length(a)?;
        self.check_length(b)?;
        let sums = a.iter().zip(b).map(|(a, b)| dot_of(a, b)).collect::<Result<Vec<Tensor>>>()?;
        Tensor::stack(&sums, 0)?.sum_all()
    }

    pub(crate) fn check_length(&self, vector: &[Tensor]) -> Result<()> {
        let (found, expected) = (vector.len(), self.variables.len());
        if found == expected { Ok(()) } else { Err(Error::Length { found, expected }.into()) }
    }
}

impl<B, L, N> fmt::Debug for CandleObjective<B, L, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CandleObjective")
            .field("variables", &self.variables)
            .finish_non_exhaustive()
    }
}

pub(crate) fn check_variables(variables: &[Var]) -> std::result::Result<(), Error> {
    let Some(first) = variables.first() else {
        return Err(Error::NoVariables);
    };
    for (index, variable) in variables.iter().enumerate() {
        let dtype = variable.dtype();
        if !matches!(dtype, DType::F64 | DType::F32 | DType::F16 | DType::BF16) {
            return Err(Error::Type { index, dtype });
        }
        if !variable.device().same_device(first.device()) {
            return Err(Error::Device { index });
        }
        if let Some(first) = variables[..index].iter().position(|other| other.id() == variable.id())
        {
            return Err(Error::Duplicate { first, second: index });
        }
        // 0 x is 0, or NaN where x is not finite.
        if scalar(&sum(&variable.as_detached_tensor().affine(0.0, 0.0)?)?)? != 0.0 {
            return Err(Error::Start { index });
        }
    }
    Ok(())
}

impl<B, L, N> CandleObjective<B, L, N>
where
    L: FnMut(&B) -> Result<Tensor>,
{
    /// The loss on the current batch, on the device.
    fn evaluate(&mut self) -> Result<Tensor> {
        let loss = (self.loss)(&self.batch)?;
        if loss.elem_count() != 1 {
            return Err(Error::Loss { shape: loss.shape().clone() }.into());
        }
        Ok(loss)
    }

    /// `gradient` ← ∇`loss`.
    fn differentiate(&mut self, loss: &Tensor, gradient: &mut Vec<Tensor>) -> Result<()> {
        gradient.clear(); // makes room on the device before the new one takes it
        let mut gradients = loss.backward()?;
        for (variable, trained) in self.variables.iter().zip(&mut self.trained) {
            let own = gradients.remove(variable);
            *trained = own.is_some();
            gradient.push(match own {
                Some(own) => wide(&own)?,
                None => wide(variable)?.zeros_like()?,
            });
        }
        if self.trained.contains(&true) { Ok(()) } else { Err(Error::NoGradient.into()) }
    }
}

impl<B, L, N> VectorSpace for CandleObjective<B, L, N> {
    /// One tensor a variable, of its shape, on its device; of its type, but f32 where that is f16 or bf16.
    type Vector = Vec<Tensor>;
    type Error = candle_core::Error;

    fn zeros(&self) -> Result<Vec<Tensor>> {
        self.variables.iter().map(|variable| wide(variable)?.zeros_like()).collect()
    }

    fn dot(&self, a: &Vec<Tensor>, b: &Vec<Tensor>) -> Result<f64> {
        extremes::checked(scalar(&self.product(a, b)?)?, a, b)
    }

    /// All three are brought to the host at once.
    fn products(&self, a: &Vec<Tensor>, b: &Vec<Tensor>) -> Result<[f64; 3]> {
        let products = [self.product(a, a)?, self.product(a, b)?, self.product(b, b)?];
        let products = numbers(&Tensor::stack(&products, 0)?)?;
        Ok([
            extremes::checked(products[0], a, a)?,
            extremes::checked(products[1], a, b)?,
            extremes::checked(products[2], b, b)?,
        ])
    }

    /// All five are brought to the host at once.
    fn products_around(
        &self,
        g: &Vec<Tensor>,
        u: Option<&Vec<Tensor>>,
        d: &mut Vec<Tensor>,
        renew: &mut dyn FnMut(&mut Vec<Tensor>) -> Result<()>,
    ) -> Result<[f64; 5]> {
        let old = d.clone(); // tensors are shared
        let [square, arrival] = [self.product(g, g)?, self.product(g, d)?];
        renew(d)?;
        let [slope, direction_square] = [self.product(g, d)?, self.product(d, d)?];
        let mut all = vec![square, arrival, slope, direction_square];
        all.extend(u.map(|u| self.product(g, u)).transpose()?);
        let products = numbers(&Tensor::stack(&all, 0)?)?;
        let square = extremes::checked(products[0], g, g)?;
        let arrival = extremes::checked(products[1], g, &old)?;
        let slope = extremes::checked(products[2], g, d)?;
        let direction_square = extremes::checked(products[3], d, d)?;
        let along_u = u.map_or(Ok(0.0), |u| extremes::checked(products[4], g, u))?;
        if square == 0.0 || !square.is_finite() {
            *d = old;
        }
        Ok([square, arrival, along_u, slope, direction_square])
    }

    fn axpby(&self, a: f64, x: &Vec<Tensor>, b: f64, y: &mut Vec<Tensor>) -> Result<()> {
        self.check_length(x)?;
        self.check_length(y)?;
        for (x, y) in x.iter().zip(y) {
            *y = combine(a, x, b, y)?;
        }
        Ok(())
    }
}

impl<B, L, N> Parameters for CandleObjective<B, L, N> {
    fn combine(&mut self, a: f64, b: f64, v: &Vec<Tensor>) -> Result<()> {
        self.check_length(v)?;
        for ((x, v), trained) in self.variables.iter().zip(v).zip(&self.trained) {
            if *trained {
                x.set(&combine(b, v, a, x)?)?;
            }
        }
        Ok(())
    }

    fn copy_to(&self, v: &mut Vec<Tensor>) -> Result<()> {
        let copies = self
            .variables
            .iter()
            .map(|x| if is_half(x) { wide(x) } else { x.as_detached_tensor().copy() });
        *v = copies.collect::<Result<Vec<Tensor>>>()?;
        Ok(())
    }

    fn add_to(&self, a: f64, y: &mut Vec<Tensor>) -> Result<()> {
        self.check_length(y)?;
        for (x, y) in self.variables.iter().zip(y) {
            *y = combine(a, x, 1.0, y)?;
        }
        Ok(())
    }
}

impl<B, L, N> StochasticObjective for CandleObjective<B, L, N>
where
    L: FnMut(&B) -> Result<Tensor>,
    N: FnMut() -> Result<B>,
{
    fn resample(&mut self) -> Result<()> {
        if let Some(next_batch) = &mut self.next_batch {
            self.batch = next_batch()?;
        }
        Ok(())
    }

    fn has_batches(&self) -> bool {
        self.next_batch.is_some()
    }

    fn loss(&mut self) -> Result<f64> {
        scalar(&self.evaluate()?)
    }

    fn loss_and_gradient(&mut self, gradient: &mut Vec<Tensor>) -> Result<f64> {
        let loss = self.evaluate()?;
        self.differentiate(&loss, gradient)?;
        scalar(&loss)
    }

    /// The loss stays on the device: only the slope leaves it.
    fn slope(&mut self, direction: &Vec<Tensor>, gradient: &mut Vec<Tensor>) -> Result<f64> {
        let loss = self.evaluate()?;
        self.differentiate(&loss, gradient)?;
        self.dot(gradient, direction)
    }

    fn anchor(&mut self) -> Result<()> {
        set_all(&self.anchor, &self.variables)
    }

    fn move_to(&mut self, step: f64, direction: &Vec<Tensor>) -> Result<()> {
        self.check_length(direction)?;
        for ((x0, x), d) in self.anchor.iter().zip(&self.variables).zip(direction) {
            x.set(&combine(step, d, 1.0, x0)?)?;
        }
        Ok(())
    }

    fn restore(&mut self) -> Result<()> {
        set_all(&self.variables, &self.anchor)
    }
}

fn set_all(variables: &[Var], values: &[Var]) -> Result<()> {
    variables.iter().zip(values).try_for_each(|(variable, value)| variable.set(value))
}
