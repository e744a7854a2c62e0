//! No evaluation but the update's own: the next gradient judges the last step.

use super::{LineSearch, Origin, Request, Termination, done};
use crate::error::Error;

/// Amortized I-GOLS: [`InexactGols`](super::InexactGols)'s test, spread over the iterations, at one
/// gradient an update.
///
/// A line search asks how steep the line still is where a step leads, and pays a gradient for every
/// answer. But the next iteration evaluates a gradient there in any case, and on a fresh mini-batch
/// at that: its projection on the direction just travelled, the *arrival slope* g(xₖ₊₁)·dₖ, is
/// F'(αₖ) for one dot product ([`Origin::arrival_slope`], which [`Descent`](crate::Descent) and
/// [`Optimizer`](crate::Optimizer) fill). So nothing is ever asked; the step length follows from
/// where earlier steps led. (The arrival slope is the derivative of the new loss with respect to αₖ,
/// the *hypergradient* by which Almeida et al. 1999 and Baydin et al. 2018 adapt a learning rate:
/// they descend along it; here it is compared with the slope at the start.)
///
/// On mini-batches one slope says little: along −g, |F'(0)| holds the noise of its own batch, the
/// arrival slope that of another. Both are averaged over about 1 / (1 − averaging) iterations
/// before they are compared:
///
/// S ← m S + (1 − m) g(xₖ)·dₖ₋₁,  Q ← m Q + (1 − m) |F'ₖ₋₁(0)|
///
/// 1. The first step is tiny: α |d| = initial_displacement · (1 + |x₀|).
/// 2. Average: S takes in the arrival slope, Q the slope at the start of the step that led here.
/// 3. κ = c − S / Q within \[−1, 1\]: positive while the slope where steps lead is, on average, below
///    the share c of what it was at their start, negative above.
/// 4. α ← α exp(rate · κ). The rate is `ramp` until κ has been negative three times; from then on it
///    falls by a tenth an iteration, down to `growth`.
/// 5. α |d| is kept to `max_displacement`: [`MaxStep`](Termination::MaxStep), else
///    [`ArrivalSlope`](Termination::ArrivalSlope). α is remembered.
///
/// Where no arrival slope is known, the remembered step is taken again. An origin whose slope is not
/// finite shrinks it by exp(−growth) and leaves the averages alone. Multiplying the loss by a
/// constant changes neither the tests nor the path of x.
///
/// **The cap is the one scale in the method.** |α d| ≤ 1 clips the bursts of gradients that a step
/// from a plateau meets; without it the step grows on every plateau, and training ends in saturated
/// units. Parameters on another scale want another cap: half the norm of the starting parameters
/// did as well as 1 on the problems of the study. With a direction that adds up steps (momentum m)
/// take (1 − m) to 2 (1 − m) of it. A large share of `MaxStep` says that it is the cap which sets
/// the step lengths.
///
/// **Directions.** Along −g, or along [`Adam`](crate::direction::Adam) without momentum, which
/// trained furthest on most problems of the study. Momentum need not descend on a mini-batch, and
/// the fall back on −g takes a step in other units.
///
/// | setting | meaning | default | range |
/// |---|---|---|---|
/// | `growth` | the largest change of ln α at an iteration | 0.1 | (0, ∞) |
/// | `threshold` | c: the share of \|F'(0)\| that arrival slopes shall average | 0.5 | \[0, 1\] |
/// | `averaging` | m: the weight of the past in both averages | 0.9 | \[0, 1) |
/// | `ramp` | the same as `growth` until three overshoots; none below it | 0.7 | (0, ∞) |
/// | `initial_displacement` | the first step's way \|α d\|, beside 1 + \|x₀\| (as Ivgi et al. 2023, DoG) | 1e-6 | (0, ∞) |
/// | `max_displacement` | the longest way \|α d\| (\[LR\] 2.3) | 1 | (0, ∞), or none |
/// | `previous` | the remembered step | none: begin with the first step | (0, ∞) |
///
/// ```
/// use gols::search::{AmortizedGols, LineSearch, Origin, Request, Termination};
///
/// let mut search = AmortizedGols::default().with_previous(0.1)?;
/// // A slope of -2 at first; where 0.1 led it is -1.5 on the next batch: still far, so it grows.
/// search.start(Origin::new(-2.0, 1.0));
/// let request = search.start(Origin::new(-1.8, 1.0).with_arrival_slope(-1.5));
/// let Request::Done(step) = request else { panic!("it asks for nothing") };
/// assert_eq!(step.termination, Termination::ArrivalSlope);
/// assert!((step.length - 0.1 * 0.7_f64.exp()).abs() < 1e-15);
/// # Ok::<(), gols::Error>(())
/// ```
#[doc(alias("hypergradient", "learning rate"))]
#[derive(Debug, Clone, PartialEq)]
pub struct AmortizedGols {
    growth: f64,
    threshold: f64,
    averaging: f64,
    ramp: f64,
    initial_displacement: f64,
    max_displacement: Option<f64>,
    state: State,
    /// What it was when the last search began.
    before: State,
}

/// What is kept from one iteration to the next.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct State {
    previous: Option<f64>,
    /// F'(0) of the line searched last, where it went anywhere.
    last_slope: Option<f64>,
    /// S and Q. Both start at 0, so that what they lack at first cancels in their ratio.
    mean_arrival: f64,
    mean_slope: f64,
    /// How often κ was negative, up to the end of the ramp.
    overshoots: u32,
    /// The rate once the ramp has ended.
    rate: Option<f64>,
}

/// The overshoots that end the ramp: one or two may be noise.
const PATIENCE: u32 = 3;
/// What is left of the rate after an iteration, once the ramp has ended.
const DECAY: f64 = 0.9;

