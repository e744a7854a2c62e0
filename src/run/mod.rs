//! How long a run goes on, who watches it, and what it came to.

mod clock;
mod progress;
mod stop;
mod summary;

use core::ops::ControlFlow;
use core::time::Duration;

pub use progress::{Progress, Verdict};
pub use stop::{Stop, StopReason};
pub use summary::Summary;

use self::clock::Clock;
use crate::line::Evaluations;
use crate::search::Step;

/// A run under way.
#[derive(Debug)]
pub(crate) struct Run {
    stop: Stop,
    /// When it began; none where nobody asks.
    began: Option<Clock>,
    summary: Summary,
    /// The mean of losses: their weighted sum, and the sum of the weights.
    losses: f64,
    weights: f64,
    gradient_norm: f64,
}

/// What a run is told of an update.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Note {
    pub step: Step,
    pub loss: Option<f64>,
    pub gradient_norm: f64,
    pub evaluations: Evaluations,
}

impl Run {
    /// A run of so many updates, without a clock.
    pub(crate) fn of(updates: usize) -> Self {
        let (began, summary) = (None, Summary::default());
        let stop = Stop::after(updates);
        Self { stop, began, summary, losses: 0.0, weights: 0.0, gradient_norm: f64::NAN }
    }

    /// A run that begins now.
    pub(crate) fn until(stop: Stop) -> Self {
        Self { stop, began: Some(Clock::start()), ..Self::of(0) }
    }

    /// Whether there is another update.
    pub(crate) fn goes_on(&mut self) -> bool {
        if self.summary.iterations >= self.stop.updates && self.summary.reason.is_none() {
            self.summary.reason = Some(StopReason::Updates);
        }
        self.summary.reason.is_none()
    }

    /// Takes an update in.
    pub(crate) fn note(&mut self, note: Note) -> Progress {
        let Note { step, loss, gradient_norm, evaluations } = note;
        self.summary.add(step, loss, evaluations);
        if let Some(loss) = loss.filter(|loss| loss.is_finite()) {
            let m = self.stop.averaging;
            self.losses = m * self.losses + (1.0 - m) * loss;
            self.weights = m * self.weights + (1.0 - m);
        }
        self.gradient_norm = gradient_norm;
        self.progress(note)
    }

    fn progress(&self, Note { step, loss, gradient_norm, .. }: Note) -> Progress {
        let Summary { iterations: updates, evaluations, skipped, .. } = self.summary;
        let (elapsed, mean_loss) = (self.elapsed(), self.mean_loss());
        Progress { updates, evaluations, elapsed, loss, mean_loss, gradient_norm, step, skipped }
    }

    fn elapsed(&self) -> Duration {
        self.began.as_ref().map_or(Duration::ZERO, Clock::elapsed)
    }

    fn mean_loss(&self) -> Option<f64> {
        (self.weights > 0.0).then(|| self.losses / self.weights)
    }

    /// Decides whether the run is over, together with the other workers where theirs may decide
    /// otherwise: a clock and a callback are not the same everywhere.
    pub(crate) fn judge<A: Verdict, E>(
        &mut self,
        verdict: A,
        any_worker: impl FnOnce(bool) -> Result<bool, E>,
    ) -> Result<(), E> {
        let loss = self.mean_loss();
        let evaluations = self.summary.evaluations;
        let reached = self.stop.reached(loss, self.gradient_norm, evaluations);
        let time = self.stop.time.filter(|&time| self.elapsed() >= time);
        let here = match verdict.flow() {
            _ if time.is_some() => Some(StopReason::Time),
            ControlFlow::Break(()) => Some(StopReason::Caller),
            ControlFlow::Continue(()) => None,
        };
        let elsewhere = match self.stop.time.is_some() || A::MAY_STOP {
            true => any_worker(here.is_some())?.then_some(StopReason::Worker),
            false => None,
        };
        self.summary.reason = reached.or(here).or(elsewhere);
        Ok(())
    }

    pub(crate) fn summary(self) -> Summary {
        self.summary
    }
}
