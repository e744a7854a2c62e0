//! How noisy losses and slopes are, against how much they change along a line.

use gols::landscape::{Moments, repeated_scan, scan};
use gols::{Error, Sampling};
use indicatif::ProgressBar;
use rayon::prelude::*;

use crate::lines::{Setting, stream};
use crate::problem::{Purpose, batches, objective, plane};

/// Draws at each step of a line, as at each point of the paper's figure 6.
const DRAWS: usize = 50;
/// Every this many-th of the 100 steps is looked at: 50 draws at 25 steps tell as much as the lines do.
const STRIDE: usize = 4;

/// Noise of one setting, over starts and lines.
#[derive(Debug, Clone, Copy)]
pub struct Noise {
    pub setting: Setting,
    /// Root mean square of the sd over a line / sd along the line of the full-batch loss.
    pub loss: f64,
    /// The same of the slope.
    pub slope: f64,
    /// The share of points where the slope's sd exceeds the loss's.
    pub slope_noisier: f64,
}

/// What one line of one start gives: the two ratios, and how often the slope's sd was the larger.
struct LineNoise {
    loss: f64,
    slope: f64,
    slope_noisier: Vec<bool>,
}

impl Noise {
    /// Measures in parallel, with random streams of its own for every line.
    pub fn measure(
        settings: &[Setting],
        seeds: &[u64],
        bar: &ProgressBar,
    ) -> Result<Vec<Self>, Error> {
        settings
            .iter()
            .map(|&setting| {
                let look = |&seed: &u64| {
                    let lines = look(setting, seed);
                    bar.inc(1);
                    lines
                };
                let lines = seeds.par_iter().map(look).collect::<Result<Vec<_>, Error>>()?;
                let lines: Vec<LineNoise> = lines.into_iter().flatten().collect();
                let points: Vec<bool> =
                    lines.iter().flat_map(|line| line.slope_noisier.clone()).collect();
                Ok(Self {
                    setting,
                    loss: median(lines.iter().map(|line| line.loss)),
                    slope: median(lines.iter().map(|line| line.slope)),
                    slope_noisier: points.iter().filter(|&&noisier| noisier).count() as f64
                        / points.len() as f64,
                })
            })
            .collect()
    }
}

fn look(setting: Setting, seed: u64) -> Result<Vec<LineNoise>, Error> {
    let Setting { unit, domain, batch } = setting;
    let mut all_data = objective(unit, seed, None)?;
    let Some(plane) = plane(unit, domain, seed)? else {
        return Ok(Vec::new());
    };
    let grid =
        gols::landscape::Grid::increments(-domain.half_range(), domain.half_range(), 100 / STRIDE)?;
    let mut noises = Vec::new();
    for (index, line) in plane.lines(&all_data, &grid)?.into_iter().enumerate() {
        let source = batches(batch, seed, Purpose::Noise, stream(setting, index))?;
        let mut sampled = objective(unit, seed, Some(source))?;
        let full = scan(&mut all_data, &line.direction, &line.grid, Sampling::Full)?;
        let drawn =
            repeated_scan(&mut sampled, &line.direction, &line.grid, Sampling::Dynamic, DRAWS)?;
        let pairs = drawn.losses.iter().zip(&drawn.slopes);
        noises.push(LineNoise {
            loss: ratio(&drawn.losses, &full.losses),
            slope: ratio(&drawn.slopes, &full.slopes),
            slope_noisier: pairs.map(|(loss, slope)| slope.variance() > loss.variance()).collect(),
        });
    }
    Ok(noises)
}

fn ratio(drawn: &[Moments], full: &[f64]) -> f64 {
    let variance: Moments = drawn.iter().map(Moments::variance).collect();
    let signal: Moments = full.iter().copied().collect();
    variance.mean().sqrt() / signal.standard_deviation()
}

/// The middle value: a line on a dead plane has no signal, and would spoil a mean.
fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.filter(|value| !value.is_nan()).collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
