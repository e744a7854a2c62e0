//! Loss and slope, sampled along a line.

use alloc::vec::Vec;

use super::excursion::{checked_norm, evaluate, excursion};
use super::grid::Grid;
use super::local_minima::local_minima;
use super::scan_error::ScanError;
use super::sign_changes::sign_changes;
use crate::error::Error;
use crate::objective::StochasticObjective;
use crate::sampling::Sampling;
use crate::statistics::Moments;

/// Loss and slope along a line, one evaluation a step: what a line search would see (\[VG\] 2.4).
///
/// Three columns of equal length. See [`scan`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Scan {
    /// The steps α, in units of the direction, rising.
    pub steps: Vec<f64>,
    /// L(x₀ + α d) at each step.
    pub losses: Vec<f64>,
    /// g(x₀ + α d)·d at each step, on the same mini-batch as the loss.
    pub slopes: Vec<f64>,
}

impl Scan {
    /// The steps of the [local minima](local_minima) of the losses.
    #[must_use]
    pub fn local_minima(&self) -> Vec<f64> {
        self.at(local_minima(&self.losses))
    }

    /// The steps of the [sign changes](sign_changes) of the slopes, the (S)NN-GPPs of the line.
    #[must_use]
    pub fn sign_changes(&self) -> Vec<f64> {
        self.at(sign_changes(&self.slopes))
    }

    /// The rows (α, loss, slope).
    pub fn points(&self) -> impl Iterator<Item = (f64, f64, f64)> + '_ {
        let pairs = self.losses.iter().zip(&self.slopes);
        let rows = self.steps.iter().zip(pairs);
        rows.map(|(&step, (&loss, &slope))| (step, loss, slope))
    }

    fn at(&self, indices: Vec<usize>) -> Vec<f64> {
        indices.into_iter().map(|n| self.steps[n]).collect()
    }
}

/// Means and standard deviations of loss and slope along a line, several draws a step. See
/// [`repeated_scan`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RepeatedScan {
    /// The steps α, in units of the direction, rising.
    pub steps: Vec<f64>,
    /// L(x₀ + α d) at each step.
    pub losses: Vec<Moments>,
    /// g(x₀ + α d)·d at each step.
    pub slopes: Vec<Moments>,
}

/// Samples loss and slope along the line x₀ + α d, where x₀ is where the parameters stand.
///
/// At each α of the grid, loss and slope come from one mini-batch: a new one if `sampling` is
/// [`Dynamic`](Sampling::Dynamic), else the current one (draw it before, for static sub-sampling). The
/// slope is g·d, in loss per unit of α; with a unit vector d, α is a distance.
///
/// The parameters are restored bit for bit, also after an error. The mini-batch is left as drawn.
///
/// # Errors
/// [`ScanError::Input`] if the direction is zero or not finite; [`ScanError::Objective`] with the
/// objective's own.
///
/// ```
/// use gols::landscape::{Grid, scan};
/// use gols::{Sampling, SliceObjective};
///
/// let mut objective = SliceObjective::from_fn(vec![0.0], |x, gradient| {
///     gradient[0] = x[0] - 3.0;
///     0.5 * (x[0] - 3.0) * (x[0] - 3.0)
/// })?;
/// let line = scan(&mut objective, &vec![1.0], &Grid::new(0.0, 10.0, 21)?, Sampling::Full)?;
/// assert_eq!(line.local_minima(), [3.0]);
/// assert_eq!(line.sign_changes(), []); // the slope at 3 is 0: neither negative nor positive
///
/// let line = scan(&mut objective, &vec![1.0], &Grid::new(0.25, 10.25, 21)?, Sampling::Full)?;
/// assert_eq!(line.sign_changes(), [3.25]);
/// assert_eq!(objective.parameters(), [0.0]);
/// # Ok::<(), gols::Error>(())
/// ```
pub fn scan<O: StochasticObjective>(
    objective: &mut O,
    direction: &O::Vector,
    grid: &Grid,
    sampling: Sampling,
) -> Result<Scan, ScanError<O::Error>> {
    checked_norm(objective, direction, NORM)?;
    let mut gradient = objective.zeros().map_err(ScanError::Objective)?;
    excursion(objective, |objective| {
        let mut scan = Scan::default();
        for &step in grid.steps() {
            objective.move_to(step, direction)?;
            let (loss, slope) = evaluate(objective, direction, &mut gradient, sampling)?;
            scan.steps.push(step);
            scan.losses.push(loss);
            scan.slopes.push(slope);
        }
        Ok(scan)
    })
}

/// As [`scan`], with `draws` evaluations at every step, told by their mean and standard deviation.
///
/// # Errors
/// As [`scan`]; [`ScanError::Input`] as well if `draws` is 0.
///
/// ```
/// use gols::landscape::{Grid, repeated_scan};
/// use gols::mlp::{Activation, Dataset, Loss, Model, Network};
/// use gols::{MiniBatches, Sampling, SliceObjective};
///
/// let network = Network::new(&[4, 10, 3], Activation::Tanh)?;
/// let x0 = network.uniform_parameters(-0.1, 0.1, 1)?;
/// let model = Model::new(network, Loss::HalfSquared, Dataset::<f64>::iris())?;
/// let mut objective = SliceObjective::new(x0, MiniBatches::new(150, 10, 2)?, model)?;
///
/// let direction = vec![1.0; 83];
/// let grid = Grid::new(-0.1, 0.1, 11)?;
/// let line = repeated_scan(&mut objective, &direction, &grid, Sampling::Dynamic, 50)?;
/// assert!(line.losses.iter().all(|loss| loss.count() == 50 && loss.standard_deviation() > 0.0));
/// # Ok::<(), gols::Error>(())
/// ```
pub fn repeated_scan<O: StochasticObjective>(
    objective: &mut O,
    direction: &O::Vector,
    grid: &Grid,
    sampling: Sampling,
    draws: usize,
) -> Result<RepeatedScan, ScanError<O::Error>> {
    Error::check_count("draws", draws)?;
    checked_norm(objective, direction, NORM)?;
    let mut gradient = objective.zeros().map_err(ScanError::Objective)?;
    excursion(objective, |objective| {
        let mut scan = RepeatedScan::default();
        for &step in grid.steps() {
            objective.move_to(step, direction)?;
            let (mut losses, mut slopes) = (Moments::default(), Moments::default());
            for _ in 0..draws {
                let (loss, slope) = evaluate(objective, direction, &mut gradient, sampling)?;
                losses.add(loss);
                slopes.add(slope);
            }
            scan.steps.push(step);
            scan.losses.push(losses);
            scan.slopes.push(slopes);
        }
        Ok(scan)
    })
}

/// What the norm is called if it cannot be used.
const NORM: &str = "the norm of the direction";
