//! GS: the exact line search by function value, by golden sections.

use super::limits::{Limits, limit_setters};
use super::{
    GOLDEN_RATIO, LineSearch, Origin, Request, StepBounds, Termination, done, too_far_if_not_finite,
};
use crate::error::Error;
use crate::saved::saved;

/// GS, the golden section line search (\[LR\] 2.2): the classic minimizer, for comparison.
///
/// It brackets a minimum of the loss and shrinks the bracket by 1/φ a request, φ the golden ratio.
/// Losses are kept while the bracket shrinks, so with dynamic sub-sampling they come from different
/// mini-batches, and the "minimum" it resolves is as often a jump between two batches: it behaves
/// like a fixed rate of the size of its first bracket (\[LR\] 4.3). It never asks for a slope.
///
/// With \[lo, hi\] the [`StepBounds`] along d (lo plays no part):
///
/// 1. Bracket: l = 0, m = min(first_bracket, hi), width = first_bracket. While m < hi:
///    width ← φ · width, u = min(m + width, hi); stop if F(u) ≥ F(m) or u = hi, else l ← m, m ← u.
/// 2. Cut \[l, u\] at a = u − (u − l) / φ and b = l + (u − l) / φ.
/// 3. While u − l > tolerance (and l < a < b < u): F(a) ≤ F(b): u ← b, b ← a and a new a; else l ←
///    a, a ← b and a new b. Ties go left.
/// 4. Done at the better of a and b, [`IntervalTolerance`](Termination::IntervalTolerance), or at
///    0, [`NonFinite`](Termination::NonFinite), if its loss is not finite. If it is above F(0), told
///    by the origin, done at the best point seen, the origin among them; not with dynamic sub-sampling,
///    where F(0) is of another mini-batch, and \[LR\]'s rule is left as it is.
///
/// Out of budget it ends at the best point seen, [`Budget`](Termination::Budget). Nothing is
/// remembered between searches.
///
/// Where hi is below 2e-6 of the first bracket, along a very long direction, the tolerance is at most
/// 1e-7 hi.
///
/// | setting | meaning | default | range |
/// |---|---|---|---|
/// | `first_bracket` | first middle point, a multiple of d (\[LR\] 2.2) | 0.5 | (0, ∞) |
/// | `tolerance` | length of the final bracket, a multiple of d (\[LR\] 2.2) | 1e-12 | (0, ∞) |
/// | `max_evaluations` | most requests a search | 1000 | ≥ 1 |
/// | `bounds` | the limits on a step (\[LR\] 2.3) | [`StepBounds::default`] | |
///
/// ```
/// use gols::Error;
/// use gols::search::{GoldenSection, LineSearch, Origin};
///
/// let mut search = GoldenSection::default().with_tolerance(1e-6)?;
/// // F(α) = (α - 0.3)² along a direction of length 1.
/// let origin = Origin::new(-0.6, 1.0);
/// let step = search.run(origin, |request| Ok::<_, Error>((request.alpha() - 0.3).powi(2)))?;
/// assert!((step.length - 0.3).abs() < 1e-6);
/// # Ok::<(), Error>(())
/// ```
#[doc(alias = "GS")]
#[derive(Debug, Clone, PartialEq)]
pub struct GoldenSection {
    first_bracket: f64,
    tolerance: f64,
    limits: Limits,
    /// Where the loss is awaited.
    trial: f64,
    /// The best point seen, the origin among them where its loss is known.
    best: Point,
    origin_loss: Option<f64>,
    hi: f64,
    phase: Phase,
}

#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
enum Phase {
    /// Awaits the loss at the first middle point.
    First(Growth),
    /// Awaits the loss at the upper end.
    Growing(Growth),
    /// Awaits the loss at the section's left point; the right one is unknown as well.
    Both(Section),
    /// Awaits the loss at the section's left point.
    Left(Section),
    /// Awaits the loss at the section's right point.
    Right(Section),
}

/// A bracket on its way out: lower end, middle point, the width last added and the limit.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Growth {
    lower: f64,
    middle: Point,
    width: f64,
    hi: f64,
}

/// A bracket cut at two inner points.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Section {
    lower: f64,
    left: Point,
    right: Point,
    upper: f64,
}

/// A step and its loss; +∞ until known.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Point {
    step: f64,
    #[cfg_attr(feature = "serde", serde(with = "crate::saved::infinite"))]
    loss: f64,
}

impl Point {
    const fn unknown(step: f64) -> Self {
        Self { step, loss: f64::INFINITY }
    }
}

impl Section {
    fn left_cut(lower: f64, upper: f64) -> Point {
        Point::unknown(upper - (upper - lower) / GOLDEN_RATIO)
    }

    fn right_cut(lower: f64, upper: f64) -> Point {
        Point::unknown(lower + (upper - lower) / GOLDEN_RATIO)
    }

    fn is_ordered(&self) -> bool {
        self.lower < self.left.step
            && self.left.step < self.right.step
            && self.right.step < self.upper
    }
}

