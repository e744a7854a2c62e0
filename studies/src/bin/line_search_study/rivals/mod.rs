//! What a user would otherwise take: Adam, methods said to need no learning rate, and the stochastic Armijo
//! search. They belong to the study alone.
//!
//! Each stands in one file, as the numbered steps of its paper with the paper's constants. The tests compare
//! them with trajectories of their authors' own programs (PyTorch 2.15, dadaptation 3.2, prodigyopt 1.1.2,
//! dog-optimizer 1.0.3, all in f64) on L(x) = ½ (x₀² + 10 x₁²) from (1, −0.5). Their papers multiply rates by
//! a schedule of the user's, constant here, as it is for all other methods.

mod adam;
mod d_adaptation;
mod d_adaptation_sgd;
mod dog;
mod prodigy;
mod sls;

pub(crate) use adam::Adam;
pub(crate) use d_adaptation::DAdaptation;
pub(crate) use d_adaptation_sgd::DAdaptationSgd;
pub(crate) use dog::Dog;
pub(crate) use prodigy::Prodigy;
pub(crate) use sls::Sls;

/// Coefficients of the running means of the gradient and of its square, and the constant that keeps a
/// division by their root finite: those of Adam (Kingma and Ba 2015), which D-Adaptation and Prodigy share.
const BETA: [f64; 2] = [0.9, 0.999];
const EPSILON: f64 = 1e-8;

/// mean ← β mean + (1 − β) value
fn blend(mean: &mut f64, beta: f64, value: f64) {
    *mean = beta * *mean + (1.0 - beta) * value;
}

#[cfg(test)]
mod tests {
    use crate::trainer::Update;

    /// Where x and the rule's step length are after each update.
    pub(super) fn trajectory(rule: &mut impl Update, updates: usize) -> Vec<([f64; 2], f64)> {
        let mut x = [1.0, -0.5];
        let step = |_| {
            let (gradient, mut change) = ([x[0], 10.0 * x[1]], [0.0; 2]);
            let length = rule.update(&x, &gradient, &mut change);
            x = [x[0] + change[0], x[1] + change[1]];
            (x, length)
        };
        (0..updates).map(step).collect()
    }

    /// The trajectory is this one, to rounding: `expected` holds (updates, x). Rounding errors of 1e-16 grow
    /// over some hundred updates, by less than a hundred each in these well-damped runs.
    pub(super) fn assert_follows(trajectory: &[([f64; 2], f64)], expected: &[(usize, [f64; 2])]) {
        for &(updates, x) in expected {
            let found = trajectory[updates - 1].0;
            for (found, x) in found.iter().zip(x) {
                assert!((found - x).abs() < 1e-12, "{found} for {x} after {updates} updates");
            }
        }
    }

    #[test]
    fn the_constants_are_those_of_adam() {
        assert_eq!((super::BETA, super::EPSILON), ([0.9, 0.999], 1e-8));
    }
}
