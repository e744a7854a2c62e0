//! Digits for the adapters' examples: MNIST's, or some that the program draws itself.

use std::path::Path;

use gols::Slices;
use gols::landscape::RandomVectors;
use gols_studies::AnyError;
use gols_studies::readers::{File, idx};

/// Pixels of a side.
pub const SIDE: usize = 28;

/// Images of 28 x 28, from 0 to 1, row by row, and their classes.
pub struct Digits {
    pub pixels: Vec<f32>,
    pub classes: Vec<u8>,
}

impl Digits {
    /// To train on, and to test on: MNIST's four IDX files of this folder, packed or not; without one 2000 are drawn, and
    /// 1000 to test on.
    ///
    /// # Errors
    /// Where the files are damaged or missing.
    pub fn training_and_test(folder: Option<&Path>) -> Result<[Self; 2], AnyError> {
        match folder {
            Some(folder) => Ok([Self::read(folder, "train")?, Self::read(folder, "t10k")?]),
            None => Ok([Self::drawn(2000, 1)?, Self::drawn(1000, 2)?]),
        }
    }

    fn read(folder: &Path, name: &str) -> Result<Self, AnyError> {
        let images = File::open(folder.join(format!("{name}-images-idx3-ubyte")))?;
        let classes = File::open(folder.join(format!("{name}-labels-idx1-ubyte")))?;
        let (of_images, of_classes) =
            (images.read(|bytes| idx::read(bytes, 3))?, classes.read(|bytes| idx::read(bytes, 1))?);
        let rows = of_classes.values.len();
        if of_images.sizes != [rows, SIDE, SIDE] {
            let message = format!("sizes {:?}, but {rows} labels", of_images.sizes);
            return Err(images.damaged(message).into());
        }
        let pixels = of_images.values.iter().map(|&x| f32::from(x) / 255.0).collect();
        Ok(Self { pixels, classes: of_classes.values.to_vec() })
    }

    /// Digits of seven strokes, at places, in sizes and slants of their own, with noise.
    fn drawn(rows: usize, seed: u64) -> Result<Self, AnyError> {
        let mut noise = vec![0.0_f64; rows * (SIDE * SIDE + 4)];
        Slices::new(noise.len()).fill_normal(seed, &mut noise)?;
        let mut pixels = Vec::with_capacity(rows * SIDE * SIDE);
        let classes: Vec<u8> = (0..10).cycle().take(rows).collect();
        for (own, class) in noise.chunks(SIDE * SIDE + 4).zip(&classes) {
            let (pose, noise) = own.split_at(4);
            for (place, noise) in noise.iter().enumerate() {
                let (row, column) = (place / SIDE, place % SIDE);
                let light = light(usize::from(*class), pose, row as f64, column as f64);
                pixels.push((light + 0.25 * noise).clamp(0.0, 1.0) as f32);
            }
        }
        Ok(Self { pixels, classes })
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
