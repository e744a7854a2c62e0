//! D-Adaptation in its variant for plain SGD.

use crate::trainer::Update;

/// The first estimate d₀ of the distance to a solution (the paper's, "rarely needs changing").
const D0: f64 = 1e-6;

/// The rate is d / |g₀|, where d is a lower bound on the distance |x₀ − x*| that grows as training goes on.
/// γ = 1; without momentum, as the authors' program is unless told otherwise.
///
/// 1. λ = d / |g₀|, with the first gradient g₀
/// 2. r ← r + λ g·s, s ← s + λ g
/// 3. x ← x − λ g
/// 4. d ← max(d, 2 r / |s|)
pub(crate) struct DAdaptationSgd {
    d: f64,
    r: f64,
    s: Vec<f64>,
    first_norm: Option<f64>,
}

impl DAdaptationSgd {
    pub(crate) fn new(size: usize) -> Self {
        Self { d: D0, r: 0.0, s: vec![0.0; size], first_norm: None }
    }
}

impl Update for DAdaptationSgd {
    fn update(&mut self, _x: &[f64], gradient: &[f64], change: &mut [f64]) -> f64 {
        let norm = |v: &[f64]| v.iter().map(|value| value * value).sum::<f64>().sqrt();
        change.fill(0.0);
        // 1. A first gradient of zero has no scale to offer: the next one is the first.
        let first = self.first_norm.unwrap_or_else(|| norm(gradient));
        if first == 0.0 {
            return 0.0;
        }
        self.first_norm = Some(first);
        let rate = self.d / first;
        for ((change, s), g) in change.iter_mut().zip(&mut self.s).zip(gradient) {
            // 2. and 3.
            self.r += rate * g * *s;
            *s += rate * g;
            *change = -rate * g;
        }
        // 4.
        self.d = self.d.max(2.0 * self.r / norm(&self.s));
        rate
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{assert_follows, trajectory};
    use super::*;

    #[test]
    fn d_adaptation_for_sgd_follows_its_authors_program() {
        let mut rule = DAdaptationSgd::new(2);
        let found = trajectory(&mut rule, 60);
        assert_follows(
            &found,
            &[
                (1, [0.9999998038838649, -0.4999990194193243]),
                (3, [0.99999941165171, -0.49999705826374213]),
                (10, [0.9999737443521569, -0.4998687331150525]),
                (20, [0.9936911768593928, -0.46910781647428396]),
                (60, [0.001486373304729116, 8.061595835329172e-11]),
            ],
        );
        assert!((rule.d / 1.0441200172565546 - 1.0).abs() < 1e-12);
        assert!((found[0].1 / (1e-6 / 26.0_f64.sqrt()) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_first_gradient_of_zero_changes_nothing() {
        let (mut rule, mut change) = (DAdaptationSgd::new(2), [1.0; 2]);
        assert_eq!(rule.update(&[1.0; 2], &[0.0; 2], &mut change), 0.0);
        assert_eq!((change, rule.d, rule.first_norm), ([0.0; 2], D0, None));
    }
}
