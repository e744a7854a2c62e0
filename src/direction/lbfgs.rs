//! A quasi-Newton direction of limited memory.

use alloc::vec::Vec;

use super::Direction;
use super::renewed::{Age, Renewed};
use crate::error::Error;
#[cfg(not(feature = "std"))]
use crate::float::Float as _;
use crate::saved::saved;
use crate::vector::VectorSpace;

/// The direction of L-BFGS: Newton's, with the curvature of the last steps (Nocedal and Wright, algorithms 7.4
/// and 7.5).
///
/// After each step x moved by s = α d, and the gradient changed by y = g − g₋. The last m pairs (s, y)
/// stand for the inverse Hessian H:
///
/// 1. Take the pair of the last step in, in place of the oldest, if s·y > c |s| |y|; a pair of less
///    curvature would make H indefinite, and is skipped (Nocedal and Wright 7.2, and 18.3 on skipping).
/// 2. q ← g. From the newest pair to the oldest: aᵢ = sᵢ·q / sᵢ·yᵢ, q ← q − aᵢ yᵢ.
/// 3. q ← γ q with γ = s·y / y·y of the newest pair (equation 7.20); γ = 1 without pairs.
/// 4. From the oldest pair to the newest: q ← q + (aᵢ − yᵢ·q / sᵢ·yᵢ) sᵢ. d = −q.
///
/// So the first direction is −g, and every direction descends on the batch its gradient came from, but for
/// rounding. Near a minimum α = 1 is right. So take a search that tries it first and is content with it:
/// [`BacktrackingGols`](crate::search::BacktrackingGols) with
/// [`InitialStep::Constant(1.0)`](crate::search::InitialStep::Constant), or
/// [`Armijo`](crate::search::Armijo) with the same.
/// [`InexactGols`](crate::search::InexactGols) steps over the minimum, by up to its factor, and loses the
/// quick end of the run.
///
/// It is meant for [`Sampling::Full`](crate::Sampling) or large mini-batches. y is the difference of two
/// gradients, and if they come from different mini-batches it holds the noise of both: then many pairs are
/// skipped, and those taken in say little about curvature.
///
/// | setting | meaning | default | range |
/// |---|---|---|---|
/// | `history_size` | m: the pairs kept | 10 (Nocedal and Wright 7.2: 3 to 20) | ≥ 1 |
/// | `curvature` | c: the least cosine of s and y | 1e-8 | \[0, 1) |
///
/// It keeps 2 m + 3 vectors, all made in the first step.
///
/// ```
/// use gols::search::{BacktrackingGols, InitialStep};
/// use gols::{Descent, SliceObjective, direction::Lbfgs};
///
/// // Rosenbrock's valley, on which steepest descent takes thousands of steps.
/// let objective = SliceObjective::from_fn(vec![-1.2_f64, 1.0], |x, gradient| {
///     gradient[0] = -2.0 * (1.0 - x[0]) - 400.0 * x[0] * (x[1] - x[0] * x[0]);
///     gradient[1] = 200.0 * (x[1] - x[0] * x[0]);
///     (1.0 - x[0]).powi(2) + 100.0 * (x[1] - x[0] * x[0]).powi(2)
/// })?;
/// let search = BacktrackingGols::default().with_initial_step(InitialStep::Constant(1.0))?;
/// let mut descent = Descent::new(objective)?.along(Lbfgs::default()).with_search(search);
/// assert!(descent.run(100)?.last_loss.unwrap() < 1e-12);
/// # Ok::<(), gols::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Lbfgs<V> {
    history_size: usize,
    curvature: f64,
    /// The pairs, oldest first, and behind them room for the next one.
    pairs: Vec<Pair<V>>,
    /// How many of them hold a pair.
    count: usize,
    last_gradient: Renewed<V>,
    age: Age,
    /// Whether the room holds the s of a step taken since the last update.
    has_step: bool,
    /// `count` and `has_step` before the last update.
    before: (usize, bool),
    /// Whether the last update took its pair in in place of the oldest.
    has_replaced: bool,
}

/// A step s, the change y of the gradient along it, and s·y.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Pair<V> {
    s: V,
    y: V,
    product: f64,
    /// aᵢ of the recursion under way.
    share: f64,
}

impl<V> Default for Lbfgs<V> {
    /// 10 pairs, curvature 1e-8.
    fn default() -> Self {
        Self {
            history_size: 10,
            curvature: 1e-8,
            pairs: Vec::new(),
            count: 0,
            last_gradient: Renewed::new(),
            age: Age::default(),
            has_step: false,
            before: (0, false),
            has_replaced: false,
        }
    }
}

impl<V> Lbfgs<V> {
    /// Sets m, the number of pairs kept; those kept so far are forgotten.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is 0.
    pub fn with_history_size(self, history_size: usize) -> Result<Self, Error> {
        Error::check_count("history_size", history_size)?;
        Ok(Self { history_size, curvature: self.curvature, ..Self::default() })
    }

