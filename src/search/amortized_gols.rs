//! Every evaluation an update: the next gradient judges the last step.

use super::{InexactGols, LineSearch, Origin, Request, StepBounds, Termination, done};
use crate::error::Error;

/// Amortized I-GOLS: [`InexactGols`]'s test, spread over the iterations, at one gradient an update.
///
/// A line search asks how steep the line still is where a step leads, and pays a gradient for every
/// answer. But the next iteration evaluates a gradient there in any case, and on a fresh mini-batch
/// at that: its projection on the direction just travelled, the *arrival slope* g(xₖ₊₁)·dₖ, is
/// F'(αₖ) for one dot product ([`Origin::arrival_slope`], which [`Descent`](crate::Descent) fills).
/// So nothing is asked after the first step; the step length follows from where earlier steps led.
/// (The arrival slope is the derivative of the new loss with respect to αₖ, the *hypergradient* by
/// which Almeida et al. 1999 and Baydin et al. 2018 adapt a learning rate: they descend along it;
/// here it is compared with the slope at the start.)
///
/// On mini-batches one slope says little: along −g, |F'(0)| holds the noise of its own batch, the
/// arrival slope that of another. Both are averaged over about 1 / (1 − averaging) iterations
/// before they are compared:
///
/// S ← m S + (1 − m) g(xₖ)·dₖ₋₁,  Q ← m Q + (1 − m) |F'ₖ₋₁(0)|
///
/// 1. The first step is I-GOLS's, from its smallest trial upwards, with the same bounds.
/// 2. Average: S takes in the arrival slope, Q the slope at the start of the step that led here.
/// 3. α ← α exp(growth · κ), κ = c − S / Q within \[−1, 1\]: the step grows while the slope where
///    it leads is, on average, below the share c of what it was, and shrinks above, the faster the
///    further off. (An arrival slope that is not finite is an overshoot, κ = −1, and left out of
///    the averages.)
/// 4. α is kept within \[lo, hi\] ([`StepBounds`]) of the new direction and remembered:
///    [`ArrivalSlope`](Termination::ArrivalSlope), or [`MaxStep`](Termination::MaxStep) and
///    [`MinStep`](Termination::MinStep) at the bounds.
///
/// Where no arrival slope is known (after a step of length 0 or an error), the remembered step is
/// taken again. Multiplying the loss by a constant changes neither the tests nor the path of x,
/// once the first step is found.
///
/// **The cap is the one scale in the method.** |α d| ≤ 1 clips the bursts of gradients that a step
/// from a plateau meets; without it the step grows on every plateau, and training ends in saturated
/// units. Parameters on another scale want another cap: half the norm of the starting parameters
/// did as well as 1 on the problems of the study. With a direction that adds up steps (momentum m)
/// take (1 − m) to 2 (1 − m) of it. A large share of `MaxStep` says that it is the cap which sets
/// the step lengths.
///
/// **Directions.** Along −g, or along [`Adam`](crate::direction::Adam) with `beta1` 0, which
/// trained furthest on most problems of the study. Momentum need not descend on a mini-batch, and
/// the fall back on −g takes a step in other units.
///
/// It has no start to fall back to: if a step leads where the gradient is not finite, that step is
/// not taken back (`NonFinite` at every later iteration). The cap makes this rare.
///
/// | setting | meaning | default | range |
/// |---|---|---|---|
/// | `growth` | the largest change of ln α at an iteration | 0.1 | (0, ∞) |
/// | `threshold` | c: the share of \|F'(0)\| that arrival slopes reach on average | 0.5 | \[0, 1\] |
/// | `averaging` | m: the weight of the past in both averages | 0.9 | \[0, 1) |
/// | `bounds` | the limits on a step (\[LR\] 2.3) | [`StepBounds::default`] | |
/// | `previous` | the remembered step | none: ask as I-GOLS does | (0, ∞) |
///
/// The defaults were chosen on eight data sets of the study and reported on others
/// (`docs/RESULTS.md`).
///
/// ```
/// use gols::search::{AmortizedGols, LineSearch, Origin, Request};
///
/// let mut search = AmortizedGols::default().with_previous(0.1)?;
/// search.start(Origin::new(-2.0, 1.0));
/// // Where 0.1 led, -2 is -1.5 on the next mini-batch: still far from positive, so the step grows.
/// let next = search.start(Origin::new(-1.8, 1.0).with_arrival_slope(-1.5));
/// let expected = 0.1 * 0.1_f64.exp();
/// assert!(matches!(next, Request::Done(step) if (step.length - expected).abs() < 1e-15));
/// # Ok::<(), gols::Error>(())
/// ```
#[doc(alias("hypergradient", "learning rate"))]
#[derive(Debug, Clone, PartialEq)]
pub struct AmortizedGols {
    growth: f64,
    threshold: f64,
    averaging: f64,
    bounds: StepBounds,
    previous: Option<f64>,
    /// F'(0) of the line searched last, where it went anywhere.
    last_slope: Option<f64>,
    /// S and Q. Both start at 0, so that what they lack at first cancels in their ratio.
    mean_arrival: f64,
    mean_slope: f64,
    /// Finds the first step.
    first: InexactGols,
}

