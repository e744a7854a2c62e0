//! Where the digits come from: MNIST's four files, or digits that the program draws itself.

use std::path::{Path, PathBuf};

use candle_core::{Device, Error, Result, Tensor};
use gols::Slices;
use gols::landscape::RandomVectors;
use gols_studies::AnyError;
use gols_studies::options::Arguments;
use gols_studies::readers::{File, idx};

pub(crate) const USAGE: &str = "\
Trains a small convolutional network with Gols and with candle's AdamW at five rates.

candle_mnist [OPTIONS]

  --data DIR       MNIST's four IDX files, packed or not: train-images-idx3-ubyte and so on;
                   without it 2000 digits are drawn, and 1000 to test on
  --updates N      updates of every run (1000)
  --picture FILE   an SVG of training losses and accuracies
";

const SIDE: usize = 28;

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
        match &self.data {
            Some(folder) => Ok([Digits::read(folder, "train")?, Digits::read(folder, "t10k")?]),
            None => Ok([Digits::drawn(2000, 1)?, Digits::drawn(1000, 2)?]),
        }
    }
}

/// Images of 28 x 28, from 0 to 1, and their classes.
pub(crate) struct Digits {
    images: Tensor,
    classes: Tensor,
}

impl Digits {
    fn new(pixels: &[f32], classes: &[u32]) -> Result<Self> {
        let rows = classes.len();
        let images = Tensor::from_slice(pixels, (rows, 1, SIDE, SIDE), &Device::Cpu)?;
        Ok(Self { images, classes: Tensor::from_slice(classes, rows, &Device::Cpu)? })
    }

    fn read(folder: &Path, name: &str) -> std::result::Result<Self, AnyError> {
        let images = File::open(folder.join(format!("{name}-images-idx3-ubyte")))?;
        let classes = File::open(folder.join(format!("{name}-labels-idx1-ubyte")))?;
        let (of_images, of_classes) =
            (images.read(|bytes| idx::read(bytes, 3))?, classes.read(|bytes| idx::read(bytes, 1))?);
        let rows = of_classes.values.len();
        if of_images.sizes != [rows, SIDE, SIDE] {
            let message = format!("sizes {:?}, but {rows} labels", of_images.sizes);
            return Err(images.damaged(message).into());
        }
        let pixels: Vec<f32> = of_images.values.iter().map(|&x| f32::from(x) / 255.0).collect();
        let labels: Vec<u32> = of_classes.values.iter().map(|&class| class.into()).collect();
        Ok(Self::new(&pixels, &labels)?)
    }

    /// Digits of seven strokes, at places, in sizes and slants of their own, with noise.
    fn drawn(rows: usize, seed: u64) -> Result<Self> {
        let mut noise = vec![0.0_f64; rows * (SIDE * SIDE + 4)];
        Slices::new(noise.len()).fill_normal(seed, &mut noise).map_err(Error::wrap)?;
        let mut pixels = Vec::with_capacity(rows * SIDE * SIDE);
        let classes: Vec<u32> = (0..rows as u32).map(|row| row % 10).collect();
        for (own, class) in noise.chunks(SIDE * SIDE + 4).zip(&classes) {
            let (pose, noise) = own.split_at(4);
            for (place, noise) in noise.iter().enumerate() {
                let (row, column) = (place / SIDE, place % SIDE);
                let light = light(*class as usize, pose, row as f64, column as f64);
                pixels.push((light + 0.25 * noise).clamp(0.0, 1.0) as f32);
            }
        }
        Self::new(&pixels, &classes)
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

/// Strokes from corner to corner: three across, from the top, and four down, from the left; corners are in
/// units of half a digit's height.
const STROKES: [[(f64, f64); 2]; 7] = [
    [(-1.0, -0.6), (-1.0, 0.6)],
    [(0.0, -0.6), (0.0, 0.6)],
    [(1.0, -0.6), (1.0, 0.6)],
    [(-1.0, -0.6), (0.0, -0.6)],
    [(0.0, -0.6), (1.0, -0.6)],
    [(-1.0, 0.6), (0.0, 0.6)],
    [(0.0, 0.6), (1.0, 0.6)],
];

/// Which strokes make a digit.
const GLYPHS: [[bool; 7]; 10] = {
    const T: bool = true;
    const F: bool = false;
    [
        [T, F, T, T, T, T, T],
        [F, F, F, F, F, T, T],
        [T, T, T, F, T, T, F],
        [T, T, T, F, F, T, T],
        [F, T, F, T, F, T, T],
        [T, T, T, T, F, F, T],
        [T, T, T, T, T, F, T],
        [T, F, F, F, F, T, T],
        [T, T, T, T, T, T, T],
        [T, T, T, T, F, T, T],
    ]
};

/// How bright a pixel is: by its distance to the nearest stroke of the digit.
fn light(digit: usize, pose: &[f64], row: f64, column: f64) -> f64 {
    let half = 8.0 + pose[0].clamp(-2.0, 2.0);
    let (y, x) = ((row - 13.5 - pose[1]) / half, (column - 13.5 - pose[2]) / half);
    let x = x + 0.15 * pose[3] * y;
    let strokes = STROKES.iter().zip(GLYPHS[digit]).filter(|(_, is_drawn)| *is_drawn);
    let distances = strokes.map(|([from, to], _)| {
        let (down, across) = (to.0 - from.0, to.1 - from.1);
        let along = (y - from.0) * down + (x - from.1) * across;
        let share = (along / (down * down + across * across)).clamp(0.0, 1.0);
        (y - from.0 - share * down).hypot(x - from.1 - share * across)
    });
    (1.6 - 8.0 * distances.fold(f64::INFINITY, f64::min)).clamp(0.0, 1.0)
}
