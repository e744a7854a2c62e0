//! Training without a rate and without a schedule, at one gradient an update.

mod iterate_mean;
mod pace;
mod reach;
mod step;

pub(crate) use pace::{Pace, Slopes};
pub(crate) use reach::Reach;

use crate::direction::{Adam, Direction};
use crate::error::Error;
use crate::line::Evaluations;
use crate::objective::StochasticObjective;
use crate::run::{Note, Progress, Run, Stop, Summary, Verdict};
use crate::saved::saved;
use crate::search::AmortizedGols;
use crate::vector::Parameters;

/// The optimizer: no rate, no schedule, one gradient an update.
///
/// Push-style, for whoever has parameters and a gradient in hand: call [`step`](Self::step) with every
/// gradient. Losses may be multiplied by any constant, parameters be declared in any unit: **one scale
/// remains, the length of the first step**, 0.01 (1 + |x₀|), which is forgotten as steps grow.
///
/// The parameters hold y, where gradients are taken; z walks; x is a mean of z's positions in which later
/// ones weigh more, and is what one [evaluates](Self::averaged) and [keeps](Self::finish):
/// y = (1 − βₜ) z + βₜ x, as in schedule-free learning (Defazio et al. 2024). Kept are u = z − x and
/// d, the last direction. Three slopes, all of one gradient g at y, steer it: g·d₋ where the last step
/// led, g·u along the way from the mean, g·d where the next step starts.
///
/// 1. A gradient that is not finite moves nothing and is remembered nowhere, but for shrinking α a
///    little. Where g is 0 nothing moves either.
/// 2. d ← the direction: −g / (√v̂ + ε) of [`Adam`] with β₁ = 0, unless told
///    [otherwise](Self::along). If d climbs, g·d > 0, the rule is reset and d ← −g.
/// 3. The reach: α |d| ≤ k r̄² / √Σ r̄ᵢ², where r̄ is the farthest that z has been from x₀ and the sum is over
///    all updates (DoWG: Khaled, Mishchenko, Jin 2023): it grows while z travels and falls as 1 / √t
///    where z circles. Directions shorter than 1 % of their root mean square count as if they had
///    that length. r̄ is measured again after each way of r̄ / 4.
/// 4. The arrival slope g·d₋ is told to [`AmortizedGols`], with the slope g·d, |d|, the reach, and the
///    agreement R of 6.; it answers with α.
/// 5. t ← t + 1, w = min(1, (1 + r) / (t + r)), βₜ = β t / (t + τ):
///    z ← z + α d, x ← (1 − w) x + w z, y ← (1 − βₜ) z + βₜ x.
/// 6. How soon the mean forgets: ln r ← ln r + 0.03 (0.4 − R) within the bounds of r, from the update
///    after; R is the average of g·u over the average of |g·u|, each with 0.98 of the past. Where slopes
///    still fall from the mean to z, R < 0, x lags behind, and later positions shall weigh more.
///
/// | setting | meaning | default | range |
/// |---|---|---|---|
/// | [`along`](Self::along) | the direction rule | [`Adam`] with β₁ = 0 | |
/// | [`with_search`](Self::with_search) | what sets α | [`AmortizedGols::for_averages`] | |
/// | [`with_averaging`](Self::with_averaging) | β: the mean's share of y; 0 averages nothing, y = z = x | 0.9 (Defazio et al. 2024) | \[0, 1) |
/// | [`with_delay`](Self::with_delay) | τ: the updates after which half of β is reached | 30 | \[0, ∞) |
/// | [`with_recency`](Self::with_recency) | the bounds of r: how much later positions outweigh earlier ones in x | \[2, 30\] | \[0, ∞) |
/// | [`with_reach`](Self::with_reach) | k: a larger one lets steps be longer; ∞ does without | 0.8 | (0, ∞\] |
///
/// It holds d, u, x₀, room for a measurement, and what the rule keeps (two vectors for its default), all made
/// at the first step; after it nothing is allocated. With the feature `serde` it is saved and restored
/// whole.
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
///     assert!(update.slope <= 0.0);
/// }
/// optimizer.finish(&mut parameters)?;
/// assert!((parameters.parameters()[0] - 1.0).abs() < 1e-3);
/// # Ok::<(), gols::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Optimizer<V, D = Adam<V>> {
    rule: D,
    pace: Pace,
    direction: V,
    /// u = z − x, from the first step on; none where nothing is averaged.
    offset: Option<V>,
    /// x₀, from the first step on; none where steps are not bounded by it.
    start: Option<V>,
    /// Room for y while x stands in its place, or for a difference.
    room: Option<V>,
}

