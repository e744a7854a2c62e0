//! What the benches share: the reference network on made-up data.

use fearless_simd::Level;
#[cfg(all(gols_avx2, target_arch = "x86_64"))]
use fearless_simd::Simd;
use gols::mlp::{Activation, Dataset, Loss, Model, Network};
use gols::{Error, Real};

/// A network of these sizes over so many made-up samples, and a start.
pub fn model<T: Real>(
    sizes: &[usize],
    activation: Activation,
    samples: usize,
) -> Result<(Model<T>, Vec<T>), Error> {
    let network = Network::new(sizes, activation)?;
    let x = network.uniform_parameters(-0.1, 0.1, 1)?;
    let cells: Vec<T> = network.uniform_parameters(0.0, 1.0, 2)?;
    let inputs = cells.iter().copied().cycle().take(samples * network.inputs()).collect();
    let labels: Vec<usize> = (0..samples).map(|row| row % network.outputs()).collect();
    let data = Dataset::from_classes(inputs, &labels, network.outputs())?;
    Ok((Model::new(network, Loss::HalfSquared, data)?, x))
}

/// A network's name, as in 784-100-10.
pub fn name(sizes: &[usize]) -> String {
    sizes.iter().map(usize::to_string).collect::<Vec<_>>().join("-")
}

/// The level that gols computes at: the processor's, and with `--cfg gols_avx2` no more than AVX2.
pub fn level() -> Level {
    let level = Level::new();
    #[cfg(all(gols_avx2, target_arch = "x86_64"))]
    let level = level.as_avx2().map_or(level, Simd::level);
    level
}
