//! The optimizer over plain slices, in as few passes through memory as it takes.

use alloc::vec;
use alloc::vec::Vec;

use crate::direction::{ADAM_BETA2, ADAM_EPSILON};
use crate::error::Error;
#[cfg(not(feature = "std"))]
use crate::float::Float as _;
use crate::optimizer::{Pace, Reach, Slopes};
use crate::saved::saved;
use crate::search::AmortizedGols;
use crate::update::Update;
use crate::vector::{Real, Slices};

/// The [`Optimizer`](crate::Optimizer) for a plain loop over slices: no rate, no schedule, one gradient an
/// update.
///
/// Its updates are those of [`Optimizer`](crate::Optimizer), bit for bit, along
/// [`Adam`](crate::direction::Adam) with β₁ = 0, or along [−g](Self::steepest_descent); the steps, the
/// settings and their sources are told there. What differs is that it borrows parameters and gradients as
/// they lie, and that an update goes through memory three times instead of eight:
///
/// 1. g·g, so that a gradient that is not finite changes nothing.
/// 2. g·d₋ and g·u; in their places the new v and d; g·d and d·d. Along −g these are products of 1.
/// 3. Once α is known, y and u; along −g the new d as well.
///
/// Now and then a fourth measures how far z is from the start.
///
/// It holds d, u, v and x₀, made at the first step; along −g no v. After it nothing is allocated. With the
/// feature `serde` it is saved and restored whole.
///
/// ```
/// use gols::SliceOptimizer;
///
/// // L(x) = ½ (x₀ − 1)² + 50 (x₁ + 2)².
/// let mut x = [0.0_f32; 2];
/// let mut optimizer = SliceOptimizer::new(x.len());
/// for _ in 0..500 {
///     let gradient = [x[0] - 1.0, 100.0 * (x[1] + 2.0)];
///     optimizer.step(&mut x, &gradient)?;
/// }
/// optimizer.finish(&mut x)?;
/// assert!((x[0] - 1.0).abs() < 1e-3);
/// # Ok::<(), gols::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct SliceOptimizer<T> {
    space: Slices<T>,
    length: usize,
    is_adaptive: bool,
    pace: Pace,
    direction: Vec<T>,
    /// |d|.
    direction_norm: f64,
    /// v, and β₂ᵗ.
    squares: Vec<T>,
    power: f64,
    /// u = z − x; empty where nothing is averaged.
    offset: Vec<T>,
    /// x₀; empty where steps are not bounded by it.
    start: Vec<T>,
}

impl<T: Real> SliceOptimizer<T> {
    /// An optimizer of `length` parameters, averaged, along [`Adam`](crate::direction::Adam) with β₁ = 0.
    #[must_use]
    pub fn new(length: usize) -> Self {
        Self {
            space: Slices::new(length),
            length,
            is_adaptive: true,
            pace: Pace::new(),
            direction: Vec::new(),
            direction_norm: 0.0,
            squares: Vec::new(),
            power: 1.0,
            offset: Vec::new(),
            start: Vec::new(),
        }
    }

    /// Goes along −g, which takes one vector less and less time, but trains more slowly on most problems.
    /// Set it before the first step.
    #[must_use]
    pub fn steepest_descent(self) -> Self {
        Self { is_adaptive: false, ..self }
    }

    /// Sets what sets the step length, as [`Optimizer::with_search`](crate::Optimizer::with_search).
    #[must_use]
    pub fn with_search(mut self, search: AmortizedGols) -> Self {
        self.pace.search = search;
        self
    }

    /// Sets β, as [`Optimizer::with_averaging`](crate::Optimizer::with_averaging), before the first step.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is not in \[0, 1).
    pub fn with_averaging(mut self, averaging: f64) -> Result<Self, Error> {
        self.pace.mean.set_share(averaging)?;
        Ok(self)
    }

    /// Sets τ, as [`Optimizer::with_delay`](crate::Optimizer::with_delay).
    ///
    /// # Errors
    /// [`Error::Setting`] if it is negative or not finite.
    pub fn with_delay(mut self, delay: f64) -> Result<Self, Error> {
        self.pace.mean.set_delay(delay)?;
        Ok(self)
    }

