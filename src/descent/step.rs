//! One step of a descent, by the numbers of its documentation.

use super::{Descent, Iteration, Travel};
use crate::direction::Direction;
#[cfg(not(feature = "std"))]
use crate::float::Float as _;
use crate::line::{Evaluations, Line};
use crate::objective::StochasticObjective;
use crate::sampling::Sampling;
use crate::search::{LineSearch, Origin, Step, Termination};

impl<O: StochasticObjective, D: Direction<O>, S: LineSearch> Descent<O, D, S> {
    /// The step; its evaluations are counted apart, for an error has some, too.
    pub(super) fn advance(&mut self, evaluations: &mut Evaluations) -> Result<Iteration, O::Error> {
        let travel = core::mem::replace(&mut self.travel, Travel::None);
        let arrived = self.arrive(travel, evaluations);
        if arrived.is_err() {
            self.travel = travel;
        }
        let (loss, square, arrival_slope) = arrived?;
        let gradient_norm = square.sqrt();
        if !square.is_finite() || loss.is_some_and(|loss| !loss.is_finite()) {
            return Ok(Iteration { gradient_norm, ..self.skip(travel, loss)? });
        }
        let origin = Origin { arrival_slope, loss, ..Origin::new(0.0, 0.0) };
        let outcome = self.go(origin, evaluations);
        if outcome.is_err() {
            self.travel = arrival_slope.map_or(Travel::None, Travel::Told);
            self.has_gradient = false;
            self.direction_rule.take_back();
        }
        Ok(Iteration { gradient_norm, ..outcome? })
    }

    /// 1. to 3. The loss at the origin, the gradient's square, and the arrival slope.
    fn arrive(
        &mut self,
        travel: Travel,
        evaluations: &mut Evaluations,
    ) -> Result<(Option<f64>, f64, Option<f64>), O::Error> {
        let loss = self.evaluate_origin(evaluations)?;
        let [square, arrival, _] = self.objective.products(&self.gradient, &self.direction)?;
        let arrival_slope = match travel {
            Travel::None => None,
            Travel::Told(slope) => Some(slope),
            Travel::Tested | Travel::Untested => Some(arrival),
        };
        Ok((loss, square, arrival_slope))
    }

    /// 4. to 6. The direction, the search, and the step.
    fn go(&mut self, known: Origin, evaluations: &mut Evaluations) -> Result<Iteration, O::Error> {
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
        let (gradient_norm, evaluations) = (f64::NAN, *evaluations);
        Ok(Iteration { step, slope, loss, gradient_norm, evaluations, moved, fell_back })
    }

    /// 2. Learns nothing from a gradient that is not finite; takes the step that led to it back if no
    ///    search has tested it.
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
            gradient_norm: f64::NAN,
            evaluations: Evaluations::default(),
            moved: is_untested,
            fell_back: false,
        })
    }

    fn evaluate_origin(&mut self, evaluations: &mut Evaluations) -> Result<Option<f64>, O::Error> {
        let has_gradient = core::mem::take(&mut self.has_gradient);
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
                let rule = &mut self.direction_rule;
                rule.fall_back(&self.objective, &self.gradient, &mut self.direction)?;
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
            // A search that failed has been taken back already; this one has ended.
            self.search.take_back();
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
}
