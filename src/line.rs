//! An objective restricted to a line, and the count of what was asked there.

use std::ops::AddAssign;

use crate::objective::StochasticObjective;
use crate::sampling::Sampling;
use crate::search::{LineSearch, Origin, Request, Step, Termination};

/// How often an objective was evaluated, and how many mini-batches were drawn for it.
///
/// ```
/// use gols::Evaluations;
///
/// let evaluations = Evaluations { losses: 3, gradients: 2, batches: 5 };
/// assert_eq!(evaluations.function_evaluations(), 7);
/// assert_eq!(evaluations.information_calls(), 5);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Evaluations {
    /// Losses alone (forward passes).
    pub losses: u64,
    /// Gradients and slopes (forward and backward passes).
    pub gradients: u64,
    /// Mini-batches drawn.
    pub batches: u64,
}

impl Evaluations {
    /// The cost in function evaluations: losses + 2 gradients (\[LR\] 3.1).
    #[must_use]
    pub fn function_evaluations(&self) -> u64 {
        self.losses + 2 * self.gradients
    }

    /// The number of evaluations whatever their cost: losses + gradients (\[LR\] 4.4).
    #[must_use]
    pub fn information_calls(&self) -> u64 {
        self.losses + self.gradients
    }
}

impl AddAssign for Evaluations {
    fn add_assign(&mut self, other: Self) {
        self.losses += other.losses;
        self.gradients += other.gradients;
        self.batches += other.batches;
    }
}

/// An objective along a search direction: F(α) = L(x₀ + α d) and F'(α) = g(x₀ + α d)·d (\[LR\] 1.2).
///
/// It answers a search's requests, draws mini-batches as [`Sampling`] says, and counts. It caches
/// nothing: asked twice at the same α, it evaluates twice.
///
/// x₀ is where the parameters stand when the line is first used.
///
/// ```
/// use gols::{InexactGols, Line, Origin, Sampling, SliceObjective, StochasticObjective, VectorSpace};
///
/// let square = |x: &[f64]| x[0] * x[0];
/// let mut objective = SliceObjective::from_fns(vec![1.0], square, move |x, gradient| {
///     gradient[0] = 2.0 * x[0];
///     square(x)
/// })?;
/// let mut gradient = objective.zeros()?;
/// objective.loss_and_gradient(&mut gradient)?;
/// let direction = vec![-gradient[0]]; // steepest descent
/// let origin = Origin::new(-gradient[0] * gradient[0], gradient[0].abs());
///
/// let mut search = InexactGols::default().with_previous(0.3)?;
/// let mut line = Line::new(&mut objective, &direction, &mut gradient, origin, Sampling::Full);
/// let step = line.search(&mut search)?;
/// assert_eq!(line.evaluations().gradients, 2); // at 0.3 and at the cap, 0.5
/// assert_eq!(objective.parameters(), [1.0 - 2.0 * step.length]);
/// # Ok::<(), gols::Error>(())
/// ```
#[derive(Debug)]
pub struct Line<'a, O: StochasticObjective> {
    objective: &'a mut O,
    direction: &'a O::Vector,
    gradient: &'a mut O::Vector,
    origin: Origin,
    sampling: Sampling,
    evaluations: Evaluations,
    /// Where the parameters are, as α; `None` before x₀ is marked.
    position: Option<f64>,
    /// The α that `gradient` belongs to, if it was evaluated on this line.
    gradient_position: Option<f64>,
    keeps_gradients: bool,
    /// Whether the objective has prepared this line; `None` before it was asked.
    is_prepared: Option<bool>,
}

impl<'a, O: StochasticObjective> Line<'a, O> {
    /// The line from the objective's parameters along `direction`; `origin` is what is known there.
    ///
    /// `gradient` is room for the gradients evaluated on the line.
    pub fn new(
        objective: &'a mut O,
        direction: &'a O::Vector,
        gradient: &'a mut O::Vector,
        origin: Origin,
        sampling: Sampling,
    ) -> Self {
        let evaluations = Evaluations::default();
        let (position, gradient_position) = (None, None);
        Self {
            objective,
            direction,
            gradient,
            origin,
            sampling,
            evaluations,
            position,
            gradient_position,
            keeps_gradients: false,
            is_prepared: None,
        }
    }

    /// Whether the gradient behind the last slope shall stay in `gradient`. Default: false, which lets the
    /// objective [prepare](StochasticObjective::prepare_line) cheaper slopes if the batch stays.
    #[must_use]
    pub fn with_gradients(self, keeps_gradients: bool) -> Self {
        Self { keeps_gradients, ..self }
    }

