//! Training without a rate and without a schedule, at one gradient an update.

use crate::direction::{Adam, Direction};
use crate::error::Error;
use crate::line::Evaluations;
use crate::objective::StochasticObjective;
use crate::saved::saved;
use crate::search::{AmortizedGols, LineSearch, Origin, Request, Step, Termination};
use crate::summary::Summary;
use crate::update::Update;
use crate::vector::{ElementWise, Parameters};

/// The optimizer: no rate, no schedule, one gradient an update.
///
/// Push-style, for whoever has parameters and a gradient in hand: call [`step`](Self::step) with every
/// gradient. **One scale remains, the cap on a step's displacement**, α |d| ≤ 1 in units of the
/// parameters ([`AmortizedGols::with_max_displacement`]); losses may be multiplied by any constant.
///
/// The parameters hold y, where gradients are taken; z walks; x is a mean of z's positions in which later
/// ones weigh more, and is what one [evaluates](Self::averaged) and [keeps](Self::finish):
/// y = (1 − β) z + β x, as in schedule-free learning (Defazio et al. 2024). With g at y:
///
/// 1. A gradient that is not finite moves nothing and is remembered nowhere, but for shrinking α a
///    little. Where g is 0 nothing moves either.
/// 2. d ← the direction: −g / (√v̂ + ε) of [`Adam`] with β₁ = 0, unless told
///    [otherwise](Self::along). If d climbs, g·d > 0, the rule is reset and d ← −g.
/// 3. The arrival slope g·d₋, where the last step led, is told to [`AmortizedGols`], with the slope g·d
///    and |d|; it answers with α.
/// 4. t ← t + 1, w = min(1, (1 + r) / (t + r)):
///    y ← (1 − w) y + w z + α (1 − β + w β) d, z ← z + α d.
///
/// Then x = (y − (1 − β) z) / β.
///
/// | setting | meaning | default | range |
/// |---|---|---|---|
/// | [`along`](Self::along) | the direction rule | [`Adam`] with β₁ = 0 | |
/// | [`with_search`](Self::with_search) | what sets α | [`AmortizedGols::default`] | |
/// | [`with_averaging`](Self::with_averaging) | β: the mean's share of y; 0 averages nothing, y = z = x | 0.9 (Defazio et al. 2024) | \[0, 1) |
/// | [`with_recency`](Self::with_recency) | r: how much later positions outweigh earlier ones in x; 0 weighs all alike | 2 | \[0, ∞) |
///
/// It holds z, d and what the rule keeps (two vectors for its default), all made at the first step;
/// after it nothing is allocated, but for one vector more where [`averaged`](Self::averaged) is used.
///
/// With the feature `serde` it is saved and restored whole.
///
/// ```
/// use gols::{Optimizer, SliceObjective};
///
/// // L(x) = ½ (x₀ − 1)² + 50 (x₁ + 2)², in a loop of one's own.
/// let gradient_at = |x: &[f64]| vec![x[0] - 1.0, 100.0 * (x[1] + 2.0)];
/// let mut parameters = SliceObjective::from_fn(vec![0.0; 2], |_, _| 0.0)?;
/// let mut optimizer = Optimizer::new(&parameters)?;
/// for _ in 0..500 {
///     let gradient = gradient_at(parameters.parameters());
///     let update = optimizer.step(&mut parameters, &gradient)?;
///     assert!(update.displacement <= 1.0);
/// }
/// optimizer.finish(&mut parameters)?;
/// assert!((parameters.parameters()[0] - 1.0).abs() < 1e-3);
/// # Ok::<(), gols::Error>(())
/// ```
#[derive(Debug, Clone)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
pub struct Optimizer<V, D = Adam<V>> {
    rule: D,
    search: AmortizedGols,
    averaging: f64,
    recency: f64,
    /// t: the steps that moved.
    updates: u64,
    direction: V,
    /// Whether `direction` is that of the last step.
    has_travelled: bool,
    /// z, from the first step on; none where nothing is averaged.
    walker: Option<V>,
    /// Room for y while x stands in its place.
    #[cfg_attr(feature = "serde", serde(skip, default = "Option::default"))]
    aside: Option<V>,
    /// |x₀|, from the first step on.
    start_norm: Option<f64>,
}

impl<V> Optimizer<V> {
    /// An optimizer of parameters of this shape, averaged, along [`Adam`] with β₁ = 0.
    ///
    /// # Errors
    /// The parameters' own, if they cannot make a vector of zeros.
    pub fn new<P>(parameters: &P) -> Result<Self, P::Error>
    where
        P: Parameters<Vector = V> + ElementWise,
    {
        Ok(Self {
            rule: Adam::without_momentum(),
            search: AmortizedGols::default(),
            averaging: 0.9,
            recency: 2.0,
            updates: 0,
            direction: parameters.zeros()?,
            has_travelled: false,
            walker: None,
            aside: None,
            start_norm: None,
        })
    }
}