impl Default for AmortizedGols {
    /// Growth 0.1, threshold 0.5, averaging 0.9, ramp 0.7, first displacement 1e-6, largest 1, no
    /// remembered step.
    fn default() -> Self {
        Self {
            growth: 0.1,
            threshold: 0.5,
            averaging: 0.9,
            ramp: 0.7,
            initial_displacement: 1e-6,
            max_displacement: Some(1.0),
            state: State::default(),
            before: State::default(),
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
        Error::check_fraction("averaging", averaging)?;
        Ok(Self { averaging, ..self })
    }

    /// Sets the largest change of ln α at an iteration before the third overshoot.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is not positive and finite.
    pub fn with_ramp(self, ramp: f64) -> Result<Self, Error> {
        Error::check_positive("ramp", ramp)?;
        Ok(Self { ramp, ..self })
    }

    /// Sets the way |α d| of the first step, in units of 1 + |x₀|; of 1 where the norm is not known,
    /// as in [`Descent`](crate::Descent).
    ///
    /// # Errors
    /// [`Error::Setting`] if it is not positive and finite.
    pub fn with_initial_displacement(self, initial_displacement: f64) -> Result<Self, Error> {
        Error::check_positive("initial_displacement", initial_displacement)?;
        Ok(Self { initial_displacement, ..self })
    }

    /// Sets the cap on |α d|, in units of the parameters.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is not positive and finite.
    pub fn with_max_displacement(self, max_displacement: f64) -> Result<Self, Error> {
        Error::check_positive("max_displacement", max_displacement)?;
        Ok(Self { max_displacement: Some(max_displacement), ..self })
    }

    /// Lifts the cap on |α d|.
    #[must_use]
    pub fn without_cap(self) -> Self {
        Self { max_displacement: None, ..self }
    }

    /// Sets the remembered step, which the next iteration starts from; [`reset`](LineSearch::reset)
    /// forgets it.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is not positive and finite.
    pub fn with_previous(mut self, previous: f64) -> Result<Self, Error> {
        Error::check_positive("previous", previous)?;
        self.state.previous = Some(previous);
        Ok(self)
    }

    /// The remembered step length α.
    #[must_use]
    pub fn previous(&self) -> Option<f64> {
        self.state.previous
    }

    /// S / Q: the slope where steps lead, as a share of what it is where they start, on average. None
    /// before it is known.
    #[must_use]
    pub fn mean_ratio(&self) -> Option<f64> {
        let State { mean_arrival, mean_slope, .. } = self.state;
        (mean_slope > 0.0).then(|| mean_arrival / mean_slope)
    }

    /// 2. Takes the slopes at both ends of the last step in.
    fn average(&mut self, arrival: f64, start: f64) {
        let (m, state) = (self.averaging, &mut self.state);
        state.mean_arrival = m * state.mean_arrival + (1.0 - m) * arrival;
        state.mean_slope = m * state.mean_slope + (1.0 - m) * start.abs();
    }

    /// 4. The largest change of ln α now.
    fn rate(&mut self, kappa: f64) -> f64 {
        self.state.overshoots = PATIENCE.min(self.state.overshoots + u32::from(kappa < 0.0));
        if self.state.overshoots == PATIENCE {
            let rate = self.growth.max(DECAY * self.state.rate.unwrap_or(self.ramp));
            self.state.rate = Some(rate);
        }
        self.state.rate.unwrap_or(self.ramp)
    }

    /// 1. to 4. The next step, before the cap.
    fn adapted(&mut self, origin: Origin) -> f64 {
        let last_slope = self.state.last_slope.replace(origin.slope);
        if let (Some(arrival), Some(start)) = (origin.arrival_slope, last_slope)
            && arrival.is_finite()
        {
            self.average(arrival, start);
        }
        // 3. How far off the mean is; 0 / 0, of slopes too small for their average, says nothing.
        let shortfall = self.threshold - self.mean_ratio().unwrap_or(self.threshold);
        let kappa = if shortfall.is_nan() { 0.0 } else { shortfall.clamp(-1.0, 1.0) };
        let rate = self.rate(kappa);
        match self.state.previous {
            Some(previous) => previous * (rate * kappa).exp(),
            None => {
                let size = 1.0 + origin.parameters_norm.unwrap_or(0.0);
                self.initial_displacement * size / origin.direction_norm
            }
        }
    }

    /// 5. Ends within the cap and remembers.
    fn take(&mut self, step: f64, direction_norm: f64) -> Request {
        let hi = self.max_displacement.map_or(f64::MAX, |cap| cap / direction_norm);
        let length = if step < hi { step } else { hi.min(f64::MAX) };
        // A step of 0 could never grow again.
        self.state.previous = Some(length.max(f64::MIN_POSITIVE));
        let is_capped = !(step < hi);
        let termination = if is_capped { Termination::MaxStep } else { Termination::ArrivalSlope };
        done(length, termination)
    }
}

impl LineSearch for AmortizedGols {
    fn start(&mut self, origin: Origin) -> Request {
        self.before = self.state;
        if let Some(termination) = origin.unusable() {
            if termination == Termination::NonFinite {
                let shrunk = |step: f64| (step * (-self.growth).exp()).max(f64::MIN_POSITIVE);
                self.state.previous = self.state.previous.map(shrunk);
            }
            return done(0.0, termination);
        }
        let step = self.adapted(origin);
        self.take(step, origin.direction_norm)
    }

    fn resume(&mut self, _answer: f64) -> Request {
        done(0.0, Termination::Budget)
    }

    fn take_back(&mut self) {
        self.state = self.before;
    }

    fn reset(&mut self) {
        (self.state, self.before) = (State::default(), State::default());
    }
}
