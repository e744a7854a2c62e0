//! Vectors that a direction rule keeps from one gradient to the next.

use crate::vector::VectorSpace;

/// A vector that is made when it is first needed, and then kept.
#[derive(Debug, Clone)]
pub(super) struct Memory<V>(Option<V>);

impl<V> Memory<V> {
    /// No vector yet.
    pub(super) const fn new() -> Self {
        Self(None)
    }

    /// The vector; zeros at first.
    pub(super) fn get<O: VectorSpace<Vector = V>>(
        &mut self,
        space: &O,
    ) -> Result<&mut V, O::Error> {
        Ok(match &mut self.0 {
            Some(vector) => vector,
            empty => empty.insert(space.zeros()?),
        })
    }
}
