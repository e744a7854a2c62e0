//! Momentum, and step lengths by coordinate.

use super::memory::Memory;
use super::{Direction, check_fraction};
use crate::error::Error;
use crate::objective::ElementWise;

/// Adam's direction (Kingma and Ba 2015, algorithm 1): the mean of recent gradients over their recent size.
///
/// In iteration t = 1, 2, … from m = v = 0, element by element:
///
/// 1. m ← β₁ m + (1 − β₁) g
/// 2. v ← β₂ v + (1 − β₂) g⊙g
/// 3. d = −m̂ / (√v̂ + ε) with m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ)
///
/// With [`FixedStep::new(η)`](crate::FixedStep) it is Adam at learning rate η, bias correction included, as
/// long as d descends. Where its momentum leads uphill on the current mini-batch, which is common late in
/// training, [`Descent`](crate::Descent) resets m, v and t, and searches along −g. The Adam of the
/// textbook does not look at the slope; for it, take
/// [`FixedStep`](crate::FixedStep). With a line search take a momentum of 0,
/// whose direction always descends on the batch its gradient came from.
///
/// | setting | meaning | default | range |
/// |---|---|---|---|
/// | `momentum` | β₁: what is left of m after one iteration | 0.9 (algorithm 1) | \[0, 1) |
/// | `decay` | β₂: what is left of v after one iteration | 0.999 (algorithm 1) | \[0, 1) |
/// | `epsilon` | ε: keeps quotients finite where all gradients were 0 | 1e-8 (algorithm 1) | (0, ∞) |
///
/// It keeps two vectors, m and v.
///
/// ```
/// use gols::{Adam, Descent, FixedStep, Sampling, SliceObjective};
///
/// let half_square = |x: &[f64]| 0.5 * x[0] * x[0];
/// let mut objective = SliceObjective::from_fns(vec![1.0], half_square, move |x, gradient| {
///     gradient[0] = x[0];
///     half_square(x)
/// })?;
/// let rate = FixedStep::new(0.001)?;
/// let mut adam = Descent::new(&objective, Adam::default(), rate, Sampling::Full)?;
/// adam.step(&mut objective)?;
/// assert!((objective.parameters()[0] - 0.999).abs() < 1e-10); // the first step is η, whatever g
/// # Ok::<(), gols::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Adam<V> {
    momentum: f64,
    decay: f64,
    epsilon: f64,
    mean: Memory<V>,
    squares: Memory<V>,
    /// β₁ᵗ and β₂ᵗ.
    powers: (f64, f64),
}

impl<V> Default for Adam<V> {
    /// β₁ = 0.9, β₂ = 0.999, ε = 1e-8.
    fn default() -> Self {
        let (mean, squares) = (Memory::new(), Memory::new());
        Self { momentum: 0.9, decay: 0.999, epsilon: 1e-8, mean, squares, powers: (1.0, 1.0) }
    }
}

impl<V> Adam<V> {
    /// Sets β₁, what is left of the mean of gradients after one iteration.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is not in \[0, 1).
    pub fn with_momentum(self, momentum: f64) -> Result<Self, Error> {
        check_fraction("momentum", momentum)?;
        Ok(Self { momentum, ..self })
    }

    /// Sets β₂, what is left of the mean of squares after one iteration.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is not in \[0, 1).
    pub fn with_decay(self, decay: f64) -> Result<Self, Error> {
        check_fraction("decay", decay)?;
        Ok(Self { decay, ..self })
    }

    /// Sets ε, which is added to the root.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is not positive and finite.
    pub fn with_epsilon(self, epsilon: f64) -> Result<Self, Error> {
        Error::check_positive("epsilon", epsilon)?;
        Ok(Self { epsilon, ..self })
    }
}

impl<O: ElementWise> Direction<O> for Adam<O::Vector> {
    fn update(&mut self, space: &O, g: &O::Vector, d: &mut O::Vector) -> Result<(), O::Error> {
        let (m, v) = (self.mean.get(space)?, self.squares.get(space)?);
        // Before the first iteration the powers are 1, and whatever m and v hold is not kept.
        let is_new = self.powers == (1.0, 1.0);
        let kept = if is_new { (0.0, 0.0) } else { (self.momentum, self.decay) };
        self.powers = (self.powers.0 * self.momentum, self.powers.1 * self.decay);
        // 1. and 2. The moments.
        space.axpby(1.0 - self.momentum, g, kept.0, m)?;
        space.add_squares(1.0 - self.decay, g, kept.1, v)?;
        // 3. With b = √(1 − β₂ᵗ): m̂ / (√v̂ + ε) = b / (1 − β₁ᵗ) · m / (√v + b ε).
        let b = (1.0 - self.powers.1).sqrt();
        space.axpby(-b / (1.0 - self.powers.0), m, 0.0, d)?;
        space.divide_by_root(v, 0.0, b * self.epsilon, d)
    }

    fn reset(&mut self) {
        self.powers = (1.0, 1.0);
    }
}
