//! A plane through the parameters, and the four lines in it that are searched.

use super::excursion::checked_norm;
use super::grid::Grid;
use super::random_vectors::{RandomVectors, random_orthonormal, random_perpendicular, scale};
use super::scan_error::ScanError;
use crate::error::Error;
#[cfg(not(feature = "std"))]
use crate::float::Float as _;
use crate::vector::VectorSpace;

/// The plane x₀ + a d₁ + b d₂, with x₀ where the parameters stand.
///
/// d₁ and d₂ need not be unit vectors or perpendicular, only independent; a and b count in units of
/// them.
///
/// ```
/// use gols::landscape::{Grid, Plane};
/// use gols::{Slices, VectorSpace};
///
/// let space = Slices::<f64>::new(83);
/// let plane = Plane::random(&space, 1)?;
/// let lines = plane.lines(&space, &Grid::increments(-20.0, 20.0, 100)?)?;
/// let names: Vec<&str> = lines.iter().map(|line| line.name).collect();
/// assert_eq!(names, ["d1", "d2", "d1 + d2", "d1 - d2"]);
/// assert!((lines[2].grid.high() - 20.0 * 2.0_f64.sqrt()).abs() < 1e-12);
/// # Ok::<(), gols::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Plane<V> {
    first: V,
    second: V,
}

/// One of the four lines of a plane (\[VG\] figure 7): a unit vector, and the grid along it.
#[derive(Debug, Clone, PartialEq)]
pub struct PlaneLine<V> {
    /// "d1", "d2", "d1 + d2" or "d1 - d2".
    pub name: &'static str,
    /// The direction, of length 1, so that steps are distances.
    pub direction: V,
    /// The plane's grid times the length that the direction had: √2 longer on the diagonals of an
    /// orthonormal plane.
    pub grid: Grid,
}

impl<V> Plane<V> {
    /// The plane spanned by two directions.
    ///
    /// # Errors
    /// [`ScanError::Input`] if one of them is zero or not finite, or if they are parallel (the sine of
    /// their angle is at most 1e-6); [`ScanError::Objective`] with the objective's own.
    pub fn new<O>(space: &O, first: V, second: V) -> Result<Self, ScanError<O::Error>>
    where
        O: VectorSpace<Vector = V>,
    {
        let norm_1 = checked_norm(space, &first, "the norm of d1")?;
        let norm_2 = checked_norm(space, &second, "the norm of d2")?;
        let sine =
            sine(space, (&first, norm_1), (&second, norm_2)).map_err(ScanError::Objective)?;
        let name = "the sine of the angle between d1 and d2";
        let expected = "greater than 1e-6: the directions must not be parallel";
        Error::check(name, sine, sine > LEAST_SINE, expected)?;
        Ok(Self { first, second })
    }

    /// A random plane: d₁ and d₂ orthonormal, see [`random_orthonormal`] (\[VG\] 2 and 3.1).
    ///
    /// # Errors
    /// [`ScanError::Input`] if there are fewer than two parameters; [`ScanError::Objective`] with the
    /// objective's own.
    pub fn random<O>(space: &O, seed: u64) -> Result<Self, ScanError<O::Error>>
    where
        O: RandomVectors<Vector = V>,
    {
        let mut directions = random_orthonormal(space, 2, seed)?.into_iter();
        match (directions.next(), directions.next()) {
            (Some(first), Some(second)) => Ok(Self { first, second }),
            _ => Err(Error::Empty { what: "the plane" }.into()),
        }
    }

    /// The plane of `first`, as it is, and a random unit vector perpendicular to it (\[VG\] 3.2, with
    /// d₁ = −∇L).
    ///
    /// # Errors
    /// [`ScanError::Input`] if `first` is zero or not finite, or there are fewer than two parameters;
    /// [`ScanError::Objective`] with the objective's own.
    pub fn containing<O>(space: &O, first: V, seed: u64) -> Result<Self, ScanError<O::Error>>
    where
        O: RandomVectors<Vector = V>,
    {
        let unit = [unit(space, &first, "the norm of d1")?];
        let second = random_perpendicular(space, &unit, seed)?;
        Ok(Self { first, second })
    }

