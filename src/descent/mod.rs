//! The training loop's one step: a gradient, a direction, a line search, a move.

#[cfg(feature = "serde")]
mod state;
mod step;

#[cfg(feature = "serde")]
pub use state::DescentState;

use crate::direction::{Direction, SteepestDescent};
use crate::line::Evaluations;
use crate::objective::StochasticObjective;
use crate::sampling::Sampling;
use crate::search::{InexactGols, LineSearch, Step};
use crate::summary::Summary;
use crate::vector::VectorSpace;

/// What one step of a [`Descent`] did.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Iteration {
    /// The step length α along the search direction, and why the search ended there.
    pub step: Step,
    /// The slope F'(0) = g·d at the start of the line that was searched.
    pub slope: f64,
    /// The loss at the start of the line, on the mini-batch of its gradient. None where that gradient
    /// was reused from the last search, whose slopes come without a loss.
    pub loss: Option<f64>,
    /// What this step asked of the objective.
    pub evaluations: Evaluations,
    /// Whether the parameters changed by as much as a bit. A step of a length other than 0 that moves
    /// none is below the resolution of the parameters.
    pub moved: bool,
    /// Whether the rule's direction climbed, so that −g was searched instead.
    pub fell_back: bool,
}

/// Descent by line searches: x ← x + α d, again and again (\[LR\] 2.1).
///
/// It owns an objective (or a `&mut` of one) and holds a direction rule, a search and two vectors
/// (gradient and direction). One [`step`](Self::step):
///
/// 1. Draw a mini-batch (unless sampling is [`Sampling::Full`]) and evaluate the loss and the gradient
///    g there; or take over the last gradient, see [`with_gradient_reuse`](Self::with_gradient_reuse).
///    Workers agree on it ([`synchronize`](StochasticObjective::synchronize)).
/// 2. If g or the loss is not finite, the rule never sees it; the search is told, and ends with
///    [`Termination::NonFinite`](crate::search::Termination::NonFinite) at length 0. If the last search asked for nothing, so that its step was
///    never tested, that step is taken back: x is where it started, and a search that adapts its step
///    shrinks it.
/// 3. The arrival slope g·d₋ along the last direction is one dot product, so the search is told it (not
///    in the first step, nor after an error).
/// 4. d ← the new search direction; F'(0) = g·d and |d|. If one is not finite, the rule is reset. If d
///    climbs, F'(0) > 0, the rule is reset and d ← −g, unless
///    [any slope](Self::with_any_slope) is allowed.
/// 5. Search along d.
/// 6. The parameters are those the search tested at its α; the rule is [told](Direction::accepted) the
///    step. Workers agree that all have [arrived](StochasticObjective::confirm).
///
/// After an error nothing remembers the step: neither the parameters, nor the rule, nor the search. It can
/// be tried again and gives what it would have given. A *panic* of the objective is no error: the
/// parameters stay where it met them; [`restore`](StochasticObjective::restore) goes back.
///
/// After the first step nothing is allocated here.
///
/// | setting | meaning | default |
/// |---|---|---|
/// | [`along`](Self::along) | the direction rule | [`SteepestDescent`]: −g |
/// | [`with_search`](Self::with_search) | the line search | [`InexactGols`] |
/// | [`with_sampling`](Self::with_sampling) | when mini-batches are drawn | dynamic, or full where the objective has no batches |
/// | [`with_gradient_reuse`](Self::with_gradient_reuse) | start from the search's last gradient | false |
/// | [`with_any_slope`](Self::with_any_slope) | search along directions that climb | false |
///
/// ```
/// use gols::{Descent, SliceObjective};
///
/// // L(x) = (x₀ - 1)² + 4 (x₁ + 2)²
/// let objective = SliceObjective::from_fn(vec![0.0_f64, 0.0], |x, gradient| {
///     gradient[0] = 2.0 * (x[0] - 1.0);
///     gradient[1] = 8.0 * (x[1] + 2.0);
///     (x[0] - 1.0).powi(2) + 4.0 * (x[1] + 2.0).powi(2)
/// })?;
/// let mut descent = Descent::new(objective)?;
/// let summary = descent.run(100)?;
/// assert!(summary.last_loss.unwrap() < 1e-6);
/// # Ok::<(), gols::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Descent<O: VectorSpace, D = SteepestDescent, S = InexactGols> {
    objective: O,
    direction_rule: D,
    search: S,
    sampling: Sampling,
    reuse: bool,
    any_slope: bool,
    direction: O::Vector,
    gradient: O::Vector,
    /// How `direction` led here, if it did.
    travel: Travel,
    /// Whether `gradient` is that of the accepted point and shall start the next step.
    has_gradient: bool,
    evaluations: Evaluations,
}

/// How the last step led to where the parameters are.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
enum Travel {
    /// It did not, or nobody knows.
    None,
    /// The search evaluated something on the way.
    Tested,
    /// The search asked for nothing.
    Untested,
    /// It did, but the direction is gone: this was the slope along it, known to a step that failed.
    Told(f64),
}

impl<O: StochasticObjective> Descent<O> {
    /// A descent along −g by [`InexactGols`], on mini-batches where the objective
    /// [has](StochasticObjective::has_batches) them.
    ///
    /// # Errors
    /// The objective's own, if it cannot make a vector of zeros.
    pub fn new(objective: O) -> Result<Self, O::Error> {
        let sampling = match objective.has_batches() {
            true => Sampling::Dynamic,
            false => Sampling::Full,
        };
        Ok(Self {
            direction_rule: SteepestDescent,
            search: InexactGols::default(),
            sampling,
            reuse: false,
            any_slope: false,
            direction: objective.zeros()?,
            gradient: objective.zeros()?,
            objective,
            travel: Travel::None,
            has_gradient: false,
            evaluations: Evaluations::default(),
        })
    }
}

