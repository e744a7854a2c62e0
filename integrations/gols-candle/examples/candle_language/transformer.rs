//! A character transformer of two layers, 64 wide, with four heads.

use candle_core::{D, DType, Device, Module, Result, Tensor, Var};
use candle_nn::ops::softmax;
use candle_nn::{
    Embedding, LayerNorm, Linear, VarBuilder, VarMap, embedding, layer_norm_no_bias, linear_no_bias,
};
use gols_candle::variables;
use gols_conformance::text::CONTEXT;

use crate::trainer;

const WIDTH: usize = 64;
const HEADS: usize = 4;
/// The standard deviation of all weights at the start.
const DEVIATION: f64 = 0.02;

/// Learnt positions, two layers, and a last norm before the outputs.
pub(crate) struct Transformer {
    symbols: Embedding,
    positions: Embedding,
    layers: [Layer; 2],
    norm: LayerNorm,
    outputs: Linear,
}

impl Transformer {
    pub(crate) fn new(alphabet: usize) -> Result<(Self, Vec<Var>)> {
        let map = VarMap::new();
        let builder = VarBuilder::from_varmap(&map, DType::F32, &Device::Cpu);
        let network = Self {
            symbols: embedding(alphabet, WIDTH, builder.pp("symbols"))?,
            positions: embedding(CONTEXT, WIDTH, builder.pp("positions"))?,
            layers: [Layer::new(builder.pp("first"))?, Layer::new(builder.pp("second"))?],
            norm: norm(builder.pp("norm"))?,
            outputs: linear_no_bias(WIDTH, alphabet, builder.pp("outputs"))?,
        };
        let variables = variables(&map);
        // The gains of the norms stay at 1.
        trainer::start(&variables, |variable| (variable.rank() == 2).then_some(DEVIATION))?;
        Ok((network, variables))
    }
}

impl Module for Transformer {
    /// From symbols, a window a row, to the logits of what comes next at each of their places.
    fn forward(&self, windows: &Tensor) -> Result<Tensor> {
        let length = windows.dim(1)? as u32;
        let positions = self.positions.forward(&Tensor::arange(0, length, windows.device())?)?;
        let mut x = self.symbols.forward(windows)?.broadcast_add(&positions)?;
        for layer in &self.layers {
            x = layer.forward(&x)?;
        }
        self.outputs.forward(&self.norm.forward(&x)?)
    }
}

/// Attention, then two layers with a GELU between them; each on what a norm makes of x, and added to x.
struct Layer {
    norms: [LayerNorm; 2],
    /// Queries, keys and values.
    attention: Linear,
    mix: Linear,
    wide: Linear,
    narrow: Linear,
}

impl Layer {
    fn new(builder: VarBuilder<'_>) -> Result<Self> {
        Ok(Self {
            norms: [norm(builder.pp("norm_1"))?, norm(builder.pp("norm_2"))?],
            attention: linear_no_bias(WIDTH, 3 * WIDTH, builder.pp("attention"))?,
            mix: linear_no_bias(WIDTH, WIDTH, builder.pp("mix"))?,
            wide: linear_no_bias(WIDTH, 4 * WIDTH, builder.pp("wide"))?,
            narrow: linear_no_bias(4 * WIDTH, WIDTH, builder.pp("narrow"))?,
        })
    }

    /// softmax(Q Kᵀ / √(width of a head)) V for each head, where no place sees those behind it.
    fn attention(&self, x: &Tensor) -> Result<Tensor> {
        let (rows, length, _) = x.dims3()?;
        let width = WIDTH / HEADS;
        let parts = self.attention.forward(x)?.reshape((rows, length, 3, HEADS, width))?;
        let part = |k| parts.narrow(2, k, 1)?.squeeze(2)?.transpose(1, 2)?.contiguous();
        let (queries, keys, values) = (part(0)?, part(1)?, part(2)?);
        let scores = (queries.matmul(&keys.t()?)? / (width as f64).sqrt())?;
        let seen = Tensor::tril2(length, DType::F32, x.device())?;
        let scores = scores.broadcast_add(&seen.affine(1e9, -1e9)?)?;
        let heads = softmax(&scores, D::Minus1)?.matmul(&values)?;
        self.mix.forward(&heads.transpose(1, 2)?.reshape((rows, length, WIDTH))?)
    }
}

impl Module for Layer {
    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let x = (x + self.attention(&self.norms[0].forward(x)?)?)?;
        let hidden = self.wide.forward(&self.norms[1].forward(&x)?)?.gelu()?;
        &x + self.narrow.forward(&hidden)?
    }
}

fn norm(builder: VarBuilder<'_>) -> Result<LayerNorm> {
    layer_norm_no_bias(WIDTH, 1e-5, builder)
}
