//! The functions that a network's nodes apply to their weighted sums.

use fearless_simd::{Select, Simd, SimdBase, SimdFloat};

use super::elementwise::{map, update};
use super::exponential::{exp, expm1_negative};
use super::{Exponential, Lane, splat};

/// An activation function h(z) of a network's nodes (\[VG\] 3).
///
/// | variant | h(z) | h'(z), by y = h(z) |
/// |---|---|---|
/// | `Sigmoid` | 1 / (1 + e⁻ᶻ) | y (1 − y) |
/// | `Tanh` | tanh z | 1 − y² |
/// | `Softsign` | z / (1 + \|z\|) | (1 − \|y\|)² |
/// | `Relu` | max(0, z) | 1 if y > 0, else 0 |
/// | `LeakyRelu` | z if z > 0, else 0.01 z | 1 if y > 0, else 0.01 |
/// | `Elu` | z if z > 0, else eᶻ − 1 | 1 if y > 0, else 1 + y |
/// | `Linear` | z | 1 |
///
/// At z = 0 the derivative of the piecewise ones is the one from the left, an associated derivative
/// (\[LR\] definition 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Activation {
    /// The logistic function, with values in (0, 1).
    Sigmoid,
    /// The hyperbolic tangent, with values in (−1, 1).
    Tanh,
    /// z / (1 + |z|), with values in (−1, 1) and slowly fading slopes.
    Softsign,
    /// The rectified linear unit. A node that is off for all data has slope 0: a dead plane.
    #[doc(alias = "ReLU")]
    Relu,
    /// The rectified linear unit with slope 0.01 where it is off.
    #[doc(alias = "LeakyReLU")]
    LeakyRelu,
    /// The exponential linear unit, with α = 1.
    #[doc(alias = "ELU")]
    Elu,
    /// The identity, for outputs.
    Linear,
}

/// The slope of a leaky ReLU that is off.
const LEAK: f64 = 0.01;

/// z ← h(z), for every element.
#[inline(always)]
pub(super) fn apply<S: Simd, T: Exponential>(simd: S, h: Activation, z: &mut [T]) {
    let [zero, one, two, leak] = [0.0, 1.0, 2.0, LEAK].map(|x| splat::<S, T>(simd, x));
    macro_rules! each {
        (|$z:ident| $y:expr) => {
            map(
                simd,
                z,
                #[inline(always)]
                |$z| $y,
            )
        };
    }
    simd.vectorize(
        #[inline(always)]
        || match h {
            Activation::Sigmoid => each!(|z| one / (one + exp::<S, T>(simd, -z))),
            Activation::Tanh => each!(|z| {
                let e = expm1_negative::<S, T>(simd, z.abs() * -two);
                (-e / (e + two)).copysign(z)
            }),
            Activation::Softsign => each!(|z| z / (one + z.abs())),
            Activation::Relu => each!(|z| z.simd_lt(zero).select(zero, z)),
            Activation::LeakyRelu => each!(|z| z.simd_lt(zero).select(z * leak, z)),
            Activation::Elu => {
                each!(|z| z.simd_gt(zero).select(z, expm1_negative::<S, T>(simd, z)));
            }
            Activation::Linear => {}
        },
    );
}

/// delta ← delta · h'(z), for every element, given `outputs` y = h(z).
#[inline(always)]
pub(super) fn scale_by_derivative<S: Simd, T: Lane>(
    simd: S,
    h: Activation,
    outputs: &[T],
    delta: &mut [T],
) {
    let [zero, one, leak] = [0.0, 1.0, LEAK].map(|x| splat::<S, T>(simd, x));
    macro_rules! each {
        (|$d:ident, $y:ident| $product:expr) => {
            update(
                simd,
                delta,
                outputs,
                #[inline(always)]
                |$d, $y| $product,
            )
        };
    }
    simd.vectorize(
        #[inline(always)]
        || match h {
            Activation::Sigmoid => each!(|d, y| d * y * (one - y)),
            Activation::Tanh => each!(|d, y| d * (one - y * y)),
            Activation::Softsign => each!(|d, y| {
                let rest = one - y.abs();
                d * rest * rest
            }),
            Activation::Relu => each!(|d, y| y.simd_gt(zero).select(d, zero)),
            Activation::LeakyRelu => each!(|d, y| y.simd_gt(zero).select(d, d * leak)),
            Activation::Elu => each!(|d, y| y.simd_gt(zero).select(d, d * (y + one))),
            Activation::Linear => {}
        },
    );
}
