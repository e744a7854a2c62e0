//! What an optimizer knows in numbers, whatever its vectors are: how long a step is, and how the mean follows.

use super::iterate_mean::{Following, IterateMean};
use super::reach::Reach;
#[cfg(feature = "serde")]
use crate::error::Error;
#[cfg(not(feature = "std"))]
use crate::float::Float as _;
use crate::search::{AmortizedGols, LineSearch, Origin, Request, Step, Termination};
use crate::update::Update;

/// The search, the mean and the reach, and what is known of the last step.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Pace {
    pub(crate) search: AmortizedGols,
    pub(crate) mean: IterateMean,
    pub(crate) reach: Option<Reach>,
    /// Whether the direction at hand is that of the last step.
    pub(crate) has_travelled: bool,
    /// The batches that were not finite.
    pub(crate) skipped: u64,
    /// |x₀|, from the first step on.
    pub(crate) start_norm: Option<f64>,
}

/// What an update has to know: g·g, g·d₋ where there was a step, g·u, g·d and |d|.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slopes {
    pub(crate) square: f64,
    pub(crate) arrival: Option<f64>,
    pub(crate) along_u: f64,
    pub(crate) slope: f64,
    pub(crate) direction_norm: f64,
}

impl Slopes {
    /// 1. Whether the gradient is finite, and not 0.
    pub(crate) fn is_usable(&self) -> bool {
        self.square != 0.0 && self.square.is_finite()
    }
}

impl Pace {
    /// The defaults.
    pub(crate) fn new() -> Self {
        Self {
            search: AmortizedGols::for_averages(),
            mean: IterateMean::new(),
            reach: Some(Reach::new(0.8)),
            has_travelled: false,
            skipped: 0,
            start_norm: None,
        }
    }

    /// 1. The update that moves nothing: the gradient is 0, or not finite and the batch skipped.
    pub(crate) fn rest(&mut self, slopes: Slopes) -> Update {
        let idle = Step { length: 0.0, termination: Termination::Stationary };
        let step = if slopes.square == 0.0 { idle } else { self.skip() };
        Update {
            step,
            slope: 0.0,
            arrival_slope: slopes.arrival,
            displacement: 0.0,
            gradient_norm: slopes.square.sqrt(),
        }
    }

    /// 1. Counts a batch that is not finite; α shrinks a little.
    pub(crate) fn skip(&mut self) -> Step {
        self.skipped += 1;
        self.ask(Origin::new(f64::NAN, 0.0))
    }

    /// 3. Whether [`decide`](Self::decide) wants to know |z − x₀|.
    pub(crate) fn is_due(&self) -> bool {
        self.reach.is_some_and(|reach| reach.is_due())
    }

    /// 3. and 4. The step, which has still to be taken.
    pub(crate) fn decide(&mut self, slopes: Slopes, distance: Option<f64>) -> Update {
        let before = self.reach;
        let norm = slopes.direction_norm;
        let mut origin = Origin::new(slopes.slope, norm);
        // 3. The reach.
        if let Some(reach) = &mut self.reach {
            if let Some(distance) = distance {
                reach.measure(distance);
            }
            if norm.is_finite() && norm > 0.0 {
                origin.max_displacement = reach.limit(norm);
            }
        }
        // 4. The step length.
        origin.arrival_slope = slopes.arrival;
        origin.parameters_norm = self.start_norm;
        origin.agreement = self.mean.agreement();
        let step = self.ask(origin);
        if step.length == 0.0 {
            self.reach = before;
        }
        Update {
            step,
            slope: slopes.slope,
            arrival_slope: slopes.arrival,
            displacement: step.length * norm,
            gradient_norm: slopes.square.sqrt(),
        }
    }

    /// 5. and 6. How the step is taken.
    pub(crate) fn travel(&mut self, update: &Update, along_u: f64) -> Following {
        if let Some(reach) = &mut self.reach {
            reach.travel(update.displacement);
        }
        self.has_travelled = true;
        self.mean.advance(update.step.length, along_u)
    }

    /// Begins to average anew, from the mean.
    pub(crate) fn begin_anew(&mut self) {
        self.mean.reset();
        self.has_travelled = false;
    }

    fn ask(&mut self, origin: Origin) -> Step {
        match self.search.start(origin) {
            Request::Done(step) => step,
            // It never asks.
            _ => Step { length: 0.0, termination: Termination::Budget },
        }
    }

    /// Whether what was read could have been set, and |x₀| is a number.
    #[cfg(feature = "serde")]
    pub(crate) fn check(&self) -> Result<(), Error> {
        self.mean.check()?;
        self.reach.map_or(Ok(()), Reach::check)?;
        let norm = self.start_norm.unwrap_or(0.0);
        let valid = norm >= 0.0 && norm.is_finite();
        Error::check("the norm of the start", norm, valid, "at least 0 and finite")
    }
}
