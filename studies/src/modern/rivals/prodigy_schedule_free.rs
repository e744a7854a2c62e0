//! Prodigy with schedule-free averaging: `ProdigyPlusScheduleFree` (Booker: prodigy-plus-schedule-free 2.0.1, 2025).

use gols::Real;

use super::adam::EPSILON;
use super::prodigy::D0;
use super::schedule_free::Walk;
use super::{Rival, blend, of, sum};

/// β₂, and how far d may grow at an update: the program's.
const BETA2: f64 = 0.99;
const LIMIT: f64 = 1.189_207_115_002_721; // 2^(1/4)

/// Schedule-free Adam whose rate is Prodigy's d, judged at the walker z. The program's defaults, for one tensor, with
/// second moments that are not factored and d from all coordinates (it takes every eleventh).
///
/// 1. v ← β₂ v + (1 − β₂) d² g², u = d g / (√v + d ε), divided by √max(1, rms u)
/// 2. q = d² g·(x₀ − z); r ← β₃ r, + q if q > 0 or d > d₀; s ← β₃ s + d² g with β₃ = √β₂
/// 3. c = d² / Σ d²; y ← (1 − c) y + c z − d (1 − β₁ (1 − c)) u, z ← z − d u
/// 4. d ← max(d, min(2^¼ d, r / |s|₁))
pub(super) struct ProdigyScheduleFree<T> {
    d: f64,
    last: f64,
    r: f64,
    weights: f64,
    x0: Vec<T>,
    v: Vec<T>,
    s: Vec<T>,
    u: Vec<T>,
    walk: Walk<T>,
}

impl<T: Real> ProdigyScheduleFree<T> {
    pub(super) fn new(x0: &[T]) -> Self {
        let [v, s, u] = [0; 3].map(|_| vec![T::zero(); x0.len()]);
        let (x0, walk) = (x0.to_vec(), Walk(x0.to_vec()));
        Self { d: D0, last: 0.0, r: 0.0, weights: 0.0, x0, v, s, u, walk }
    }

    /// 1.
    fn update(&mut self, gradient: &[T]) {
        let [d, beta2, epsilon] = [self.d, BETA2, self.d * EPSILON].map(of::<T>);
        for ((u, v), &g) in self.u.iter_mut().zip(&mut self.v).zip(gradient) {
            let dg = d * g;
            blend(v, beta2, dg * dg);
            *u = dg / (v.sqrt() + epsilon);
        }
        let mean_square = sum(self.u.iter().map(|&u| u * u)) / self.u.len() as f64;
        let share = of::<T>(mean_square.sqrt().max(1.0).sqrt().recip());
        self.u.iter_mut().for_each(|u| *u = share * *u);
    }

    /// 2.
    fn estimate(&mut self, gradient: &[T]) {
        let (beta3, weight) = (BETA2.sqrt(), self.d * self.d / D0.sqrt());
        let far = self.walk.0.iter().zip(&self.x0).zip(gradient);
        let product = weight * sum(far.map(|((&z, &x0), &g)| g * (x0 - z)));
        self.r = beta3 * self.r + if product > 0.0 || self.d > D0 { product } else { 0.0 };
        let [beta3, weight] = [beta3, weight].map(of::<T>);
        self.s.iter_mut().zip(gradient).for_each(|(s, &g)| *s = beta3 * *s + weight * g);
    }
}

impl<T: Real> Rival<T> for ProdigyScheduleFree<T> {
    fn step(&mut self, x: &mut [T], gradient: &[T], _loss: f64) {
        self.update(gradient);
        self.estimate(gradient);
        // 3.
        self.last = self.d;
        self.weights += self.d * self.d;
        let c = self.d * self.d / self.weights;
        self.walk.take(x, self.u.iter().copied(), self.d, c);
        // 4.
        let norm = sum(self.s.iter().map(|s| s.abs()));
        if norm > 0.0 {
            self.d = self.d.max((LIMIT * self.d).min(self.r / norm));
        }
    }

    fn evaluated(&mut self, x: &[T], out: &mut [T]) {
        self.walk.mean(x, out);
    }

    fn step_length(&self) -> f64 {
        self.last
    }
}
