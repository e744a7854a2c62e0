//! How noisy losses and slopes are, against how much they change along a line.

use gols::landscape::{repeated_scan, scan};
use gols::statistics::Moments;
use gols::{Error, Sampling};
use gols_studies::pool::Pool;
use gols_studies::statistics::upper_median;

use crate::lines::Setting;
use crate::problem::{Purpose, batches, objective, plane};

/// Draws at each step of a line, as at each point of the paper's figure 6.
const DRAWS: usize = 50;
/// Every this many-th of the 100 steps is looked at: 50 draws at 25 steps tell as much as the lines do.
const STRIDE: usize = 4;

/// Noise of one setting, over starts and lines.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Noise {
    pub setting: Setting,
    /// Root mean square of the sd over a line / sd along the line of the full-batch loss.
    pub loss: f64,
    /// The same of the slope.
    pub slope: f64,
    /// The share of points where the slope's sd exceeds the loss's.
    pub slope_noisier: f64,
}

/// What one line of one start gives: the two ratios, and how often the slope's sd was the larger.
#[derive(Debug, Clone)]
struct LineNoise {
    loss: f64,
    slope: f64,
    slope_noisier: Vec<bool>,
}

impl Noise {
    /// Measures in parallel, with random streams of its own for every line.
    pub(crate) fn measure(
        pool: Pool,
        settings: &[Setting],
        seeds: &[u64],
    ) -> Result<Vec<Self>, Error> {
        let seen = Setting::look_all(settings, (pool, "measuring noise"), seeds, look)?;
        Ok(seen.into_iter().map(|(setting, lines)| Self::of(setting, &lines.concat())).collect())
    }

    fn of(setting: Setting, lines: &[LineNoise]) -> Self {
        // The middle value: a line on a dead plane has no signal, and would spoil a mean.
        let middle = |of: fn(&LineNoise) -> f64| {
            upper_median(lines.iter().map(of).filter(|ratio| !ratio.is_nan()))
        };
        let points = || lines.iter().flat_map(|line| &line.slope_noisier);
        let noisier = points().filter(|&&noisier| noisier).count();
        Self {
            setting,
            loss: middle(|line| line.loss),
            slope: middle(|line| line.slope),
            slope_noisier: noisier as f64 / points().count() as f64,
        }
    }
}

fn look(setting: Setting, seed: u64) -> Result<Vec<LineNoise>, Error> {
    let Setting { unit, domain, batch } = setting;
    let mut all_data = objective(unit, seed, None)?;
    let Some(plane) = plane(unit, domain, seed)? else {
        return Ok(Vec::new());
    };
    let grid = domain.line_grid(100 / STRIDE)?;
    let mut noises = Vec::new();
    for (index, line) in plane.lines(&all_data, &grid)?.into_iter().enumerate() {
        let source = batches(batch, seed, Purpose::Noise, setting.stream(index))?;
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