impl<V, D> Optimizer<V, D> {
    /// Sets the direction rule.
    #[must_use]
    pub fn along<R>(self, rule: R) -> Optimizer<V, R> {
        Optimizer {
            rule,
            search: self.search,
            averaging: self.averaging,
            recency: self.recency,
            updates: self.updates,
            direction: self.direction,
            has_travelled: self.has_travelled,
            walker: self.walker,
            aside: self.aside,
            start_norm: self.start_norm,
        }
    }

    /// Sets what sets the step length: [`AmortizedGols`] with other settings.
    #[must_use]
    pub fn with_search(self, search: AmortizedGols) -> Self {
        Self { search, ..self }
    }

    /// Sets β, the mean's share of the point at which gradients are taken; 0 turns averaging off. Set it
    /// before the first step.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is not in \[0, 1).
    pub fn with_averaging(self, averaging: f64) -> Result<Self, Error> {
        Error::check_fraction("averaging", averaging)?;
        Ok(Self { averaging, ..self })
    }

    /// Sets r: position t of z weighs about (t + r)ʳ in the mean; 0 weighs all alike.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is negative or not finite.
    pub fn with_recency(self, recency: f64) -> Result<Self, Error> {
        check_recency(recency)?;
        Ok(Self { recency, ..self })
    }

    /// The search, with its remembered step length α.
    #[must_use]
    pub fn search(&self) -> &AmortizedGols {
        &self.search
    }

    /// The direction rule, with what it keeps.
    #[must_use]
    pub fn direction_rule(&self) -> &D {
        &self.rule
    }

    /// The last direction d.
    #[must_use]
    pub fn direction(&self) -> &V {
        &self.direction
    }

    /// t, the number of steps that moved.
    #[must_use]
    pub fn updates(&self) -> u64 {
        self.updates
    }

    /// One update; see the numbered list above. `gradient` is that of the loss at the parameters as they
    /// stand.
    ///
    /// # Errors
    /// The parameters' own. A step that failed before it moved can be tried again.
    pub fn step<P>(&mut self, parameters: &mut P, gradient: &V) -> Result<Update, P::Error>
    where
        P: Parameters<Vector = V>,
        D: Direction<P>,
    {
        self.begin(parameters)?;
        // 1. A gradient that is not finite, or 0.
        let [square, arrival, _] = parameters.products(gradient, &self.direction)?;
        let gradient_norm = square.sqrt();
        let arrival_slope = self.has_travelled.then_some(arrival);
        let idle =
            |step| Update { step, slope: 0.0, arrival_slope, displacement: 0.0, gradient_norm };
        if !square.is_finite() {
            return Ok(idle(self.ask(Origin::new(f64::NAN, 0.0))));
        }
        if square == 0.0 {
            return Ok(idle(Step { length: 0.0, termination: Termination::Stationary }));
        }
        // 2. The direction.
        self.has_travelled = false;
        let mut origin = self.direct(parameters, gradient)?;
        // 3. The step length.
        origin.arrival_slope = arrival_slope;
        origin.parameters_norm = self.start_norm;
        let step = self.ask(origin);
        let update = Update {
            step,
            slope: origin.slope,
            arrival_slope,
            displacement: step.length * origin.direction_norm,
            gradient_norm,
        };
        if step.length != 0.0 {
            // 4. The move.
            self.advance(parameters, step.length)?;
            self.rule.accepted(parameters, step.length, &self.direction)?;
            self.has_travelled = true;
        }
        Ok(update)
    }

    /// Before the first step: z and |x₀|.
    fn begin<P: Parameters<Vector = V>>(&mut self, parameters: &P) -> Result<(), P::Error> {
        if self.start_norm.is_none() {
            // The direction's room is free until there is one.
            parameters.copy_to(&mut self.direction)?;
            let norm = parameters.dot(&self.direction, &self.direction)?.sqrt();
            if self.averaging > 0.0 {
                let mut walker = parameters.zeros()?;
                parameters.copy_to(&mut walker)?;
                self.walker = Some(walker);
            }
            self.start_norm = Some(norm);
        }
        Ok(())
    }

    /// d, and what is known along it.
    fn direct<P>(&mut self, parameters: &P, gradient: &V) -> Result<Origin, P::Error>
    where
        P: Parameters<Vector = V>,
        D: Direction<P>,
    {
        self.rule.update(parameters, gradient, &mut self.direction)?;
        let mut origin = self.project(parameters, gradient)?;
        if origin.unusable() == Some(Termination::NotDescent) {
            self.rule.reset();
            parameters.axpby(-1.0, gradient, 0.0, &mut self.direction)?;
            origin = self.project(parameters, gradient)?;
        }
        Ok(origin)
    }

    fn project<P>(&self, parameters: &P, gradient: &V) -> Result<Origin, P::Error>
    where
        P: Parameters<Vector = V>,
    {
        let [_, slope, square] = parameters.products(gradient, &self.direction)?;
        Ok(Origin::new(slope, square.sqrt()))
    }

    fn ask(&mut self, origin: Origin) -> Step {
        match self.search.start(origin) {
            Request::Done(step) => step,
            // It never asks.
            _ => Step { length: 0.0, termination: Termination::Budget },
        }
    }