    /// Sets the bounds of r, as [`Optimizer::with_recency`](crate::Optimizer::with_recency).
    ///
    /// # Errors
    /// [`Error::Setting`] if one is negative or not finite, or the least above the most.
    pub fn with_recency(mut self, least: f64, most: f64) -> Result<Self, Error> {
        self.pace.mean.set_recency(least, most)?;
        Ok(self)
    }

    /// Sets k, as [`Optimizer::with_reach`](crate::Optimizer::with_reach), before the first step.
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

    /// The search, to change a setting in mid-run, as [`Optimizer::search_mut`](crate::Optimizer::search_mut).
    pub fn search_mut(&mut self) -> &mut AmortizedGols {
        &mut self.pace.search
    }

    /// The last direction d; empty before the first step.
    #[must_use]
    pub fn direction(&self) -> &[T] {
        &self.direction
    }

    /// t, the number of steps that moved.
    #[must_use]
    pub fn updates(&self) -> u64 {
        self.pace.mean.updates()
    }

    /// The gradients that were skipped, because they were not finite.
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

    /// One update of the parameters `x`, by the numbered list of [`Optimizer`](crate::Optimizer).
    /// `gradient` is that of the loss at x as it stands.
    ///
    /// # Errors
    /// [`Error::Length`] if `x` or `gradient` is of another length; nothing has changed then.
    pub fn step(&mut self, x: &mut [T], gradient: &[T]) -> Result<Update, Error> {
        Error::check_length("the parameters", x.len(), self.length)?;
        Error::check_length("the gradient", gradient.len(), self.length)?;
        self.begin(x);
        let slopes = self.direct(gradient);
        // 1. A gradient that is not finite, or 0.
        if !slopes.is_usable() {
            return Ok(self.pace.rest(slopes));
        }
        // 3. and 4. The reach and the step length.
        let distance = self.distance(x);
        let update = self.pace.decide(slopes, distance);
        if update.step.length != 0.0 {
            // 5. and 6. The move.
            self.advance(x, gradient, &update, slopes.along_u)?;
        }
        Ok(update)
    }

    /// Before the first step: room for all vectors, x₀, |x₀|.
    fn begin(&mut self, x: &[T]) {
        if self.pace.start_norm.is_none() {
            let zeros = |is_needed: bool| vec![T::zero(); if is_needed { x.len() } else { 0 }];
            self.direction = zeros(true);
            self.squares = zeros(self.is_adaptive);
            self.offset = zeros(self.pace.mean.is_on());
            if self.pace.reach.is_some() {
                self.start = x.to_vec();
            }
            self.pace.start_norm = Some(self.space.dot_of(x, x).sqrt());
        }
    }

    /// 2. The direction, where 1. lets it be, and what is known of it.
    ///
    /// Along −g the vector itself is written later. Neither direction climbs.
    fn direct(&mut self, g: &[T]) -> Slopes {
        let had_travelled = self.pace.has_travelled;
        let is_offset = !self.offset.is_empty() && self.pace.mean.has_offset();
        let u = is_offset.then_some(&self.offset[..]);
        if !self.is_adaptive {
            let [square, arrival, along_u] = self.space.products_with(g, &self.direction, u);
            let (arrival, direction_norm) = (had_travelled.then_some(arrival), square.sqrt());
            let slopes = Slopes { square, arrival, along_u, slope: -square, direction_norm };
            if slopes.is_usable() {
                (self.direction_norm, self.pace.has_travelled) = (direction_norm, false);
            }
            return slopes;
        }
        let square = self.space.dot_of(g, g);
        let mut slopes =
            Slopes { square, arrival: None, along_u: 0.0, slope: 0.0, direction_norm: 0.0 };
        if !slopes.is_usable() {
            slopes.arrival = had_travelled.then(|| self.space.dot_of(g, &self.direction));
            return slopes;
        }
        self.power *= ADAM_BETA2;
        let b = (1.0 - self.power).sqrt();
        let (factors, norms) =
            ([ADAM_BETA2, b, b * ADAM_EPSILON], square.sqrt() * self.direction_norm);
        let [arrival, along_u, slope, direction_square] =
            self.space.adapt(factors, norms, g, u, &mut self.squares, &mut self.direction);
        (self.direction_norm, self.pace.has_travelled) = (direction_square.sqrt(), false);
        let (arrival, direction_norm) = (had_travelled.then_some(arrival), self.direction_norm);
        Slopes { square, arrival, along_u, slope, direction_norm }
    }

