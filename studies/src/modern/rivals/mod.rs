//! What people would otherwise train with, and the optimizer itself, by their names.
//!
//! Each rule stands in one file, as the numbered steps of its paper with its authors' defaults. A test compares each
//! with its authors' program on a noisy quadratic; `studies/twins/rivals.py` recorded what those did
//! (`studies/tests/data/rivals.json`).
//!
//! A rule keeps its vectors and computes in the type of the parameters, as those programs do.

mod adam;
mod dog;
mod gols;
mod prodigy;
mod prodigy_schedule_free;
mod schedule;
mod schedule_free;
mod sgd;
mod spec;

pub use spec::{KINDS, Kind, Spec};

use ::gols::Real;

/// A way to train: one gradient, one update.
pub trait Rival<T: Real = f32>: Send {
    /// Moves the parameters, given the gradient and the loss there.
    fn step(&mut self, x: &mut [T], gradient: &[T], loss: f64);

    /// Writes the point that one evaluates and keeps: the parameters themselves unless the rule averages them.
    fn evaluated(&mut self, x: &[T], out: &mut [T]) {
        out.copy_from_slice(x);
    }

    /// The step length of the last update, in the rule's own sense.
    fn step_length(&self) -> f64;
}

/// A number in the parameters' type.
fn of<T: Real>(number: f64) -> T {
    T::from(number).expect("f32 and f64 hold every f64, if only as infinity")
}

fn wide<T: Real>(number: T) -> f64 {
    number.to_f64().expect("an f64 holds every f32 and f64")
}

/// mean ← β mean + (1 − β) value
fn blend<T: Real>(mean: &mut T, beta: T, value: T) {
    *mean = beta * *mean + (T::one() - beta) * value;
}

/// The sum of these, added in f64.
fn sum<T: Real>(values: impl Iterator<Item = T>) -> f64 {
    values.map(wide).sum()
}

#[cfg(test)]
mod tests;