impl<V> Optimizer<V> {
    /// An optimizer of parameters of this shape, averaged, along [`Adam`] with β₁ = 0, for which they need
    /// [`ElementWise`](crate::ElementWise) operations.
    ///
    /// # Errors
    /// The parameters' own, if they cannot make a vector of zeros.
    pub fn new<P: Parameters<Vector = V>>(parameters: &P) -> Result<Self, P::Error> {
        Ok(Self {
            rule: Adam::without_momentum(),
            pace: Pace::new(),
            direction: parameters.zeros()?,
            offset: None,
            start: None,
            room: None,
        })
    }
}

impl<V, D> Optimizer<V, D> {
    /// Sets the direction rule.
    #[must_use]
    pub fn along<R>(self, rule: R) -> Optimizer<V, R> {
        Optimizer {
            rule,
            pace: self.pace,
            direction: self.direction,
            offset: self.offset,
            start: self.start,
            room: self.room,
        }
    }

    /// Sets what sets the step length: [`AmortizedGols::for_averages`] with other settings. (Those of
    /// `AmortizedGols::default()` have a cap and safeguards that are not meant for averages.)
    #[must_use]
    pub fn with_search(mut self, search: AmortizedGols) -> Self {
        self.pace.search = search;
        self
    }

    /// Sets β, which the mean's share of the point where gradients are taken grows to; 0 turns averaging
    /// off. Set it before the first step.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is not in \[0, 1).
    pub fn with_averaging(mut self, averaging: f64) -> Result<Self, Error> {
        self.pace.mean.set_share(averaging)?;
        Ok(self)
    }

    /// Sets τ: after so many updates the mean's share is half of β; 0 has it from the start.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is negative or not finite.
    pub fn with_delay(mut self, delay: f64) -> Result<Self, Error> {
        self.pace.mean.set_delay(delay)?;
        Ok(self)
    }

    /// Sets between which bounds r lies: position t of z weighs about (t + r)ʳ in the mean; 0 weighs all
    /// alike. Two equal bounds fix it.
    ///
    /// # Errors
    /// [`Error::Setting`] if one is negative or not finite, or the least above the most.
    pub fn with_recency(mut self, least: f64, most: f64) -> Result<Self, Error> {
        self.pace.mean.set_recency(least, most)?;
        Ok(self)
    }

    /// Sets k, the share of the reach that a step may go; infinity does without a reach, so that a cap of
    /// the [search](Self::with_search)'s own is called for. Set it before the first step.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is not positive.
    pub fn with_reach(mut self, reach: f64) -> Result<Self, Error> {
        self.pace.reach = Reach::with_share(reach)?;
        Ok(self)
    }

    /// The search, with its remembered step length α.
    #[must_use]
    pub fn search(&self) -> &AmortizedGols {
        &self.pace.search
    }

    /// The search, to change a setting in mid-run; α stays, if the new one keeps it.
    ///
    /// ```
    /// use gols::{Optimizer, SliceObjective};
    ///
    /// let mut parameters = SliceObjective::from_fn(vec![4.0_f64], |_, _| 0.0)?;
    /// let mut optimizer = Optimizer::new(&parameters)?;
    /// optimizer.step(&mut parameters, &vec![1.0])?;
    /// let careful = optimizer.search().clone().with_threshold(0.5)?;
    /// *optimizer.search_mut() = careful;
    /// optimizer.step(&mut parameters, &vec![1.0])?;
    /// # Ok::<(), gols::Error>(())
    /// ```
    pub fn search_mut(&mut self) -> &mut AmortizedGols {
        &mut self.pace.search
    }

    /// The direction rule, with what it keeps.
    #[must_use]
    pub fn direction_rule(&self) -> &D {
        &self.rule
    }

    /// The direction rule, to change a setting in mid-run.
    pub fn direction_rule_mut(&mut self) -> &mut D {
        &mut self.rule
    }

    /// The last direction d.
    #[must_use]
    pub fn direction(&self) -> &V {
        &self.direction
    }

    /// t, the number of steps that moved.
    #[must_use]
    pub fn updates(&self) -> u64 {
        self.pace.mean.updates()
    }

    /// The batches that were [skipped](Self::skip), because they were not finite.
    #[must_use]
    pub fn skipped(&self) -> u64 {
        self.pace.skipped
    }

    /// r, by which later positions outweigh earlier ones in the mean now.
    #[must_use]
    pub fn recency(&self) -> f64 {
        self.pace.mean.recency_now()
    }

    /// R, how far the slopes along the way from the mean to z agree, in \[−1, 1\]; none before it is known.
    #[must_use]
    pub fn agreement(&self) -> Option<f64> {
        self.pace.mean.agreement()
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
        if self.offset.is_none() {
            return Ok(look(parameters));
        }
        let mut room = self.room.take().map_or_else(|| parameters.zeros(), Ok)?;
        parameters.copy_to(&mut room)?;
        let outcome = self.place_mean(parameters).map(|()| look(parameters));
        let restored = parameters.combine(0.0, 1.0, &room);
        self.room = Some(room);
        // The first error is the one to report.
        outcome.and_then(|result| restored.map(|()| result))
    }

