//! The matrix products of a layer, in loops that run along rows.

use super::real::Real;

/// out ← biases + A · W: `out` is samples x outputs, W inputs x outputs; `row(b)` is A's row b.
pub(super) fn forward<'a, T: Real>(
    row: impl Fn(usize) -> &'a [T],
    weights: &[T],
    biases: &[T],
    out: &mut [T],
) {
    let outputs = biases.len();
    for (b, out) in out.chunks_exact_mut(outputs).enumerate() {
        out.copy_from_slice(biases);
        for (&a, weights) in row(b).iter().zip(weights.chunks_exact(outputs)) {
            add_scaled(a, weights, out);
        }
    }
}

/// dW ← dW + Aᵀ · delta and db ← db + the column sums of delta.
pub(super) fn weight_gradient<'a, T: Real>(
    row: impl Fn(usize) -> &'a [T],
    delta: &[T],
    weights: &mut [T],
    biases: &mut [T],
) {
    let outputs = biases.len();
    for (b, delta) in delta.chunks_exact(outputs).enumerate() {
        add_scaled(T::one(), delta, biases);
        for (&a, weights) in row(b).iter().zip(weights.chunks_exact_mut(outputs)) {
            add_scaled(a, delta, weights);
        }
    }
}

/// out ← delta · Wᵀ: `out` is samples x inputs, `delta` samples x outputs, W inputs x outputs.
pub(super) fn backward<T: Real>(delta: &[T], weights: &[T], outputs: usize, out: &mut [T]) {
    let inputs = weights.len() / outputs;
    for (delta, out) in delta.chunks_exact(outputs).zip(out.chunks_exact_mut(inputs)) {
        for (out, weights) in out.iter_mut().zip(weights.chunks_exact(outputs)) {
            let products = delta.iter().zip(weights).map(|(&d, &w)| d * w);
            *out = products.fold(T::zero(), |sum, product| sum + product);
        }
    }
}

/// y ← y + a x.
fn add_scaled<T: Real>(a: T, x: &[T], y: &mut [T]) {
    y.iter_mut().zip(x).for_each(|(y, &x)| *y = *y + a * x);
}
