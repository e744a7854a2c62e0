//! The training loop's one step: a gradient, a direction, a line search, a move.

use crate::direction::Direction;
use crate::line::{Evaluations, Line};
use crate::objective::StochasticObjective;
use crate::sampling::Sampling;
use crate::search::{LineSearch, Origin, Step, Termination};
use crate::vector::VectorSpace;

/// What one step of a [`Descent`] did.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Iteration {
    /// The step length α along the search direction, and why the search ended there.
    pub step: Step,
    /// The slope F'(0) = g·d at the start of the line that was searched.
    pub slope: f64,
    /// The loss at the start of the line, on the mini-batch of its gradient. NaN where that gradient
    /// was reused from the last search, whose slopes come without a loss.
    pub loss: f64,
    /// What this step asked of the objective.
    pub evaluations: Evaluations,
}

/// Descent by line searches: x ← x + α d, again and again (\[LR\] 2.1).
///
/// It holds a direction, a search and two vectors (gradient and direction); the parameters stay in the
/// objective. One [`step`](Self::step):
///
/// 1. Draw a mini-batch (unless sampling is [`Sampling::Full`]) and evaluate the loss and the gradient
///    g there; or take over the last gradient, see [`with_gradient_reuse`](Self::with_gradient_reuse).
///    Workers agree on it ([`synchronize`](StochasticObjective::synchronize)).
/// 2. The arrival slope g·d_previous is one dot product, so the search is told it (not in the first
///    step, nor after a step of length 0 or an error).
/// 3. d ← the new search direction; F'(0) = g·d and |d|. If one is not finite, the rule is reset.
/// 4. Search along d. If d does not descend ([`Termination::NotDescent`]), reset the direction to −g
///    and search once more (unless the search asked for slopes first, which overwrite g).
/// 5. The parameters are those the search tested at its α; the direction is
///    [told](Direction::accepted) the step. Workers agree that all have
///    [arrived](StochasticObjective::confirm).
///
/// After the first step nothing is allocated here.
///
/// ```
/// use gols::{Descent, InexactGols, Sampling, SliceObjective, SteepestDescent};
///
/// // L(x) = (x₀ - 1)² + 4 (x₁ + 2)²
/// let loss = |x: &[f64]| (x[0] - 1.0).powi(2) + 4.0 * (x[1] + 2.0).powi(2);
/// let mut objective = SliceObjective::from_fns(vec![0.0, 0.0], loss, move |x, gradient| {
///     gradient[0] = 2.0 * (x[0] - 1.0);
///     gradient[1] = 8.0 * (x[1] + 2.0);
///     loss(x)
/// })?;
/// let mut descent =
///     Descent::new(&objective, SteepestDescent, InexactGols::default(), Sampling::Full)?;
/// for _ in 0..100 {
///     descent.step(&mut objective)?;
/// }
/// assert!(loss(objective.parameters()) < 1e-6);
/// # Ok::<(), gols::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Descent<V, D, S> {
    direction_rule: D,
    search: S,
    sampling: Sampling,
    reuse: bool,
    direction: V,
    gradient: V,
    /// Whether `direction` led here by the last step.
    has_travelled: bool,
    /// Whether `gradient` is that of the accepted point and shall start the next step.
    has_gradient: bool,
    evaluations: Evaluations,
}

impl<V, D, S> Descent<V, D, S> {
    /// A descent on objectives of this shape.
    ///
    /// # Errors
    /// The objective's own, if it cannot make a vector of zeros.
    pub fn new<O>(
        objective: &O,
        direction: D,
        search: S,
        sampling: Sampling,
    ) -> Result<Self, O::Error>
    where
        O: VectorSpace<Vector = V>,
        D: Direction<O>,
        S: LineSearch,
    {
        Ok(Self {
            direction_rule: direction,
            search,
            sampling,
            reuse: false,
            direction: objective.zeros()?,
            gradient: objective.zeros()?,
            has_travelled: false,
            has_gradient: false,
            evaluations: Evaluations::default(),
        })
    }

    /// Whether the gradient that a search evaluated at the step it accepted becomes the next direction,
    /// which saves a gradient an iteration. Default: false, a fresh mini-batch for every direction.
    ///
    /// It applies where the last slope a search asked for was at the accepted step: always with
    /// `SignChange` and `SlopeReduced` of [`InexactGols`](crate::InexactGols) unless the growth met a
    /// slope that was not finite, often with [`BisectionGols`](crate::BisectionGols), never with searches
    /// by function value. Then [`Iteration::loss`] is NaN and the origin has no loss. With static
    /// sub-sampling the line is searched on a new mini-batch all the same; with a full batch the reused
    /// gradient is the one that would have been evaluated again.
    ///
    /// If the parameters are changed from outside, call [`reset`](Self::reset).
    #[must_use]
    pub fn with_gradient_reuse(self, reuse: bool) -> Self {
        Self { reuse, ..self }
    }

    /// One step of training; see the numbered list above.
    ///
    /// # Errors
    /// The objective's own, unchanged. The parameters are then bit for bit those before the step, and
    /// the next step starts afresh; an error of the direction rule resets it.
    pub fn step<O>(&mut self, objective: &mut O) -> Result<Iteration, O::Error>
    where
        O: StochasticObjective<Vector = V>,
        D: Direction<O>,
        S: LineSearch,
    {
        let has_travelled = std::mem::take(&mut self.has_travelled);
        let mut evaluations = Evaluations::default();
        let outcome = self.advance(objective, has_travelled, &mut evaluations);
        self.evaluations += evaluations;
        outcome
    }