    /// y follows z by 1 − β at once, and by the mean from then on.
    fn advance<P: Parameters<Vector = V>>(
        &mut self,
        parameters: &mut P,
        alpha: f64,
    ) -> Result<(), P::Error> {
        self.updates += 1;
        match &mut self.walker {
            None => parameters.combine(1.0, alpha, &self.direction),
            Some(walker) => {
                let w = mean_weight(self.updates, self.recency);
                let followed = alpha * (1.0 - self.averaging + w * self.averaging);
                parameters.follow(w, followed, alpha, &self.direction, walker)
            }
        }
    }

    /// Lets `look` see x, the mean, in the parameters' place; afterwards y stands there again, bit for
    /// bit. Evaluate, and save what shall be kept, here.
    ///
    /// ```
    /// use gols::{Optimizer, SliceObjective};
    ///
    /// let mut parameters = SliceObjective::from_fn(vec![4.0_f64], |_, _| 0.0)?;
    /// let mut optimizer = Optimizer::new(&parameters)?;
    /// for _ in 0..100 {
    ///     let gradient = parameters.parameters().to_vec(); // of L(x) = ½ x²
    ///     optimizer.step(&mut parameters, &gradient)?;
    /// }
    /// let y = parameters.parameters()[0];
    /// let x = optimizer.averaged(&mut parameters, |parameters| parameters.parameters()[0])?;
    /// assert!(x != y && parameters.parameters()[0] == y);
    /// # Ok::<(), gols::Error>(())
    /// ```
    ///
    /// # Errors
    /// The parameters' own.
    pub fn averaged<P, R>(
        &mut self,
        parameters: &mut P,
        look: impl FnOnce(&mut P) -> R,
    ) -> Result<R, P::Error>
    where
        P: Parameters<Vector = V>,
    {
        if self.walker.is_none() {
            return Ok(look(parameters));
        }
        let mut aside = match self.aside.take() {
            Some(aside) => aside,
            None => parameters.zeros()?,
        };
        parameters.copy_to(&mut aside)?;
        let outcome = self.place_mean(parameters).map(|()| look(parameters));
        let restored = parameters.combine(0.0, 1.0, &aside);
        self.aside = Some(aside);
        // The first error is the one to report.
        outcome.and_then(|result| restored.map(|()| result))
    }

    /// Leaves x, the mean, in the parameters for good. Training may go on from there: averaging starts
    /// anew, the step length stays.
    ///
    /// # Errors
    /// The parameters' own.
    pub fn finish<P: Parameters<Vector = V>>(
        &mut self,
        parameters: &mut P,
    ) -> Result<(), P::Error> {
        self.place_mean(parameters)?;
        if let Some(walker) = &mut self.walker {
            parameters.copy_to(walker)?;
        }
        self.updates = 0;
        self.has_travelled = false;
        Ok(())
    }

    /// y ← x = (y − (1 − β) z) / β.
    fn place_mean<P: Parameters<Vector = V>>(&self, parameters: &mut P) -> Result<(), P::Error> {
        match &self.walker {
            Some(z) => {
                let beta = self.averaging;
                parameters.combine(1.0 / beta, -(1.0 - beta) / beta, z)
            }
            None => Ok(()),
        }
    }

    /// Trains an objective for some updates: draws a mini-batch, evaluates the gradient, and
    /// [steps](Self::step).
    ///
    /// # Errors
    /// The objective's own, unchanged; the parameters are then where the last whole update left them.
    pub fn train<O>(&mut self, objective: &mut O, updates: usize) -> Result<Summary, O::Error>
    where
        O: StochasticObjective<Vector = V> + Parameters,
        D: Direction<O>,
    {
        let mut gradient = objective.zeros()?;
        let mut summary = Summary::default();
        for _ in 0..updates {
            let mut evaluations = Evaluations { gradients: 1, ..Evaluations::default() };
            if objective.has_batches() {
                objective.resample()?;
                evaluations.batches = 1;
            }
            let loss = objective.loss_and_gradient(&mut gradient)?;
            objective.synchronize(&mut gradient)?;
            let update = self.step(objective, &gradient)?;
            objective.confirm()?;
            summary.add(update.step, Some(loss), evaluations);
        }
        Ok(summary)
    }
}

/// w: the share of the newest position in the mean of `updates` of them.
pub(crate) fn mean_weight(updates: u64, recency: f64) -> f64 {
    ((1.0 + recency) / (updates as f64 + recency)).min(1.0)
}

fn check_recency(recency: f64) -> Result<(), Error> {
    let valid = recency >= 0.0 && recency.is_finite();
    Error::check("recency", recency, valid, "at least 0 and finite")
}

saved!(Optimizer<V, D>, |saved| {
    Error::check_fraction("averaging", saved.averaging)?;
    check_recency(saved.recency)?;
    let norm = saved.start_norm.unwrap_or(0.0);
    Error::check("the norm of the start", norm, norm.is_finite(), "finite")
});
