//! The best point so far.

use alloc::vec::Vec;

use crate::saved::saved;
use crate::vector::Parameters;

/// The best point that it was offered: a copy of the parameters, and their loss or any other value, of
/// which less is better.
///
/// A value on rows that were held out is what one mostly wants; with an
/// [`Optimizer`](crate::Optimizer), that of the [mean](crate::Optimizer::averaged). A value that is not a
/// number is never the best.
///
/// ```
/// use gols::{Best, Optimizer, SliceObjective};
///
/// let mut parameters = SliceObjective::from_fn(vec![4.0_f64], |_, _| 0.0)?;
/// let mut optimizer = Optimizer::new(&parameters)?;
/// let mut best = Best::new();
/// for _ in 0..100 {
///     let gradient = parameters.parameters().to_vec(); // of L(x) = ½ x²
///     optimizer.step(&mut parameters, &gradient)?;
///     optimizer.averaged(&mut parameters, |mean| {
///         let validation = (mean.parameters()[0] - 0.5).abs();
///         best.offer(validation, mean)
///     })??;
///     if best.rejected() == 20 {
///         break; // No better point in 20 updates.
///     }
/// }
/// best.restore(&mut parameters)?;
/// assert_eq!(best.value(), Some((parameters.parameters()[0] - 0.5).abs()));
/// # Ok::<(), gols::Error>(())
/// ```
#[doc(alias("early stopping", "checkpoint"))]
#[derive(Debug, Clone)]
pub struct Best<V> {
    value: Option<f64>,
    point: Option<V>,
    rejected: u64,
}

impl<V> Default for Best<V> {
    /// Nothing yet.
    fn default() -> Self {
        Self { value: None, point: None, rejected: 0 }
    }
}

impl<V> Best<V> {
    /// Nothing yet. The first offer makes room for one vector.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps the parameters if their value is the least so far; whether it is.
    ///
    /// # Errors
    /// The parameters' own. Nothing is kept then.
    pub fn offer<P>(&mut self, value: f64, parameters: &P) -> Result<bool, P::Error>
    where
        P: Parameters<Vector = V> + ?Sized,
    {
        let is_better = self.judge(value);
        if is_better {
            let mut point = match self.point.take() {
                Some(point) => point,
                None => parameters.zeros()?,
            };
            // A copy that fails half way is no point.
            self.value = None;
            parameters.copy_to(&mut point)?;
            (self.point, self.value) = (Some(point), Some(value));
        }
        Ok(is_better)
    }

    /// Whether a value is the least so far.
    fn judge(&mut self, value: f64) -> bool {
        let is_better = self.value.is_none_or(|best| value < best) && !value.is_nan();
        self.rejected = if is_better { 0 } else { self.rejected + 1 };
        is_better
    }

    /// Puts the best point in the parameters' place; whether there is one. Behind an optimizer, after its
    /// [`finish`](crate::Optimizer::finish), never before: that would put the mean where the best point is.
    ///
    /// # Errors
    /// The parameters' own.
    pub fn restore<P>(&self, parameters: &mut P) -> Result<bool, P::Error>
    where
        P: Parameters<Vector = V> + ?Sized,
    {
        match &self.point {
            Some(point) => parameters.combine(0.0, 1.0, point).map(|()| true),
            None => Ok(false),
        }
    }

    /// The least value so far.
    #[must_use]
    pub fn value(&self) -> Option<f64> {
        self.value
    }

    /// The best point.
    #[must_use]
    pub fn point(&self) -> Option<&V> {
        self.point.as_ref()
    }

    /// The offers since the best one: what an early stop waits for.
    #[must_use]
    pub fn rejected(&self) -> u64 {
        self.rejected
    }
}

impl<T: Copy> Best<Vec<T>> {
    /// The same of a plain slice: keeps a copy if the value is the least so far; whether it is. The best
    /// one is [`point`](Self::point).
    ///
    /// ```
    /// use gols::Best;
    ///
    /// let mut best = Best::new();
    /// let kept = [(2.0, [1.0_f32]), (1.0, [0.5]), (3.0, [0.1])].map(|(v, x)| best.offer_slice(v, &x));
    /// assert_eq!((kept, best.point()), ([true, true, false], Some(&vec![0.5])));
    /// ```
    pub fn offer_slice(&mut self, value: f64, point: &[T]) -> bool {
        let is_better = self.judge(value);
        if is_better {
            let kept = self.point.get_or_insert_default();
            kept.clear();
            kept.extend_from_slice(point);
            self.value = Some(value);
        }
        is_better
    }
}

saved!(Best<V>: value, point, rejected);
