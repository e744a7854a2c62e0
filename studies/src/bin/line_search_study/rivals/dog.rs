//! DoG, distance over gradients (Ivgi, Hinder and Carmon: DoG is SGD's best friend, 2023).

use crate::trainer::Update;

/// r_ε relative to 1 + |x₀| (section 4.1, for networks without batch normalization).
const INITIAL_DISTANCE: f64 = 1e-6;

/// What is added to the first squared norm.
const EPSILON: f64 = 1e-8;

/// The power of the averaging's decay (section 4.1, after Shamir and Zhang 2013).
const GAMMA: f64 = 8.0;

/// 1. r ← max(r, |x − x₀|), at first r_ε = 1e-6 (1 + |x₀|); G ← G + |g|², at first ε
/// 2. η = r / √G
/// 3. x ← x − η g
/// 4. x̄ ← x̄ + (1 + γ) / (t + γ) (x − x̄), in the t-th update
///
/// The paper recommends the average x̄ and reports both; so does the study, as `DoG` and `DoGLast`.
pub(crate) struct Dog {
    r: f64,
    sum: f64,
    updates: f64,
    x0: Vec<f64>,
    average: Option<Vec<f64>>,
}

impl Dog {
    /// Judged by its average.
    pub(crate) fn new(x0: Vec<f64>) -> Self {
        Self { average: Some(x0.clone()), ..Self::last(x0) }
    }

    /// Judged by its last parameters.
    pub(crate) fn last(x0: Vec<f64>) -> Self {
        let r = INITIAL_DISTANCE * (1.0 + norm(x0.iter().copied()));
        Self { r, sum: EPSILON, updates: 0.0, x0, average: None }
    }
}

impl Update for Dog {
    fn update(&mut self, x: &[f64], gradient: &[f64], change: &mut [f64]) -> f64 {
        // 1.
        self.r = self.r.max(norm(x.iter().zip(&self.x0).map(|(x, x0)| x - x0)));
        self.sum += gradient.iter().map(|g| g * g).sum::<f64>();
        // 2. and 3.
        let eta = self.r / self.sum.sqrt();
        change.iter_mut().zip(gradient).for_each(|(change, g)| *change = -eta * g);
        // 4.
        self.updates += 1.0;
        let share = (1.0 + GAMMA) / (self.updates + GAMMA);
        for (mean, (x, change)) in self.average.iter_mut().flatten().zip(x.iter().zip(change)) {
            *mean += share * (x + *change - *mean);
        }
        eta
    }

    fn average(&self) -> Option<&[f64]> {
        self.average.as_deref()
    }
}

fn norm(values: impl Iterator<Item = f64>) -> f64 {
    values.map(|value| value * value).sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{assert_follows, trajectory};
    use super::*;

    #[test]
    fn dog_follows_its_authors_program() {
        let found = trajectory(&mut Dog::last(vec![1.0, -0.5]), 200);
        assert_follows(
            &found,
            &[
                (1, [0.9999995846193601, -0.4999979230968006]),
                (2, [0.9999992909004259, -0.49999645450762]),
                (20, [0.999889634871978, -0.4994484193718103]),
                (60, [0.9604164362394558, -0.3324101100382718]),
                (200, [0.06071719792386723, -1.4301984929831257e-14]),
            ],
        );
        // (1 + |x₀|) 1e-6 / |g|
        let first = 1e-6 * (1.0 + 1.25_f64.sqrt()) / (26.0 + 1e-8_f64).sqrt();
        assert!((found[0].1 / first - 1.0).abs() < 1e-12);
    }

    #[test]
    fn the_average_follows_the_authors_averager() {
        let expected = [
            (1, [0.9999995846193601, -0.4999979230968006]),
            (3, [0.9999989612776155, -0.4999948064041558]),
            (60, [0.9762090607565249, -0.3946707954744027]),
            (200, [0.11645190592261698, -7.73615815204574e-5]),
        ];
        for (updates, expected) in expected {
            let mut rule = Dog::new(vec![1.0, -0.5]);
            trajectory(&mut rule, updates);
            for (found, x) in rule.average().unwrap().iter().zip(expected) {
                assert!((found - x).abs() < 1e-12, "{found} for {x} after {updates} updates");
            }
        }
    }
}