    /// Runs `search` to its end and moves the parameters to the step it ended at.
    ///
    /// The parameters are then x₀ + α d, exactly those that were evaluated at that α (an objective that has
    /// [prepared](StochasticObjective::prepare_line) the line evaluates it without moving them). A search of the user's own
    /// that ends at a length which is not finite is taken as [`Termination::NonFinite`] at 0.
    ///
    /// # Errors
    /// The objective's own, unchanged, after the parameters are restored to x₀ bit for bit.
    pub fn search<S: LineSearch + ?Sized>(&mut self, search: &mut S) -> Result<Step, O::Error> {
        let outcome = self.converse(search);
        if outcome.is_err() {
            // The first error is the one to report, whatever becomes of the restoration.
            let _ = self.move_to(0.0);
        }
        outcome
    }

    fn converse<S: LineSearch + ?Sized>(&mut self, search: &mut S) -> Result<Step, O::Error> {
        let mut request = search.start(self.origin);
        loop {
            let answer = match request {
                Request::Loss(alpha) => self.loss(alpha)?,
                Request::Slope(alpha) => self.slope(alpha)?,
                Request::Done(step) => {
                    let step = if step.length.is_finite() { step } else { NOWHERE };
                    self.move_to(step.length)?;
                    return Ok(step);
                }
            };
            request = search.resume(answer);
        }
    }

    /// The loss F(α), on a new mini-batch if sampling is dynamic. The parameters stay on the line.
    ///
    /// # Errors
    /// The objective's own; the parameters stay where they were moved.
    pub fn loss(&mut self, alpha: f64) -> Result<f64, O::Error> {
        let is_prepared = self.prepare()?;
        self.evaluations.losses += 1;
        if is_prepared {
            self.position = Some(f64::NAN); // anywhere on the line
            return self.objective.line_loss(alpha, self.direction);
        }
        self.move_to(alpha)?;
        self.objective.loss()
    }

    /// The slope F'(α), on a new mini-batch if sampling is dynamic. The parameters stay on the line.
    ///
    /// # Errors
    /// The objective's own; the parameters stay where they were moved.
    pub fn slope(&mut self, alpha: f64) -> Result<f64, O::Error> {
        let is_prepared = self.prepare()?;
        self.evaluations.gradients += 1;
        self.gradient_position = None;
        if is_prepared {
            self.position = Some(f64::NAN); // anywhere on the line
            return self.objective.line_slope(alpha, self.direction, self.gradient);
        }
        self.move_to(alpha)?;
        let slope = self.objective.slope(self.direction, self.gradient)?;
        self.gradient_position = Some(alpha);
        Ok(slope)
    }

    /// Moves the parameters to x₀ + α d; α = 0 restores x₀ bit for bit.
    ///
    /// # Errors
    /// The objective's own.
    pub fn move_to(&mut self, alpha: f64) -> Result<(), O::Error> {
        self.anchor()?;
        if self.position != Some(alpha) {
            // NaN is nowhere: should this fail half way, the next move is made whatever its α.
            self.position = Some(f64::NAN);
            self.objective.move_to(alpha, self.direction)?;
            self.position = Some(alpha);
        }
        Ok(())
    }

    /// What was asked of the objective on this line.
    #[must_use]
    pub fn evaluations(&self) -> Evaluations {
        self.evaluations
    }

    /// Whether the gradient last evaluated on this line was evaluated at this α.
    pub(crate) fn has_gradient_at(&self, alpha: f64) -> bool {
        self.gradient_position == Some(alpha)
    }

    /// x₀ is where the parameters stand at first.
    fn anchor(&mut self) -> Result<(), O::Error> {
        if self.position.is_none() {
            self.objective.anchor()?;
            self.position = Some(0.0);
        }
        Ok(())
    }

    /// Draws a mini-batch if sampling is dynamic; else asks the objective, once, to prepare this line.
    fn prepare(&mut self) -> Result<bool, O::Error> {
        if self.sampling == Sampling::Dynamic {
            self.objective.resample()?;
            self.evaluations.batches += 1;
            return Ok(false);
        }
        self.anchor()?;
        match self.is_prepared {
            Some(is_prepared) => Ok(is_prepared),
            None if self.keeps_gradients => Ok(false),
            None => {
                let is_prepared = self.objective.prepare_line(self.direction)?;
                self.is_prepared = Some(is_prepared);
                Ok(is_prepared)
            }
        }
    }
}

/// The end of a search that named no finite length.
const NOWHERE: Step = Step { length: 0.0, termination: Termination::NonFinite };