impl Default for AmortizedGols {
    /// Growth 0.1, threshold 0.5, averaging 0.9, default bounds, no remembered step.
    fn default() -> Self {
        Self {
            growth: 0.1,
            threshold: 0.5,
            averaging: 0.9,
            bounds: StepBounds::default(),
            previous: None,
            last_slope: None,
            mean_arrival: 0.0,
            mean_slope: 0.0,
            first: InexactGols::default(),
        }
    }
}

impl AmortizedGols {
    /// Sets the largest change of ln α at an iteration: 0.1 doubles or halves a step in seven.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is not positive and finite.
    pub fn with_growth(self, growth: f64) -> Result<Self, Error> {
        Error::check_positive("growth", growth)?;
        Ok(Self { growth, ..self })
    }

    /// Sets the share c of |F'(0)| at which the average arrival slope keeps the step as it is. 0
    /// asks for the sign change itself, which makes steps short on mini-batches.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is not in \[0, 1\].
    #[doc(alias = "overshoot")]
    pub fn with_threshold(self, threshold: f64) -> Result<Self, Error> {
        let is_share = (0.0..=1.0).contains(&threshold);
        Error::check("threshold", threshold, is_share, "in [0, 1]")?;
        Ok(Self { threshold, ..self })
    }

    /// Sets the weight m of the past in the averages of slopes; 0 compares the last slopes alone.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is not in \[0, 1).
    pub fn with_averaging(self, averaging: f64) -> Result<Self, Error> {
        let is_weight = (0.0..1.0).contains(&averaging);
        Error::check("averaging", averaging, is_weight, "in [0, 1)")?;
        Ok(Self { averaging, ..self })
    }

    /// Sets the remembered step, which the next iteration starts from; [`reset`](LineSearch::reset)
    /// forgets it.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is not positive and finite.
    pub fn with_previous(self, previous: f64) -> Result<Self, Error> {
        Error::check_positive("previous", previous)?;
        Ok(Self { previous: Some(previous), ..self })
    }

    /// Sets the limits on a step, the first one included.
    #[must_use]
    pub fn with_bounds(self, bounds: StepBounds) -> Self {
        let first = self.first.with_bounds(bounds);
        Self { bounds, first, ..self }
    }

    /// The remembered step length.
    #[must_use]
    pub fn previous(&self) -> Option<f64> {
        self.previous
    }

    /// 1. Passes on what the first search wants, and remembers its step.
    fn pass_on(&mut self, request: Request) -> Request {
        if matches!(request, Request::Done(_)) {
            self.previous = self.first.previous();
        }
        request
    }

    /// 2. and 3. The step that follows `previous`, which led to this arrival slope.
    fn adapted(&mut self, previous: f64, arrival: f64, last: f64) -> f64 {
        if !arrival.is_finite() {
            return previous * (-self.growth).exp();
        }
        let m = self.averaging;
        self.mean_arrival = m * self.mean_arrival + (1.0 - m) * arrival;
        self.mean_slope = m * self.mean_slope + (1.0 - m) * last.abs();
        let shortfall = self.threshold - self.mean_arrival / self.mean_slope;
        // 0 / 0, of slopes too small for their average, says nothing.
        let change = if shortfall.is_nan() { 0.0 } else { shortfall.clamp(-1.0, 1.0) };
        previous * (self.growth * change).exp()
    }

    /// 4. Ends within the bounds and remembers.
    fn take(&mut self, step: f64, direction_norm: f64) -> Request {
        let (lo, hi) = self.bounds.limits(direction_norm);
        let (length, termination) = match step {
            step if step >= hi => (hi, Termination::MaxStep),
            step if step <= lo => (lo, Termination::MinStep),
            step => (step, Termination::ArrivalSlope),
        };
        self.previous = Some(length);
        done(length, termination)
    }
}

impl LineSearch for AmortizedGols {
    fn start(&mut self, origin: Origin) -> Request {
        if let Some(termination) = origin.unusable() {
            return done(0.0, termination);
        }
        let last_slope = self.last_slope.replace(origin.slope);
        let Some(previous) = self.previous else {
            let request = self.first.start(origin);
            return self.pass_on(request);
        };
        let step = match (origin.arrival_slope, last_slope) {
            (Some(arrival), Some(last)) => self.adapted(previous, arrival, last),
            _ => previous,
        };
        self.take(step, origin.direction_norm)
    }

    fn resume(&mut self, answer: f64) -> Request {
        let request = self.first.resume(answer);
        self.pass_on(request)
    }

    fn reset(&mut self) {
        self.previous = None;
        self.last_slope = None;
        (self.mean_arrival, self.mean_slope) = (0.0, 0.0);
        self.first.reset();
    }
}
