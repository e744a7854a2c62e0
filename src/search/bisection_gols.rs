//! B-GOLS: the exact gradient-only line search, by bisection.

use super::ledger::Ledger;
use super::{
    GOLDEN_RATIO, LineSearch, Origin, Request, StepBounds, Termination, too_far_if_not_finite,
};
use crate::error::Error;

/// B-GOLS, the bisection gradient-only line search (\[LR\] 2.2 and appendix B).
///
/// It brackets a sign change of the slope from negative to positive and halves the bracket on the
/// sign alone, so the size of a noisy slope does not matter. It resolves the sign change to a
/// tolerance that the noise rarely deserves, at some forty slopes a search: a standard to compare
/// with, not an everyday choice.
///
/// With \[lo, hi\] the [`StepBounds`] along d (lo plays no part) and φ the golden ratio:
///
/// 1. Bracket: l = 0, u = min(first_bracket, hi), width = first_bracket. While F'(u) < 0: at hi, done,
///    [`MaxStep`](Termination::MaxStep); else l ← u, width ← φ · width, u ← min(u + width, hi).
/// 2. Halve: while u − l > tolerance, m = l + (u − l) / 2; stop if m coincides with l or u. F'(m) < 0:
///    l ← m, else u ← m.
/// 3. Done at u, the positive side (\[VG\] 1 and 2.4), [`SignChange`](Termination::SignChange); at l if
///    the slope at u was not finite; at 0, [`NonFinite`](Termination::NonFinite), if l is still 0 then.
///
/// A slope of exactly 0 counts as positive. Out of budget in step 1 it ends at l, in step 2 as in
/// step 3, each with [`Budget`](Termination::Budget). Nothing is remembered between searches.
///
/// | setting | meaning | default | range |
/// |---|---|---|---|
/// | `first_bracket` | first upper end, a multiple of d (\[LR\] appendix B, as restored) | 5 | (0, ∞) |
/// | `tolerance` | length of the final bracket, a multiple of d (\[LR\] 2.2) | 1e-12 | (0, ∞) |
/// | `budget` | most requests a search | 1000 | ≥ 1 |
/// | `bounds` | the limits on a step (\[LR\] 2.3) | [`StepBounds::default`] | |
///
/// ```
/// use gols::{BisectionGols, LineSearch, Origin, Request};
///
/// let mut search = BisectionGols::default().with_tolerance(1e-6)?;
/// // F(α) = (α - 0.3)² along a direction of length 1.
/// let mut request = search.start(Origin::new(-0.6, 1.0));
/// while let Request::Slope(alpha) = request {
///     request = search.resume(2.0 * (alpha - 0.3));
/// }
/// let Request::Done(step) = request else { unreachable!("B-GOLS asks for slopes only") };
/// assert!(step.length >= 0.3 && step.length <= 0.3 + 1e-6);
/// # Ok::<(), gols::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct BisectionGols {
    first_bracket: f64,
    tolerance: f64,
    bounds: StepBounds,
    ledger: Ledger,
    phase: Phase,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Phase {
    Idle,
    /// Awaits the slope at `upper`, which `width` was added to reach.
    Bracketing {
        bracket: Bracket,
        width: f64,
        hi: f64,
    },
    /// Awaits the slope at `middle`.
    Halving {
        bracket: Bracket,
        middle: f64,
    },
}

/// The slope is negative at `lower` and not negative at `upper`, once bracketed.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Bracket {
    lower: f64,
    upper: f64,
    upper_is_finite: bool,
}

impl Default for BisectionGols {
    /// First bracket 5, tolerance 1e-12, budget 1000, default bounds.
    fn default() -> Self {
        Self {
            first_bracket: 5.0,
            tolerance: 1e-12,
            bounds: StepBounds::default(),
            ledger: Ledger::new(1000),
            phase: Phase::Idle,
        }
    }
}

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

    /// Sets the most requests a search may make.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is 0.
    pub fn with_budget(self, budget: usize) -> Result<Self, Error> {
        Error::check_count("budget", budget)?;
        Ok(Self { ledger: Ledger::new(budget), ..self })
    }

    /// Sets the limits on a step.
    #[must_use]
    pub fn with_bounds(self, bounds: StepBounds) -> Self {
        Self { bounds, ..self }
    }

    fn bracketed(&mut self, slope: f64, bracket: Bracket, width: f64, hi: f64) -> Request {
        // 1. Widen while the slope is negative.
        if slope >= 0.0 {
            return self.halve(Bracket { upper_is_finite: slope.is_finite(), ..bracket });
        }
        if bracket.upper >= hi {
            return self.ledger.close(bracket.upper, Termination::MaxStep);
        }
        let lower = bracket.upper;
        let width = width * GOLDEN_RATIO;
        let bracket = Bracket { lower, upper: (lower + width).min(hi), ..bracket };
        self.phase = Phase::Bracketing { bracket, width, hi };
        self.ledger.slope(bracket.upper, lower)
    }

    /// 2. Asks for the slope in the middle, unless the bracket is short enough.
    fn halve(&mut self, bracket: Bracket) -> Request {
        let Bracket { lower, upper, .. } = bracket;
        let middle = lower + (upper - lower) / 2.0;
        if !(upper - lower > self.tolerance && lower < middle && middle < upper) {
            return self.end(bracket, Termination::SignChange);
        }
        if self.ledger.is_spent() {
            return self.end(bracket, Termination::Budget);
        }
        self.phase = Phase::Halving { bracket, middle };
        self.ledger.slope(middle, upper)
    }

    fn halved(&mut self, slope: f64, bracket: Bracket, middle: f64) -> Request {
        self.halve(if slope < 0.0 {
            Bracket { lower: middle, ..bracket }
        } else {
            Bracket { upper: middle, upper_is_finite: slope.is_finite(), ..bracket }
        })
    }

    /// 3. Ends at the positive side, or at the negative one if the positive one is not finite.
    fn end(&mut self, bracket: Bracket, termination: Termination) -> Request {
        if bracket.upper_is_finite {
            self.ledger.close(bracket.upper, termination)
        } else if bracket.lower > 0.0 {
            self.ledger.close(bracket.lower, termination)
        } else {
            self.ledger.close(0.0, Termination::NonFinite)
        }
    }
}

impl LineSearch for BisectionGols {
    fn start(&mut self, origin: Origin) -> Request {
        self.ledger.open();
        if let Some(termination) = origin.unusable() {
            return self.ledger.close(0.0, termination);
        }
        let (_, hi) = self.bounds.limits(origin.direction_norm);
        let upper = self.first_bracket.min(hi);
        let bracket = Bracket { lower: 0.0, upper, upper_is_finite: false };
        self.phase = Phase::Bracketing { bracket, width: self.first_bracket, hi };
        self.ledger.slope(upper, 0.0)
    }

    fn resume(&mut self, answer: f64) -> Request {
        if let Some(end) = self.ledger.end() {
            return end;
        }
        let slope = too_far_if_not_finite(answer);
        match self.phase {
            Phase::Idle => self.ledger.close(0.0, Termination::Budget),
            Phase::Bracketing { bracket, width, hi } => self.bracketed(slope, bracket, width, hi),
            Phase::Halving { bracket, middle } => self.halved(slope, bracket, middle),
        }
    }

    fn reset(&mut self) {
        self.phase = Phase::Idle;
        self.ledger.reset();
    }
}
