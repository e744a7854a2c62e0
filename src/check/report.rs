//! What was looked at, and the first thing that is wrong.

use alloc::string::String;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::fmt;

/// What a check has found: the promises that hold, in the order in which they were looked at, up to the
/// first that does not. Print it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Report {
    held: Vec<&'static str>,
    fault: Option<Fault>,
}

impl Report {
    /// Whether every promise holds.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.fault.is_none()
    }

    /// The promises that were looked at and hold.
    #[must_use]
    pub fn held(&self) -> &[&'static str] {
        &self.held
    }

    /// The first promise that does not hold. What comes after it was not looked at.
    #[must_use]
    pub fn fault(&self) -> Option<&Fault> {
        self.fault.as_ref()
    }

    /// The report of a check that ends at the first fault.
    pub(super) fn of<E>(
        check: impl FnOnce(&mut Promises) -> Result<(), Stop<E>>,
    ) -> Result<Self, E> {
        let mut promises = Promises(Vec::new());
        let fault = match check(&mut promises) {
            Ok(()) => None,
            Err(Stop::Fault(fault)) => {
                promises.0.pop();
                Some(fault)
            }
            Err(Stop::Own(error)) => return Err(error),
        };
        Ok(Self { held: promises.0, fault })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for held in &self.held {
            writeln!(f, "holds: {held}")?;
        }
        match &self.fault {
            Some(fault) => write!(f, "WRONG: {fault}"),
            None => write!(f, "all {} hold", self.held.len()),
        }
    }
}

/// A promise that is not kept.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Fault {
    /// The promise.
    pub what: &'static str,
    /// Where it was put to the test.
    pub place: String,
    /// What was found there.
    pub found: String,
    /// What would have been right.
    pub expected: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, place, found, expected } = self;
        write!(f, "{what}\n  where:    {place}\n  found:    {found}\n  expected: {expected}")
    }
}

/// Why a check ends early: a fault, or an error of the objective's own.
#[derive(Debug)]
pub(super) enum Stop<E> {
    Fault(Fault),
    Own(E),
}

impl<E> From<E> for Stop<E> {
    fn from(error: E) -> Self {
        Self::Own(error)
    }
}

/// The promises that are looked at, the present one last.
pub(super) struct Promises(Vec<&'static str>);

impl Promises {
    /// Begins with the next promise.
    pub(super) fn next(&mut self, what: &'static str) {
        self.0.push(what);
    }

    /// `Ok` if the present promise is kept in this place.
    pub(super) fn require<E>(
        &self,
        kept: bool,
        place: impl fmt::Display,
        found: impl fmt::Display,
        expected: impl fmt::Display,
    ) -> Result<(), Stop<E>> {
        if kept {
            return Ok(());
        }
        let what = self.0.last().copied().unwrap_or_default();
        let (place, found) = (place.to_string(), found.to_string());
        Err(Stop::Fault(Fault { what, place, found, expected: expected.to_string() }))
    }
}