impl Default for GoldenSection {
    /// First bracket 0.5, tolerance 1e-12, at most 1000 requests, default bounds.
    fn default() -> Self {
        Self {
            first_bracket: 0.5,
            tolerance: 1e-12,
            limits: Limits::new(1000),
            trial: 0.0,
            best: Point::unknown(0.0),
            origin_loss: None,
            hi: 0.0,
            phase: Phase::First(Growth::default()),
        }
    }
}

limit_setters!(GoldenSection, limits);

impl GoldenSection {
    /// Sets the first middle point of the bracket.
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

    /// 1. Asks for the loss further out, unless the middle point is at the limit.
    fn grow(&mut self, growth: Growth) -> Request {
        let Growth { middle, hi, .. } = growth;
        if middle.step >= hi {
            return self.cut(growth.lower, middle.step);
        }
        let width = growth.width * GOLDEN_RATIO;
        self.phase = Phase::Growing(Growth { width, ..growth });
        self.ask((middle.step + width).min(hi))
    }

    fn grown(&mut self, loss: f64, growth: Growth) -> Request {
        let upper = self.trial;
        // Infinity is not greater than infinity: two steps too far are a bracket as well.
        if growth.middle.loss > loss && upper < growth.hi {
            let middle = Point { step: upper, loss };
            return self.grow(Growth { lower: growth.middle.step, middle, ..growth });
        }
        self.cut(growth.lower, upper)
    }

    /// 2. Cuts the bracket in two places and asks for the left one.
    fn cut(&mut self, lower: f64, upper: f64) -> Request {
        let left = Section::left_cut(lower, upper);
        let right = Section::right_cut(lower, upper);
        self.phase = Phase::Both(Section { lower, left, right, upper });
        self.ask(left.step)
    }

    /// 3. Drops the worse end and asks for one new loss, unless the bracket is short enough.
    fn reduce(&mut self, section: Section) -> Request {
        let Section { lower, left, right, upper } = section;
        if !(upper - lower > Limits::tolerance(self.tolerance, self.first_bracket, self.hi)
            && section.is_ordered())
        {
            return self.end(section);
        }
        if left.loss <= right.loss {
            let new = Section::left_cut(lower, right.step);
            self.phase = Phase::Left(Section { lower, left: new, right: left, upper: right.step });
            self.ask(new.step)
        } else {
            let new = Section::right_cut(left.step, upper);
            self.phase = Phase::Right(Section { lower: left.step, left: right, right: new, upper });
            self.ask(new.step)
        }
    }

    /// 4. Ends at the better inner point, or at the best one seen if that is above F(0).
    fn end(&self, Section { left, right, .. }: Section) -> Request {
        let better = if left.loss <= right.loss { left } else { right };
        if !better.loss.is_finite() {
            done(0.0, Termination::NonFinite)
        } else if self.origin_loss.is_some_and(|loss| better.loss > loss) {
            done(self.best.step, Termination::IntervalTolerance)
        } else {
            done(better.step, Termination::IntervalTolerance)
        }
    }

    fn ask(&mut self, step: f64) -> Request {
        if !self.limits.allow() {
            return done(self.best.step, Termination::Budget);
        }
        self.trial = step;
        Request::Loss(step)
    }
}

impl LineSearch for GoldenSection {
    fn start(&mut self, origin: Origin) -> Request {
        if let Some(termination) = origin.unusable() {
            return done(0.0, termination);
        }
        let (_, hi) = self.limits.start(origin);
        self.hi = hi;
        self.origin_loss = origin.loss.filter(|loss| loss.is_finite() && !origin.is_resampled);
        self.best = Point { step: 0.0, loss: self.origin_loss.unwrap_or(f64::INFINITY) };
        let middle = Point::unknown(self.first_bracket.min(hi));
        self.phase = Phase::First(Growth { lower: 0.0, middle, width: self.first_bracket, hi });
        self.ask(middle.step)
    }

    fn resume(&mut self, answer: f64) -> Request {
        let loss = too_far_if_not_finite(answer);
        if loss < self.best.loss {
            self.best = Point { step: self.trial, loss };
        }
        match self.phase {
            Phase::First(mut growth) => {
                growth.middle.loss = loss;
                self.grow(growth)
            }
            Phase::Growing(growth) => self.grown(loss, growth),
            Phase::Both(mut section) => {
                section.left.loss = loss;
                self.phase = Phase::Right(section);
                self.ask(section.right.step)
            }
            Phase::Left(mut section) => {
                section.left.loss = loss;
                self.reduce(section)
            }
            Phase::Right(mut section) => {
                section.right.loss = loss;
                self.reduce(section)
            }
        }
    }

    fn reset(&mut self) {}
}

saved!(GoldenSection:
    first_bracket, tolerance, limits, trial, best, origin_loss, hi, phase; |saved| {
    let search = GoldenSection::default().with_first_bracket(saved.first_bracket)?;
    search.with_tolerance(saved.tolerance)?.with_max_evaluations(saved.limits.max_evaluations)
});
