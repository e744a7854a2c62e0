//! A rule that sees no gradient longer than it shall.

use super::Direction;
use crate::error::Error;
#[cfg(not(feature = "std"))]
use crate::float::Float as _;
use crate::saved::saved;
use crate::vector::VectorSpace;

/// A rule that is told gradients clipped to a norm: g min(1, c / |g|) (Pascanu, Mikolov and Bengio 2013,
/// algorithm 1), over all parameters at once.
///
/// It is what `clip_grad_norm_` does in front of an optimizer, so that a burst of gradients is remembered
/// by no mean and no square. Clip here, not before [`Optimizer::step`](crate::Optimizer::step): the slopes
/// g·d that steer the step length stay those of the loss. Where a user clips beforehand, a steep arrival
/// slope is clipped as well and looks flatter than it is, just where a step led too far; the step length
/// then shrinks later than it should. Where the rule's direction climbs, −g is clipped, too.
///
/// | setting | meaning | default | range |
/// |---|---|---|---|
/// | `max_norm` | c: the longest gradient | none: it is asked for | (0, ∞) |
///
/// It costs one product an update, and one vector from the first gradient on that is clipped.
///
/// ```
/// use gols::direction::{Clipped, Direction, SteepestDescent};
/// use gols::{Slices, VectorSpace};
///
/// let space = Slices::<f64>::new(2);
/// let mut rule = Clipped::new(SteepestDescent, 1.0)?;
/// let mut d = space.zeros()?;
/// rule.update(&space, &vec![3.0, -4.0], &mut d)?;
/// assert!((d[0] + 0.6).abs() < 1e-15 && (d[1] - 0.8).abs() < 1e-15);
/// rule.update(&space, &vec![0.3, -0.4], &mut d)?;
/// assert_eq!(d, [-0.3, 0.4]);
/// # Ok::<(), gols::Error>(())
/// ```
#[doc(alias("clip_grad_norm", "gradient clipping"))]
#[derive(Debug, Clone)]
pub struct Clipped<D, V> {
    rule: D,
    max_norm: f64,
    /// Whether the last update got as far as the rule.
    has_updated: bool,
    room: Option<V>,
}

impl<D, V> Clipped<D, V> {
    /// This rule, told gradients of at most this norm.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is not positive and finite.
    pub fn new(rule: D, max_norm: f64) -> Result<Self, Error> {
        Error::check_positive("max_norm", max_norm)?;
        Ok(Self { rule, max_norm, has_updated: false, room: None })
    }

    /// The rule, with what it keeps.
    #[must_use]
    pub fn rule(&self) -> &D {
        &self.rule
    }

    /// The gradient as the rule is told it.
    fn clip<'g, O: VectorSpace<Vector = V>>(
        max_norm: f64,
        room: &'g mut Option<V>,
        space: &O,
        gradient: &'g V,
    ) -> Result<&'g V, O::Error> {
        let norm = space.dot(gradient, gradient)?.sqrt();
        if norm <= max_norm {
            return Ok(gradient);
        }
        let room = match room {
            Some(room) => room,
            empty => empty.insert(space.zeros()?),
        };
        space.axpby(max_norm / norm, gradient, 0.0, room)?;
        Ok(room)
    }
}

impl<O: VectorSpace, D: Direction<O>> Direction<O> for Clipped<D, O::Vector> {
    fn update(&mut self, space: &O, g: &O::Vector, d: &mut O::Vector) -> Result<(), O::Error> {
        self.has_updated = false;
        let g = Self::clip(self.max_norm, &mut self.room, space, g)?;
        self.has_updated = true;
        self.rule.update(space, g, d)
    }

    fn accepted(&mut self, space: &O, length: f64, d: &O::Vector) -> Result<(), O::Error> {
        self.rule.accepted(space, length, d)
    }

    fn fall_back(&mut self, space: &O, g: &O::Vector, d: &mut O::Vector) -> Result<(), O::Error> {
        let g = Self::clip(self.max_norm, &mut self.room, space, g)?;
        self.rule.fall_back(space, g, d)
    }

    fn take_back(&mut self) {
        if self.has_updated {
            self.rule.take_back();
        }
    }

    fn reset(&mut self) {
        self.rule.reset();
    }
}

saved!(Clipped<D, V>: rule, max_norm, has_updated; without room; |saved| {
    Error::check_positive("max_norm", saved.max_norm)
});
