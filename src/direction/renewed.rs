//! What a direction rule keeps from one gradient to the next, so that an update can be taken back.

use crate::vector::VectorSpace;

/// A vector that every update writes anew, beside what it was before. Both are made when first needed.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Renewed<V> {
    now: Option<V>,
    /// What it was before the last update, and room for the next.
    before: Option<V>,
}

impl<V> Renewed<V> {
    /// No vectors yet.
    pub(super) const fn new() -> Self {
        Self { now: None, before: None }
    }

    /// The vector as it is (zeros at first), and room for what it becomes.
    pub(super) fn parts<O: VectorSpace<Vector = V>>(
        &mut self,
        space: &O,
    ) -> Result<(&V, &mut V), O::Error> {
        Ok((made(&mut self.now, space)?, made(&mut self.before, space)?))
    }

    /// The vector as it is; zeros at first.
    pub(super) fn get<O: VectorSpace<Vector = V>>(
        &mut self,
        space: &O,
    ) -> Result<&mut V, O::Error> {
        made(&mut self.now, space)
    }

    /// The room becomes the vector, and the other way round.
    pub(super) fn turn(&mut self) {
        core::mem::swap(&mut self.now, &mut self.before);
    }
}

fn made<'v, O: VectorSpace>(
    place: &'v mut Option<O::Vector>,
    space: &O,
) -> Result<&'v mut O::Vector, O::Error> {
    Ok(match place {
        Some(vector) => vector,
        empty => empty.insert(space.zeros()?),
    })
}

/// The updates since a rule was reset, and whether the last one, with a reset behind it, can be taken
/// back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Age {
    updates: u64,
    /// What it was before the last update, if that can be taken back.
    before: Option<u64>,
}

impl Age {
    /// Whether nothing is kept.
    pub(super) fn is_new(self) -> bool {
        self.updates == 0
    }

    /// An update begins: the last one stays.
    pub(super) fn settle(&mut self) {
        self.before = None;
    }

    /// One more update.
    pub(super) fn grow(&mut self) {
        *self = Self { updates: self.updates + 1, before: Some(self.updates) };
    }

    /// Nothing is kept any more.
    pub(super) fn reset(&mut self) {
        self.updates = 0;
    }

    /// Since the reset, a step has been accepted that counts as an update.
    pub(super) fn restart(&mut self) {
        self.updates = 1;
    }

    /// Takes the last update back, once; whether there was one.
    pub(super) fn shrink(&mut self) -> bool {
        let before = self.before.take();
        self.updates = before.unwrap_or(self.updates);
        before.is_some()
    }
}