    /// Leaves x, the mean, in the parameters for good. Training may go on from there: averaging starts
    /// anew, the step length stays. To go on with a run later, save the parameters as they stand, y, not
    /// the mean, beside the optimizer and the mini-batches.
    ///
    /// # Errors
    /// The parameters' own.
    pub fn finish<P: Parameters<Vector = V>>(
        &mut self,
        parameters: &mut P,
    ) -> Result<(), P::Error> {
        self.place_mean(parameters)?;
        if let Some(u) = &mut self.offset {
            parameters.axpby(0.0, &self.direction, 0.0, u)?;
        }
        self.pace.begin_anew();
        Ok(())
    }

    /// y ← x = y − (1 − βₜ) u.
    fn place_mean<P: Parameters<Vector = V>>(&self, parameters: &mut P) -> Result<(), P::Error> {
        match &self.offset {
            Some(u) => parameters.combine(1.0, self.pace.mean.share_now() - 1.0, u),
            None => Ok(()),
        }
    }

    /// Trains an objective for some updates: draws a mini-batch, evaluates the gradient, and
    /// [steps](Self::step); a batch whose loss is not finite is [skipped](Self::skip).
    ///
    /// A run in parts is the run as a whole, bit for bit. Between them is the place to look at the
    /// [mean](Self::averaged), to keep the [best](crate::Best) of them, and to save:
    ///
    /// ```
    /// use gols::{Best, MiniBatches, Optimizer, SliceObjective};
    ///
    /// let held_out = |x: &[f64]| 0.5 * (x[0] - 2.0).powi(2);
    /// let batches = MiniBatches::in_epochs(100, 10, 1)?;
    /// let mut objective = SliceObjective::from_batches(vec![0.0], batches, |x, rows, gradient| {
    ///     let rows = rows.iter().map(|&row| row as f64 / 25.0);
    ///     gradient[0] = x[0] - rows.sum::<f64>() / 10.0;
    ///     0.5 * gradient[0] * gradient[0]
    /// })?;
    /// let (mut optimizer, mut best) = (Optimizer::new(&objective)?, Best::new());
    /// for _epoch in 0..20 {
    ///     optimizer.train(&mut objective, 10)?;
    ///     optimizer.averaged(&mut objective, |mean| best.offer(held_out(mean.parameters()), mean))??;
    ///     if best.rejected() == 5 {
    ///         break; // nothing better for five epochs
    ///     }
    /// }
    /// best.restore(&mut objective)?;
    /// assert!(held_out(objective.parameters()) < 0.01);
    /// # Ok::<(), gols::Error>(())
    /// ```
    ///
    /// # Errors
    /// The objective's own, unchanged; the parameters are then where the last whole update left them.
    pub fn train<O>(&mut self, objective: &mut O, updates: usize) -> Result<Summary, O::Error>
    where
        O: StochasticObjective<Vector = V> + Parameters,
        D: Direction<O>,
    {
        self.go_on(objective, Run::of(updates), |_| ())
    }

    /// Trains an objective until a [`Stop`] says so, or the callback, which is told after each update
    /// where the run has got to; see [`Progress`] for both. What needs the parameters as well is done between
    /// the parts of a run: [`train`](Self::train) has an example.
    ///
    /// # Errors
    /// As [`train`](Self::train).
    pub fn train_until<O, A>(
        &mut self,
        objective: &mut O,
        stop: Stop,
        watch: impl FnMut(&Progress) -> A,
    ) -> Result<Summary, O::Error>
    where
        O: StochasticObjective<Vector = V> + Parameters,
        D: Direction<O>,
        A: Verdict,
    {
        self.go_on(objective, Run::until(stop), watch)
    }

    fn go_on<O, A>(
        &mut self,
        objective: &mut O,
        mut run: Run,
        mut watch: impl FnMut(&Progress) -> A,
    ) -> Result<Summary, O::Error>
    where
        O: StochasticObjective<Vector = V> + Parameters,
        D: Direction<O>,
        A: Verdict,
    {
        let mut gradient = objective.zeros()?;
        while run.goes_on() {
            let mut evaluations = Evaluations { gradients: 1, ..Evaluations::default() };
            if objective.has_batches() {
                objective.resample()?;
                evaluations.batches = 1;
            }
            let loss = objective.loss_and_gradient(&mut gradient)?;
            objective.synchronize(&mut gradient)?;
            let update = match loss.is_finite() {
                true => self.step(objective, &gradient)?,
                false => self.skip(),
            };
            objective.confirm()?;
            let (step, gradient_norm) = (update.step, update.gradient_norm);
            let progress = run.note(Note { step, loss: Some(loss), gradient_norm, evaluations });
            run.judge(watch(&progress), |here| objective.any_worker(here))?;
        }
        Ok(run.summary())
    }
}

saved!(Optimizer<V, D>:
    rule, pace, direction, offset, start; without room; |saved| saved.pace.check());
