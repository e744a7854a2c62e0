//! Adam at a constant rate (Kingma and Ba: Adam, a method for stochastic optimization, 2015, algorithm 1).

use super::{BETA, EPSILON, blend};
use crate::trainer::Update;

/// 1. m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g²
/// 2. m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ)
/// 3. x ← x − α m̂ / (√v̂ + ε)
pub(crate) struct Adam {
    rate: f64,
    updates: i32,
    m: Vec<f64>,
    v: Vec<f64>,
}

impl Adam {
    /// At the rate α. The paper's default is 1e-3.
    pub(crate) fn new(rate: f64, size: usize) -> Self {
        Self { rate, updates: 0, m: vec![0.0; size], v: vec![0.0; size] }
    }
}

impl Update for Adam {
    fn update(&mut self, _x: &[f64], gradient: &[f64], change: &mut [f64]) -> f64 {
        self.updates = self.updates.saturating_add(1);
        let [m_share, v_share] = BETA.map(|beta| 1.0 - beta.powi(self.updates));
        let moments = self.m.iter_mut().zip(&mut self.v);
        for ((change, &g), (m, v)) in change.iter_mut().zip(gradient).zip(moments) {
            // 1.
            blend(m, BETA[0], g);
            blend(v, BETA[1], g * g);
            // 2. and 3.
            *change = -self.rate * (*m / m_share) / ((*v / v_share).sqrt() + EPSILON);
        }
        self.rate
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{assert_follows, trajectory};
    use super::*;

    #[test]
    fn adam_follows_torch() {
        let found = trajectory(&mut Adam::new(0.1, 2), 200);
        assert_follows(
            &found,
            &[
                (1, [0.900000001, -0.4000000002]),
                (2, [0.8004122297123382, -0.30118742000198795]),
                (10, [0.07624916061975533, 0.2033228285380399]),
                (60, [-0.034656447800060816, 0.017298551320868282]),
                (200, [-7.218001000614941e-6, 1.0514616262923955e-5]),
            ],
        );
    }

    #[test]
    fn the_first_update_is_as_long_as_the_rate_in_every_coordinate_whatever_the_scale_of_the_loss()
    {
        for scale in [1e-3, 1e3] {
            let mut change = [0.0; 2];
            Adam::new(1e-3, 2).update(&[0.0; 2], &[3.0 * scale, -0.2 * scale], &mut change);
            // ε against the least of the gradients: 1e-8 / 2e-4.
            assert!((change[0] + 1e-3).abs() < 1e-7 && (change[1] - 1e-3).abs() < 1e-7);
        }
    }
}
