//! What is saved of a descent.

use super::{Descent, Travel};
use crate::line::Evaluations;
use crate::sampling::Sampling;
use crate::saved::saved;
use crate::vector::VectorSpace;

/// All of a [`Descent`] but its objective: settings, rule, search, direction and counts.
///
/// The parameters and the mini-batches are the objective's to save:
/// [`SliceObjective::state`](crate::SliceObjective::state).
///
/// ```
/// use gols::{Descent, SliceObjective};
///
/// let objective = || {
///     SliceObjective::from_fn(vec![3.0], |x: &[f64], gradient: &mut [f64]| {
///         gradient[0] = x[0];
///         0.5 * x[0] * x[0]
///     })
/// };
/// let mut descent = Descent::new(objective()?)?;
/// descent.run(5)?;
/// let saved = serde_json::to_string(&(descent.state(), descent.objective().state()))?;
///
/// let (state, parameters) = serde_json::from_str(&saved)?;
/// let objective = objective()?.with_state(parameters)?;
/// // The types of rule and search are those that were saved; here the defaults.
/// let mut resumed: Descent<_> = Descent::new(objective)?.with_state(state);
/// assert_eq!(resumed.step()?, descent.step()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct DescentState<V, D, S> {
    direction_rule: D,
    search: S,
    sampling: Sampling,
    reuse: bool,
    any_slope: bool,
    direction: V,
    /// The gradient of the next step, where it is known.
    gradient: Option<V>,
    travel: Travel,
    evaluations: Evaluations,
}

impl<O: VectorSpace, D, S> Descent<O, D, S> {
    /// All but the objective, to be saved; with the feature `serde`.
    #[must_use]
    pub fn state(&self) -> DescentState<&O::Vector, &D, &S> {
        DescentState {
            direction_rule: &self.direction_rule,
            search: &self.search,
            sampling: self.sampling,
            reuse: self.reuse,
            any_slope: self.any_slope,
            direction: &self.direction,
            gradient: self.has_gradient.then_some(&self.gradient),
            travel: self.travel,
            evaluations: self.evaluations,
        }
    }

    /// The descent that a state was saved of, settings included, over the objective of this one; with
    /// the feature `serde`.
    ///
    /// It goes on bit for bit as the one that was saved would have, if the objective is as it was then.
    #[must_use]
    pub fn with_state<R, T>(self, state: DescentState<O::Vector, R, T>) -> Descent<O, R, T> {
        Descent {
            objective: self.objective,
            direction_rule: state.direction_rule,
            search: state.search,
            sampling: state.sampling,
            reuse: state.reuse,
            any_slope: state.any_slope,
            direction: state.direction,
            has_gradient: state.gradient.is_some(),
            gradient: state.gradient.unwrap_or(self.gradient),
            travel: state.travel,
            evaluations: state.evaluations,
        }
    }
}

saved!(DescentState<V, D, S>:
    direction_rule, search, sampling, reuse, any_slope, direction, gradient, travel, evaluations);
