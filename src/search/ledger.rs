//! The requests of one search, counted against its budget and closed by its step.

use super::{Request, Step, Termination};

/// Counts requests against a budget and keeps the end, so that each search states only its rule.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Ledger {
    budget: usize,
    asked: usize,
    end: Option<Step>,
}

/// How a search ends that was resumed but never started.
const UNSTARTED: Step = Step { length: 0.0, termination: Termination::Budget };

impl Ledger {
    /// A closed ledger for searches of at most `budget` requests.
    pub(super) const fn new(budget: usize) -> Self {
        Self { budget, asked: 0, end: Some(UNSTARTED) }
    }

    /// Begins a search: nothing asked, no end yet.
    pub(super) fn open(&mut self) {
        *self = Self { budget: self.budget, asked: 0, end: None };
    }

    /// As new.
    pub(super) fn reset(&mut self) {
        *self = Self::new(self.budget);
    }

    /// Asks for the loss at `alpha`, or ends at `fallback` if the budget is used up.
    pub(super) fn loss(&mut self, alpha: f64, fallback: f64) -> Request {
        self.ask(Request::Loss(alpha), fallback)
    }

    /// Asks for the slope at `alpha`, or ends at `fallback` if the budget is used up.
    pub(super) fn slope(&mut self, alpha: f64, fallback: f64) -> Request {
        self.ask(Request::Slope(alpha), fallback)
    }

    /// Ends the search.
    pub(super) fn close(&mut self, length: f64, termination: Termination) -> Request {
        let step = Step { length, termination };
        self.end = Some(step);
        Request::Done(step)
    }

    /// The end, if the search has ended.
    pub(super) fn end(&self) -> Option<Request> {
        self.end.map(Request::Done)
    }

    /// Whether the next request would exceed the budget.
    pub(super) fn is_spent(&self) -> bool {
        self.asked == self.budget
    }

    fn ask(&mut self, request: Request, fallback: f64) -> Request {
        if self.is_spent() {
            return self.close(fallback, Termination::Budget);
        }
        self.asked += 1;
        request
    }
}
