//! Adam with decoupled weight decay.

use super::{Adam, Direction};
use crate::error::Error;
use crate::saved::saved;
use crate::vector::{ElementWise, Parameters};

/// Adam's direction with weight decay that is not part of the gradient (Loshchilov and Hutter 2019,
/// algorithm 2).
///
/// d = −m̂ / (√v̂ + ε) − λ x
///
/// with [`Adam`]'s m̂, v̂ and ε, and x the parameters as they stand. With [`FixedStep::new(η)`](crate::search::FixedStep)
/// the decay of an iteration is η λ x, as in PyTorch's `AdamW` (the paper's η λ x with a schedule of 1 and its
/// λ divided by η).
///
/// The decay is no part of the loss: a line search sees the slope of the loss along the whole of d. Where λ x
/// outweighs the rest, d does not descend, and [`Descent`](crate::Descent) falls back on −g, without decay.
/// For the method of the paper take [`Descent::with_any_slope`](crate::Descent::with_any_slope).
///
/// | setting | meaning | default | range |
/// |---|---|---|---|
/// | `weight_decay` | λ, in units of 1/α | 0.01 (PyTorch) | \[0, ∞) |
/// | [`with_decay_mask`](Self::with_decay_mask) | the coordinates that decay | all | |
/// | all of [`Adam`]'s | | | |
///
/// ```
/// use gols::direction::{Adam, AdamW, Direction};
/// use gols::{SliceObjective, VectorSpace};
///
/// let space = SliceObjective::from_fn(vec![10.0_f64], |_, _| 0.0)?; // x = 10
/// let mut rule = AdamW::new(Adam::default().with_epsilon(1.0)?).with_weight_decay(0.25)?;
/// let mut d = space.zeros()?;
/// rule.update(&space, &vec![1.0], &mut d)?; // m̂ = v̂ = 1
/// let expected = -0.5 - 2.5;
/// assert!((d[0] - expected).abs() < 1e-12);
/// # Ok::<(), gols::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct AdamW<V> {
    adam: Adam<V>,
    weight_decay: f64,
    /// 1 where weights decay; everywhere if there is none.
    mask: Option<V>,
    room: Option<V>,
}

impl<V> Default for AdamW<V> {
    /// Adam's defaults, weight decay 0.01.
    fn default() -> Self {
        Self::new(Adam::default())
    }
}

impl<V> AdamW<V> {
    /// This Adam with a weight decay of 0.01.
    #[must_use]
    pub fn new(adam: Adam<V>) -> Self {
        Self { adam, weight_decay: 0.01, mask: None, room: None }
    }

    /// Sets λ, the weight decay.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is negative or not finite.
    pub fn with_weight_decay(self, weight_decay: f64) -> Result<Self, Error> {
        let valid = weight_decay >= 0.0 && weight_decay.is_finite();
        Error::check("weight_decay", weight_decay, valid, "at least 0 and finite")?;
        Ok(Self { weight_decay, ..self })
    }

    /// Lets only those coordinates decay where this mask is 1, not those where it is 0, as biases and
    /// norms commonly are: d = −m̂ / (√v̂ + ε) − λ √mask ⊙ x. It takes one vector more.
    #[must_use]
    pub fn with_decay_mask(self, mask: V) -> Self {
        Self { mask: Some(mask), ..self }
    }

    /// d ← d − λ √mask ⊙ x.
    fn decay<O>(&mut self, space: &O, d: &mut V) -> Result<(), O::Error>
    where
        O: ElementWise + Parameters<Vector = V>,
    {
        let Some(mask) = &self.mask else {
            return space.add_to(-self.weight_decay, d);
        };
        let x = match &mut self.room {
            Some(room) => room,
            empty => empty.insert(space.zeros()?),
        };
        space.copy_to(x)?;
        space.multiply_by_root(mask, 0.0, x)?;
        space.axpby(-self.weight_decay, x, 1.0, d)
    }
}

impl<O: ElementWise + Parameters> Direction<O> for AdamW<O::Vector> {
    fn update(&mut self, space: &O, g: &O::Vector, d: &mut O::Vector) -> Result<(), O::Error> {
        self.adam.update(space, g, d)?;
        let decayed = self.decay(space, d);
        if decayed.is_err() {
            Direction::<O>::take_back(&mut self.adam);
        }
        decayed
    }

    fn take_back(&mut self) {
        Direction::<O>::take_back(&mut self.adam);
    }

    fn reset(&mut self) {
        Direction::<O>::reset(&mut self.adam);
    }
}

saved!(AdamW<V>: adam, weight_decay, mask; without room; |saved| {
    AdamW::<V>::default().with_weight_decay(saved.weight_decay)
});