    /// Sets c, the least cosine of s and y with which a pair is taken in.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is not in \[0, 1).
    pub fn with_curvature(self, curvature: f64) -> Result<Self, Error> {
        Error::check_fraction("curvature", curvature)?;
        Ok(Self { curvature, ..self })
    }

    /// How many pairs are held: up to `history_size`, fewer at first and where pairs were skipped.
    #[must_use]
    pub fn pairs(&self) -> usize {
        self.count
    }

    /// The room for the next pair, made when it is first needed.
    fn room<O>(&mut self, space: &O) -> Result<&mut Pair<V>, O::Error>
    where
        O: VectorSpace<Vector = V>,
    {
        while self.pairs.len() <= self.history_size {
            let (s, y) = (space.zeros()?, space.zeros()?);
            self.pairs.push(Pair { s, y, product: 0.0, share: 0.0 });
        }
        Ok(&mut self.pairs[self.count])
    }

    /// 1. Takes the last step's pair in, if it curves upward.
    fn take_in<O>(&mut self, space: &O, g: &V) -> Result<(), O::Error>
    where
        O: VectorSpace<Vector = V>,
    {
        let last_gradient = self.last_gradient.get(space)?;
        let Some(Pair { s, y, product, .. }) = self.pairs.get_mut(self.count) else {
            return Ok(());
        };
        space.axpby(1.0, g, 0.0, y)?;
        space.axpby(-1.0, last_gradient, 1.0, y)?;
        *product = space.dot(s, y)?;
        let lengths = space.dot(s, s)?.sqrt() * space.dot(y, y)?.sqrt();
        if *product > self.curvature * lengths && product.is_finite() {
            self.has_replaced = self.count == self.history_size;
            match self.has_replaced {
                true => self.pairs.rotate_left(1),
                false => self.count += 1,
            }
        }
        Ok(())
    }

    /// The pairs as they were before the last update.
    fn give_back(&mut self) {
        if core::mem::take(&mut self.has_replaced) {
            self.pairs.rotate_right(1);
        }
        (self.count, self.has_step) = self.before;
    }

    /// 2. to 4. d ← H d.
    fn apply<O>(&mut self, space: &O, d: &mut V) -> Result<(), O::Error>
    where
        O: VectorSpace<Vector = V>,
    {
        let pairs = &mut self.pairs[..self.count];
        // 2. Newest first.
        for pair in pairs.iter_mut().rev() {
            pair.share = space.dot(&pair.s, d)? / pair.product;
            space.axpby(-pair.share, &pair.y, 1.0, d)?;
        }
        // 3. The scale of the newest pair.
        let gamma = match pairs.last() {
            Some(newest) => newest.product / space.dot(&newest.y, &newest.y)?,
            None => 1.0,
        };
        // 4. Oldest first; γ goes in with the first of them.
        let mut scale = gamma;
        for pair in pairs {
            let share = pair.share - scale * space.dot(&pair.y, d)? / pair.product;
            space.axpby(share, &pair.s, scale, d)?;
            scale = 1.0;
        }
        Ok(())
    }
}

impl<O: VectorSpace> Direction<O> for Lbfgs<O::Vector> {
    fn update(&mut self, space: &O, g: &O::Vector, d: &mut O::Vector) -> Result<(), O::Error> {
        self.age.settle();
        self.room(space)?;
        self.before = (self.count, self.has_step);
        self.has_replaced = false;
        if self.has_step {
            self.take_in(space, g)?;
            self.has_step = false;
        }
        // −H g = H (−g).
        space.axpby(-1.0, g, 0.0, d)?;
        let updated = self.apply(space, d).and_then(|()| {
            let (_, last_gradient) = self.last_gradient.parts(space)?;
            space.axpby(1.0, g, 0.0, last_gradient)
        });
        if updated.is_err() {
            self.give_back();
            return updated;
        }
        self.last_gradient.turn();
        self.age.grow();
        Ok(())
    }

    fn accepted(&mut self, space: &O, length: f64, d: &O::Vector) -> Result<(), O::Error> {
        if !self.age.is_new() {
            space.axpby(length, d, 0.0, &mut self.room(space)?.s)?;
            self.has_step = true;
        }
        Ok(())
    }

    fn take_back(&mut self) {
        if self.age.shrink() {
            self.last_gradient.turn();
            // A pair that was skipped has left its place to a step accepted since.
            let is_lost = self.has_step && self.count == self.before.0 && !self.has_replaced;
            self.give_back();
            self.has_step &= !is_lost;
        }
    }

    fn reset(&mut self) {
        self.count = 0;
        self.age.reset();
        self.has_step = false;
    }
}

saved!(Lbfgs<V>:
    history_size, curvature, pairs, count, last_gradient, age, has_step, before, has_replaced; |saved| {
    let m = saved.history_size;
    Lbfgs::<V>::default().with_curvature(saved.curvature)?.with_history_size(m)?;
    // The pairs held have their places, and one more has its room.
    let held = saved.count.max(saved.before.0);
    let valid = held <= m.min(saved.pairs.len()) && saved.pairs.len() <= m.saturating_add(1);
    Error::check("pairs", held as f64, valid, "at most history_size, and all there")
});