    fn advance<O>(
        &mut self,
        objective: &mut O,
        has_travelled: bool,
        evaluations: &mut Evaluations,
    ) -> Result<Iteration, O::Error>
    where
        O: StochasticObjective<Vector = V>,
        D: Direction<O>,
        S: LineSearch,
    {
        // 1. The gradient at the origin.
        let loss = self.evaluate_origin(objective, evaluations)?;
        // 2. The slope where the last step led.
        let arrival_slope = match has_travelled {
            true => Some(objective.dot(&self.gradient, &self.direction)?),
            false => None,
        };
        // 3. The search direction. A rule that failed may have been left half way.
        let updated = self.direction_rule.update(objective, &self.gradient, &mut self.direction);
        self.reset_rule_unless(updated)?;
        let known = Origin { arrival_slope, loss, ..Origin::new(0.0, 0.0) };
        let mut origin = self.project(objective, known)?;
        if origin.unusable() == Some(Termination::NonFinite) {
            // What the rule remembers of this gradient would spoil every direction to come.
            self.direction_rule.reset();
        }
        // 4. The search, and a second one along -g if d does not descend.
        let gradients = evaluations.gradients;
        let mut step = self.search(objective, origin, evaluations)?;
        // A search of the user's own may ask for slopes first; then the origin's gradient is gone.
        if step.termination == Termination::NotDescent && evaluations.gradients == gradients {
            self.direction_rule.reset();
            objective.axpby(-1.0, &self.gradient, 0.0, &mut self.direction)?;
            origin = self.project(objective, known)?;
            step = self.search(objective, origin, evaluations)?;
        }
        // 5. The rule is told the step and workers agree on it, or the step is taken back.
        let settled = self.settle(objective, step);
        if settled.is_err() {
            self.has_gradient = false;
            // The first error is the one to report, whatever becomes of the restoration.
            let _ = objective.move_to(0.0, &self.direction);
        }
        self.reset_rule_unless(settled)?;
        self.has_travelled = step.length != 0.0;
        let Origin { slope, .. } = origin;
        Ok(Iteration { step, slope, loss: loss.unwrap_or(f64::NAN), evaluations: *evaluations })
    }

    fn settle<O>(&mut self, objective: &mut O, step: Step) -> Result<(), O::Error>
    where
        O: StochasticObjective<Vector = V>,
        D: Direction<O>,
    {
        if step.length != 0.0 {
            self.direction_rule.accepted(objective, step.length, &self.direction)?;
        }
        objective.confirm()
    }

    fn reset_rule_unless<O>(&mut self, outcome: Result<(), O::Error>) -> Result<(), O::Error>
    where
        O: VectorSpace<Vector = V>,
        D: Direction<O>,
    {
        if outcome.is_err() {
            self.direction_rule.reset();
        }
        outcome
    }

    fn evaluate_origin<O>(
        &mut self,
        objective: &mut O,
        evaluations: &mut Evaluations,
    ) -> Result<Option<f64>, O::Error>
    where
        O: StochasticObjective<Vector = V>,
    {
        let has_gradient = std::mem::take(&mut self.has_gradient);
        let draws = match self.sampling {
            Sampling::Full => false,
            Sampling::Static => true,
            Sampling::Dynamic => !has_gradient,
        };
        if draws {
            objective.resample()?;
            evaluations.batches += 1;
        }
        let mut loss = None;
        if !has_gradient {
            evaluations.gradients += 1;
            loss = Some(objective.loss_and_gradient(&mut self.gradient)?);
        }
        objective.synchronize(&mut self.gradient)?;
        Ok(loss)
    }

    /// `known` with the slope g·d and the norm |d|.
    fn project<O>(&self, objective: &O, known: Origin) -> Result<Origin, O::Error>
    where
        O: VectorSpace<Vector = V>,
    {
        let slope = objective.dot(&self.gradient, &self.direction)?;
        let direction_norm = objective.dot(&self.direction, &self.direction)?.sqrt();
        Ok(Origin { slope, direction_norm, ..known })
    }

    fn search<O>(
        &mut self,
        objective: &mut O,
        origin: Origin,
        evaluations: &mut Evaluations,
    ) -> Result<Step, O::Error>
    where
        O: StochasticObjective<Vector = V>,
        S: LineSearch,
    {
        let Self { direction, gradient, search, sampling, reuse, .. } = self;
        let mut line =
            Line::new(objective, direction, gradient, origin, *sampling).with_gradients(*reuse);
        let outcome = line.search(search);
        *evaluations += line.evaluations();
        let step = outcome?;
        self.has_gradient = self.reuse && line.has_gradient_at(step.length);
        Ok(step)
    }

    /// Forgets the search's remembered step, the direction rule's memory and the last direction and
    /// gradient, as if new. The settings and the counts stay.
    ///
    /// # Errors
    /// The objective's own, if it cannot make a vector of zeros.
    pub fn reset<O>(&mut self, objective: &O) -> Result<(), O::Error>
    where
        O: VectorSpace<Vector = V>,
        D: Direction<O>,
        S: LineSearch,
    {
        self.search.reset();
        self.direction_rule.reset();
        self.has_travelled = false;
        self.has_gradient = false;
        self.direction = objective.zeros()?;
        Ok(())
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
    pub fn direction(&self) -> &V {
        &self.direction
    }

    /// The gradient evaluated last.
    #[must_use]
    pub fn gradient(&self) -> &V {
        &self.gradient
    }
}
