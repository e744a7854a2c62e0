//! The options, and digits as tensors.

use std::path::PathBuf;

use candle_core::{Device, Result, Tensor};
use gols_conformance::digits::{self, SIDE};
use gols_studies::AnyError;
use gols_studies::options::Arguments;

pub(crate) const USAGE: &str = "\
Trains a small convolutional network with Gols and with candle's AdamW at five rates.

candle_mnist [OPTIONS]

  --data DIR       MNIST's four IDX files, packed or not: train-images-idx3-ubyte and so on;
                   without it 2000 digits are drawn, and 1000 to test on
  --updates N      updates of every run (1000)
  --picture FILE   an SVG of training losses and accuracies
";

pub(crate) struct Options {
    data: Option<PathBuf>,
    pub(crate) updates: usize,
    pub(crate) picture: Option<PathBuf>,
}

impl Options {
    pub(crate) fn parse(mut arguments: Arguments) -> std::result::Result<Self, String> {
        let mut options = Self { data: None, updates: 1000, picture: None };
        while let Some(option) = arguments.next_option()? {
            match option.as_str() {
                "--data" => options.data = Some(arguments.path()?),
                "--updates" => options.updates = arguments.whole(5..=1_000_000)?,
                "--picture" => options.picture = Some(arguments.path()?),
                _ => return Err(arguments.unknown()),
            }
        }
        Ok(options)
    }

    /// To train on, and to test on.
    pub(crate) fn digits(&self) -> std::result::Result<[Digits; 2], AnyError> {
        let [training, test] = digits::Digits::training_and_test(self.data.as_deref())?;
        Ok([Digits::new(&training)?, Digits::new(&test)?])
    }
}

/// Images of 28 x 28, from 0 to 1, and their classes.
pub(crate) struct Digits {
    images: Tensor,
    classes: Tensor,
}

impl Digits {
    fn new(digits: &digits::Digits) -> Result<Self> {
        let rows = digits.classes.len();
        let classes: Vec<u32> = digits.classes.iter().map(|&class| class.into()).collect();
        let images = Tensor::from_slice(&digits.pixels, (rows, 1, SIDE, SIDE), &Device::Cpu)?;
        Ok(Self { images, classes: Tensor::new(classes, &Device::Cpu)? })
    }

    pub(crate) fn len(&self) -> usize {
        self.classes.elem_count()
    }

    /// At most `rows` of them, from the one of this number on.
    pub(crate) fn part(&self, first: usize, rows: usize) -> Result<(Tensor, Tensor)> {
        let rows = rows.min(self.len() - first);
        Ok((self.images.narrow(0, first, rows)?, self.classes.narrow(0, first, rows)?))
    }

    /// The first ones, at most so many.
    pub(crate) fn first(&self, rows: usize) -> Result<Self> {
        let (images, classes) = self.part(0, rows)?;
        Ok(Self { images, classes })
    }

    /// These rows.
    pub(crate) fn select(&self, rows: &[usize]) -> Result<(Tensor, Tensor)> {
        let rows: Vec<u32> = rows.iter().map(|&row| row as u32).collect();
        let rows = Tensor::new(rows, &Device::Cpu)?;
        Ok((self.images.index_select(&rows, 0)?, self.classes.index_select(&rows, 0)?))
    }
}
