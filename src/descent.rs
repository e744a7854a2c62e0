//! The training loop's one step: a gradient, a direction, a line search, a move.

use crate::direction::{Direction, SteepestDescent};
use crate::line::{Evaluations, Line};
use crate::objective::StochasticObjective;
use crate::sampling::Sampling;
use crate::search::{InexactGols, LineSearch, Origin, Step, Termination};
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
///    [`Termination::NonFinite`] at length 0. If the last search asked for nothing, so that its step was
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
/// let objective = SliceObjective::from_fn(vec![0.0, 0.0], |x, gradient| {
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

    /// The step; its evaluations are counted apart, for an error has some, too.
    fn advance(&mut self, evaluations: &mut Evaluations) -> Result<Iteration, O::Error> {
        let travel = std::mem::replace(&mut self.travel, Travel::None);
        let arrived = self.arrive(travel, evaluations);
        if arrived.is_err() {
            self.travel = travel;
        }
        let (loss, is_finite, arrival_slope) = arrived?;
        if !is_finite {
            return self.skip(travel, loss);
        }
        let origin = Origin { arrival_slope, loss, ..Origin::new(0.0, 0.0) };
        let outcome = self.go(origin, evaluations);
        if outcome.is_err() {
            self.travel = arrival_slope.map_or(Travel::None, Travel::Told);
            self.has_gradient = false;
            self.direction_rule.take_back();
            self.search.take_back();
        }
        outcome
    }

    /// 1. to 3. The loss at the origin, whether it and the gradient are finite, and the arrival slope.
    fn arrive(
        &mut self,
        travel: Travel,
        evaluations: &mut Evaluations,
    ) -> Result<(Option<f64>, bool, Option<f64>), O::Error> {
        let loss = self.evaluate_origin(evaluations)?;
        let [square, arrival, _] = self.objective.products(&self.gradient, &self.direction)?;
        let arrival_slope = match travel {
            Travel::None => None,
            Travel::Told(slope) => Some(slope),
            Travel::Tested | Travel::Untested => Some(arrival),
        };
        Ok((loss, square.is_finite() && loss.is_none_or(f64::is_finite), arrival_slope))
    }

    /// 4. to 6. The direction, the search, and the step.
    fn go(
        &mut self,
        known: Origin,
        evaluations: &mut Evaluations,
    ) -> Result<Iteration, O::Error> {
        let (origin, fell_back) = self.direct(known)?;
        let asked = evaluations.information_calls();
        let step = self.search(origin, evaluations)?;
        let moved = self.settle(step)?;
        self.travel = match evaluations.information_calls() > asked {
            _ if step.length == 0.0 => Travel::None,
            true => Travel::Tested,
            false => Travel::Untested,
        };
        let Origin { slope, loss, .. } = origin;
        Ok(Iteration { step, slope, loss, evaluations: *evaluations, moved, fell_back })
    }

    /// 2. Learns nothing from a gradient that is not finite; takes the step that led to it back if no
    /// search has tested it.
    fn skip(&mut self, travel: Travel, loss: Option<f64>) -> Result<Iteration, O::Error> {
        let is_untested = travel == Travel::Untested;
        if is_untested {
            self.objective.restore()?;
            self.direction_rule.take_back();
        } else {
            // The parameters are still where the last direction led.
            self.travel = travel;
        }
        self.has_gradient = false;
        let slope = f64::NAN;
        self.search.start(Origin::new(slope, 0.0));
        self.objective.confirm()?;
        Ok(Iteration {
            step: Step { length: 0.0, termination: Termination::NonFinite },
            slope,
            loss,
            evaluations: Evaluations::default(),
            moved: is_untested,
            fell_back: false,
        })
    }

    fn evaluate_origin(&mut self, evaluations: &mut Evaluations) -> Result<Option<f64>, O::Error> {
        let has_gradient = std::mem::take(&mut self.has_gradient);
        let draws = match self.sampling {
            Sampling::Full => false,
            Sampling::Static => true,
            Sampling::Dynamic => !has_gradient,
        };
        if draws {
            self.objective.resample()?;
            evaluations.batches += 1;
        }
        let mut loss = None;
        if !has_gradient {
            evaluations.gradients += 1;
            loss = Some(self.objective.loss_and_gradient(&mut self.gradient)?);
        }
        self.objective.synchronize(&mut self.gradient)?;
        Ok(loss)
    }

    /// The search direction, what is known along it, and whether it is −g for want of a better.
    fn direct(&mut self, known: Origin) -> Result<(Origin, bool), O::Error> {
        let rule = &mut self.direction_rule;
        rule.update(&self.objective, &self.gradient, &mut self.direction)?;
        let origin = self.project(known)?;
        match origin.unusable() {
            Some(Termination::NonFinite) => {
                // What the rule remembers of this gradient would spoil every direction to come.
                self.direction_rule.reset();
                Ok((origin, false))
            }
            Some(Termination::NotDescent) if !self.any_slope => {
                self.direction_rule.reset();
                self.objective.axpby(-1.0, &self.gradient, 0.0, &mut self.direction)?;
                Ok((self.project(known)?, true))
            }
            _ => Ok((origin, false)),
        }
    }

    /// `known` with the slope g·d and the norm |d|.
    fn project(&self, known: Origin) -> Result<Origin, O::Error> {
        let slope = self.objective.dot(&self.gradient, &self.direction)?;
        let direction_norm = self.objective.dot(&self.direction, &self.direction)?.sqrt();
        Ok(Origin { slope, direction_norm, ..known })
    }

    fn search(
        &mut self,
        mut origin: Origin,
        evaluations: &mut Evaluations,
    ) -> Result<Step, O::Error> {
        if self.any_slope && origin.slope >= 0.0 {
            origin.slope = -origin.slope.max(f64::MIN_POSITIVE);
        }
        let Self { objective, direction, gradient, search, sampling, reuse, .. } = self;
        let mut line =
            Line::new(objective, direction, gradient, origin, *sampling).with_gradients(*reuse);
        let outcome = line.search(search);
        *evaluations += line.evaluations();
        let step = outcome?;
        self.has_gradient = self.reuse && line.has_gradient_at(step.length);
        Ok(step)
    }

    /// Tells the rule the step, and lets workers agree on it; whether the parameters moved. An error
    /// takes the step back.
    fn settle(&mut self, step: Step) -> Result<bool, O::Error> {
        let settled = self.tell(step);
        if settled.is_err() {
            // The first error is the one to report, whatever becomes of the restoration.
            let _ = self.objective.restore();
        }
        settled
    }

    fn tell(&mut self, step: Step) -> Result<bool, O::Error> {
        let mut moved = false;
        if step.length != 0.0 {
            self.direction_rule.accepted(&self.objective, step.length, &self.direction)?;
            moved = self.objective.has_moved()?;
        }
        self.objective.confirm()?;
        Ok(moved)
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