impl<O: StochasticObjective, D: Direction<O>, S: LineSearch> Descent<O, D, S> {
    /// Sets the direction rule.
    #[must_use]
    pub fn along<R: Direction<O>>(self, direction: R) -> Descent<O, R, S> {
        self.with_parts(|_, search| (direction, search))
    }

    /// Sets the line search.
    #[must_use]
    pub fn with_search<T: LineSearch>(self, search: T) -> Descent<O, D, T> {
        self.with_parts(|direction, _| (direction, search))
    }

    fn with_parts<R, T>(self, parts: impl FnOnce(D, S) -> (R, T)) -> Descent<O, R, T> {
        let (direction_rule, search) = parts(self.direction_rule, self.search);
        Descent {
            objective: self.objective,
            direction_rule,
            search,
            sampling: self.sampling,
            reuse: self.reuse,
            any_slope: self.any_slope,
            direction: self.direction,
            gradient: self.gradient,
            travel: self.travel,
            has_gradient: self.has_gradient,
            evaluations: self.evaluations,
        }
    }

    /// Sets when mini-batches are drawn.
    #[must_use]
    pub fn with_sampling(self, sampling: Sampling) -> Self {
        Self { sampling, ..self }
    }

    /// Whether the gradient that a search evaluated at the step it accepted becomes the next direction,
    /// which saves a gradient an iteration. Default: false, a fresh mini-batch for every direction.
    ///
    /// It applies where the last slope a search asked for was at the accepted step: always with
    /// `SignChange` and `SlopeReduced` of [`InexactGols`] unless the growth met a slope that was not
    /// finite, often with [`BisectionGols`](crate::search::BisectionGols), never with searches by
    /// function value. Then [`Iteration::loss`] is `None` and the origin has no loss. With static
    /// sub-sampling the line is searched on a new mini-batch all the same; with a full batch the reused
    /// gradient is the one that would have been evaluated again.
    ///
    /// If the parameters are changed from outside, call [`reset`](Self::reset).
    #[must_use]
    pub fn with_gradient_reuse(self, reuse: bool) -> Self {
        Self { reuse, ..self }
    }

    /// Whether directions are searched along which the loss climbs, or is level: what the optimizers of
    /// the textbooks do, which never look at the slope. Default: false.
    ///
    /// The search is then told the slope's size with the sign of a descent, −|F'(0)|. It is meant for
    /// [`FixedStep`](crate::search::FixedStep): with it, momentum is what the textbooks say.
    #[must_use]
    pub fn with_any_slope(self, any_slope: bool) -> Self {
        Self { any_slope, ..self }
    }

    /// Many steps, see [`step`](Self::step).
    ///
    /// # Errors
    /// The objective's own, unchanged, at the first step that fails; the steps before it stay.
    pub fn run(&mut self, iterations: usize) -> Result<Summary, O::Error> {
        let mut summary = Summary::default();
        for _ in 0..iterations {
            let Iteration { step, loss, evaluations, .. } = self.step()?;
            summary.add(step, loss, evaluations);
        }
        Ok(summary)
    }

    /// One step of training; see the numbered list above.
    ///
    /// # Errors
    /// The objective's own, unchanged. The parameters are then bit for bit those before the step, and
    /// the step can be tried again.
    pub fn step(&mut self) -> Result<Iteration, O::Error> {
        let mut evaluations = Evaluations::default();
        let outcome = self.advance(&mut evaluations);
        self.evaluations += evaluations;
        Ok(Iteration { evaluations, ..outcome? })
    }

    /// Forgets the search's remembered step, the direction rule's memory and the last direction and
    /// gradient, as if new. The settings and the counts stay.
    ///
    /// # Errors
    /// The objective's own, if it cannot make a vector of zeros.
    pub fn reset(&mut self) -> Result<(), O::Error> {
        self.search.reset();
        self.direction_rule.reset();
        self.travel = Travel::None;
        self.has_gradient = false;
        self.direction = self.objective.zeros()?;
        Ok(())
    }
}

impl<O: VectorSpace, D, S> Descent<O, D, S> {
    /// The objective, with the parameters as they stand.
    #[must_use]
    pub fn objective(&self) -> &O {
        &self.objective
    }

    /// The objective, to change it. If the parameters change, [`reset`](Self::reset) the descent.
    pub fn objective_mut(&mut self) -> &mut O {
        &mut self.objective
    }

    /// The objective, given back.
    #[must_use]
    pub fn into_objective(self) -> O {
        self.objective
    }

    /// What all steps so far asked of the objective, failed ones included.
    #[must_use]
    pub fn evaluations(&self) -> Evaluations {
        self.evaluations
    }

    /// The search, with its remembered step.
    #[must_use]
    pub fn line_search(&self) -> &S {
        &self.search
    }

    /// The direction rule, with its memory.
    #[must_use]
    pub fn direction_rule(&self) -> &D {
        &self.direction_rule
    }

    /// The last search direction.
    #[must_use]
    pub fn direction(&self) -> &O::Vector {
        &self.direction
    }

    /// The gradient evaluated last.
    #[must_use]
    pub fn gradient(&self) -> &O::Vector {
        &self.gradient
    }
}
