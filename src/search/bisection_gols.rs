//! B-GOLS: the exact gradient-only line search, by bisection.

use super::limits::{Limits, limit_setters};
use super::{
    GOLDEN_RATIO, LineSearch, Origin, Request, StepBounds, Termination, done, too_far_if_not_finite,
};
use crate::error::Error;
use crate::saved::saved;

/// B-GOLS, the bisection gradient-only line search (\[LR\] 2.2 and appendix B).
///
/// It brackets a sign change of the slope from negative to positive and halves the bracket on the
/// sign alone, so the size of a noisy slope does not matter. It resolves the sign change to a
/// tolerance that the noise rarely deserves, at some forty slopes a search: a standard to compare
/// with, not an everyday choice.
///
/// With \[lo, hi\] the [`StepBounds`] along d (lo plays no part) and φ the golden ratio:
///
/// 1. Bracket: l = 0, u = min(first_bracket, hi), width = first_bracket. While F'(u) < 0: at hi,
///    done, [`MaxStep`](Termination::MaxStep); else l ← u, width ← φ · width, u ← min(u + width,
///    hi).
/// 2. Halve: while u − l > tolerance, m = l + (u − l) / 2; stop if m coincides with l or u. F'(m) <
///    0: l ← m, else u ← m.
/// 3. Done at u, the positive side (\[VG\] 1 and 2.4), [`SignChange`](Termination::SignChange); at
///    l if the slope at u was not finite; at 0, [`NonFinite`](Termination::NonFinite), if l is
///    still 0 then.
///
/// A slope of exactly 0 counts as positive. Out of budget in step 1 it ends at l, in step 2 as in
/// step 3, each with [`Budget`](Termination::Budget). Nothing is remembered between searches.
///
/// Where hi is below 2e-6 of the first bracket, along a very long direction, the tolerance is at most
/// 1e-7 hi.
///
/// | setting | meaning | default | range |
/// |---|---|---|---|
/// | `first_bracket` | first upper end, a multiple of d (\[LR\] appendix B) | 5 | (0, ∞) |
/// | `tolerance` | length of the final bracket, a multiple of d (\[LR\] 2.2) | 1e-12 | (0, ∞) |
/// | `max_evaluations` | most requests a search | 1000 | ≥ 1 |
/// | `bounds` | the limits on a step (\[LR\] 2.3) | [`StepBounds::default`] | |
///
/// ```
/// use gols::Error;
/// use gols::search::{BisectionGols, LineSearch, Origin};
///
/// let mut search = BisectionGols::default().with_tolerance(1e-6)?;
/// // F(α) = (α - 0.3)² along a direction of length 1.
/// let origin = Origin::new(-0.6, 1.0);
/// let step = search.run(origin, |request| Ok::<_, Error>(2.0 * (request.alpha() - 0.3)))?;
/// assert!(step.length >= 0.3 && step.length <= 0.3 + 1e-6);
/// # Ok::<(), Error>(())
/// ```
#[doc(alias = "B-GOLS")]
#[derive(Debug, Clone, PartialEq)]
pub struct BisectionGols {
    first_bracket: f64,
    tolerance: f64,
    limits: Limits,
    bracket: Bracket,
    phase: Phase,
    hi: f64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
enum Phase {
    /// Awaits the slope at the upper end, which `width` was added to reach.
    Bracketing { width: f64 },
    /// Awaits the slope at `middle`.
    Halving { middle: f64 },
}

/// The slope is negative at `lower` and not negative at `upper`, once bracketed.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Bracket {
    lower: f64,
    upper: f64,
    upper_is_finite: bool,
}

impl Default for BisectionGols {
    /// First bracket 5, tolerance 1e-12, at most 1000 requests, default bounds.
    fn default() -> Self {
        Self {
            first_bracket: 5.0,
            tolerance: 1e-12,
            limits: Limits::new(1000),
            bracket: Bracket::default(),
            phase: Phase::Halving { middle: 0.0 },
            hi: 0.0,
        }
    }
}

