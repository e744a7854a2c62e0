//! The mean of the iterates: how much it weighs, and how soon it forgets.

use crate::error::Error;
#[cfg(not(feature = "std"))]
use crate::float::Float as _;

/// What the mean x of z's positions is made by, and what is known of it.
///
/// u = z − x is kept in place of z. Then y = z − β u and x = y − (1 − β) u, and g·u is the slope along
/// the way from the mean to z.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct IterateMean {
    /// β, which the mean's share of y grows to.
    share: f64,
    /// τ: after so many updates the share is β / 2.
    delay: f64,
    /// Between which r lies.
    recency: [f64; 2],
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct State {
    /// t: the updates that moved.
    updates: u64,
    /// r, once it has been adapted.
    recency: Option<f64>,
    /// A and B: the averages of g·u and |g·u|.
    slope: f64,
    size: f64,
}

/// How an update moves y and u: y ← y + a u + b d, u ← p u + q d.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Following {
    pub(crate) of_parameters: [f64; 2],
    pub(crate) of_offset: [f64; 2],
}

/// The weight of the past in A and B.
const AVERAGING: f64 = 0.98;
/// The agreement A / B at which r stays.
const BALANCE: f64 = 0.4;
/// The change of ln r at an update, per unit of A / B.
const RATE: f64 = 0.03;

impl IterateMean {
    /// β = 0.9, τ = 30, r in \[2, 30\].
    pub(crate) fn new() -> Self {
        Self { share: 0.9, delay: 30.0, recency: [2.0, 30.0], state: State::default() }
    }

    /// Sets β.
    pub(crate) fn set_share(&mut self, averaging: f64) -> Result<(), Error> {
        Error::check_fraction("averaging", averaging)?;
        self.share = averaging;
        Ok(())
    }

    /// Sets τ.
    pub(crate) fn set_delay(&mut self, delay: f64) -> Result<(), Error> {
        let valid = delay >= 0.0 && delay.is_finite();
        Error::check("delay", delay, valid, "at least 0 and finite")?;
        self.delay = delay;
        Ok(())
    }

    /// Sets between which bounds r lies.
    pub(crate) fn set_recency(&mut self, least: f64, most: f64) -> Result<(), Error> {
        let valid = least >= 0.0 && least <= most;
        Error::check("least recency", least, valid, "in [0, most recency]")?;
        Error::check("most recency", most, most.is_finite(), "finite")?;
        self.recency = [least, most];
        Ok(())
    }

    /// Whether settings and state are such as they are here.
    #[cfg(feature = "serde")]
    pub(crate) fn check(mut self) -> Result<(), Error> {
        let State { recency, slope, size, .. } = self.state;
        let numbers = [recency.unwrap_or(0.0), slope, size];
        let is_finite = numbers.iter().all(|number| number.is_finite());
        Error::check("a mean of slopes", numbers.iter().sum(), is_finite, "finite")?;
        self.set_share(self.share)?;
        self.set_delay(self.delay)?;
        self.set_recency(self.recency[0], self.recency[1])
    }

    /// Whether anything is averaged.
    pub(crate) fn is_on(&self) -> bool {
        self.share > 0.0
    }

    /// Whether u may be other than 0: the first position is the mean.
    pub(crate) fn has_offset(&self) -> bool {
        self.state.updates > 1
    }

    pub(crate) fn updates(&self) -> u64 {
        self.state.updates
    }

    /// r now.
    pub(crate) fn recency_now(&self) -> f64 {
        self.state.recency.unwrap_or(self.recency[0]).clamp(self.recency[0], self.recency[1])
    }

    /// The mean's share of y now.
    pub(crate) fn share_now(&self) -> f64 {
        let t = self.state.updates as f64;
        if self.delay == 0.0 { self.share } else { self.share * t / (t + self.delay) }
    }

    /// A / B, once it is known: 1 where slopes between the mean and z all rise.
    pub(crate) fn agreement(&self) -> Option<f64> {
        (self.state.size > 0.0).then(|| (self.state.slope / self.state.size).clamp(-1.0, 1.0))
    }

    /// Goes on by a step of length α, from where the slope g·u is `slope`.
    pub(crate) fn advance(&mut self, alpha: f64, slope: f64) -> Following {
        let before = self.share_now();
        self.state.updates += 1;
        if let Some(agreement) = self.agreement() {
            let recency = self.recency_now() * (RATE * (BALANCE - agreement)).exp();
            self.state.recency = Some(recency.clamp(self.recency[0], self.recency[1]));
        }
        self.average(slope);
        let kept = 1.0 - self.weight();
        let after = self.share_now() * kept;
        Following {
            of_parameters: [before - after, alpha * (1.0 - after)],
            of_offset: [kept, kept * alpha],
        }
    }

    /// A and B; slopes too large, or too small, to be averaged begin anew.
    fn average(&mut self, slope: f64) {
        let State { slope: a, size: b, .. } = &mut self.state;
        *a = AVERAGING * *a + (1.0 - AVERAGING) * slope;
        *b = AVERAGING * *b + (1.0 - AVERAGING) * slope.abs();
        if !(a.is_finite() && b.is_finite()) {
            (*a, *b) = (0.0, 0.0);
        }
    }

    /// w: the share of z's newest position in x.
    fn weight(&self) -> f64 {
        let (t, r) = (self.state.updates as f64, self.recency_now());
        ((1.0 + r) / (t + r)).min(1.0)
    }

    /// Begins anew.
    pub(crate) fn reset(&mut self) {
        self.state = State::default();
    }
}
