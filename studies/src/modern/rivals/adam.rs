//! Adam (Kingma and Ba 2015, algorithm 1), its rate constant or decayed, and with decoupled weight decay (Loshchilov
//! and Hutter 2019, as in PyTorch's `AdamW`).

use gols::Real;

use super::schedule::Schedule;
use super::{Rival, blend, of};

/// The coefficients of the running means of the gradient and of its square, and the constant that keeps a division by
/// their root finite.
pub(super) const BETA: [f64; 2] = [0.9, 0.999];
pub(super) const EPSILON: f64 = 1e-8;

/// 1. η = the rate's share by its schedule, x ← (1 − η λ) x
/// 2. m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g²
/// 3. m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ)
/// 4. x ← x − η m̂ / (√v̂ + ε)
pub(super) struct Adam<T> {
    pub rate: f64,
    pub schedule: Schedule,
    pub weight_decay: f64,
    pub updates: usize,
    done: usize,
    last: f64,
    m: Vec<T>,
    v: Vec<T>,
}

impl<T: Real> Adam<T> {
    pub(super) fn new(rate: f64, schedule: Schedule, size: usize, updates: usize) -> Self {
        let [m, v] = [0; 2].map(|_| vec![T::zero(); size]);
        Self { rate, schedule, weight_decay: 0.0, updates, done: 0, last: 0.0, m, v }
    }

    pub(super) fn with_weight_decay(self, weight_decay: f64) -> Self {
        Self { weight_decay, ..self }
    }
}

impl<T: Real> Rival<T> for Adam<T> {
    fn step(&mut self, x: &mut [T], gradient: &[T], _loss: f64) {
        // 1.
        let rate = self.rate * self.schedule.share(self.done, self.updates);
        let kept = of::<T>(1.0 - rate * self.weight_decay);
        self.done += 1;
        let [m_share, v_share] = BETA.map(|beta| 1.0 - beta.powf(self.done as f64));
        // η m̂ / (√v̂ + ε) = (η / m_share) m / (√v / √v_share + ε)
        let (step, root) = (of::<T>(rate / m_share), of::<T>(1.0 / v_share.sqrt()));
        let [beta1, beta2, epsilon] = [BETA[0], BETA[1], EPSILON].map(of::<T>);
        let state = self.m.iter_mut().zip(&mut self.v);
        for ((x, &g), (m, v)) in x.iter_mut().zip(gradient).zip(state) {
            // 2.
            blend(m, beta1, g);
            blend(v, beta2, g * g);
            // 3. and 4.
            *x = kept * *x - step * *m / (v.sqrt() * root + epsilon);
        }
        self.last = rate;
    }

    fn step_length(&self) -> f64 {
        self.last
    }
}