limit_setters!(BisectionGols, limits);

impl BisectionGols {
    /// Sets the first upper end of the bracket.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is not positive and finite.
    pub fn with_first_bracket(self, first_bracket: f64) -> Result<Self, Error> {
        Error::check_positive("first_bracket", first_bracket)?;
        Ok(Self { first_bracket, ..self })
    }

    /// Sets the length at which a bracket is short enough.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is not positive and finite.
    pub fn with_tolerance(self, tolerance: f64) -> Result<Self, Error> {
        Error::check_positive("tolerance", tolerance)?;
        Ok(Self { tolerance, ..self })
    }

    /// 1. Widens the bracket while the slope at its upper end is negative.
    fn bracketed(&mut self, slope: f64, width: f64) -> Request {
        let Bracket { upper, .. } = self.bracket;
        if slope >= 0.0 {
            self.bracket.upper_is_finite = slope.is_finite();
            return self.halve();
        }
        if upper >= self.hi {
            return done(upper, Termination::MaxStep);
        }
        let width = width * GOLDEN_RATIO;
        self.bracket.lower = upper;
        self.bracket.upper = (upper + width).min(self.hi);
        self.phase = Phase::Bracketing { width };
        self.ask_upper()
    }

    fn ask_upper(&mut self) -> Request {
        let Bracket { lower, upper, .. } = self.bracket;
        if self.limits.allow() { Request::Slope(upper) } else { done(lower, Termination::Budget) }
    }

    /// 2. Asks for the slope in the middle, unless the bracket is short enough.
    fn halve(&mut self) -> Request {
        let Bracket { lower, upper, .. } = self.bracket;
        let middle = lower + (upper - lower) / 2.0;
        if !(upper - lower > Limits::tolerance(self.tolerance, self.first_bracket, self.hi)
            && lower < middle
            && middle < upper)
        {
            return self.end(Termination::SignChange);
        }
        if !self.limits.allow() {
            return self.end(Termination::Budget);
        }
        self.phase = Phase::Halving { middle };
        Request::Slope(middle)
    }

    fn halved(&mut self, slope: f64, middle: f64) -> Request {
        self.bracket = if slope < 0.0 {
            Bracket { lower: middle, ..self.bracket }
        } else {
            Bracket { upper: middle, upper_is_finite: slope.is_finite(), ..self.bracket }
        };
        self.halve()
    }

    /// 3. Ends at the positive side, or at the negative one if the positive one is not finite.
    fn end(&self, termination: Termination) -> Request {
        match self.bracket {
            Bracket { upper, upper_is_finite: true, .. } => done(upper, termination),
            Bracket { lower, .. } if lower > 0.0 => done(lower, termination),
            _ => done(0.0, Termination::NonFinite),
        }
    }
}

impl LineSearch for BisectionGols {
    fn start(&mut self, origin: Origin) -> Request {
        if let Some(termination) = origin.unusable() {
            return done(0.0, termination);
        }
        let (_, hi) = self.limits.start(origin);
        self.hi = hi;
        self.bracket = Bracket { upper: self.first_bracket.min(hi), ..Bracket::default() };
        self.phase = Phase::Bracketing { width: self.first_bracket };
        self.ask_upper()
    }

    fn resume(&mut self, answer: f64) -> Request {
        let slope = too_far_if_not_finite(answer);
        match self.phase {
            Phase::Bracketing { width } => self.bracketed(slope, width),
            Phase::Halving { middle } => self.halved(slope, middle),
        }
    }

    fn reset(&mut self) {}
}

saved!(BisectionGols: first_bracket, tolerance, limits, bracket, phase, hi; |saved| {
    let search = BisectionGols::default().with_first_bracket(saved.first_bracket)?;
    search.with_tolerance(saved.tolerance)?.with_max_evaluations(saved.limits.max_evaluations)
});
