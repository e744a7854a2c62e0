//! No evaluation but the update's own: the next gradient judges the last step.

use super::arrival_mean::ArrivalMean;
use super::{LineSearch, Origin, Request, Termination, done};
use crate::error::Error;
#[cfg(not(feature = "std"))]
use crate::float::Float as _;
use crate::saved::saved;

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
/// before they are compared. G is the geometric mean of |F'(0)|:
/// ln G ← 0.9 ln G + 0.1 ln |F'ₖ₋₁(0)|.
///
/// 1. The first step: α |d| = initial_displacement · (1 + |x|). Where no arrival slope is known, the
///    remembered step is taken again; where it, or the gradient itself, is not finite,
///    α ← α exp(−growth) and nothing is averaged.
/// 2. Average, the past in the measure of today's slopes (*): with r = G / G_before,
///    S ← m r S + (1 − m) g(xₖ)·dₖ₋₁,  Q ← m r Q + (1 − m) |F'ₖ₋₁(0)|.
/// 3. κ = c − S / Q within \[−1, 1\]; where the origin tells an [agreement](Origin::agreement) R above 0.9,
///    c is that much nearer to `least_threshold`: c ← c₀ + (c − c₀) · 10 (1 − R). The rate is `ramp` until κ < 0 for the third time (the *ramp*),
///    then at every iteration max(growth, 0.9 rate).
/// 4. α ← α exp(rate κ): the step grows while the slope where it leads is, on average, below the
///    share c of what it was, and shrinks above, the faster the further off. Where S / Q > 1,
///    α ← 2 α / (1 + S / Q) if that is less (*).
/// 5. α |d| ≤ max_displacement, and what the [origin](Origin::max_displacement) allows:
///    [`MaxStep`](Termination::MaxStep), else [`ArrivalSlope`](Termination::ArrivalSlope). After the
///    ramp, where the cap of the search cuts α below what it
///    was and S / Q > 0.9 c: c ← max(least_threshold, 0.7 c).
/// 6. After the ramp, or where S / Q > 1: with α ← h α, S ← h (S + Q) − Q (*), what S would have been
///    with the new step. Where the cap cuts α to below a thousandth, the ramp begins anew (*).
///
/// (*) unless `safeguards` is off. Multiplying the loss by a constant changes nothing.
///
/// **Why the safeguards.** Without noise, slopes may fall a hundredfold in the time of the averages,
/// which then hold what is long past; and after a soft direction has let the step grow, a stiff one
/// wakes up and grows with every step that is too long. So the past is weighed by the slopes of
/// today, and a step that leads to more than the slope it started with is shortened at once.
///
/// **Why c is learned.** S / Q is α λ − ρ: λ the curvature met, ρ the share of signal in |F'(0)|.
/// Where batches are smaller than the number of weights and every row can be fitted, descent needs
/// α λ < 2 ρ, so c < ρ; above, slopes grow until the cap cuts the step. That is what 5. takes for a
/// sign that c is too large.
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
/// | `growth` | the largest change of ln α at an iteration, steep slopes and the cap apart | 0.1 | (0, ∞) |
/// | `threshold` | c: the share of \|F'(0)\| that arrival slopes reach on average | 0.5 | \[0, 1\] |
/// | `least_threshold` | the least that c is lowered to; c or more: never lowered | 0.25 | \[0, 1\] |
/// | `averaging` | m: the weight of the past in both averages | 0.9 | \[0, 1) |
/// | `ramp` | the largest change of ln α at an iteration at first | 0.7 | (0, ∞) |
/// | `initial_displacement` | the first \|α d\|, beside 1 + \|x\| (as Ivgi et al. 2023, DoG) | 1e-6 | (0, ∞) |
/// | `max_displacement` | the cap on \|α d\| (\[LR\] 2.3) | 1 | (0, ∞), or none |
/// | `safeguards` | whether what is marked (*) is done | true | |
/// | `previous` | the remembered step, from which the ramp starts | none | (0, ∞) |
///
/// How the defaults were chosen, and what they cost, is told in `docs/RESULTS.md`.
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
    least_threshold: f64,
    averaging: f64,
    ramp: f64,
    initial_displacement: f64,
    max_displacement: Option<f64>,
    safeguards: bool,
    state: State,
    /// What it was when the last search began.
    before: State,
}

