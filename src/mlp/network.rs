//! The architecture of a fully connected network.

use alloc::vec;
use alloc::vec::Vec;

use super::kernels::{Activation, Layer};
use crate::error::Error;
use crate::stream::Stream;
use crate::vector::Real;

/// A fully connected network of any depth (\[LR\] appendix A, \[VG\] 2).
///
/// Layer l turns its inputs a into h(a W + b), with W of shape inputs x outputs. The flat
/// parameters hold, layer by layer, W input-major (row by row: all weights that leave input 0, then
/// input 1, ...), then b. 4-10-3 has 4·10 + 10 + 10·3 + 3 = 83 parameters.
///
/// The output layer uses the same activation as the hidden ones unless told otherwise: both papers'
/// results need that (\[VG\]'s counts are off by far with a linear output).
///
/// ```
/// use gols::mlp::{Activation, Network};
///
/// let network = Network::new(&[4, 10, 3], Activation::Tanh)?.with_output(Activation::Linear);
/// assert_eq!(network.parameters(), 83);
/// # Ok::<(), gols::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Network {
    sizes: Vec<usize>,
    hidden: Activation,
    output: Activation,
}

impl Network {
    /// A network with these numbers of nodes: inputs, hidden layers (none or more), outputs.
    ///
    /// # Errors
    /// [`Error::Length`] if there are fewer than two sizes, [`Error::Empty`] if one of them is 0,
    /// [`Error::Setting`] if there are more parameters than can be counted.
    pub fn new(sizes: &[usize], activation: Activation) -> Result<Self, Error> {
        if sizes.len() < 2 {
            return Err(Error::Length { what: "the sizes", found: sizes.len(), expected: 2 });
        }
        if sizes.contains(&0) {
            return Err(Error::Empty { what: "a layer" });
        }
        let mut layers = sizes.windows(2).map(|size| size[0].checked_add(1)?.checked_mul(size[1]));
        let count = layers.try_fold(0_usize, |sum, layer| sum.checked_add(layer?));
        Error::check("parameters", f64::INFINITY, count.is_some(), "few enough to be counted")?;
        Ok(Self { sizes: sizes.to_vec(), hidden: activation, output: activation })
    }

    /// The same network with another activation of its outputs.
    #[must_use]
    pub fn with_output(self, output: Activation) -> Self {
        Self { output, ..self }
    }

    /// The numbers of nodes: inputs, hidden layers, outputs.
    #[must_use]
    pub fn sizes(&self) -> &[usize] {
        &self.sizes
    }

    /// The number of inputs.
    #[must_use]
    pub fn inputs(&self) -> usize {
        self.sizes[0]
    }

    /// The number of outputs.
    #[must_use]
    pub fn outputs(&self) -> usize {
        self.sizes[self.sizes.len() - 1]
    }

    /// The number of weights and biases.
    #[must_use]
    pub fn parameters(&self) -> usize {
        self.layers().map(|layer| layer.parameters()).sum()
    }

    /// Random parameters, each drawn from U\[`low`, `high`\] with a seed. Both papers start from
    /// U\[−0.1, 0.1\], where every sigmoid is in its sensitive range (\[LR\] 3.1, \[VG\] 2).
    ///
    /// # Errors
    /// [`Error::Setting`] if `low` is not less than `high`, or one of them, or their difference, is
    /// not finite in `T`.
    pub fn uniform_parameters<T: Real>(
        &self,
        low: f64,
        high: f64,
        seed: u64,
    ) -> Result<Vec<T>, Error> {
        let is_finite = |end: f64| T::of(end).is_finite() && (high - low).is_finite();
        Error::check("high", high, is_finite(high), "finite")?;
        Error::check("low", low, low < high && is_finite(low), "finite and less than high")?;
        let mut stream = Stream::new(seed);
        Ok((0..self.parameters()).map(|_| T::of(stream.uniform(low, high))).collect())
    }

    /// Random parameters for layers of rectified units (He et al. 2015): weights drawn from
    /// N(0, 2 / inputs of the layer) with a seed, biases 0, so that sums keep their size from layer
    /// to layer.
    ///
    /// ```
    /// use gols::mlp::{Activation, Network};
    ///
    /// let network = Network::new(&[784, 128, 10], Activation::Relu)?.with_output(Activation::Linear);
    /// let x = network.he_parameters::<f32>(1);
    /// assert!(x[..784 * 128].iter().all(|w| w.abs() < 6.0 * (2.0_f32 / 784.0).sqrt()));
    /// assert_eq!(x[784 * 128], 0.0);
    /// # Ok::<(), gols::Error>(())
    /// ```
    #[doc(alias = "kaiming")]
    #[must_use]
    pub fn he_parameters<T: Real>(&self, seed: u64) -> Vec<T> {
        let mut stream = Stream::new(seed);
        let mut x = vec![T::zero(); self.parameters()];
        for layer in self.layers() {
            let deviation = (2.0 / layer.inputs as f64).sqrt();
            let (weights, _) = layer.split_mut(&mut x, 0);
            weights.fill_with(|| T::of(deviation * stream.normal()));
        }
        x
    }

    /// The activation of the outputs.
    #[must_use]
    pub fn output(&self) -> Activation {
        self.output
    }

    /// The layers, first to last.
    pub(super) fn layers(&self) -> impl Iterator<Item = Layer> {
        let last = self.sizes.len() - 2;
        let mut start = 0;
        self.sizes.windows(2).enumerate().map(move |(index, size)| {
            let activation = if index == last { self.output } else { self.hidden };
            let layer = Layer { inputs: size[0], outputs: size[1], activation, start };
            start += layer.parameters();
            layer
        })
    }
}
