//! One update.

use super::Optimizer;
use super::iterate_mean::Following;
use super::pace::Slopes;
use crate::direction::Direction;
#[cfg(not(feature = "std"))]
use crate::float::Float as _;
use crate::search::{Origin, Termination};
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
        let had_travelled = self.pace.has_travelled;
        let (rule, has_travelled) = (&mut self.rule, &mut self.pace.has_travelled);
        let mut is_renewed = false;
        let mut renew = |direction: &mut V| {
            (is_renewed, *has_travelled) = (true, false);
            rule.update(parameters, gradient, direction)
        };
        let u = self.offset.as_ref().filter(|_| self.pace.mean.has_offset());
        let d = &mut self.direction;
        let products = parameters.products_around(gradient, u, d, &mut renew);
        if products.is_err() && is_renewed {
            self.rule.take_back();
        }
        let [square, arrival, along_u, slope, direction_square] = products?;
        let arrival = had_travelled.then_some(arrival);
        let direction_norm = direction_square.sqrt();
        let mut slopes = Slopes { square, arrival, along_u, slope, direction_norm };
        // 1. A gradient that is not finite, or 0.
        if !slopes.is_usable() {
            self.pace.has_travelled = had_travelled;
            if is_renewed {
                self.rule.take_back();
            }
            return Ok(self.pace.rest(slopes));
        }
        self.descend(parameters, gradient, &mut slopes)?;
        // 3. and 4. The reach and the step length.
        let distance = self.distance(parameters)?;
        let before = self.pace.clone();
        let update = self.pace.decide(slopes, distance);
        if update.step.length == 0.0 {
            return Ok(update);
        }
        // 5. and 6. The move.
        let following = self.pace.travel(&update, along_u);
        if let Err(error) = self.advance(parameters, update.step.length, following) {
            self.pace = before;
            self.rule.take_back();
            return Err(error);
        }
        self.rule.accepted(parameters, update.step.length, &self.direction)?;
        Ok(update)
    }

    /// Skips a batch whose loss is not finite, whatever its gradient, as [`step`](Self::step) does where
    /// a gradient is not: nothing moves, α shrinks a little, and the batch is
    /// [counted](Self::skipped).
    pub fn skip(&mut self) -> Update {
        Update {
            step: self.pace.skip(),
            slope: 0.0,
            arrival_slope: None,
            displacement: 0.0,
            gradient_norm: f64::NAN,
        }
    }

    /// Before the first step: u, x₀, |x₀| and room.
    fn begin<P: Parameters<Vector = V>>(&mut self, parameters: &P) -> Result<(), P::Error> {
        if self.pace.start_norm.is_none() {
            // The direction's room is free until there is one.
            parameters.copy_to(&mut self.direction)?;
            let norm = parameters.dot(&self.direction, &self.direction)?.sqrt();
            if self.pace.mean.is_on() {
                self.offset = Some(parameters.zeros()?);
            }
            if self.pace.reach.is_some() {
                let mut start = parameters.zeros()?;
                parameters.copy_to(&mut start)?;
                (self.start, self.room) = (Some(start), Some(parameters.zeros()?));
            }
            self.pace.start_norm = Some(norm);
        }
        Ok(())
    }

    /// 2. Along −g where d climbs.
    fn descend<P>(
        &mut self,
        parameters: &P,
        gradient: &V,
        slopes: &mut Slopes,
    ) -> Result<(), P::Error>
    where
        P: Parameters<Vector = V>,
        D: Direction<P>,
    {
        let origin = Origin::new(slopes.slope, slopes.direction_norm);
        if origin.unusable() == Some(Termination::NotDescent) {
            self.rule.fall_back(parameters, gradient, &mut self.direction)?;
            let [_, slope, square] = parameters.products(gradient, &self.direction)?;
            (slopes.slope, slopes.direction_norm) = (slope, square.sqrt());
        }
        Ok(())
    }

    /// 3. |z − x₀|, where it is due.
    fn distance<P>(&mut self, parameters: &P) -> Result<Option<f64>, P::Error>
    where
        P: Parameters<Vector = V>,
        D: Direction<P>,
    {
        let Some(start) = self.start.as_ref().filter(|_| self.pace.is_due()) else {
            return Ok(None);
        };
        let mut room = self.room.take().map_or_else(|| parameters.zeros(), Ok)?;
        let (b, u) = match &self.offset {
            Some(u) => (self.pace.mean.share_now(), u),
            None => (0.0, start),
        };
        let distance = parameters.distance(b, u, start, &mut room);
        self.room = Some(room);
        if distance.is_err() {
            self.rule.take_back();
        }
        distance.map(Some)
    }

    /// 5. y follows z by 1 − βₜ at once, and by the mean from then on.
    fn advance<P: Parameters<Vector = V>>(
        &mut self,
        parameters: &mut P,
        alpha: f64,
        following: Following,
    ) -> Result<(), P::Error> {
        match &mut self.offset {
            None => parameters.combine(1.0, alpha, &self.direction),
            Some(u) => {
                let (of_x, of_u) = (following.of_parameters, following.of_offset);
                parameters.follow(of_x, of_u, &self.direction, u)
            }
        }
    }
}
