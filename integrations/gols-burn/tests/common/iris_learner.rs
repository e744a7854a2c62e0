//! Iris for burn's `Learner`.

use std::sync::Arc;

use burn::data::dataloader::batcher::Batcher;
use burn::data::dataloader::{DataLoader, DataLoaderBuilder};
use burn::data::dataset::InMemDataset;
use burn::lr_scheduler::module_lr_scheduler::ModuleLearningRate;
use burn::module::Module;
use burn::nn::loss::CrossEntropyLossConfig;
use burn::nn::{Linear, LinearConfig};
use burn::optim::{GradientsParams, ModuleOptimizer};
use burn::tensor::{DType, Device, Int, Tensor, TensorData};
use burn::train::{ClassificationOutput, InferenceStep, TrainOutput, TrainStep};
use gols::MiniBatches;
use gols::mlp::Dataset;

use super::{device, numbers, tensor};

pub(crate) const ROWS: usize = 150;
pub(crate) const SIZE: usize = 10;

#[derive(Clone, Debug)]
pub(crate) struct Iris {
    inputs: Tensor<2>,
    classes: Tensor<1, Int>,
}

/// Rows by their numbers, the same order in every epoch.
struct Rows(Dataset<f64>);

impl Batcher<usize, Iris> for Rows {
    fn batch(&self, rows: Vec<usize>, device: &Device) -> Iris {
        let inputs: Vec<f64> =
            rows.iter().flat_map(|row| self.0.inputs()[4 * row..][..4].to_vec()).collect();
        let inputs = TensorData::new(inputs, [rows.len(), 4]);
        let class = |row: &usize| self.0.targets()[3 * row..][..3].iter().position(|t| *t > 0.5);
        let classes: Vec<i64> = rows.iter().filter_map(|row| Some(class(row)? as i64)).collect();
        Iris {
            inputs: Tensor::from_data(inputs, (device, DType::F32)),
            classes: Tensor::from_data(TensorData::from(classes.as_slice()), device),
        }
    }
}

fn rows() -> Rows {
    Rows(Dataset::iris().with_scaled_inputs(-1.0, 1.0).unwrap())
}

fn order() -> Vec<usize> {
    MiniBatches::new(ROWS, ROWS, 1).unwrap().draw().to_vec()
}

/// Mini-batches, the same in every epoch.
pub(crate) fn loader() -> Arc<dyn DataLoader<Iris>> {
    DataLoaderBuilder::new(rows()).batch_size(SIZE).build(InMemDataset::new(order()))
}

/// All rows at once, to look at.
pub(crate) fn all() -> Iris {
    rows().batch(order(), &device().inner())
}

/// A 4-10-3 network.
#[derive(Module, Debug)]
pub(crate) struct Network {
    pub hidden: Linear,
    pub output: Linear,
}

impl Network {
    pub(crate) fn new(dtype: DType) -> Self {
        Self::from_numbers(dtype, 1)
    }

    /// With other numbers.
    pub(crate) fn elsewhere(dtype: DType) -> Self {
        Self::from_numbers(dtype, 2)
    }

    fn from_numbers(dtype: DType, seed: u64) -> Self {
        let mut dice = MiniBatches::new(1000, 100, seed).unwrap();
        let mut numbers = |count: usize| -> Vec<f64> {
            dice.draw()[..count].iter().map(|&x| x as f64 / 1000.0 - 0.5).collect()
        };
        let mut layer = |inputs, outputs| {
            let mut layer = LinearConfig::new(inputs, outputs).init(&device());
            let weight = tensor(&numbers(inputs * outputs), [inputs, outputs], dtype);
            layer.weight = layer.weight.map(|_| weight.require_grad());
            let bias = tensor(&numbers(outputs), [outputs], dtype);
            layer.bias = layer.bias.map(|old| old.map(|_| bias.require_grad()));
            layer
        };
        Self { hidden: layer(4, 10), output: layer(10, 3) }
    }

    fn classify(&self, Iris { inputs, classes }: Iris) -> ClassificationOutput {
        let dtype = self.hidden.weight.val().dtype();
        let hidden = self.hidden.forward(inputs.cast(dtype)).tanh();
        let output = self.output.forward(hidden);
        let loss = CrossEntropyLossConfig::new().init(&output.device());
        let loss = loss.forward(output.clone(), classes.clone());
        ClassificationOutput::new(loss, output, classes)
    }

    /// The gradients on the mini-batch of this number.
    pub(crate) fn grads(&self, batch: usize) -> GradientsParams {
        let batch = rows().batch(order()[batch * SIZE..][..SIZE].to_vec(), &device());
        GradientsParams::from_grads(self.classify(batch).loss.backward(), self)
    }

    pub(crate) fn whole_loss(&self) -> f64 {
        numbers(self.valid().classify(all()).loss)[0]
    }

    pub(crate) fn parameters(&self) -> [Vec<f64>; 4] {
        let bias = |layer: &Linear| numbers(layer.bias.as_ref().unwrap().val());
        let weight = |layer: &Linear| numbers(layer.weight.val());
        let Self { hidden, output } = self;
        [weight(hidden), bias(hidden), weight(output), bias(output)]
    }
}

impl TrainStep for Network {
    type Input = Iris;
    type Output = ClassificationOutput;

    fn step(&self, batch: Iris) -> TrainOutput<ClassificationOutput> {
        let output = self.classify(batch);
        TrainOutput::new(self, output.loss.backward(), output)
    }

    fn optimize(
        self,
        optimizer: &mut ModuleOptimizer,
        rate: ModuleLearningRate,
        grads: GradientsParams,
    ) -> Self {
        gols_burn::optimize(optimizer, rate, self, grads).expect("an update")
    }
}

impl InferenceStep for Network {
    type Input = Iris;
    type Output = ClassificationOutput;

    fn step(&self, batch: Iris) -> ClassificationOutput {
        self.classify(batch)
    }
}
