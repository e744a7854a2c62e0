//! Schedule-free AdamW (Defazio, Yang, Mehta, Mishchenko, Khaled and Cutkosky: The road less scheduled, 2024).

use gols::Real;

use super::adam::{BETA, EPSILON};
use super::{Rival, blend, of, wide};

/// Parameters hold y = (1 − β₁) z + β₁ x, where gradients are taken; z walks, x is its mean and is evaluated. Weight
/// decay 0 and no warm-up, the defaults of the authors' program; `warmup` counts updates.
///
/// 1. η = rate · min(1, t / warmup), v ← β₂ v + (1 − β₂) g², u = g / (√(v / (1 − β₂ᵗ)) + ε)
/// 2. w = η², the largest so far; c = w / Σ w
/// 3. y ← (1 − c) y + c z − η (1 − β₁ (1 − c)) u
/// 4. z ← z − η u
pub(super) struct ScheduleFree<T> {
    rate: f64,
    warmup: f64,
    done: f64,
    last: f64,
    weights: f64,
    v: Vec<T>,
    walk: Walk<T>,
}

impl<T: Real> ScheduleFree<T> {
    pub(super) fn new(rate: f64, warmup: f64, x0: &[T]) -> Self {
        let v = vec![T::zero(); x0.len()];
        Self { rate, warmup, done: 0.0, last: 0.0, weights: 0.0, v, walk: Walk(x0.to_vec()) }
    }
}

impl<T: Real> Rival<T> for ScheduleFree<T> {
    fn step(&mut self, x: &mut [T], gradient: &[T], _loss: f64) {
        // 1. The rate.
        self.done += 1.0;
        let share = if self.done < self.warmup { self.done / self.warmup } else { 1.0 };
        let rate = self.rate * share;
        // 2. It never falls, so it is the largest.
        self.weights += rate * rate;
        let c = rate * rate / self.weights;
        let root = of::<T>(1.0 / (1.0 - BETA[1].powf(self.done)).sqrt());
        let [beta2, epsilon] = [BETA[1], EPSILON].map(of::<T>);
        let v = self.v.iter_mut();
        let update = v.zip(gradient).map(|(v, &g)| {
            // 1. The update.
            blend(v, beta2, g * g);
            g / (v.sqrt() * root + epsilon)
        });
        // 3. and 4.
        self.walk.take(x, update, rate, c);
        self.last = rate;
    }

    fn evaluated(&mut self, x: &[T], out: &mut [T]) {
        self.walk.mean(x, out);
    }

    fn step_length(&self) -> f64 {
        self.last
    }
}

/// z, and how y follows it.
pub(super) struct Walk<T>(pub(super) Vec<T>);

impl<T: Real> Walk<T> {
    /// y ← (1 − c) y + c z − η (1 − β₁ (1 − c)) u, z ← z − η u
    pub(super) fn take(&mut self, y: &mut [T], u: impl Iterator<Item = T>, rate: f64, c: f64) {
        let followed = of::<T>(rate * (1.0 - BETA[0] * (1.0 - c)));
        let [rate, c] = [rate, c].map(of::<T>);
        for ((y, z), u) in y.iter_mut().zip(&mut self.0).zip(u) {
            *y = *y + c * (*z - *y) - followed * u;
            *z = *z - rate * u;
        }
    }

    /// x = z + (y − z) / β₁
    pub(super) fn mean(&self, y: &[T], out: &mut [T]) {
        for ((out, &y), &z) in out.iter_mut().zip(y).zip(&self.0) {
            *out = of(wide(z) + (wide(y) - wide(z)) / BETA[0]);
        }
    }
}
