//! Digits as burn's data loaders have them.

use std::sync::Arc;

use burn::data::dataloader::batcher::Batcher;
use burn::data::dataloader::{DataLoader, DataLoaderBuilder};
use burn::data::dataset::InMemDataset;
use burn::module::Module;
use burn::tensor::{Device, Int, Tensor, TensorData};
use gols_conformance::digits::{self, SIDE};

use crate::network::Network;

#[derive(Clone, Debug)]
pub(crate) struct Batch {
    pub(crate) images: Tensor<4>,
    pub(crate) classes: Tensor<1, Int>,
}

/// The first so many of some digits.
#[derive(Clone)]
pub(crate) struct Digits {
    all: Arc<digits::Digits>,
    count: usize,
}

impl From<digits::Digits> for Digits {
    fn from(all: digits::Digits) -> Self {
        Self { count: all.classes.len(), all: Arc::new(all) }
    }
}

impl Digits {
    pub(crate) fn len(&self) -> usize {
        self.count
    }

    /// The first ones, at most so many.
    pub(crate) fn first(&self, count: usize) -> Self {
        Self { count: count.min(self.count), ..self.clone() }
    }

    /// These rows in this order.
    pub(crate) fn loader(&self, rows: Vec<usize>, size: usize) -> Arc<dyn DataLoader<Batch>> {
        DataLoaderBuilder::new(self.clone()).batch_size(size).build(InMemDataset::new(rows))
    }

    /// The loss and the accuracy in % on all of them.
    pub(crate) fn outcome(&self, network: &Network) -> Result<[f64; 2], gols_burn::Error> {
        let network = network.valid();
        let (mut loss, mut right) = (0.0, 0.0);
        let rows: Vec<usize> = (0..self.count).collect();
        for rows in rows.chunks(500) {
            let output = network.classify(self.batch(rows.to_vec(), &Device::flex()));
            loss += rows.len() as f64 * output.loss.try_into_scalar::<f64>()?;
            let predicted = output.output.argmax(1).squeeze_dim::<1>(1);
            right += predicted.equal(output.targets).int().sum().try_into_scalar::<f64>()?;
        }
        Ok([loss / self.count as f64, 100.0 * right / self.count as f64])
    }
}

impl Batcher<usize, Batch> for Digits {
    fn batch(&self, rows: Vec<usize>, device: &Device) -> Batch {
        let pixels =
            rows.iter().flat_map(|row| &self.all.pixels[row * SIDE * SIDE..][..SIDE * SIDE]);
        let pixels =
            TensorData::new(pixels.copied().collect::<Vec<f32>>(), [rows.len(), 1, SIDE, SIDE]);
        let classes: Vec<i64> = rows.iter().map(|&row| self.all.classes[row].into()).collect();
        Batch {
            images: Tensor::from_data(pixels, device),
            classes: Tensor::from_data(TensorData::from(classes.as_slice()), device),
        }
    }
}
