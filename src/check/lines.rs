//! What an objective promises: losses, gradients, and parameters that move along a line.

use alloc::format;
use alloc::vec::Vec;

use super::report::{Promises, Report, Stop};
use super::vectors::{copy, difference, norm, not_a_number, precision, test_vector_space};
#[cfg(not(feature = "std"))]
use crate::float::Float as _;
use crate::objective::StochasticObjective;

/// Checks what a [`StochasticObjective`] promises, at its parameters x on its current mini-batch:
///
/// * vectors: zeros are zero, `axpby` with b = 0 ignores NaN, `dot` is an inner product;
/// * losses and gradients: finite, the same when asked again, written over whatever was there; the
///   same loss alone as with a gradient;
/// * lines: `anchor` marks x and does not move it; `move_to` starts from x₀ in whatever order steps are
///   visited; `restore` goes back to x₀ from anywhere, bit for bit as far as loss and gradient tell;
/// * slopes: (L(x + h d) − L(x − h d)) / 2h along the unit vector d of −g, for the best of three h
///   around ∛ε, to ∛ε; `slope` leaves the gradient behind;
/// * a prepared line, if there is one, agrees with the plain one;
/// * without [batches](StochasticObjective::has_batches), `resample` changes nothing.
///
/// ε is the precision of the vectors, which is found by trial. The parameters are moved by up to 0.2
/// (and once by 10³⁰, where nothing is evaluated) and end where they were, to rounding. Dropout and
/// other noise must be off. A loss whose gradient vanishes cannot be checked.
///
/// Take it into an adapter's tests, in each of its number types; f16 and bf16 are too coarse for slopes.
///
/// ```
/// use gols::{SliceObjective, check};
///
/// let mut objective = SliceObjective::from_fn(vec![1.0, 2.0], |x, gradient| {
///     gradient.copy_from_slice(x);
///     0.4 * (x[0] * x[0] + x[1] * x[1]) // should be ½ |x|²
/// })?;
/// let report = check::objective(&mut objective)?;
/// assert_eq!(report.fault().unwrap().what, "slope is the derivative of the loss along the line");
/// println!("{report}");
/// # Ok::<(), gols::Error>(())
/// ```
///
/// # Errors
/// The objective's own. The parameters may then be anywhere near, as after a fault.
pub fn objective<O: StochasticObjective + ?Sized>(objective: &mut O) -> Result<Report, O::Error> {
    Report::of(|promises| {
        let start = test_gradient(promises, objective)?;
        test_vector_space(promises, objective, &start.gradient)?;
        let epsilon = precision(objective, &start.gradient)?;
        // Along the unit vector of −g, so that steps are displacements.
        let mut direction = objective.zeros()?;
        let length = norm(objective, &start.gradient)?;
        objective.axpby(-1.0 / length, &start.gradient, 0.0, &mut direction)?;

        let mut line = TestLine { objective, direction, epsilon };
        line.test_repetition(promises, &start)?;
        let base = line.test_anchor(promises, &start)?;
        line.test_moves(promises, &base)?;
        line.test_dot(promises, &start.gradient, &base.gradient)?;
        line.test_slope(promises)?;
        line.test_prepared_line(promises)?;
        line.objective.move_to(-NEAR, &line.direction)?;
        Ok(line.objective.anchor()?)
    })
}

/// A displacement that changes a loss, and a smaller one.
const NEAR: f64 = 0.1;
const NEARER: f64 = 0.01;
/// One from which no addition comes back.
const FAR: f64 = 1e30;

/// What can be seen of the parameters.
struct State<V> {
    loss: f64,
    gradient: V,
}

impl<V> State<V> {
    fn of<O>(objective: &mut O) -> Result<Self, O::Error>
    where
        O: StochasticObjective<Vector = V> + ?Sized,
    {
        let mut gradient = objective.zeros()?;
        let loss = objective.loss_and_gradient(&mut gradient)?;
        Ok(Self { loss, gradient })
    }
}

