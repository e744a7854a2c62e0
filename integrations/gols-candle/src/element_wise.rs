//! Element-wise operations, with which adaptive directions (Adam, Adagrad) work on candle's tensors.

use candle_core::{Result, Tensor};
use gols::ElementWise;

use crate::arithmetic::{combine, wide};
use crate::extremes::positive;
use crate::objective::CandleObjective;

impl<B, L, N> ElementWise for CandleObjective<B, L, N> {
    fn add_squares(&self, a: f64, x: &Vec<Tensor>, b: f64, y: &mut Vec<Tensor>) -> Result<()> {
        self.check_length(x)?;
        self.check_length(y)?;
        for (x, y) in x.iter().zip(y) {
            *y = combine(a, &wide(x)?.sqr()?, b, y)?;
        }
        Ok(())
    }

    fn divide_by_root(
        &self,
        v: &Vec<Tensor>,
        inside: f64,
        outside: f64,
        y: &mut Vec<Tensor>,
    ) -> Result<()> {
        self.check_length(v)?;
        self.check_length(y)?;
        for (v, y) in v.iter().zip(y) {
            let root = root(v, inside)?;
            let root = root.affine(1.0, positive(outside, root.dtype()))?;
            *y = (wide(y)? / root)?.to_dtype(y.dtype())?;
        }
        Ok(())
    }

    fn multiply_by_root(&self, v: &Vec<Tensor>, inside: f64, y: &mut Vec<Tensor>) -> Result<()> {
        self.check_length(v)?;
        self.check_length(y)?;
        for (v, y) in v.iter().zip(y) {
            *y = (wide(y)? * root(v, inside)?)?.to_dtype(y.dtype())?;
        }
        Ok(())
    }
}

/// √(v + `inside`), widened.
fn root(v: &Tensor, inside: f64) -> Result<Tensor> {
    let v = wide(v)?;
    v.affine(1.0, positive(inside, v.dtype()))?.sqrt()
}