/// What is kept from one iteration to the next.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct State {
    previous: Option<f64>,
    /// F'(0) of the line searched last, where it went anywhere.
    last_slope: Option<f64>,
    mean: ArrivalMean,
    /// c where it was lowered.
    target: Option<f64>,
    /// The rate once the ramp has ended.
    rate: Option<f64>,
    overshoots: u32,
}

/// How many overshoots end the ramp: one or two may be noise.
const PATIENCE: u32 = 3;
/// The share of the rate that an iteration after the ramp leaves.
const RAMP_DECAY: f64 = 0.9;
/// S / Q above which a step is shortened at once.
const STEEP: f64 = 1.0;
/// The share of c above which S / Q overshoots for the cap to lower c.
const CLOSE: f64 = 0.9;
/// The share of c that is left.
const LESSON: f64 = 0.7;
/// The share of α below which a cut by the cap begins the ramp anew.
const DEEP_CUT: f64 = 1e-3;
/// How far the agreement must be below 1 for c to be aimed at.
const DOUBT: f64 = 0.1;

/// The largest steps that the search's own cap, and whoever asks, allow.
#[derive(Debug, Clone, Copy)]
struct Bound {
    own: f64,
    given: f64,
}

impl Bound {
    fn least(self) -> f64 {
        self.own.min(self.given)
    }
}

impl Default for AmortizedGols {
    /// The settings of the table above, no remembered step.
    fn default() -> Self {
        Self {
            growth: 0.1,
            threshold: 0.5,
            least_threshold: 0.25,
            averaging: 0.9,
            ramp: 0.7,
            initial_displacement: 1e-6,
            max_displacement: Some(1.0),
            safeguards: true,
            state: State::default(),
            before: State::default(),
        }
    }
}

impl AmortizedGols {
    /// What [`Optimizer`](crate::Optimizer) takes, which averages and bounds steps itself: c = 0.8, m = 0.8,
    /// a ramp of 0.3 from a first way of 0.01, no cap, no safeguards.
    #[must_use]
    pub fn for_averages() -> Self {
        Self {
            threshold: 0.8,
            averaging: 0.8,
            ramp: 0.3,
            initial_displacement: 1e-2,
            max_displacement: None,
            safeguards: false,
            ..Self::default()
        }
    }

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

