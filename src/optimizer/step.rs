//! One update.

use super::Optimizer;
use crate::direction::Direction;
use crate::search::{LineSearch, Origin, Request, Step, Termination};
use crate::update::Update;
use crate::vector::Parameters;

impl<V, D> Optimizer<V, D> {
    /// One update; see the numbered list above. `gradient` is that of the loss at the parameters as they
    /// stand.
    ///
    /// # Errors
    /// The parameters' own. A step that failed before it moved is remembered nowhere and can be tried again,
    /// but the slope where the step before it led is not known then.
    pub fn step<P>(&mut self, parameters: &mut P, gradient: &V) -> Result<Update, P::Error>
    where
        P: Parameters<Vector = V>,
        D: Direction<P>,
    {
        self.begin(parameters)?;
        // 2. The direction, where 1. lets it be.
        let had_travelled = self.has_travelled;
        let (rule, has_travelled) = (&mut self.rule, &mut self.has_travelled);
        let mut is_renewed = false;
        let mut renew = |direction: &mut V| {
            (is_renewed, *has_travelled) = (true, false);
            rule.update(parameters, gradient, direction)
        };
        let u = self.offset.as_ref().filter(|_| self.mean.has_offset());
        let d = &mut self.direction;
        let products = parameters.products_around(gradient, u, d, &mut renew);
        if products.is_err() && is_renewed {
            self.rule.take_back();
        }
        let [square, arrival, long_slope, slope, direction_square] = products?;
        let arrival_slope = had_travelled.then_some(arrival);
        let mut update = Update {
            step: Step { length: 0.0, termination: Termination::Stationary },
            slope: 0.0,
            arrival_slope,
            displacement: 0.0,
            gradient_norm: square.sqrt(),
        };
        // 1. A gradient that is not finite, or 0.
        if square == 0.0 || !square.is_finite() {
            self.has_travelled = had_travelled;
            if is_renewed {
                self.rule.take_back();
            }
            if square != 0.0 {
                update.step = self.skip().step;
            }
            return Ok(update);
        }
        let mut origin = self.descending(parameters, gradient, slope, direction_square)?;
        // 3. The reach.
        let before = (self.reach, self.mean);
        origin.max_displacement = self.limit(parameters, origin.direction_norm)?;
        // 4. The step length.
        origin.arrival_slope = arrival_slope;
        origin.parameters_norm = self.start_norm;
        origin.agreement = self.mean.agreement();
        update.step = self.ask(origin);
        update.slope = origin.slope;
        update.displacement = update.step.length * origin.direction_norm;
        if update.step.length == 0.0 {
            self.reach = before.0;
            return Ok(update);
        }
        // 5. and 6. The move.
        if let Err(error) = self.advance(parameters, update.step.length, long_slope) {
            (self.reach, self.mean) = before;
            self.search.take_back();
            self.rule.take_back();
            return Err(error);
        }
        self.rule.accepted(parameters, update.step.length, &self.direction)?;
        if let Some(reach) = &mut self.reach {
            reach.travel(update.displacement);
        }
        self.has_travelled = true;
        Ok(update)
    }

    /// Skips a batch whose loss is not finite, whatever its gradient, as [`step`](Self::step) does where
    /// a gradient is not: nothing moves, α shrinks a little, and the batch is
    /// [counted](Self::skipped).
    pub fn skip(&mut self) -> Update {
        self.skipped += 1;
        Update {
            step: self.ask(Origin::new(f64::NAN, 0.0)),
            slope: 0.0,
            arrival_slope: None,
            displacement: 0.0,
            gradient_norm: f64::NAN,
        }
    }

    /// Before the first step: u, x₀, |x₀| and room.
    fn begin<P: Parameters<Vector = V>>(&mut self, parameters: &P) -> Result<(), P::Error> {
        if self.start_norm.is_none() {
            // The direction's room is free until there is one.
            parameters.copy_to(&mut self.direction)?;
            let norm = parameters.dot(&self.direction, &self.direction)?.sqrt();
            if self.mean.is_on() {
                self.offset = Some(parameters.zeros()?);
            }
            if self.reach.is_some() {
                let mut start = parameters.zeros()?;
                parameters.copy_to(&mut start)?;
                (self.start, self.room) = (Some(start), Some(parameters.zeros()?));
            }
            self.start_norm = Some(norm);
        }
        Ok(())
    }

    /// 2. What is known along d; along −g where d climbs.
    fn descending<P>(
        &mut self,
        parameters: &P,
        gradient: &V,
        slope: f64,
        direction_square: f64,
    ) -> Result<Origin, P::Error>
    where
        P: Parameters<Vector = V>,
        D: Direction<P>,
    {
        let origin = Origin::new(slope, direction_square.sqrt());
        if origin.unusable() != Some(Termination::NotDescent) {
            return Ok(origin);
        }
        self.rule.fall_back(parameters, gradient, &mut self.direction)?;
        let [_, slope, direction_square] = parameters.products(gradient, &self.direction)?;
        Ok(Origin::new(slope, direction_square.sqrt()))
    }

    /// 3. How far a step along a direction of this norm may go.
    fn limit<P>(&mut self, parameters: &P, norm: f64) -> Result<Option<f64>, P::Error>
    where
        P: Parameters<Vector = V>,
        D: Direction<P>,
    {
        if self.reach.is_some_and(|reach| reach.is_due()) {
            let distance = self.distance(parameters);
            match (&mut self.reach, distance) {
                (Some(reach), Ok(distance)) => reach.measure(distance),
                (_, Err(error)) => {
                    self.rule.take_back();
                    return Err(error);
                }
                _ => {}
            }
        }
        let is_usable = norm.is_finite() && norm > 0.0;
        Ok(self.reach.as_mut().filter(|_| is_usable).and_then(|reach| reach.limit(norm)))
    }

    /// |z − x₀|.
    fn distance<P: Parameters<Vector = V>>(&mut self, parameters: &P) -> Result<f64, P::Error> {
        let mut room = self.take_room(parameters)?;
        let distance = match (&self.offset, &self.start) {
            (Some(u), Some(start)) => {
                parameters.distance(self.mean.share_now(), u, start, &mut room)
            }
            (None, Some(start)) => parameters.distance(0.0, start, start, &mut room),
            (_, None) => Ok(0.0),
        };
        self.room = Some(room);
        distance
    }

    pub(super) fn take_room<P>(&mut self, parameters: &P) -> Result<V, P::Error>
    where
        P: Parameters<Vector = V>,
    {
        self.room.take().map_or_else(|| parameters.zeros(), Ok)
    }

    fn ask(&mut self, origin: Origin) -> Step {
        match self.search.start(origin) {
            Request::Done(step) => step,
            // It never asks.
            _ => Step { length: 0.0, termination: Termination::Budget },
        }
    }

    /// 5. and 6. y follows z by 1 − βₜ at once, and by the mean from then on.
    fn advance<P: Parameters<Vector = V>>(
        &mut self,
        parameters: &mut P,
        alpha: f64,
        long_slope: f64,
    ) -> Result<(), P::Error> {
        let following = self.mean.advance(alpha, long_slope);
        match &mut self.offset {
            None => parameters.combine(1.0, alpha, &self.direction),
            Some(u) => {
                let (of_x, of_u) = (following.of_parameters, following.of_offset);
                parameters.follow(of_x, of_u, &self.direction, u)
            }
        }
    }
}
