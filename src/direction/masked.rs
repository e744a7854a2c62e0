//! A rule that leaves some coordinates where they are.

use super::Direction;
use crate::saved::saved;
use crate::vector::ElementWise;

/// A rule whose direction is 0 in some coordinates: frozen parameters.
///
/// d ← √m ⊙ d
///
/// with the mask m: 1 where a coordinate is trained, 0 where it is frozen; any m ≥ 0 multiplies the steps
/// of its coordinates by √m, so that w² makes a group w times as fast as the others. Frozen coordinates
/// keep their values bit for bit, and slopes g·d are those of the others. A rule's means and squares take
/// in whole gradients, so that a rule with another mask can go on from there.
///
/// It keeps the mask, and takes one pass more an update.
///
/// ```
/// use gols::direction::{Direction, Masked, SteepestDescent};
/// use gols::{Slices, VectorSpace};
///
/// let space = Slices::<f64>::new(3);
/// let mut rule = Masked::new(SteepestDescent, vec![1.0, 0.0, 0.25]);
/// let mut d = space.zeros()?;
/// rule.update(&space, &vec![1.0, 2.0, 4.0], &mut d)?;
/// assert_eq!(d, [-1.0, 0.0, -2.0]);
/// # Ok::<(), gols::Error>(())
/// ```
#[doc(alias("frozen", "requires_grad", "parameter groups"))]
#[derive(Debug, Clone)]
pub struct Masked<D, V> {
    rule: D,
    mask: V,
}

impl<D, V> Masked<D, V> {
    /// This rule in the coordinates where the mask is 1.
    #[must_use]
    pub fn new(rule: D, mask: V) -> Self {
        Self { rule, mask }
    }

    /// The rule, with what it keeps.
    #[must_use]
    pub fn rule(&self) -> &D {
        &self.rule
    }

    /// The mask.
    #[must_use]
    pub fn mask(&self) -> &V {
        &self.mask
    }

    /// The mask, to freeze and to thaw in mid-run.
    pub fn mask_mut(&mut self) -> &mut V {
        &mut self.mask
    }
}

impl<O: ElementWise, D: Direction<O>> Direction<O> for Masked<D, O::Vector> {
    fn update(&mut self, space: &O, g: &O::Vector, d: &mut O::Vector) -> Result<(), O::Error> {
        self.rule.update(space, g, d)?;
        let masked = space.multiply_by_root(&self.mask, 0.0, d);
        if masked.is_err() {
            self.rule.take_back();
        }
        masked
    }

    fn accepted(&mut self, space: &O, length: f64, d: &O::Vector) -> Result<(), O::Error> {
        self.rule.accepted(space, length, d)
    }

    fn fall_back(&mut self, space: &O, g: &O::Vector, d: &mut O::Vector) -> Result<(), O::Error> {
        self.rule.fall_back(space, g, d)?;
        space.multiply_by_root(&self.mask, 0.0, d)
    }

    fn take_back(&mut self) {
        self.rule.take_back();
    }

    fn reset(&mut self) {
        self.rule.reset();
    }
}

saved!(Masked<D, V>: rule, mask);
