//! DoG (Ivgi, Hinder and Carmon: DoG is SGD's best friend, 2023), averaged.

use gols::Real;

use super::{Rival, of, sum};

/// r_ε, the first distance beside 1 + |x₀|, the constant in the root, and γ of the average: the authors' program's.
const INITIAL_DISTANCE: f64 = 1e-6;
const EPSILON: f64 = 1e-8;
const GAMMA: f64 = 8.0;

/// 1. r ← max(r, |x − x₀|), at first r_ε (1 + |x₀|); G ← G + |g|², at first ε
/// 2. η = r / √G
/// 3. x ← x − η g
/// 4. x̄ ← x̄ + (1 + γ) / (t + γ) (x − x̄), which is evaluated
pub(super) struct Dog<T> {
    r: f64,
    sum: f64,
    updates: f64,
    last: f64,
    x0: Vec<T>,
    mean: Vec<T>,
}

impl<T: Real> Dog<T> {
    pub(super) fn new(x0: &[T]) -> Self {
        let r = INITIAL_DISTANCE * (1.0 + sum(x0.iter().map(|&x| x * x)).sqrt());
        let [x0, mean] = [0; 2].map(|_| x0.to_vec());
        Self { r, sum: EPSILON, updates: 0.0, last: 0.0, x0, mean }
    }
}

impl<T: Real> Rival<T> for Dog<T> {
    fn step(&mut self, x: &mut [T], gradient: &[T], _loss: f64) {
        // 1.
        let away = x.iter().zip(&self.x0).map(|(&x, &x0)| (x - x0) * (x - x0));
        self.r = self.r.max(sum(away).sqrt());
        self.sum += sum(gradient.iter().map(|&g| g * g));
        // 2.
        self.last = self.r / self.sum.sqrt();
        // 3. and 4.
        self.updates += 1.0;
        let rate = of::<T>(self.last);
        let share = of::<T>((1.0 + GAMMA) / (self.updates + GAMMA));
        for ((x, &g), mean) in x.iter_mut().zip(gradient).zip(&mut self.mean) {
            *x = *x - rate * g;
            *mean = *mean + share * (*x - *mean);
        }
    }

    fn evaluated(&mut self, _x: &[T], out: &mut [T]) {
        out.copy_from_slice(&self.mean);
    }

    fn step_length(&self) -> f64 {
        self.last
    }
}
