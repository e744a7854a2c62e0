//! Momentum, and step lengths by coordinate.

use super::Direction;
use super::renewed::{Age, Renewed};
use crate::error::Error;
#[cfg(not(feature = "std"))]
use crate::float::Float as _;
use crate::saved::saved;
use crate::vector::ElementWise;

/// Adam's direction (Kingma and Ba 2015, algorithm 1): the mean of recent gradients over their recent size.
///
/// In iteration t = 1, 2, … from m = v = 0, element by element:
///
/// 1. m ← β₁ m + (1 − β₁) g
/// 2. v ← β₂ v + (1 − β₂) g⊙g
/// 3. d = −m̂ / (√v̂ + ε) with m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ)
///
/// With [`FixedStep::new(η)`](crate::search::FixedStep) it is Adam at learning rate η, bias correction
/// included, as long as d descends. Where its momentum leads uphill on the current mini-batch, which is
/// common late in training, [`Descent`](crate::Descent) resets m, v and t, and searches along −g. The Adam
/// of the textbook does not look at the slope; for it, take
/// [`Descent::with_any_slope`](crate::Descent::with_any_slope). With a line search take β₁ = 0, whose
/// direction always descends on the batch its gradient came from.
///
/// | setting | meaning | default | range |
/// |---|---|---|---|
/// | `beta1` | β₁: what is left of m after one iteration | 0.9 (algorithm 1) | \[0, 1) |
/// | `beta2` | β₂: what is left of v after one iteration | 0.999 (algorithm 1) | \[0, 1) |
/// | `epsilon` | ε: keeps quotients finite where all gradients were 0 | 1e-8 (algorithm 1) | (0, ∞) |
///
/// It keeps m and v, and what they were before the last update; with β₁ = 0 no m.
///
/// ```
/// use gols::{Descent, SliceObjective, direction::Adam, search::FixedStep};
///
/// let objective = SliceObjective::from_fn(vec![1.0], |x, gradient| {
///     gradient[0] = x[0];
///     0.5 * x[0] * x[0]
/// })?;
/// let adam = Descent::new(objective)?.along(Adam::default()).with_any_slope(true);
/// let mut adam = adam.with_search(FixedStep::new(0.001)?);
/// adam.step()?;
/// // The first step is η, whatever g.
/// assert!((adam.objective().parameters()[0] - 0.999).abs() < 1e-10);
/// # Ok::<(), gols::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Adam<V> {
    beta1: f64,
    beta2: f64,
    epsilon: f64,
    mean: Renewed<V>,
    squares: Renewed<V>,
    /// β₁ᵗ and β₂ᵗ, and what they were before the last update.
    powers: [f64; 2],
    powers_before: [f64; 2],
    age: Age,
}

/// β₂ and ε unless told otherwise.
pub(crate) const ADAM_BETA2: f64 = 0.999;
pub(crate) const ADAM_EPSILON: f64 = 1e-8;

impl<V> Default for Adam<V> {
    /// β₁ = 0.9, β₂ = 0.999, ε = 1e-8.
    fn default() -> Self {
        Self {
            beta1: 0.9,
            beta2: ADAM_BETA2,
            epsilon: ADAM_EPSILON,
            mean: Renewed::new(),
            squares: Renewed::new(),
            powers: [1.0; 2],
            powers_before: [1.0; 2],
            age: Age::default(),
        }
    }
}

impl<V> Adam<V> {
    /// Adam with β₁ = 0: steps by coordinate, which always descend on the batch their gradient came
    /// from. What the crate's searches go along best on mini-batches.
    #[must_use]
    pub fn without_momentum() -> Self {
        Self { beta1: 0.0, ..Self::default() }
    }

    /// Sets β₁, what is left of the mean of gradients after one iteration.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is not in \[0, 1).
    pub fn with_beta1(self, beta1: f64) -> Result<Self, Error> {
        Error::check_fraction("beta1", beta1)?;
        Ok(Self { beta1, ..self })
    }

    /// Sets β₂, what is left of the mean of squares after one iteration.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is not in \[0, 1).
    pub fn with_beta2(self, beta2: f64) -> Result<Self, Error> {
        Error::check_fraction("beta2", beta2)?;
        Ok(Self { beta2, ..self })
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
        self.age.settle();
        // Before the first update, whatever m and v hold is not kept.
        let is_new = self.age.is_new();
        let [kept1, kept2] = if is_new { [0.0; 2] } else { [self.beta1, self.beta2] };
        let before = if is_new { [1.0; 2] } else { self.powers };
        let powers = [before[0] * self.beta1, before[1] * self.beta2];
        // With b = √(1 − β₂ᵗ): m̂ / (√v̂ + ε) = b / (1 − β₁ᵗ) · m / (√v + b ε).
        let b = (1.0 - powers[1]).sqrt();
        let (old, v) = self.squares.parts(space)?;
        let of_v = [1.0 - self.beta2, kept2];
        if self.beta1 == 0.0 {
            // Without momentum m is g, and needs no room: 2. and 3. at once.
            space.divide_by_mean_square(of_v, g, old, v, [-b, b * self.epsilon], d)?;
        } else {
            // 1. The mean, and its share of 3.
            let (old_m, m) = self.mean.parts(space)?;
            if !is_new {
                space.axpby(kept1, old_m, 0.0, m)?;
            }
            space.axpby(1.0 - self.beta1, g, f64::from(!is_new), m)?;
            space.axpby(-b / (1.0 - powers[0]), m, 0.0, d)?;
            // 2. The mean square.
            space.squares_onto(of_v[0], g, of_v[1], old, v)?;
            // 3. The direction.
            space.divide_by_root(v, 0.0, b * self.epsilon, d)?;
        }
        self.mean.turn();
        self.squares.turn();
        (self.powers, self.powers_before) = (powers, before);
        self.age.grow();
        Ok(())
    }

    fn take_back(&mut self) {
        if self.age.shrink() {
            self.mean.turn();
            self.squares.turn();
            self.powers = self.powers_before;
        }
    }

    fn reset(&mut self) {
        self.age.reset();
    }
}

saved!(Adam<V>: beta1, beta2, epsilon, mean, squares, powers, powers_before, age; |saved| {
    Adam::<V>::default()
        .with_beta1(saved.beta1)?
        .with_beta2(saved.beta2)?
        .with_epsilon(saved.epsilon)
});
