//! A convolutional network, as burn's `Learner` trains it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use burn::lr_scheduler::module_lr_scheduler::ModuleLearningRate;
use burn::module::Module;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::loss::CrossEntropyLossConfig;
use burn::nn::pool::{MaxPool2d, MaxPool2dConfig};
use burn::nn::{Linear, LinearConfig};
use burn::optim::{GradientsParams, ModuleOptimizer};
use burn::tensor::activation::relu;
use burn::tensor::{Device, Tensor};
use burn::train::{ClassificationOutput, InferenceStep, TrainOutput, TrainStep};

use crate::digits::Batch;

/// Two convolutions with pooling, and a linear layer: 5994 parameters, which start as burn has it.
#[derive(Module, Debug)]
pub(crate) struct Network {
    first: Conv2d,
    second: Conv2d,
    pool: MaxPool2d,
    output: Linear,
}

impl Network {
    pub(crate) fn new(device: &Device) -> Self {
        Self {
            first: Conv2dConfig::new([1, 8], [5, 5]).init(device),
            second: Conv2dConfig::new([8, 16], [5, 5]).init(device),
            pool: MaxPool2dConfig::new([2, 2]).with_strides([2, 2]).init(),
            output: LinearConfig::new(256, 10).init(device),
        }
    }

    pub(crate) fn classify(&self, Batch { images, classes }: Batch) -> ClassificationOutput {
        let x: Tensor<4> = self.pool.forward(relu(self.first.forward(images)));
        let x: Tensor<4> = self.pool.forward(relu(self.second.forward(x)));
        let output = self.output.forward(x.flatten(1, 3));
        let loss = CrossEntropyLossConfig::new().init(&output.device());
        ClassificationOutput::new(loss.forward(output.clone(), classes.clone()), output, classes)
    }
}

impl TrainStep for Network {
    type Input = Batch;
    type Output = ClassificationOutput;

    fn step(&self, batch: Batch) -> TrainOutput<ClassificationOutput> {
        timed(|| {
            let output = self.classify(batch);
            TrainOutput::new(self, output.loss.backward(), output)
        })
    }

    // What gols needs; burn's own optimizers go on to work.
    fn optimize(
        self,
        optimizer: &mut ModuleOptimizer,
        rate: ModuleLearningRate,
        grads: GradientsParams,
    ) -> Self {
        timed(|| gols_burn::optimize(optimizer, rate, self, grads).expect("an update"))
    }
}

impl InferenceStep for Network {
    type Input = Batch;
    type Output = ClassificationOutput;

    fn step(&self, batch: Batch) -> ClassificationOutput {
        self.classify(batch)
    }
}

/// Time in updates.
static NANOSECONDS: AtomicU64 = AtomicU64::new(0);

fn timed<T>(work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let done = work();
    NANOSECONDS.fetch_add(start.elapsed().as_nanos() as u64, Ordering::Relaxed);
    done
}

/// Forward, backward and update together, without the loader and the metrics.
pub(crate) struct Clock(u64);

impl Clock {
    pub(crate) fn start() -> Self {
        Self(NANOSECONDS.load(Ordering::Relaxed))
    }

    /// Since then.
    pub(crate) fn milliseconds(&self) -> f64 {
        (NANOSECONDS.load(Ordering::Relaxed) - self.0) as f64 / 1e6
    }
}