    /// d₁.
    #[must_use]
    pub fn first(&self) -> &V {
        &self.first
    }

    /// d₂.
    #[must_use]
    pub fn second(&self) -> &V {
        &self.second
    }

    /// The vector a d₁ + b d₂.
    ///
    /// # Errors
    /// The objective's own.
    pub fn direction<O>(&self, space: &O, a: f64, b: f64) -> Result<V, O::Error>
    where
        O: VectorSpace<Vector = V>,
    {
        let mut vector = space.zeros()?;
        self.write_direction(space, (a, b), &mut vector)?;
        Ok(vector)
    }

    /// `vector` ← a d₁ + b d₂.
    pub(super) fn write_direction<O>(
        &self,
        space: &O,
        (a, b): (f64, f64),
        vector: &mut V,
    ) -> Result<(), O::Error>
    where
        O: VectorSpace<Vector = V>,
    {
        space.axpby(a, &self.first, 0.0, vector)?;
        space.axpby(b, &self.second, 1.0, vector)
    }

    /// The unit vector along a d₁ + b d₂; with a = b = 1 it is the diagonal of \[VG\] equation 9.
    ///
    /// # Errors
    /// [`ScanError::Input`] if a and b are both 0, or one of them is not finite;
    /// [`ScanError::Objective`] with the objective's own.
    pub fn unit_direction<O>(&self, space: &O, a: f64, b: f64) -> Result<V, ScanError<O::Error>>
    where
        O: VectorSpace<Vector = V>,
    {
        let direction = self.direction(space, a, b).map_err(ScanError::Objective)?;
        unit(space, &direction, "the norm of a d1 + b d2")
    }

    /// The four lines of \[VG\] figure 7: along d₁, d₂, d₁ + d₂ and d₁ − d₂, over the plane's `grid`.
    ///
    /// # Errors
    /// [`ScanError::Objective`] with the objective's own.
    pub fn lines<O>(&self, space: &O, grid: &Grid) -> Result<[PlaneLine<V>; 4], ScanError<O::Error>>
    where
        O: VectorSpace<Vector = V>,
    {
        Ok([
            self.line(space, "d1", (1.0, 0.0), grid)?,
            self.line(space, "d2", (0.0, 1.0), grid)?,
            self.line(space, "d1 + d2", (1.0, 1.0), grid)?,
            self.line(space, "d1 - d2", (1.0, -1.0), grid)?,
        ])
    }

    fn line<O>(
        &self,
        space: &O,
        name: &'static str,
        (a, b): (f64, f64),
        grid: &Grid,
    ) -> Result<PlaneLine<V>, ScanError<O::Error>>
    where
        O: VectorSpace<Vector = V>,
    {
        let mut direction = self.direction(space, a, b).map_err(ScanError::Objective)?;
        let norm = checked_norm(space, &direction, "the norm of a line's direction")?;
        scale(space, 1.0 / norm, &mut direction).map_err(ScanError::Objective)?;
        let grid = grid.scaled(norm)?;
        Ok(PlaneLine { name, direction, grid })
    }
}

/// Directions whose angle has a smaller sine are parallel for numbers with rounding errors.
const LEAST_SINE: f64 = 1e-6;

/// v / |v|.
fn unit<O: VectorSpace>(
    space: &O,
    vector: &O::Vector,
    name: &'static str,
) -> Result<O::Vector, ScanError<O::Error>> {
    let norm = checked_norm(space, vector, name)?;
    let mut unit = space.zeros().map_err(ScanError::Objective)?;
    space.axpby(1.0 / norm, vector, 0.0, &mut unit).map_err(ScanError::Objective)?;
    Ok(unit)
}

/// The sine of the angle between two vectors: how long the second unit vector's part across the first
/// one is.
fn sine<O: VectorSpace>(
    space: &O,
    (first, norm_1): (&O::Vector, f64),
    (second, norm_2): (&O::Vector, f64),
) -> Result<f64, O::Error> {
    let mut across = space.zeros()?;
    space.axpby(1.0 / norm_2, second, 0.0, &mut across)?;
    let along = space.dot(&across, first)? / norm_1;
    space.axpby(-along / norm_1, first, 1.0, &mut across)?;
    Ok(space.dot(&across, &across)?.sqrt())
}
