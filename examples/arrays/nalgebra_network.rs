//! A network that learns a surface, in nalgebra: views of the crate's slices, no copies.
//!
//! The parameters x and their gradient are flat slices that belong to the objective. The model sees them as matrices
//! and vectors (`DMatrixView`, `DVectorView`) and computes with nalgebra's own products.
//!
//! Run with `cargo run --release -p gols-arrays --bin nalgebra_network`.

use std::io::{Write, stdout};

use gols::{Descent, Error, MiniBatches, SliceModel, SliceObjective};
use nalgebra::{DMatrixView, DMatrixViewMut, DVector, DVectorView, DVectorViewMut, Vector2};

const HIDDEN: usize = 16;
const PARAMETERS: usize = 2 * HIDDEN + HIDDEN + HIDDEN + 1;

/// y = w·tanh(W u + b) + c, fitted to samples (u, t) of a surface: L = 1/(2B) Σ (y − t)².
struct Regression {
    samples: Vec<(Vector2<f64>, f64)>,
    /// tanh(W u + b) of one sample, and ∂L/∂(W u + b).
    hidden: DVector<f64>,
    delta: DVector<f64>,
}

/// The parts of the parameters: W, b, w and c.
struct Parts<'x> {
    inner: DMatrixView<'x, f64>,
    inner_bias: DVectorView<'x, f64>,
    outer: DVectorView<'x, f64>,
    outer_bias: f64,
}

fn view(x: &[f64]) -> Parts<'_> {
    let (inner, rest) = x.split_at(2 * HIDDEN);
    let (inner_bias, rest) = rest.split_at(HIDDEN);
    let (outer, outer_bias) = rest.split_at(HIDDEN);
    assert_eq!(inner.as_ptr(), DMatrixView::from_slice(inner, HIDDEN, 2).as_ptr(), "no copy");
    Parts {
        inner: DMatrixView::from_slice(inner, HIDDEN, 2),
        inner_bias: DVectorView::from_slice(inner_bias, HIDDEN),
        outer: DVectorView::from_slice(outer, HIDDEN),
        outer_bias: outer_bias[0],
    }
}

/// The same parts of a gradient, to write to.
struct PartsMut<'x> {
    inner: DMatrixViewMut<'x, f64>,
    inner_bias: DVectorViewMut<'x, f64>,
    outer: DVectorViewMut<'x, f64>,
    outer_bias: &'x mut f64,
}

fn view_mut(gradient: &mut [f64]) -> PartsMut<'_> {
    let (inner, rest) = gradient.split_at_mut(2 * HIDDEN);
    let (inner_bias, rest) = rest.split_at_mut(HIDDEN);
    let (outer, outer_bias) = rest.split_at_mut(HIDDEN);
    PartsMut {
        inner: DMatrixViewMut::from_slice(inner, HIDDEN, 2),
        inner_bias: DVectorViewMut::from_slice(inner_bias, HIDDEN),
        outer: DVectorViewMut::from_slice(outer, HIDDEN),
        outer_bias: &mut outer_bias[0],
    }
}

impl Regression {
    /// y − t of one sample; leaves the hidden layer's outputs in `hidden`.
    fn residual(&mut self, parts: &Parts, row: usize) -> f64 {
        let (input, target) = &self.samples[row];
        self.hidden.copy_from(&parts.inner_bias);
        self.hidden.gemv(1.0, &parts.inner, input, 1.0);
        self.hidden.apply(|z| *z = z.tanh());
        parts.outer.dot(&self.hidden) + parts.outer_bias - target
    }

    /// The root of the mean square of y − t over all samples.
    fn error(&mut self, x: &[f64]) -> f64 {
        let (parts, count) = (view(x), self.samples.len());
        let squares: f64 = (0..count).map(|row| self.residual(&parts, row).powi(2)).sum();
        (squares / count as f64).sqrt()
    }
}

impl SliceModel<f64> for Regression {
    type Error = Error;

    fn loss_and_gradient(
        &mut self,
        x: &[f64],
        rows: &[usize],
        gradient: &mut [f64],
    ) -> Result<f64, Error> {
        gradient.fill(0.0);
        let (parts, mut by) = (view(x), view_mut(gradient));
        let (mut loss, share) = (0.0, 1.0 / rows.len() as f64);
        for &row in rows {
            let residual = self.residual(&parts, row);
            loss += 0.5 * share * residual * residual;
            *by.outer_bias += share * residual;
            by.outer.axpy(share * residual, &self.hidden, 1.0);
            self.delta.copy_from(&parts.outer);
            self.delta.zip_apply(&self.hidden, |d, h| *d *= share * residual * (1.0 - h * h));
            by.inner_bias += &self.delta;
            by.inner.ger(1.0, &self.delta, &self.samples[row].0, 1.0); // δ uᵀ
        }
        Ok(loss)
    }
}

fn main() -> Result<(), Error> {
    // A grid of 21 x 21 points on the surface t = sin(2 u₀) cos(u₁).
    let point = |i: usize| Vector2::new((i % 21) as f64 / 10.0 - 1.0, (i / 21) as f64 / 10.0 - 1.0);
    let samples: Vec<_> = (0..441).map(point).map(|u| (u, (2.0 * u.x).sin() * u.y.cos())).collect();
    let batches = MiniBatches::new(samples.len(), 32, 1)?;
    let (hidden, delta) = (DVector::zeros(HIDDEN), DVector::zeros(HIDDEN));
    let model = Regression { samples, hidden, delta };
    let x0 = (0..PARAMETERS).map(|i| 0.5 * (1.7 * i as f64).sin()).collect();

    let mut descent = Descent::new(SliceObjective::new(x0, batches, model)?)?;
    for _ in 0..5 {
        let summary = descent.run(400)?;
        let x = descent.objective().parameters().to_vec();
        let error = descent.objective_mut().model_mut().error(&x);
        writeln!(stdout(), "{summary}: error {error:.4}").ok();
    }
    Ok(())
}
