//! This crate's optimizer, with any of its settings.

use gols::direction::{Adam, AdamW, Direction};
use gols::search::AmortizedGols;
use gols::{Error, Optimizer, Real, SliceModel, SliceObjective, SliceOptimizer};

use super::spec::Spec;
use super::{Rival, of};

/// Parameters in a slice, whose gradients come from elsewhere.
pub(super) struct Nowhere;

impl<T> SliceModel<T> for Nowhere {
    type Error = Error;

    fn loss_and_gradient(&mut self, _: &[T], _: &[usize], _: &mut [T]) -> Result<f64, Error> {
        Ok(f64::NAN)
    }
}

type Space<T> = SliceObjective<T, Nowhere>;

pub(super) struct Gols<T: Real, D> {
    space: Space<T>,
    optimizer: Optimizer<Vec<T>, D>,
    gradient: Vec<T>,
    last: f64,
}

/// Along Adam's direction.
pub(super) fn along_adam<T: Real + 'static>(
    spec: &Spec,
    x0: &[T],
) -> Result<Box<dyn Rival<T>>, Error> {
    adaptive(spec, x0, AmortizedGols::for_averages())
}

fn adaptive<T: Real + 'static>(
    spec: &Spec,
    x0: &[T],
    base: AmortizedGols,
) -> Result<Box<dyn Rival<T>>, Error> {
    if ["beta1", "beta2"].iter().any(|name| spec.has(name)) {
        return Gols::begin(spec, x0, adam(spec)?, base);
    }
    SliceGols::begin(spec, SliceOptimizer::new(x0.len()), base)
}

/// Along Adam's direction by the search alone, neither averaged nor bounded by a reach unless that is set.
pub(super) fn unaveraged<T: Real + 'static>(
    spec: &Spec,
    x0: &[T],
) -> Result<Box<dyn Rival<T>>, Error> {
    let spec = spec.clone().or("beta", 0.0).or("reach", f64::INFINITY);
    adaptive(&spec, x0, AmortizedGols::default())
}

/// Along Adam's direction with decoupled weight decay.
pub(super) fn along_adam_w<T: Real + 'static>(
    spec: &Spec,
    x0: &[T],
) -> Result<Box<dyn Rival<T>>, Error> {
    let rule = AdamW::new(adam(spec)?).with_weight_decay(spec.get("decay", 0.01))?;
    Gols::begin(spec, x0, rule, AmortizedGols::for_averages())
}

/// Along −g.
pub(super) fn along_gradient<T: Real + 'static>(
    spec: &Spec,
    x0: &[T],
) -> Result<Box<dyn Rival<T>>, Error> {
    let optimizer = SliceOptimizer::new(x0.len()).steepest_descent();
    SliceGols::begin(spec, optimizer, AmortizedGols::for_averages())
}

fn adam<T>(spec: &Spec) -> Result<Adam<Vec<T>>, Error> {
    let adam = Adam::default().with_beta1(spec.get("beta1", 0.0))?;
    adam.with_beta2(spec.get("beta2", 0.999))
}

/// The search with the settings that are given.
fn search(spec: &Spec, mut search: AmortizedGols) -> Result<AmortizedGols, Error> {
    for (name, value) in spec.settings() {
        search = match name {
            "threshold" => search.with_threshold(value)?,
            "least" => search.with_least_threshold(value)?,
            "averaging" => search.with_averaging(value)?,
            "growth" => search.with_growth(value)?,
            "ramp" => search.with_ramp(value)?,
            "initial" => search.with_initial_displacement(value)?,
            "cap" if value == f64::INFINITY => search.without_cap(),
            "cap" => search.with_max_displacement(value)?,
            "safeguards" => search.with_safeguards(value != 0.0),
            _ => search,
        };
    }
    Ok(search)
}

/// The same updates in fewer passes, along the two directions that have them.
struct SliceGols<T> {
    optimizer: SliceOptimizer<T>,
    last: f64,
}

impl<T: Real + 'static> SliceGols<T> {
    fn begin(
        spec: &Spec,
        optimizer: SliceOptimizer<T>,
        base: AmortizedGols,
    ) -> Result<Box<dyn Rival<T>>, Error> {
        let optimizer = optimizer.with_search(search(spec, base)?);
        let optimizer = optimizer.with_averaging(spec.get("beta", 0.9))?;
        let optimizer = optimizer.with_delay(spec.get("delay", 30.0))?;
        let [least, most] = recency(spec);
        let optimizer = optimizer.with_recency(least, most)?;
        let optimizer = optimizer.with_reach(spec.get("reach", 0.8))?;
        Ok(Box::new(Self { optimizer, last: 0.0 }))
    }
}

impl<T: Real> Rival<T> for SliceGols<T> {
    fn step(&mut self, x: &mut [T], gradient: &[T], _loss: f64) {
        let update = self.optimizer.step(x, gradient);
        self.last = update.expect("all slices are of one length").step.length;
    }

    fn evaluated(&mut self, x: &[T], out: &mut [T]) {
        self.optimizer.average(x, out).expect("all slices are of one length");
    }

    fn step_length(&self) -> f64 {
        self.last
    }
}

fn recency(spec: &Spec) -> [f64; 2] {
    [spec.get("recency", 2.0), spec.get("most-recency", 30.0)]
}

impl<T: Real + 'static, D: Direction<Space<T>> + Send + 'static> Gols<T, D> {
    fn begin(
        spec: &Spec,
        x0: &[T],
        rule: D,
        base: AmortizedGols,
    ) -> Result<Box<dyn Rival<T>>, Error> {
        let space = SliceObjective::new(x0.to_vec(), None, Nowhere)?;
        let optimizer = Optimizer::new(&space)?.along(rule).with_search(search(spec, base)?);
        let optimizer = optimizer.with_averaging(spec.get("beta", 0.9))?;
        let optimizer = optimizer.with_delay(spec.get("delay", 30.0))?;
        let [least, most] = recency(spec);
        let optimizer = optimizer.with_recency(least, most)?;
        let optimizer = optimizer.with_reach(spec.get("reach", 0.8))?;
        Ok(Box::new(Self { space, optimizer, gradient: vec![T::zero(); x0.len()], last: 0.0 }))
    }
}

impl<T: Real, D: Direction<Space<T>> + Send> Rival<T> for Gols<T, D> {
    fn step(&mut self, x: &mut [T], gradient: &[T], _loss: f64) {
        self.gradient.copy_from_slice(gradient);
        let update = self.optimizer.step(&mut self.space, &self.gradient);
        self.last = update.expect("all vectors are of one length").step.length;
        x.copy_from_slice(self.space.parameters());
    }

    fn evaluated(&mut self, _x: &[T], out: &mut [T]) {
        let place = |space: &mut Space<T>| out.copy_from_slice(space.parameters());
        let placed = self.optimizer.averaged(&mut self.space, place);
        if placed.is_err() {
            out.fill(of(f64::NAN));
        }
    }

    fn step_length(&self) -> f64 {
        self.last
    }
}
