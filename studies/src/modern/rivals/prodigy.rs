//! Prodigy (Mishchenko and Defazio: Prodigy, an expeditiously adaptive parameter-free learner, 2023), in its variant
//! for Adam.

use gols::Real;

use super::adam::{BETA, EPSILON};
use super::schedule::Schedule;
use super::{Rival, blend, of, sum};

/// The first estimate d₀ of the distance to a solution (the paper's, "rarely needs changing").
pub(super) const D0: f64 = 1e-6;

/// The rate is d, an estimate of the distance |x₀ − x*|∞ that grows as training goes on. No bias correction and no
/// weight decay, β₃ = √β₂; γ is the schedule.
///
/// 1. m ← β₁ m + (1 − β₁) d g, v ← β₂ v + (1 − β₂) d² g²
/// 2. r ← β₃ r + γ d² g·(x₀ − x), s ← β₃ s + γ d² g
/// 3. d' = max(d, r / |s|₁)
/// 4. x ← x − γ d m / (√v + d' ε), and d ← d'
///
/// r and s are divided by d₀, as in the authors' program, so that f32 holds them.
pub(super) struct Prodigy<T> {
    schedule: Schedule,
    updates: usize,
    done: usize,
    d: f64,
    last: f64,
    r: f64,
    x0: Vec<T>,
    m: Vec<T>,
    v: Vec<T>,
    s: Vec<T>,
}

impl<T: Real> Prodigy<T> {
    pub(super) fn new(schedule: Schedule, x0: &[T], updates: usize) -> Self {
        let [m, v, s] = [0; 3].map(|_| vec![T::zero(); x0.len()]);
        let x0 = x0.to_vec();
        Self { schedule, updates, done: 0, d: D0, last: 0.0, r: 0.0, x0, m, v, s }
    }
}

impl<T: Real> Rival<T> for Prodigy<T> {
    fn step(&mut self, x: &mut [T], gradient: &[T], _loss: f64) {
        let d = self.d;
        let gamma = self.schedule.share(self.done, self.updates);
        self.done += 1;
        let beta3 = BETA[1].sqrt();
        let weight = gamma * d * d / D0;
        let [beta1, beta2, kept] = [BETA[0], BETA[1], beta3].map(of::<T>);
        let [narrow_d, narrow_weight] = [d, weight].map(of::<T>);
        // 1.
        for ((m, v), &g) in self.m.iter_mut().zip(&mut self.v).zip(gradient) {
            let dg = narrow_d * g;
            blend(m, beta1, dg);
            blend(v, beta2, dg * dg);
        }
        // 2.
        let far = x.iter().zip(&self.x0).zip(gradient);
        self.r = beta3 * self.r + weight * sum(far.map(|((&x, &x0), &g)| g * (x0 - x)));
        for (s, &g) in self.s.iter_mut().zip(gradient) {
            *s = kept * *s + narrow_weight * g;
        }
        let norm = sum(self.s.iter().map(|s| s.abs()));
        if norm == 0.0 {
            return; // as the authors' program: without a gradient nothing is known yet
        }
        // 3.
        self.d = d.max(self.r / norm);
        // 4.
        let [step, epsilon] = [gamma * d, self.d * EPSILON].map(of::<T>);
        for (x, (m, v)) in x.iter_mut().zip(self.m.iter().zip(&self.v)) {
            *x = *x - step * *m / (v.sqrt() + epsilon);
        }
        self.last = gamma * d;
    }

    fn step_length(&self) -> f64 {
        self.last
    }
}
