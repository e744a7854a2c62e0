//! D-Adaptation (Defazio and Mishchenko: Learning-rate-free learning by D-adaptation, 2023), in its variant
//! for Adam, which the paper's authors offer in Adam's place.

use super::{BETA, EPSILON, blend};
use crate::trainer::Update;

/// The first estimate d₀ of the distance to a solution (the paper's, "rarely needs changing").
const D0: f64 = 1e-6;

/// The rate is d, a lower bound on the distance |x₀ − x*|∞ that grows as training goes on. γ = 1, no bias
/// correction, β₃ = √β₂.
///
/// 1. r ← β₃ r + (1 − β₃) d Σ g s / (√v + ε). The authors' program weighs this product by v as it stands
///    before this gradient, as here; the paper's algorithm by v after it.
/// 2. m ← β₁ m + (1 − β₁) d g, v ← β₂ v + (1 − β₂) g²
/// 3. s ← β₃ s + (1 − β₃) d g
/// 4. x ← x − m / (√v + ε)
/// 5. d ← max(d, r / ((1 − β₃) |s|₁))
pub(crate) struct DAdaptation {
    d: f64,
    r: f64,
    m: Vec<f64>,
    v: Vec<f64>,
    s: Vec<f64>,
}

impl DAdaptation {
    pub(crate) fn new(size: usize) -> Self {
        let [m, v, s] = [0; 3].map(|_| vec![0.0; size]);
        Self { d: D0, r: 0.0, m, v, s }
    }
}

impl Update for DAdaptation {
    fn update(&mut self, _x: &[f64], gradient: &[f64], change: &mut [f64]) -> f64 {
        let beta3 = BETA[1].sqrt();
        let (d, mut product, mut norm) = (self.d, 0.0, 0.0);
        let state = self.m.iter_mut().zip(&mut self.v).zip(&mut self.s);
        for ((change, &g), ((m, v), s)) in change.iter_mut().zip(gradient).zip(state) {
            product += d * g * *s / (v.sqrt() + EPSILON); // for 1.
            // 2. to 4.
            blend(m, BETA[0], d * g);
            blend(v, BETA[1], g * g);
            blend(s, beta3, d * g);
            norm += s.abs();
            *change = -*m / (v.sqrt() + EPSILON);
        }
        // 1. and 5.
        blend(&mut self.r, beta3, product);
        self.d = d.max(self.r / ((1.0 - beta3) * norm));
        d
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{assert_follows, trajectory};
    use super::*;

    #[test]
    fn d_adaptation_follows_its_authors_program() {
        let found = trajectory(&mut DAdaptation::new(2), 200);
        assert_follows(
            &found,
            &[
                (1, [0.9999968377233398, -0.49999683772253983]),
                (3, [0.9999605755744034, -0.4999605756749231]),
                (10, [0.7415580153001209, -0.25280436709241993]),
                (60, [0.037076849777457094, 0.01619534239518107]),
                (200, [3.007544533174773e-5, 9.429252674128794e-6]),
            ],
        );
    }

    #[test]
    fn the_estimate_starts_at_1e_6_and_never_shrinks() {
        let d: Vec<f64> =
            trajectory(&mut DAdaptation::new(2), 40).iter().map(|(_, d)| *d).collect();
        assert_eq!(d[0], 1e-6);
        assert!((d[2] / 1.581529562503721e-5 - 1.0).abs() < 1e-12);
        assert!((d[39] / 1.2160215953526918 - 1.0).abs() < 1e-12);
        assert!(d.windows(2).all(|pair| pair[0] <= pair[1]));
    }

    #[test]
    fn a_gradient_of_zero_changes_nothing() {
        let (mut rule, mut change) = (DAdaptation::new(2), [1.0; 2]);
        assert_eq!(rule.update(&[1.0; 2], &[0.0; 2], &mut change), D0);
        assert_eq!((change, rule.d), ([0.0; 2], D0));
    }
}
