//! Random directions, with which `gols::landscape` looks at a loss.

use candle_core::{Error, Result, Tensor};
use gols::Slices;
use gols::landscape::RandomVectors;

use crate::objective::CandleObjective;

/// The numbers are drawn by the core's own stream, because candle's generator for the CPU takes no seed, and sent
/// to the device. A flat slice of the same length gets the same numbers.
impl<B, L, N> RandomVectors for CandleObjective<B, L, N> {
    fn fill_normal(&self, seed: u64, vector: &mut Vec<Tensor>) -> Result<()> {
        self.check_length(vector)?;
        let elements = vector.iter().map(Tensor::elem_count).sum();
        let mut numbers = vec![0.0_f64; elements];
        Slices::new(elements).fill_normal(seed, &mut numbers).map_err(Error::wrap)?;

        let mut rest = numbers.as_slice();
        for tensor in vector.iter_mut() {
            let (own, others) = rest.split_at(tensor.elem_count());
            let host = Tensor::from_slice(own, tensor.shape(), &candle_core::Device::Cpu)?;
            *tensor = host.to_dtype(tensor.dtype())?.to_device(tensor.device())?;
            rest = others;
        }
        Ok(())
    }
}