    /// 3. |z − x₀|, where it is due.
    fn distance(&self, x: &[T]) -> Option<f64> {
        let u = (!self.offset.is_empty()).then_some(&self.offset[..]);
        let is_due = self.pace.is_due() && !self.start.is_empty();
        is_due.then(|| self.space.distance(x, self.pace.mean.share_now(), u, &self.start))
    }

    /// 5. y follows z by 1 − βₜ at once, and by the mean from then on.
    fn advance(
        &mut self,
        y: &mut [T],
        g: &[T],
        update: &Update,
        along_u: f64,
    ) -> Result<(), Error> {
        let following = self.pace.travel(update, along_u);
        let (of_y, of_u) = (following.of_parameters, following.of_offset);
        let (d, u) = (&mut self.direction, &mut self.offset);
        match (!u.is_empty(), self.is_adaptive) {
            (true, true) => self.space.follow(of_y, of_u, d, y, u)?,
            (true, false) => self.space.follow_against(of_y, of_u, g, d, y, u)?,
            (false, is_adaptive) => {
                if !is_adaptive {
                    self.space.axpby_of(-1.0, g, 0.0, d);
                }
                self.space.axpby_of(update.step.length, d, 1.0, y);
            }
        }
        Ok(())
    }

    /// Writes the mean to `out`: what one evaluates, and saves, while training goes on from `x`.
    ///
    /// ```
    /// use gols::SliceOptimizer;
    ///
    /// let (mut x, mut mean) = ([4.0_f64], [0.0]);
    /// let mut optimizer = SliceOptimizer::new(1);
    /// for _ in 0..100 {
    ///     let gradient = x; // of L(x) = ½ x²
    ///     optimizer.step(&mut x, &gradient)?;
    /// }
    /// optimizer.average(&x, &mut mean)?;
    /// assert!(mean != x);
    /// # Ok::<(), gols::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Length`] if `x` or `out` is of another length.
    pub fn average(&self, x: &[T], out: &mut [T]) -> Result<(), Error> {
        Error::check_length("the parameters", x.len(), self.length)?;
        Error::check_length("the mean", out.len(), self.length)?;
        out.copy_from_slice(x);
        self.place_mean(out);
        Ok(())
    }

    /// Leaves the mean in `x` for good. Training may go on from there: averaging starts anew, the step
    /// length stays.
    ///
    /// # Errors
    /// [`Error::Length`] if `x` is of another length.
    pub fn finish(&mut self, x: &mut [T]) -> Result<(), Error> {
        Error::check_length("the parameters", x.len(), self.length)?;
        self.place_mean(x);
        self.offset.fill(T::zero());
        self.pace.begin_anew();
        Ok(())
    }

    /// y ← x = y − (1 − βₜ) u.
    fn place_mean(&self, y: &mut [T]) {
        if !self.offset.is_empty() {
            self.space.axpby_of(self.pace.mean.share_now() - 1.0, &self.offset, 1.0, y);
        }
    }
}

saved!(SliceOptimizer<T>:
    space, length, is_adaptive, pace, direction, direction_norm, squares, power, offset, start; |saved| {
    saved.pace.check()?;
    let is_power = (0.0..=1.0).contains(&saved.power);
    Error::check("the power of beta2", saved.power, is_power, "in [0, 1]")?;
    for vector in [&saved.direction, &saved.squares, &saved.offset, &saved.start] {
        if !vector.is_empty() {
            Error::check_length("a vector of the optimizer", vector.len(), saved.length)?;
        }
    }
    Error::check_length("the space of the optimizer", saved.space.length(), saved.length)
});
