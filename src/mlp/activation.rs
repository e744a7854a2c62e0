//! The functions that a network's nodes apply to their weighted sums.

use super::real::{Real, from_f64};

/// An activation function h(z) of a network's nodes (\[VG\] 3).
///
/// | variant | h(z) | h'(z), by y = h(z) |
/// |---|---|---|
/// | `Sigmoid` | 1 / (1 + e⁻ᶻ) | y (1 − y) |
/// | `Tanh` | tanh z | 1 − y² |
/// | `Softsign` | z / (1 + \|z\|) | (1 − \|y\|)² |
/// | `ReLU` | max(0, z) | 1 if y > 0, else 0 |
/// | `LeakyReLU` | z if z > 0, else 0.01 z | 1 if y > 0, else 0.01 |
/// | `ELU` | z if z > 0, else eᶻ − 1 | 1 if y > 0, else 1 + y |
/// | `Linear` | z | 1 |
///
/// At z = 0 the derivative of the piecewise ones is the one from the left, an associated derivative
/// (\[LR\] definition 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(clippy::upper_case_acronyms, reason = "the field's own names")]
pub enum Activation {
    /// The logistic function, with values in (0, 1).
    Sigmoid,
    /// The hyperbolic tangent, with values in (−1, 1).
    Tanh,
    /// z / (1 + |z|), with values in (−1, 1) and slowly fading slopes.
    Softsign,
    /// The rectified linear unit. A node that is off for all data has slope 0: a dead plane.
    ReLU,
    /// The rectified linear unit with slope 0.01 where it is off.
    LeakyReLU,
    /// The exponential linear unit, with α = 1.
    ELU,
    /// The identity, for outputs.
    Linear,
}

/// The slope of a leaky ReLU that is off.
const LEAK: f64 = 0.01;

impl Activation {
    /// z ← h(z), for every element.
    pub(super) fn apply<T: Real>(self, z: &mut [T]) {
        let (zero, one, leak) = (T::zero(), T::one(), from_f64::<T>(LEAK));
        match self {
            Self::Sigmoid => each(z, |z| one / (one + (-z).exp())),
            Self::Tanh => each(z, T::tanh),
            Self::Softsign => each(z, |z| z / (one + z.abs())),
            Self::ReLU => each(z, |z| if z > zero { z } else { zero * z }),
            Self::LeakyReLU => each(z, |z| if z > zero { z } else { leak * z }),
            Self::ELU => each(z, |z| if z > zero { z } else { z.exp_m1() }),
            Self::Linear => {}
        }
    }

    /// delta ← delta · h'(z), for every element, given `outputs` y = h(z).
    pub(super) fn scale_by_derivative<T: Real>(self, outputs: &[T], delta: &mut [T]) {
        let (zero, one, leak) = (T::zero(), T::one(), from_f64::<T>(LEAK));
        match self {
            Self::Sigmoid => pairs(outputs, delta, |y| y * (one - y)),
            Self::Tanh => pairs(outputs, delta, |y| one - y * y),
            Self::Softsign => pairs(outputs, delta, |y| (one - y.abs()) * (one - y.abs())),
            Self::ReLU => pairs(outputs, delta, |y| if y > zero { one } else { zero }),
            Self::LeakyReLU => pairs(outputs, delta, |y| if y > zero { one } else { leak }),
            Self::ELU => pairs(outputs, delta, |y| if y > zero { one } else { one + y }),
            Self::Linear => {}
        }
    }
}

fn each<T: Real>(values: &mut [T], h: impl Fn(T) -> T) {
    values.iter_mut().for_each(|value| *value = h(*value));
}

fn pairs<T: Real>(outputs: &[T], delta: &mut [T], derivative: impl Fn(T) -> T) {
    delta.iter_mut().zip(outputs).for_each(|(delta, &y)| *delta = *delta * derivative(y));
}
