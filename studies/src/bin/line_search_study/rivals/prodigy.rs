//! Prodigy (Mishchenko and Defazio: Prodigy, an expeditiously adaptive parameter-free learner, 2023), in its
//! variant for Adam.

use super::{BETA, EPSILON, blend};
use crate::trainer::Update;

/// The first estimate d₀ of the distance to a solution (the paper's, "rarely needs changing").
const D0: f64 = 1e-6;

/// The rate is d, an estimate of the distance |x₀ − x*|∞ that grows as training goes on. γ = 1, no bias
/// correction, β₃ = √β₂.
///
/// 1. m ← β₁ m + (1 − β₁) d g, v ← β₂ v + (1 − β₂) d² g²
/// 2. r ← β₃ r + d² g·(x₀ − x), s ← β₃ s + d² g. The paper has a factor 1 − β₃ in both, which cancels.
/// 3. d' = max(d, r / |s|₁)
/// 4. x ← x − d m / (√v + d' ε), and d ← d'
pub(crate) struct Prodigy {
    d: f64,
    r: f64,
    x0: Vec<f64>,
    m: Vec<f64>,
    v: Vec<f64>,
    s: Vec<f64>,
}

impl Prodigy {
    pub(crate) fn new(x0: Vec<f64>) -> Self {
        let [m, v, s] = [0; 3].map(|_| vec![0.0; x0.len()]);
        Self { d: D0, r: 0.0, x0, m, v, s }
    }
}

impl Update for Prodigy {
    fn update(&mut self, x: &[f64], gradient: &[f64], change: &mut [f64]) -> f64 {
        let beta3 = BETA[1].sqrt();
        let (d, mut product, mut norm) = (self.d, 0.0, 0.0);
        let state = self.m.iter_mut().zip(&mut self.v).zip(&mut self.s);
        for (((&x, &x0), &g), ((m, v), s)) in x.iter().zip(&self.x0).zip(gradient).zip(state) {
            // 1.
            blend(m, BETA[0], d * g);
            blend(v, BETA[1], d * d * g * g);
            // 2.
            product += g * (x0 - x);
            *s = beta3 * *s + d * d * g;
            norm += s.abs();
        }
        self.r = beta3 * self.r + d * d * product;
        // 3.
        self.d = d.max(self.r / norm);
        // 4.
        for (change, (m, v)) in change.iter_mut().zip(self.m.iter().zip(&self.v)) {
            *change = -d * m / (v.sqrt() + self.d * EPSILON);
        }
        d
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{assert_follows, trajectory};
    use super::*;

    #[test]
    fn prodigy_follows_its_authors_program() {
        let found = trajectory(&mut Prodigy::new(vec![1.0, -0.5]), 200);
        assert_follows(
            &found,
            &[
                (1, [0.9999968377233398, -0.49999683772253983]),
                (3, [0.9999848264884242, -0.49998482647922055]),
                (10, [0.9889484590844437, -0.48894329934855313]),
                (60, [-0.060835106046361206, 0.06077718357390408]),
                (200, [-2.8357636921627954e-5, 1.6193943969958623e-6]),
            ],
        );
    }

    #[test]
    fn the_estimate_starts_at_1e_6_and_ends_below_the_distance() {
        let d = trajectory(&mut Prodigy::new(vec![1.0, -0.5]), 40);
        assert_eq!(d[0].1, 1e-6);
        // The solution is at a distance of 1 in the larger coordinate.
        assert!((d[39].1 / 0.28343874068168495 - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_gradient_of_zero_changes_nothing() {
        let (mut rule, mut change) = (Prodigy::new(vec![1.0; 2]), [1.0; 2]);
        assert_eq!(rule.update(&[1.0; 2], &[0.0; 2], &mut change), D0);
        assert_eq!((change, rule.d), ([0.0; 2], D0));
    }
}
