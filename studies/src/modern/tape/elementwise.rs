//! Functions of single elements.

use super::{Back, Number, Operation, Tape, Var};

/// A function of one element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Function {
    Relu,
    Tanh,
    Sigmoid,
    Exp,
    /// x/2 (1 + tanh(√(2/π) (x + 0.044715 x³))) (Hendrycks and Gimpel 2016).
    Gelu,
}

const CUBIC: f64 = 0.044_715;

impl Function {
    /// The values of a matrix. The function is chosen once, so that the loops become vectors.
    fn fill<T: Number>(self, out: &mut [T], x: &[T]) {
        fn fill<T: Copy>(out: &mut [T], x: &[T], function: impl Fn(T) -> T) {
            out.iter_mut().zip(x).for_each(|(out, &x)| *out = function(x));
        }
        match self {
            Self::Relu => fill(out, x, |x| Self::Relu.value(x)),
            Self::Tanh => fill(out, x, |x| Self::Tanh.value(x)),
            Self::Sigmoid => fill(out, x, |x| Self::Sigmoid.value(x)),
            Self::Exp => fill(out, x, |x| Self::Exp.value(x)),
            Self::Gelu => fill(out, x, |x| Self::Gelu.value(x)),
        }
    }

    #[inline(always)]
    fn value<T: Number>(self, x: T) -> T {
        match self {
            Self::Relu if x <= T::zero() => T::zero(),
            Self::Relu => x,
            Self::Tanh => x.tangent(),
            Self::Sigmoid => x.logistic(),
            Self::Exp => x.exponential(),
            Self::Gelu => T::of(0.5) * x * (T::one() + gelu_tanh(x)),
        }
    }

    #[inline(always)]
    /// The derivative at x, where the value is y.
    fn derivative<T: Number>(self, x: T, y: T) -> T {
        match self {
            Self::Relu if x <= T::zero() => T::zero(),
            Self::Relu => T::one(),
            Self::Tanh => T::one() - y * y,
            Self::Sigmoid => y * (T::one() - y),
            Self::Exp => y,
            Self::Gelu => {
                let tanh = gelu_tanh(x);
                let inner = T::of(gelu_factor()) * (T::one() + T::of(3.0 * CUBIC) * x * x);
                T::of(0.5) * (T::one() + tanh + x * (T::one() - tanh * tanh) * inner)
            }
        }
    }
}

/// √(2/π).
fn gelu_factor() -> f64 {
    std::f64::consts::FRAC_2_SQRT_PI * std::f64::consts::FRAC_1_SQRT_2
}

#[inline(always)]
fn gelu_tanh<T: Number>(x: T) -> T {
    (T::of(gelu_factor()) * (x + T::of(CUBIC) * x * x * x)).tangent()
}

impl<T: Number> Tape<T> {
    /// A function of every element.
    pub(crate) fn apply(&mut self, function: Function, a: Var) -> Var {
        self.push(Operation::Apply(a, function), (a.rows, a.columns), |tape, out, _| {
            function.fill(out, tape.value(a));
        })
    }
}

impl<T: Number> Back<'_, T> {
    pub(super) fn apply(mut self, a: Var, function: Function, y: &[T]) {
        let terms = || self.slope.iter().zip(self.value(a)).zip(y);
        match function {
            Function::Gelu => {
                let terms =
                    terms().map(|((&slope, &x), &y)| slope * Function::Gelu.derivative(x, y));
                self.add_to(a, terms);
            }
            _ => {
                self.add_to(a, terms().map(|((&slope, &x), &y)| slope * function.derivative(x, y)))
            }
        }
    }
}
