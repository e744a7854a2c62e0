//! Random directions, with which `gols::landscape` looks at a loss.

use burn::module::{Module, ParamId};
use burn::optim::GradientsParams;
use burn::tensor::{Tensor, TensorData};
use gols::Slices;
use gols::landscape::RandomVectors;

use crate::arithmetic::wide;
use crate::error::Error;
use crate::objective::BurnObjective;
use crate::walk::Operation;

/// The numbers are drawn by the core's own stream, because seeding a burn device reseeds all that is random on it, and
/// sent to the device. A flat slice of the same length gets the same numbers.
impl<M: Module, B, L, N> RandomVectors for BurnObjective<M, B, L, N> {
    fn fill_normal(&self, seed: u64, vector: &mut GradientsParams) -> Result<(), Error> {
        let mut elements = 0;
        self.apply(Count(&mut elements))?;
        let mut numbers = vec![0.0_f64; elements];
        Slices::new(elements).fill_normal(seed, &mut numbers).map_err(Error::other)?;
        self.apply(Fill { rest: &numbers, vector })
    }
}

/// The number of parameters, one by one.
struct Count<'a>(&'a mut usize);

impl Operation for Count<'_> {
    fn apply<const D: usize>(&mut self, _: ParamId, x: Tensor<D>) -> Result<(), Error> {
        *self.0 += x.shape().num_elements();
        Ok(())
    }
}

/// Deals numbers out to the tensors of a vector.
struct Fill<'a> {
    rest: &'a [f64],
    vector: &'a mut GradientsParams,
}

impl Operation for Fill<'_> {
    fn apply<const D: usize>(&mut self, id: ParamId, x: Tensor<D>) -> Result<(), Error> {
        let x = wide(x.inner());
        let (own, rest) = self.rest.split_at(x.shape().num_elements());
        self.rest = rest;
        let data = TensorData::new(own.to_vec(), x.shape());
        self.vector.register(id, crate::arithmetic::in_place_of(&x, data));
        Ok(())
    }
}
