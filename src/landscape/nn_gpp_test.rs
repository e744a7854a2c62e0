//! Whether a point is a non-negative associated gradient projection point.

use super::excursion::{checked_norm, evaluate, excursion};
use super::random_vectors::RandomVectors;
use super::scan_error::ScanError;
use crate::error::Error;
use crate::objective::StochasticObjective;
use crate::sampling::Sampling;
use crate::statistics::Proportion;
use crate::stream::Stream;

/// An empirical test of the definitions of NN-GPP and SNN-GPP, in any number of dimensions (\[VG\]
/// definitions 2 and 3, \[LR\] definitions 3 and 4).
///
/// x is an NN-GPP if u·g(x + ε u) ≥ 0 for all unit vectors u and all ε in (0, ε_max]: wherever one
/// steps, the loss rises outwards. No sample can prove "for all"; this test draws pairs (u, ε), u
/// uniform on the sphere and ε uniform in (0, ε_max], and looks for a counterexample.
///
/// 1. Draw u and ε.
/// 2. Evaluate u·g(x + ε u), on a new mini-batch if sampling is dynamic.
/// 3. Negative, or NaN: x fails. Else go on with 1, until all pairs are tried.
///
/// ```
/// use gols::landscape::NnGppTest;
/// use gols::SliceObjective;
///
/// let mut objective = SliceObjective::from_fn(vec![0.0; 2], |x, gradient| {
///     (gradient[0], gradient[1]) = (x[0], 9.0 * x[1]);
///     0.5 * (x[0] * x[0] + 9.0 * x[1] * x[1])
/// })?;
/// let test = NnGppTest::new(0.1)?;
/// assert!(test.holds(&mut objective)?);
///
/// objective.set_parameters(&[1.0, 0.0])?;
/// assert!(!test.holds(&mut objective)?);
/// # Ok::<(), gols::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NnGppTest {
    radius: f64,
    pairs: usize,
    seed: u64,
}

impl NnGppTest {
    /// A test within the radius ε_max, positive and finite, in the parameters' units.
    ///
    /// # Errors
    /// [`Error::Setting`] if the radius is not positive and finite.
    pub fn new(radius: f64) -> Result<Self, Error> {
        Error::check_positive("radius", radius)?;
        Ok(Self { radius, pairs: 100, seed: 0 })
    }

    /// The number of pairs (u, ε), at least 1. Default: 100.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is 0.
    pub fn with_pairs(self, pairs: usize) -> Result<Self, Error> {
        Error::check_count("pairs", pairs)?;
        Ok(Self { pairs, ..self })
    }

    /// The seed of the pairs. Default: 0.
    #[must_use]
    pub fn with_seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// Whether no counterexample was found on the current mini-batch, or all data: the test for an
    /// NN-GPP. The parameters are restored bit for bit.
    ///
    /// # Errors
    /// [`ScanError::Objective`] with the objective's own.
    pub fn holds<O>(&self, objective: &mut O) -> Result<bool, ScanError<O::Error>>
    where
        O: StochasticObjective + RandomVectors,
    {
        self.trial(objective, Sampling::Full, self.seed)
    }

    /// In how many of `trials` no counterexample was found: the test for an SNN-GPP, which asks for a
    /// probability greater than 0.
    ///
    /// Each trial has pairs of its own. With [`Sampling::Static`] one mini-batch serves a whole trial:
    /// the probability that a mini-batch has an NN-GPP here. With [`Sampling::Dynamic`] every pair has
    /// its own: the probability that re-sampled slopes all agree, which falls with the number of pairs.
    /// With [`Sampling::Full`] nothing is drawn. The parameters are restored bit for bit.
    ///
    /// # Errors
    /// [`ScanError::Input`] if `trials` is 0; [`ScanError::Objective`] with the objective's own.
    pub fn probability<O>(
        &self,
        objective: &mut O,
        sampling: Sampling,
        trials: usize,
    ) -> Result<Proportion, ScanError<O::Error>>
    where
        O: StochasticObjective + RandomVectors,
    {
        Error::check_count("trials", trials)?;
        let mut seeds = Stream::new(self.seed);
        let mut successes = 0;
        for _ in 0..trials {
            if sampling == Sampling::Static {
                objective.resample().map_err(ScanError::Objective)?;
            }
            successes += u64::from(self.trial(objective, sampling, seeds.word())?);
        }
        Ok(Proportion::new(successes, trials as u64)?)
    }

    fn trial<O>(
        &self,
        objective: &mut O,
        sampling: Sampling,
        seed: u64,
    ) -> Result<bool, ScanError<O::Error>>
    where
        O: StochasticObjective + RandomVectors,
    {
        let mut stream = Stream::new(seed);
        let mut u = objective.zeros().map_err(ScanError::Objective)?;
        let mut gradient = objective.zeros().map_err(ScanError::Objective)?;
        for _ in 0..self.pairs {
            // 1. u need not be scaled to length 1: the step is, and only the slope's sign is asked for.
            objective.fill_normal(stream.word(), &mut u).map_err(ScanError::Objective)?;
            let norm = checked_norm(objective, &u, "the norm of a random vector")?;
            let epsilon = self.radius * (1.0 - stream.unit());
            // 2.
            let (_, slope) = excursion(objective, |objective| {
                objective.move_to(epsilon / norm, &u)?;
                evaluate(objective, &u, &mut gradient, sampling)
            })?;
            // 3.
            if slope < 0.0 || slope.is_nan() {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
