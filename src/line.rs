//! An objective restricted to a line, and the count of what was asked there.

use core::ops::AddAssign;

use crate::objective::{PreparedLine, StochasticObjective};
use crate::sampling::Sampling;
use crate::search::{LineSearch, Origin, Request, Step, Termination};

/// How often an objective was evaluated, and how many mini-batches were drawn for it.
///
/// ```
/// use gols::Evaluations;
///
/// let mut evaluations = Evaluations::default();
/// (evaluations.losses, evaluations.gradients, evaluations.batches) = (3, 2, 5);
/// assert_eq!(evaluations.function_evaluations(), 7);
/// assert_eq!(evaluations.information_calls(), 5);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
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
/// use gols::search::{InexactGols, Origin};
/// use gols::{Line, Sampling, SliceObjective, StochasticObjective, VectorSpace};
///
/// let mut objective = SliceObjective::from_fn(vec![1.0], |x, gradient| {
///     gradient[0] = 2.0 * x[0];
///     x[0] * x[0]
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
    position: Position,
    /// The α that `gradient` belongs to, if it was evaluated on this line.
    gradient_position: Option<f64>,
    keeps_gradients: bool,
}

/// Where the parameters are.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Position {
    /// Where the line will start: x₀ is not marked yet.
    Unmarked,
    /// At x₀ + α d.
    At(f64),
    /// Anywhere on the line, or half way to somewhere.
    Unknown,
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
        Self {
            objective,
            direction,
            gradient,
            origin,
            sampling,
            evaluations: Evaluations::default(),
            position: Position::Unmarked,
            gradient_position: None,
            keeps_gradients: false,
        }
    }

    /// Whether the gradient behind the last slope shall stay in `gradient`. Default: false, which lets
    /// the objective [prepare](StochasticObjective::along_prepared_line) cheaper evaluations where the
    /// batch stays.
    #[must_use]
    pub fn with_gradients(self, keeps_gradients: bool) -> Self {
        Self { keeps_gradients, ..self }
    }

    /// Runs `search` to its end and moves the parameters to the step it ended at.
    ///
    /// The parameters are then x₀ + α d, exactly those that were evaluated at that α (an objective that
    /// has [prepared](StochasticObjective::along_prepared_line) the line evaluates it without moving
    /// them). A search of the user's own that ends at a length which is not finite is taken as
    /// [`Termination::NonFinite`] at 0.
    ///
    /// # Errors
    /// The objective's own, unchanged, after the parameters are restored to x₀ bit for bit and the search
    /// is [taken back](LineSearch::take_back).
    pub fn search<S: LineSearch + ?Sized>(&mut self, search: &mut S) -> Result<Step, O::Error> {
        let outcome = self.search_and_move(search);
        if outcome.is_err() {
            search.take_back();
            if self.position != Position::Unmarked {
                // The first error is the one to report, whatever becomes of the restoration.
                let _ = self.restore();
            }
        }
        outcome
    }

    fn search_and_move<S: LineSearch + ?Sized>(
        &mut self,
        search: &mut S,
    ) -> Result<Step, O::Error> {
        let is_resampled = self.sampling == Sampling::Dynamic;
        let request = search.start(Origin { is_resampled, ..self.origin });
        let step = match self.search_prepared(search, request)? {
            Some(step) => step,
            None => converse(search, request, |request| match request {
                Asked::Loss(alpha) => self.loss(alpha),
                Asked::Slope(alpha) => self.slope(alpha),
            })?,
        };
        let step = if step.length.is_finite() { step } else { NOWHERE };
        self.move_to(step.length)?;
        Ok(step)
    }

    /// Runs a search that has made its first request along a prepared line, if there is one.
    fn search_prepared<S: LineSearch + ?Sized>(
        &mut self,
        search: &mut S,
        request: Request,
    ) -> Result<Option<Step>, O::Error> {
        let asks_nothing = matches!(request, Request::Done(_));
        if asks_nothing || self.sampling == Sampling::Dynamic || self.keeps_gradients {
            return Ok(None);
        }
        self.anchor()?;
        let Self { objective, direction, evaluations, position, .. } = self;
        let mut outcome = None;
        let mut run = |line: &mut dyn PreparedLine<Error = O::Error>| {
            *position = Position::Unknown;
            outcome = Some(converse(search, request, |request| match request {
                Asked::Loss(alpha) => {
                    evaluations.losses += 1;
                    line.loss(alpha)
                }
                Asked::Slope(alpha) => {
                    evaluations.gradients += 1;
                    line.slope(alpha)
                }
            }));
        };
        objective.along_prepared_line(direction, &mut run)?;
        outcome.transpose()
    }

    /// The loss F(α), on a new mini-batch if sampling is dynamic. The parameters stay on the line.
    ///
    /// # Errors
    /// The objective's own; the parameters stay where they were moved.
    pub fn loss(&mut self, alpha: f64) -> Result<f64, O::Error> {
        self.resample()?;
        self.evaluations.losses += 1;
        self.move_to(alpha)?;
        self.objective.loss()
    }

    /// The slope F'(α), on a new mini-batch if sampling is dynamic. The parameters stay on the line.
    ///
    /// # Errors
    /// The objective's own; the parameters stay where they were moved.
    pub fn slope(&mut self, alpha: f64) -> Result<f64, O::Error> {
        self.resample()?;
        self.evaluations.gradients += 1;
        self.gradient_position = None;
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
        if self.position == Position::At(alpha) {
            return Ok(());
        }
        if alpha == 0.0 {
            return self.restore();
        }
        // Should this fail half way, the next move is made whatever its α.
        self.position = Position::Unknown;
        self.objective.move_to(alpha, self.direction)?;
        self.position = Position::At(alpha);
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
        if self.position == Position::Unmarked {
            self.objective.anchor()?;
            self.position = Position::At(0.0);
        }
        Ok(())
    }

    fn restore(&mut self) -> Result<(), O::Error> {
        self.position = Position::Unknown;
        self.objective.restore()?;
        self.position = Position::At(0.0);
        Ok(())
    }

    /// Draws a mini-batch if sampling is dynamic.
    fn resample(&mut self) -> Result<(), O::Error> {
        if self.sampling == Sampling::Dynamic {
            self.objective.resample()?;
            self.evaluations.batches += 1;
        }
        Ok(())
    }
}

/// A request that wants an answer.
enum Asked {
    Loss(f64),
    Slope(f64),
}

/// Answers a search that has made its first request, to its end.
fn converse<S: LineSearch + ?Sized, E>(
    search: &mut S,
    mut request: Request,
    mut answer: impl FnMut(Asked) -> Result<f64, E>,
) -> Result<Step, E> {
    loop {
        let asked = match request {
            Request::Loss(alpha) => Asked::Loss(alpha),
            Request::Slope(alpha) => Asked::Slope(alpha),
            Request::Done(step) => return Ok(step),
        };
        request = search.resume(answer(asked)?);
    }
}

/// The end of a search that named no finite length.
const NOWHERE: Step = Step { length: 0.0, termination: Termination::NonFinite };
