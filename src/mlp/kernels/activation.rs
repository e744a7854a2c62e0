//! The functions that a network's nodes apply to their weighted sums.

use fearless_simd::{Select, Simd, SimdBase, SimdFloat};

use super::elementwise::{map, update};
use super::exponential::{exp, expm1_negative};
use super::{Exponential, Vector, splat};

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
/// | `Gelu` | z s | s + z s (1 − s) u', by z |
/// | `Linear` | z | 1 |
///
/// At z = 0 the derivative of the piecewise ones is the one from the left, an associated derivative
/// (\[LR\] definition 1).
///
/// `Gelu` is the form with a tanh (Hendrycks and Gimpel 2016), ½ z (1 + tanh ½ u) = z s, with
/// u = √(8/π) (z + 0.044715 z³) and s = 1 / (1 + e⁻ᵘ). It is what GPT-2 and JAX call GELU, and
/// differs from z Φ(z), with the normal distribution's Φ, by less than 5e-4.
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
    /// The Gaussian error linear unit, in its form with a tanh. Not monotone: least near z = −0.75.
    #[doc(alias = "GELU")]
    Gelu,
    /// The identity, for outputs.
    Linear,
}

/// The slope of a leaky ReLU that is off.
const LEAK: f64 = 0.01;

/// √(8/π) and 0.044715 √(8/π): the factors of z and z³ in the exponent u of GELU.
const GELU: [f64; 2] = [1.595_769_121_605_730_8, 0.071_354_816_272_600_25];
/// Beyond this |z| GELU is 0 or z to the last bit, in both types, and u is still a number.
const GELU_END: f64 = 30.0;

impl Activation {
    /// Whether h'(z) is not known from h(z), so that z must be kept for the way back.
    pub(super) fn needs_sums(self) -> bool {
        self == Self::Gelu
    }
}

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
            Activation::Gelu => each!(|z| {
                let low = splat::<S, T>(simd, -GELU_END);
                let z = z.simd_lt(low).select(low, z);
                z / (one + exp::<S, T>(simd, -gelu_exponent::<S, T>(simd, z)))
            }),
            Activation::Linear => {}
        },
    );
}

/// u of GELU.
#[inline(always)]
fn gelu_exponent<S: Simd, T: Exponential>(simd: S, z: Vector<T, S>) -> Vector<T, S> {
    let [a, b] = GELU.map(|x| splat::<S, T>(simd, x));
    z * (z * z).mul_add(b, a)
}

/// The derivative of GELU.
#[inline(always)]
fn gelu_slope<S: Simd, T: Exponential>(simd: S, z: Vector<T, S>) -> Vector<T, S> {
    let [one, three, a, b] = [1.0, 3.0, GELU[0], GELU[1]].map(|x| splat::<S, T>(simd, x));
    let [low, high] = [-GELU_END, GELU_END].map(|x| splat::<S, T>(simd, x));
    let z = z.simd_lt(low).select(low, z);
    let z = z.simd_gt(high).select(high, z);
    let s = one / (one + exp::<S, T>(simd, -gelu_exponent::<S, T>(simd, z)));
    let slope = (z * z).mul_add(b * three, a);
    s + z * s * (one - s) * slope
}

/// delta ← delta · h'(z), for every element, given y = h(z), or z where the activation
/// [needs](Activation::needs_sums) it.
#[inline(always)]
pub(super) fn scale_by_derivative<S: Simd, T: Exponential>(
    simd: S,
    h: Activation,
    given: &[T],
    delta: &mut [T],
) {
    let [zero, one, leak] = [0.0, 1.0, LEAK].map(|x| splat::<S, T>(simd, x));
    macro_rules! each {
        (|$d:ident, $y:ident| $product:expr) => {
            update(
                simd,
                delta,
                given,
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
            Activation::Gelu => each!(|d, z| d * gelu_slope::<S, T>(simd, z)),
            Activation::Linear => {}
        },
    );
}
