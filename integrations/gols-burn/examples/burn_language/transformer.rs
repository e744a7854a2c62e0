//! A character transformer of two layers, 64 wide, with four heads: burn's encoder, in which no place sees those behind it.

use burn::module::Module;
use burn::nn::attention::generate_autoregressive_mask;
use burn::nn::loss::CrossEntropyLossConfig;
use burn::nn::transformer::{
    TransformerEncoder, TransformerEncoderConfig, TransformerEncoderInput,
};
use burn::nn::{
    Embedding, EmbeddingConfig, Initializer, LayerNorm, LayerNormConfig, Linear, LinearConfig,
};
use burn::tensor::{Device, Int, Tensor};
use gols_conformance::text::CONTEXT;

const WIDTH: usize = 64;
const HEADS: usize = 4;
const LAYERS: usize = 2;
/// All weights at the start, as is usual with transformers.
const NORMAL: Initializer = Initializer::Normal { mean: 0.0, std: 0.02 };

/// Learnt positions, two layers, and a last norm before the outputs.
#[derive(Module, Debug)]
pub(crate) struct Transformer {
    symbols: Embedding,
    positions: Embedding,
    layers: TransformerEncoder,
    norm: LayerNorm,
    outputs: Linear,
}

impl Transformer {
    pub(crate) fn new(alphabet: usize, device: &Device) -> Self {
        let embedding = |count| EmbeddingConfig::new(count, WIDTH).with_initializer(NORMAL);
        let layers = TransformerEncoderConfig::new(WIDTH, 4 * WIDTH, HEADS, LAYERS)
            .with_norm_first(true)
            .with_dropout(0.0)
            .with_initializer(NORMAL);
        let outputs = LinearConfig::new(WIDTH, alphabet).with_bias(false).with_initializer(NORMAL);
        Self {
            symbols: embedding(alphabet).init(device),
            positions: embedding(CONTEXT).init(device),
            layers: layers.init(device),
            norm: LayerNormConfig::new(WIDTH).init(device),
            outputs: outputs.init(device),
        }
    }

    /// From symbols, a window a row, to the logits of what comes next at each of their places.
    pub(crate) fn forward(&self, windows: Tensor<2, Int>) -> Tensor<3> {
        let [rows, length] = windows.dims();
        let device = windows.device();
        let places = Tensor::<1, Int>::arange(0..length as i64, &device).unsqueeze::<2>();
        let x = self.symbols.forward(windows) + self.positions.forward(places);
        let hidden = generate_autoregressive_mask(rows, length, &device);
        let x = self.layers.forward(TransformerEncoderInput::new(x).mask_attn(hidden));
        self.outputs.forward(self.norm.forward(x))
    }

    /// The mean of −ln of the chance that the network gave to what came next.
    pub(crate) fn loss(&self, windows: Tensor<2, Int>, next: Tensor<1, Int>) -> Tensor<1> {
        let outputs = self.forward(windows).flatten::<2>(0, 1);
        CrossEntropyLossConfig::new().init(&outputs.device()).forward(outputs, next)
    }
}