    /// Sets the least that c is lowered to where the cap cuts steps that overshoot; 1 keeps c as it is.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is not in \[0, 1\].
    pub fn with_least_threshold(self, least_threshold: f64) -> Result<Self, Error> {
        let is_share = (0.0..=1.0).contains(&least_threshold);
        Error::check("least_threshold", least_threshold, is_share, "in [0, 1]")?;
        Ok(Self { least_threshold, ..self })
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

    /// Sets whether what is marked (*) in the steps above is done. Without it, and with a least threshold
    /// of 1, this is the plain rule of averages.
    #[must_use]
    pub fn with_safeguards(self, safeguards: bool) -> Self {
        Self { safeguards, ..self }
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
        self.state.mean.ratio()
    }

    /// The share c that is aimed at: `threshold`, or less where it was lowered.
    #[must_use]
    pub fn target(&self) -> f64 {
        self.state.target.map_or(self.threshold, |learned| learned.min(self.threshold))
    }

    /// 1. The first step's length.
    fn first(&self, origin: Origin) -> f64 {
        let size = 1.0 + origin.parameters_norm.unwrap_or(0.0);
        self.initial_displacement * size / origin.direction_norm.abs()
    }

    /// 1. The step after a gradient or an arrival slope that is not finite.
    fn shrunk(&self, previous: f64) -> f64 {
        (previous * (-self.growth).exp()).max(f64::MIN_POSITIVE)
    }

    /// 3. c, or less where slopes agree that z circles.
    fn target_at(&self, agreement: Option<f64>) -> f64 {
        let target = self.target();
        let least = self.least_threshold.min(target);
        let doubt = agreement.map_or(1.0, |agreement| ((1.0 - agreement) / DOUBT).clamp(0.0, 1.0));
        least + (target - least) * doubt
    }

    /// 2. to 6. The step that follows `previous`, which led to this arrival slope.
    fn adapted(
        &mut self,
        previous: f64,
        [arrival, start]: [f64; 2],
        hi: Bound,
        target: f64,
    ) -> f64 {
        // 2. The averages.
        self.state.mean.add(arrival, start.abs(), self.averaging, self.safeguards);
        let ratio = self.state.mean.ratio().unwrap_or(target);
        // 3. and 4. The step that the slopes ask for.
        let rate = self.rate(target < ratio);
        let is_steep = self.safeguards && ratio > STEEP;
        let mut factor = (rate * (target - ratio).clamp(-1.0, 1.0)).exp();
        if is_steep {
            factor = factor.min((1.0 + STEEP) / (1.0 + ratio));
        }
        let wanted = (previous * factor).clamp(f64::MIN_POSITIVE, f64::MAX);
        let step = wanted.min(hi.least()).max(f64::MIN_POSITIVE);
        // 5. What the cap teaches.
        let (is_ramped, is_cut) = (self.state.rate.is_some(), hi.own <= step && step < wanted);
        if is_ramped && is_cut && step < previous && ratio > CLOSE * target {
            self.state.target = Some(self.least_threshold.max(LESSON * target).min(target));
        }
        // 6. The past as it would have been with the new step.
        let change = (step / previous).min(f64::MAX);
        if self.safeguards && (is_ramped || is_steep) {
            self.state.mean.lengthen(change);
        }
        if self.safeguards && is_cut && change < DEEP_CUT {
            (self.state.rate, self.state.overshoots) = (None, 0);
        }
        step
    }

    /// 3. The largest change of ln α now.
    fn rate(&mut self, is_overshoot: bool) -> f64 {
        let state = &mut self.state;
        state.overshoots = PATIENCE.min(state.overshoots + u32::from(is_overshoot));
        if state.overshoots == PATIENCE {
            state.rate = Some(self.growth.max(RAMP_DECAY * state.rate.unwrap_or(self.ramp)));
        }
        state.rate.unwrap_or(self.ramp)
    }

    /// Ends under the cap and remembers, but never a step of 0, which could not grow again.
    fn take(&mut self, step: f64, hi: f64) -> Request {
        let remembered = step.min(hi).clamp(f64::MIN_POSITIVE, f64::MAX);
        self.state.previous = Some(remembered);
        let length = remembered.min(hi);
        let is_capped = length >= hi && hi < f64::MAX;
        let termination = if is_capped { Termination::MaxStep } else { Termination::ArrivalSlope };
        done(length, termination)
    }
}

impl LineSearch for AmortizedGols {
    fn start(&mut self, origin: Origin) -> Request {
        self.before = self.state;
        if let Some(termination) = origin.unusable() {
            if termination == Termination::NonFinite {
                self.state.previous = self.state.previous.map(|step| self.shrunk(step));
            }
            return done(0.0, termination);
        }
        let last_slope = self.state.last_slope.replace(origin.slope);
        // A norm of 0 may be -0.
        let norm = origin.direction_norm.abs();
        let bound = |most: Option<f64>| most.map_or(f64::MAX, |most| (most / norm).min(f64::MAX));
        let hi = Bound { own: bound(self.max_displacement), given: bound(origin.max_displacement) };
        let step = match (self.state.previous, origin.arrival_slope, last_slope) {
            (None, ..) => self.first(origin),
            (Some(previous), Some(arrival), Some(start)) if arrival.is_finite() => {
                let target = self.target_at(origin.agreement);
                self.adapted(previous, [arrival, start], hi, target)
            }
            (Some(previous), Some(_), Some(_)) => self.shrunk(previous),
            (Some(previous), ..) => previous,
        };
        self.take(step, hi.least())
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

saved!(AmortizedGols:
    growth, threshold, least_threshold, averaging, ramp, initial_displacement, max_displacement,
    safeguards, state, before; |saved| {
    let mut search = AmortizedGols::default()
        .with_growth(saved.growth)?
        .with_threshold(saved.threshold)?
        .with_least_threshold(saved.least_threshold)?
        .with_averaging(saved.averaging)?
        .with_ramp(saved.ramp)?
        .with_initial_displacement(saved.initial_displacement)?;
    if let Some(cap) = saved.max_displacement {
        search = search.with_max_displacement(cap)?;
    }
    if let Some(previous) = saved.state.previous {
        search = search.with_previous(previous)?;
    }
    saved.state.mean.check().map(|()| search)
});
