//! Surfaces of the Iris network, row by row on several threads.

use gols::landscape::{Plane, SurfacePoint, SurfaceScan};
use gols::{Error, Sampling, StochasticObjective};
use gols_studies::pool::Pool;

use crate::problem::{Domain, Objective, Purpose, Unit, batches, objective, plane};

/// What is evaluated at each point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Batch {
    /// All data.
    Full,
    /// One mini-batch of this size for the whole surface: the `number`-th.
    Static { size: usize, number: usize },
    /// A new mini-batch of this size for each of the draws at each point.
    Dynamic { size: usize, draws: usize },
}

/// The points of a surface, rows from the lowest coordinate along d2.
pub(crate) type Points = Vec<Vec<SurfacePoint>>;

/// Scans the plane that this seed fixes. Each row has mini-batches of its own, seeded by its number, so
/// the surface does not depend on the number of threads.
pub(crate) fn surface(
    pool: Pool,
    unit: Unit,
    domain: Domain,
    seed: u64,
    batch: Batch,
) -> Result<Points, Error> {
    let plane = plane_of(unit, domain, seed)?;
    let (sampling, draws) = match batch {
        Batch::Full | Batch::Static { .. } => (Sampling::Full, 1),
        Batch::Dynamic { draws, .. } => (Sampling::Dynamic, draws),
    };
    let grid = domain.surface_grid()?;
    let space = objective(unit, seed, None)?;
    let scan = SurfaceScan::new(&space, plane, grid, sampling)?.with_draws(draws)?;
    let rows: Vec<usize> = (0..scan.rows()).collect();
    pool.map(&rows, |&row| {
        let mut objective = row_objective(unit, seed, batch, row)?;
        Ok(scan.row(&mut objective, row)?)
    })
}

/// The plane, or an error that says why there is none.
pub(crate) fn plane_of(unit: Unit, domain: Domain, seed: u64) -> Result<Plane<Vec<f64>>, Error> {
    plane(unit, domain, seed)?.ok_or(Error::Setting {
        setting: "the norm of the gradient",
        value: 0.0,
        expected: "positive: every output of this start is off, try another --seed",
    })
}

fn row_objective(unit: Unit, seed: u64, batch: Batch, row: usize) -> Result<Objective, Error> {
    let source = |size, index| batches(size, seed, Purpose::Surface, index);
    match batch {
        Batch::Full => objective(unit, seed, None),
        Batch::Static { size, number } => {
            let mut objective = objective(unit, seed, Some(source(size, 1_000_000 + number)?))?;
            objective.resample()?;
            Ok(objective)
        }
        Batch::Dynamic { size, .. } => {
            objective(unit, seed, Some(source(size, size * 1000 + row)?))
        }
    }
}

/// One number a point.
pub(crate) fn values(points: &Points, value: impl Fn(&SurfacePoint) -> f64) -> Vec<Vec<f64>> {
    points.iter().map(|row| row.iter().map(&value).collect()).collect()
}

pub(crate) fn losses(points: &Points) -> Vec<Vec<f64>> {
    values(points, |point| point.loss.mean())
}

pub(crate) fn slopes(points: &Points) -> Vec<Vec<f64>> {
    values(points, |point| point.slope.mean())
}

/// Point by point, a - b.
pub(crate) fn difference(a: &[Vec<f64>], b: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let row = |(a, b): (&Vec<f64>, &Vec<f64>)| a.iter().zip(b).map(|(a, b)| a - b).collect();
    a.iter().zip(b).map(row).collect()
}