fn test_gradient<O: StochasticObjective + ?Sized>(
    promises: &mut Promises,
    objective: &mut O,
) -> Result<State<O::Vector>, Stop<O::Error>> {
    let place = "at the parameters as they stand";
    let state = State::of(objective)?;
    promises.next("the loss is finite");
    promises.require(state.loss.is_finite(), place, state.loss, "a finite loss")?;
    promises.next("the gradient is finite and not zero");
    let square = objective.dot(&state.gradient, &state.gradient)?;
    let found = format!("g·g = {square}");
    promises.require(square.is_finite() && square > 0.0, place, found, "a positive number")?;
    Ok(state)
}

/// An objective on a line, and the precision of its vectors.
struct TestLine<'a, O: StochasticObjective + ?Sized> {
    objective: &'a mut O,
    direction: O::Vector,
    epsilon: f64,
}

impl<O: StochasticObjective + ?Sized> TestLine<'_, O> {
    /// Whether loss and gradient here are those of another time, bit for bit.
    fn require_same(
        &mut self,
        promises: &Promises,
        place: &str,
        expected: &State<O::Vector>,
    ) -> Result<(), Stop<O::Error>> {
        let found = State::of(self.objective)?;
        let off = difference(self.objective, &found.gradient, &expected.gradient)?;
        let same = found.loss.to_bits() == expected.loss.to_bits() && off == 0.0;
        let found = format!("the loss {:e}, and a gradient that is off by {off:e}", found.loss);
        let expected = format!("the loss {:e}, and the same gradient", expected.loss);
        promises.require(same, place, found, expected)
    }

    fn test_repetition(
        &mut self,
        promises: &mut Promises,
        start: &State<O::Vector>,
    ) -> Result<(), Stop<O::Error>> {
        promises.next("loss and gradient are the same when asked again");
        self.require_same(promises, "on the same mini-batch (is dropout off?)", start)?;
        promises.next("loss_and_gradient writes over the old gradient");
        let mut gradient = not_a_number(self.objective, &start.gradient)?;
        self.objective.loss_and_gradient(&mut gradient)?;
        let off = difference(self.objective, &gradient, &start.gradient)?;
        let found = format!("a gradient that is off by {off:e}");
        promises.require(off == 0.0, "where the old one was NaN", found, "the same gradient")?;
        promises.next("loss is the loss that comes with a gradient");
        let loss = self.objective.loss()?;
        let agrees = (loss - start.loss).abs() <= self.epsilon.sqrt() * start.loss.abs();
        promises.require(agrees, "on the same mini-batch", loss, start.loss)?;
        if self.objective.has_batches() {
            return Ok(());
        }
        promises.next("resample changes nothing where there are no batches");
        self.objective.resample()?;
        self.require_same(promises, "after resample", start)
    }

    /// Goes to another place and makes it the start of the line.
    fn test_anchor(
        &mut self,
        promises: &mut Promises,
        start: &State<O::Vector>,
    ) -> Result<State<O::Vector>, Stop<O::Error>> {
        promises.next("anchor leaves the parameters where they are");
        self.objective.anchor()?;
        self.require_same(promises, "after anchor", start)?;
        self.objective.move_to(NEAR, &self.direction)?;
        let base = State::of(self.objective)?;
        promises.next("move_to moves the parameters");
        let off = difference(self.objective, &base.gradient, &start.gradient)?;
        let moved = base.loss.to_bits() != start.loss.to_bits() || off != 0.0;
        let found = format!("the loss {:e} as before", base.loss);
        promises.require(moved, format!("after move_to({NEAR}, d)"), found, "another loss")?;
        self.objective.anchor()?;
        promises.next("restore goes back to where anchor was called last");
        for step in [NEARER, FAR] {
            self.objective.move_to(step, &self.direction)?;
            self.objective.restore()?;
            self.require_same(promises, &format!("after move_to({step:e}, d)"), &base)?;
        }
        Ok(base)
    }

    fn at(&mut self, step: f64) -> Result<State<O::Vector>, O::Error> {
        self.objective.move_to(step, &self.direction)?;
        State::of(self.objective)
    }

    fn test_moves(
        &mut self,
        promises: &mut Promises,
        base: &State<O::Vector>,
    ) -> Result<(), Stop<O::Error>> {
        let (near, nearer) = (self.at(NEAR)?, self.at(NEARER)?);
        promises.next("move_to starts from x0, whatever was visited before");
        let steps = [(NEAR, &near), (NEARER, &nearer), (0.0, base), (NEARER, &nearer)];
        for before in [NEARER, -NEAR, FAR] {
            for (step, expected) in steps {
                self.objective.move_to(before, &self.direction)?;
                self.objective.move_to(step, &self.direction)?;
                let place = format!("at x0 + {step} d, after x0 + {before:e} d");
                self.require_same(promises, &place, expected)?;
            }
        }
        Ok(())
    }

    /// Of two vectors that are not parallel.
    fn test_dot(
        &self,
        promises: &mut Promises,
        v: &O::Vector,
        w: &O::Vector,
    ) -> Result<(), Stop<O::Error>> {
        promises.next("dot is an inner product");
        let place = "between the gradients of two places, v and w";
        let (vw, wv) = (self.objective.dot(v, w)?, self.objective.dot(w, v)?);
        let (v2, w2) = (self.objective.dot(v, v)?, self.objective.dot(w, w)?);
        let tolerance = 16.0 * self.epsilon * (v2 * w2).sqrt();
        promises.require((vw - wv).abs() <= tolerance, place, vw, format!("w·v = {wv}"))?;
        let bound = (v2 * w2).sqrt();
        let least = format!("at most |v| |w| = {bound}");
        promises.require(vw.abs() <= bound + tolerance, place, format!("v·w = {vw}"), least)?;
        let mut sum = copy(self.objective, w)?;
        self.objective.axpby(1.0, v, 1.0, &mut sum)?;
        let (found, expected) = (self.objective.dot(&sum, &sum)?, v2 + 2.0 * vw + w2);
        let agrees = (found - expected).abs() <= 16.0 * self.epsilon * (v2 + w2);
        promises.require(agrees, place, format!("|v + w|² = {found}"), expected)?;
        promises.next("products are v·v, v·w and w·w by dot");
        let dots = [(v, v), (v, w), (w, w)].map(|(v, w)| self.objective.dot(v, w));
        for (found, expected) in self.objective.products(v, w)?.into_iter().zip(dots) {
            let expected = expected?;
            promises.require(found == expected, "bit for bit", found, expected)?;
        }
        self.test_products_around(promises, v, w)
    }

    fn test_products_around(
        &self,
        promises: &mut Promises,
        v: &O::Vector,
        w: &O::Vector,
    ) -> Result<(), Stop<O::Error>> {
        promises.next("products_around are products before and after d is renewed");
        let (space, mut d) = (&*self.objective, copy(&*self.objective, w)?);
        let mut renew = |d: &mut O::Vector| space.axpby(-2.0, v, 0.0, d);
        let found = space.products_around(v, Some(w), &mut d, &mut renew)?;
        let [vw, vd] = [space.dot(v, w)?, space.dot(v, &d)?];
        let expected = [space.dot(v, v)?, vw, vw, vd, space.dot(&d, &d)?];
        let place = "with d = -2 v, bit for bit";
        promises.require(
            found == expected,
            place,
            format!("{found:?}"),
            format!("{expected:?}"),
        )?;
        d = copy(space, w)?;
        let found = space.products_around(&space.zeros()?, None, &mut d, &mut renew)?[0];
        let off = difference(space, &d, w)?;
        let place = "where g is 0";
        promises.require(found == 0.0, place, format!("g·g = {found}"), 0)?;
        promises.require(off == 0.0, place, format!("a d that is off by {off:e}"), "the old d")
    }

    fn test_slope(&mut self, promises: &mut Promises) -> Result<(), Stop<O::Error>> {
        promises.next("slope leaves the gradient, and is its product with the direction");
        let here = self.at(NEARER)?;
        let mut gradient = not_a_number(self.objective, &here.gradient)?;
        let slope = self.objective.slope(&self.direction, &mut gradient)?;
        let off = difference(self.objective, &gradient, &here.gradient)?;
        let (place, length) =
            ("where the old gradient was NaN", norm(self.objective, &here.gradient)?);
        let close = off <= 16.0 * self.epsilon * length;
        promises.require(close, place, format!("a gradient off by {off:e}"), "the gradient")?;
        let product = self.objective.dot(&here.gradient, &self.direction)?;
        let agrees = (slope - product).abs() <= 16.0 * self.epsilon * length;
        promises.require(agrees, place, slope, format!("g·d = {product}"))?;
        promises.next("slope is the derivative of the loss along the line");
        for step in [0.0, NEAR] {
            self.objective.move_to(step, &self.direction)?;
            let mut gradient = self.objective.zeros()?;
            let slope = self.objective.slope(&self.direction, &mut gradient)?;
            let (quotient, agrees) = self.quotient(step, slope)?;
            let found = format!("the slope {slope:e}");
            let expected = format!("the central difference {quotient:e}");
            promises.require(agrees, format!("at x0 + {step} d"), found, expected)?;
        }
        Ok(())
    }

    /// The central difference that comes nearest to this slope, and whether one is near enough.
    fn quotient(&mut self, step: f64, slope: f64) -> Result<(f64, bool), O::Error> {
        let tolerance = self.epsilon.cbrt();
        let (mut nearest, mut agrees) = (f64::INFINITY, false);
        for h in [0.1 * tolerance, tolerance, 10.0 * tolerance] {
            let mut loss_at = |step: f64| {
                self.objective.move_to(step, &self.direction)?;
                self.objective.loss()
            };
            let (above, below) = (loss_at(step + h)?, loss_at(step - h)?);
            let quotient = (above - below) / (2.0 * h);
            let rounding = 10.0 * self.epsilon * above.abs() / h;
            let off = (slope - quotient).abs();
            agrees |= off <= tolerance * slope.abs() + rounding;
            if off < (slope - nearest).abs() {
                nearest = quotient;
            }
        }
        Ok((nearest, agrees))
    }

    fn test_prepared_line(&mut self, promises: &mut Promises) -> Result<(), Stop<O::Error>> {
        let steps = [0.0, NEARER, NEAR];
        let mut prepared = Vec::new();
        let mut outcome: Result<(), O::Error> = Ok(());
        self.objective.restore()?;
        let is_prepared = self.objective.along_prepared_line(&self.direction, &mut |line| {
            outcome = steps.into_iter().try_for_each(|step| {
                prepared.push((line.loss(step)?, line.slope(step)?));
                Ok(())
            });
        })?;
        outcome?;
        if !is_prepared {
            return Ok(());
        }
        promises.next("a prepared line has the losses and slopes of the plain one");
        for (step, (loss, slope)) in steps.into_iter().zip(prepared) {
            let place = format!("at x0 + {step} d");
            let plain = self.at(step)?;
            let expected = self.objective.dot(&plain.gradient, &self.direction)?;
            let tolerance = self.epsilon.sqrt();
            let agrees = (loss - plain.loss).abs() <= tolerance * plain.loss.abs();
            promises.require(agrees, &place, format!("the loss {loss:e}"), plain.loss)?;
            let size = norm(self.objective, &plain.gradient)?;
            let agrees = (slope - expected).abs() <= tolerance * size;
            promises.require(agrees, &place, format!("the slope {slope:e}"), expected)?;
        }
        Ok(())
    }
}
