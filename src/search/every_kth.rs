//! A search that is only made now and then.

use super::{LineSearch, Origin, Request, StepBounds, Termination, done};
use crate::error::Error;
use crate::saved::saved;

/// Searches at every `period`th iteration and repeats the last step in between.
///
/// A step length that fits changes slowly, so that its search can be paid for once in a while:
///
/// 1. If no step is held, or it was used `period` times, search, and hold the step if the search
///    was a success.
/// 2. Else end at once at the step held, clamped to the `bounds` along d,
///    [`Repeated`](Termination::Repeated).
///
/// Like every search it stays where it is if the origin is [unusable](Origin::unusable); that
/// counts as no use of the step. It holds any search, boxed ones included.
///
/// | setting | meaning | default | range |
/// |---|---|---|---|
/// | `period` | k: iterations a search pays for; 1 searches always | none: it is asked for | ≥ 1 |
/// | `bounds` | the limits on a repeated step; the search has its own | displacements from 1e-8 to 1 | |
///
/// ```
/// use gols::search::{EveryKth, InexactGols, LineSearch, Origin, Request};
///
/// let mut search = EveryKth::new(InexactGols::default().with_previous(0.5)?, 3)?;
/// assert_eq!(search.start(Origin::new(-1.0, 1.0)), Request::Slope(0.5));
/// let found = search.resume(0.1);
/// assert!(matches!(found, Request::Done(step) if step.length == 0.5));
/// for _ in 0..2 {
///     let repeated = search.start(Origin::new(-1.0, 1.0));
///     assert!(matches!(repeated, Request::Done(step) if step.length == 0.5));
/// }
/// assert_eq!(search.start(Origin::new(-1.0, 1.0)), Request::Slope(0.5));
/// # Ok::<(), gols::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct EveryKth<S> {
    search: S,
    period: usize,
    bounds: StepBounds,
    state: State,
    /// What it was when the last iteration began, and whether that one searched.
    before: State,
    has_searched: bool,
}

/// What is kept from one iteration to the next.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct State {
    /// The step of the last search, if it was a success.
    held: Option<f64>,
    /// How often it was used.
    uses: usize,
    /// The arrival slope of the line that was searched.
    arrival_slope: Option<f64>,
}

impl<S: LineSearch> EveryKth<S> {
    /// A search at every `period`th iteration, at the first among them.
    ///
    /// # Errors
    /// [`Error::Setting`] if `period` is 0.
    pub fn new(search: S, period: usize) -> Result<Self, Error> {
        Error::check_count("period", period)?;
        Ok(Self::of(search, period))
    }
}

impl<S> EveryKth<S> {
    pub(super) fn of(search: S, period: usize) -> Self {
        let (state, before, bounds) =
            (State::default(), State::default(), StepBounds::DISPLACEMENTS);
        Self { search, period, bounds, state, before, has_searched: false }
    }

    /// Sets the limits on a repeated step. Give it the search's own.
    #[must_use]
    pub fn with_bounds(self, bounds: StepBounds) -> Self {
        Self { bounds, ..self }
    }

    /// The search, with its remembered step.
    #[must_use]
    pub fn search(&self) -> &S {
        &self.search
    }

    /// 1. Holds the step of a search that has ended.
    fn note(&mut self, request: Request) -> Request {
        if let Request::Done(step) = request {
            let held = step.termination.is_success().then_some(step.length);
            self.state = State { held, uses: 1, arrival_slope: None };
        }
        request
    }
}

impl<S: LineSearch> LineSearch for EveryKth<S> {
    fn start(&mut self, mut origin: Origin) -> Request {
        self.before = self.state;
        let unusable = origin.unusable();
        self.has_searched = unusable == Some(Termination::NonFinite);
        if self.has_searched {
            // A repeated step may have led here: it is not repeated again.
            self.state = State::default();
            return self.search.start(origin);
        }
        if let Some(termination) = unusable {
            return done(0.0, termination);
        }
        if self.state.uses == 1 {
            self.state.arrival_slope = origin.arrival_slope;
        }
        match self.state.held {
            // 2. The step held.
            Some(length) if self.state.uses < self.period => {
                self.state.uses += 1;
                let (lo, hi) = self.bounds.limits(origin.direction_norm);
                done(length.max(lo).min(hi), Termination::Repeated)
            }
            _ => {
                self.has_searched = true;
                origin.arrival_slope = self.state.arrival_slope;
                let request = self.search.start(origin);
                self.note(request)
            }
        }
    }

    fn resume(&mut self, answer: f64) -> Request {
        let request = self.search.resume(answer);
        self.note(request)
    }

    fn take_back(&mut self) {
        self.state = self.before;
        if core::mem::take(&mut self.has_searched) {
            self.search.take_back();
        }
    }

    fn reset(&mut self) {
        self.search.reset();
        self.state = State::default();
    }
}

saved!(EveryKth<S>: search, period, bounds, state, before, has_searched; |saved| {
    Error::check_count("period", saved.period)?;
    Error::check_positive("the step held", saved.state.held.unwrap_or(1.0))
});
