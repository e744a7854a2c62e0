//! Softmax regression on Iris in ndarray: views of the crate's slices, no copies.
//!
//! The parameters x and their gradient are flat slices that belong to the objective. The model sees them as a matrix
//! and a vector (`ArrayView2`, `ArrayView1`), and so does it see the data set's table of inputs.
//!
//! Run with `cargo run --release -p gols-arrays --bin ndarray_softmax`.

use std::error::Error;
use std::io::{Write, stdout};

use gols::mlp::Dataset;
use gols::{Descent, MiniBatches, SliceModel, SliceObjective};
use ndarray::linalg::{general_mat_mul, general_mat_vec_mul};
use ndarray::{Array1, ArrayView1, ArrayView2, ArrayViewMut1, ArrayViewMut2, Axis, ShapeError};

const INPUTS: usize = 4;
const CLASSES: usize = 3;
const WEIGHTS: usize = INPUTS * CLASSES;

/// L(W, b) = −1/B Σ log pₖ(u), where p = softmax(Wᵀ u + b) and k is the class of the sample u.
struct Softmax {
    data: Dataset<f64>,
    /// Wᵀ u + b, then p, then ∂L/∂(Wᵀ u + b), of one sample.
    scores: Array1<f64>,
}

/// W, inputs x classes, and b.
fn view(x: &[f64]) -> Result<(ArrayView2<'_, f64>, ArrayView1<'_, f64>), ShapeError> {
    let (weights, biases) = x.split_at(WEIGHTS);
    Ok((ArrayView2::from_shape((INPUTS, CLASSES), weights)?, ArrayView1::from(biases)))
}

/// The same of a gradient, to write to.
fn view_mut(
    gradient: &mut [f64],
) -> Result<(ArrayViewMut2<'_, f64>, ArrayViewMut1<'_, f64>), ShapeError> {
    let (weights, biases) = gradient.split_at_mut(WEIGHTS);
    Ok((ArrayViewMut2::from_shape((INPUTS, CLASSES), weights)?, ArrayViewMut1::from(biases)))
}

impl Softmax {
    /// p of one sample, left in `scores`.
    fn evaluate(&mut self, x: &[f64], row: usize) -> Result<(), ShapeError> {
        let (weights, biases) = view(x)?;
        assert_eq!(weights.as_ptr(), x.as_ptr(), "a view, not a copy");
        self.scores.assign(&biases);
        let input = ArrayView1::from(self.data.input(row));
        general_mat_vec_mul(1.0, &weights.t(), &input, 1.0, &mut self.scores);
        let largest = self.scores.fold(f64::NEG_INFINITY, |a, &b| a.max(b));
        self.scores.mapv_inplace(|score| (score - largest).exp());
        self.scores /= self.scores.sum();
        Ok(())
    }

    fn accuracy(&mut self, x: &[f64]) -> Result<f64, ShapeError> {
        let mut right = 0;
        for row in 0..self.data.len() {
            self.evaluate(x, row)?;
            let target = ArrayView1::from(self.data.target(row));
            let own = self.scores.dot(&target);
            right += usize::from(self.scores.iter().all(|&p| p <= own));
        }
        Ok(right as f64 / self.data.len() as f64)
    }
}

impl SliceModel<f64> for Softmax {
    type Error = Box<dyn Error>;

    fn loss_and_gradient(
        &mut self,
        x: &[f64],
        rows: &[usize],
        gradient: &mut [f64],
    ) -> Result<f64, Self::Error> {
        gradient.fill(0.0);
        let (mut by_weights, mut by_biases) = view_mut(gradient)?;
        let (mut loss, share) = (0.0, 1.0 / rows.len() as f64);
        for &row in rows {
            self.evaluate(x, row)?;
            let input = ArrayView1::from(self.data.input(row)).insert_axis(Axis(1));
            let target = ArrayView1::from(self.data.target(row));
            loss -= share * self.scores.dot(&target).ln();
            self.scores -= &target;
            by_biases.scaled_add(share, &self.scores);
            let scores = self.scores.view().insert_axis(Axis(0));
            general_mat_mul(share, &input, &scores, 1.0, &mut by_weights); // u (p − t)ᵀ
        }
        Ok(loss)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let iris = Dataset::<f64>::iris().with_scaled_inputs(-1.0, 1.0)?;
    let batches = MiniBatches::new(iris.len(), 10, 1)?;
    let softmax = Softmax { data: iris, scores: Array1::zeros(CLASSES) };
    let x0 = vec![0.0; WEIGHTS + CLASSES];
    let mut descent = Descent::new(SliceObjective::new(x0, batches, softmax)?)?;

    for iteration in 1..=5 {
        let summary = descent.run(100)?;
        let x = descent.objective().parameters().to_vec();
        let accuracy = descent.objective_mut().model_mut().accuracy(&x)?;
        writeln!(stdout(), "iteration {iteration}00: accuracy {accuracy:.3}, {summary}").ok();
    }
    let (weights, biases) = view(descent.objective().parameters())?;
    writeln!(stdout(), "weights =\n{weights:.2}\nbiases = {biases:.2}").ok();
    Ok(())
}
