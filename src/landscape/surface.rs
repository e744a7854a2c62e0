//! Loss and slope, sampled over a plane.

use alloc::vec::Vec;

use super::excursion::{checked_norm, evaluate, excursion};
use super::grid::Grid;
use super::plane::Plane;
use super::scan_error::ScanError;
use crate::error::Error;
use crate::objective::StochasticObjective;
use crate::sampling::Sampling;
use crate::statistics::Moments;

/// One point of a plane, and what was seen there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SurfacePoint {
    /// The coordinate along d₁.
    pub a: f64,
    /// The coordinate along d₂.
    pub b: f64,
    /// L(x₀ + a d₁ + b d₂), over the draws at this point.
    pub loss: Moments,
    /// g(x₀ + a d₁ + b d₂)·u along the slope's direction u, over the same draws.
    pub slope: Moments,
}

/// Scans a plane: the loss, and the slope along a third direction, at every point of a grid (\[VG\] 2.2
/// and 2.3).
///
/// At each point, loss and slope of one draw come from one mini-batch: a new one if sampling is
/// [`Dynamic`](Sampling::Dynamic), else the current one. Each point has `draws` of them, told by mean
/// and standard deviation.
///
/// [`run`](Self::run) scans it all with one objective. To use several threads, give every
/// [`row`](Self::row) an objective of its own, whose mini-batches are seeded by the row's number: the
/// result then does not depend on the number of threads.
///
/// The parameters are restored bit for bit, also after an error. The mini-batch is left as drawn.
///
/// ```
/// use gols::landscape::{Grid, Plane, SurfaceScan};
/// use gols::{Sampling, SliceObjective};
///
/// let mut objective = SliceObjective::from_fn(vec![1.0, 0.0], |x, gradient| {
///     gradient.copy_from_slice(x);
///     0.5 * (x[0] * x[0] + x[1] * x[1])
/// })?;
/// let plane = Plane::new(&objective, vec![1.0, 0.0], vec![0.0, 1.0])?;
/// let grid = Grid::new(-2.0, 2.0, 5)?;
/// let rows = SurfaceScan::new(&objective, plane, grid, Sampling::Full)?.run(&mut objective)?;
///
/// let corner = rows[0][4]; // b = -2, a = 2: x = (3, -2)
/// assert_eq!((corner.a, corner.b, corner.loss.mean()), (2.0, -2.0, 6.5));
/// assert!((corner.slope.mean() - 0.5_f64.sqrt()).abs() < 1e-15); // along (1, 1) / √2
/// # Ok::<(), gols::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct SurfaceScan<V> {
    plane: Plane<V>,
    first: Grid,
    second: Grid,
    slope_direction: V,
    sampling: Sampling,
    draws: usize,
}

impl<V> SurfaceScan<V> {
    /// A scan of `plane` over a square `grid`, in units of d₁ and d₂: one draw a point, and the slope
    /// along the diagonal (d₁ + d₂) / |d₁ + d₂| (\[VG\] equation 9).
    ///
    /// # Errors
    /// [`ScanError::Objective`] with the objective's own.
    pub fn new<O>(
        space: &O,
        plane: Plane<V>,
        grid: Grid,
        sampling: Sampling,
    ) -> Result<Self, ScanError<O::Error>>
    where
        O: StochasticObjective<Vector = V>,
    {
        let slope_direction = plane.unit_direction(space, 1.0, 1.0)?;
        Ok(Self { plane, first: grid.clone(), second: grid, slope_direction, sampling, draws: 1 })
    }

    /// Another grid along d₂. Default: the one along d₁.
    #[must_use]
    pub fn with_second_grid(self, grid: Grid) -> Self {
        Self { second: grid, ..self }
    }

    /// The direction along which slopes are taken, used as it is. Default: the diagonal.
    ///
    /// # Errors
    /// [`ScanError::Input`] if it is zero or not finite; [`ScanError::Objective`] with the objective's
    /// own.
    pub fn with_slope_direction<O>(
        self,
        space: &O,
        direction: V,
    ) -> Result<Self, ScanError<O::Error>>
    where
        O: StochasticObjective<Vector = V>,
    {
        checked_norm(space, &direction, "the norm of the slope's direction")?;
        Ok(Self { slope_direction: direction, ..self })
    }

    /// How often each point is evaluated, at least 1. Default: 1. \[VG\] 2.3 uses 50.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is 0.
    pub fn with_draws(self, draws: usize) -> Result<Self, Error> {
        Error::check_count("draws", draws)?;
        Ok(Self { draws, ..self })
    }

    /// How many rows there are: the points along d₂.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.second.steps().len()
    }

    /// Scans one row: all points with the `index`-th coordinate b along d₂, from 0.
    ///
    /// # Errors
    /// [`ScanError::Input`] if there is no such row; [`ScanError::Objective`] with the objective's own.
    pub fn row<O>(
        &self,
        objective: &mut O,
        index: usize,
    ) -> Result<Vec<SurfacePoint>, ScanError<O::Error>>
    where
        O: StochasticObjective<Vector = V>,
    {
        let rows = self.rows();
        let Some(&b) = self.second.steps().get(index) else {
            return Err(Error::Row { row: index, rows }.into());
        };
        let mut gradient = objective.zeros().map_err(ScanError::Objective)?;
        let mut offset = objective.zeros().map_err(ScanError::Objective)?;
        excursion(objective, |objective| {
            let mut points = Vec::with_capacity(self.first.steps().len());
            for &a in self.first.steps() {
                self.plane.write_direction(objective, (a, b), &mut offset)?;
                // At a = b = 0 a step of 0 gives x₀ to the last bit, as a sum would not (−0 + 0 = 0).
                let step = if a == 0.0 && b == 0.0 { 0.0 } else { 1.0 };
                objective.move_to(step, &offset)?;
                points.push(self.point(objective, (a, b), &mut gradient)?);
            }
            Ok(points)
        })
    }

    /// Scans all rows, in order; `rows[j][i]` is the point (aᵢ, bⱼ).
    ///
    /// # Errors
    /// [`ScanError::Objective`] with the objective's own.
    pub fn run<O>(&self, objective: &mut O) -> Result<Vec<Vec<SurfacePoint>>, ScanError<O::Error>>
    where
        O: StochasticObjective<Vector = V>,
    {
        (0..self.rows()).map(|index| self.row(objective, index)).collect()
    }

    fn point<O>(
        &self,
        objective: &mut O,
        (a, b): (f64, f64),
        gradient: &mut V,
    ) -> Result<SurfacePoint, O::Error>
    where
        O: StochasticObjective<Vector = V>,
    {
        let (mut losses, mut slopes) = (Moments::default(), Moments::default());
        for _ in 0..self.draws {
            let (loss, slope) =
                evaluate(objective, &self.slope_direction, gradient, self.sampling)?;
            losses.add(loss);
            slopes.add(slope);
        }
        Ok(SurfacePoint { a, b, loss: losses, slope: slopes })
    }
}
