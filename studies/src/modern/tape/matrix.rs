//! Products, biases, sums.

use ndarray::linalg::general_mat_mul;
use ndarray::{ArrayView2, ArrayViewMut2};

use super::{Back, Number, Operation, Tape, Var};

impl<T: Number> Tape<T> {
    /// a b.
    pub(crate) fn product(&mut self, a: Var, b: Var) -> Var {
        debug_assert_eq!(a.columns, b.rows);
        self.push(Operation::Product(a, b), (a.rows, b.columns), |tape, out, _| {
            let [x, y] = [a, b].map(|var| view(tape.value(var), var));
            multiply(x, y, T::zero(), out);
        })
    }

    /// `a` with this row added to every row.
    pub(crate) fn bias(&mut self, a: Var, bias: Var) -> Var {
        self.push(Operation::Bias(a, bias), (a.rows, a.columns), |tape, out, _| {
            let bias = tape.value(bias);
            let rows = tape.value(a).chunks_exact(a.columns);
            for (out, row) in out.chunks_exact_mut(a.columns).zip(rows) {
                out.iter_mut().zip(row).zip(bias).for_each(|((out, &x), &b)| *out = x + b);
            }
        })
    }

    /// a W + b.
    pub(crate) fn linear(&mut self, a: Var, [weights, bias]: [Var; 2]) -> Var {
        let product = self.product(a, weights);
        self.bias(product, bias)
    }

    /// a + b.
    pub(crate) fn add(&mut self, a: Var, b: Var) -> Var {
        self.pairwise(Operation::Add(a, b), [a, b], |a, b| a + b)
    }

    /// a b, element by element.
    pub(crate) fn multiply(&mut self, a: Var, b: Var) -> Var {
        self.pairwise(Operation::Multiply(a, b), [a, b], |a, b| a * b)
    }

    /// factor a.
    pub(crate) fn scale(&mut self, a: Var, factor: f64) -> Var {
        self.pairwise(Operation::Scale(a, factor), [a, a], |a, _| T::of(factor) * a)
    }

    fn pairwise(
        &mut self,
        operation: Operation,
        [a, b]: [Var; 2],
        function: impl Fn(T, T) -> T,
    ) -> Var {
        self.push(operation, (a.rows, a.columns), |tape, out, _| {
            let pairs = tape.value(a).iter().zip(tape.value(b));
            out.iter_mut().zip(pairs).for_each(|(out, (&a, &b))| *out = function(a, b));
        })
    }
}

impl<T: Number> Back<'_, T> {
    pub(super) fn product(mut self, a: Var, b: Var) {
        let (x, y) = (view(self.value(a), a), view(self.value(b), b));
        let slope = view(self.slope, Var { rows: a.rows, columns: b.columns, ..a });
        if let Some(sums) = self.sums(a) {
            multiply(slope, y.reversed_axes(), T::one(), sums);
        }
        if let Some(sums) = self.sums(b) {
            multiply(x.reversed_axes(), slope, T::one(), sums);
        }
    }

    pub(super) fn bias(mut self, a: Var, bias: Var) {
        let slope = self.slope;
        self.add_to(a, slope.iter().copied());
        for row in slope.chunks_exact(a.columns) {
            self.add_to(bias, row.iter().copied());
        }
    }

    pub(super) fn add(mut self, a: Var, b: Var) {
        let slope = self.slope;
        self.add_to(a, slope.iter().copied());
        self.add_to(b, slope.iter().copied());
    }

    pub(super) fn multiply(mut self, a: Var, b: Var) {
        let (slope, x, y) = (self.slope, self.value(a), self.value(b));
        self.add_to(a, slope.iter().zip(y).map(|(&slope, &y)| slope * y));
        self.add_to(b, slope.iter().zip(x).map(|(&slope, &x)| slope * x));
    }

    pub(super) fn scale(mut self, a: Var, factor: f64) {
        let (slope, factor) = (self.slope, T::of(factor));
        self.add_to(a, slope.iter().map(|&slope| factor * slope));
    }
}

fn view<T>(elements: &[T], var: Var) -> ArrayView2<'_, T> {
    ArrayView2::from_shape((var.rows, var.columns), elements).expect("the shape of a matrix")
}

/// out ← a b + beta out.
fn multiply<T: Number>(a: ArrayView2<'_, T>, b: ArrayView2<'_, T>, beta: T, out: &mut [T]) {
    let mut out =
        ArrayViewMut2::from_shape((a.nrows(), b.ncols()), out).expect("the shape of a product");
    general_mat_mul(T::one(), &a, &b, beta, &mut out);
}
