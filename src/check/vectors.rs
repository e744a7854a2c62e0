//! What vectors and parameters promise, whatever they are made of.

use alloc::format;

use super::report::{Promises, Report, Stop};
#[cfg(not(feature = "std"))]
use crate::float::Float as _;
use crate::vector::{ElementWise, Parameters, VectorSpace};

/// Checks what [`Parameters`] promises, and the vector operations behind it: `combine` is a x + b v and
/// with a = 0 ignores NaN, `copy_to` writes over whatever was there, `add_to` is `copy_to` and `axpby`.
///
/// `v` is any vector that is not zero: a gradient, for example. The parameters are NaN for a moment,
/// and end as they were, bit for bit, unless the check finds a fault.
///
/// ```
/// use gols::{SliceObjective, check};
///
/// let mut objective = SliceObjective::from_fn(vec![1.0, 2.0], |_: &[f64], _: &mut [f64]| 0.0)?;
/// let report = check::parameters(&mut objective, &vec![0.3, -0.4])?;
/// assert!(report.holds(), "{report}");
/// # Ok::<(), gols::Error>(())
/// ```
///
/// # Errors
/// The model's own.
pub fn parameters<O: Parameters + ?Sized>(
    parameters: &mut O,
    v: &O::Vector,
) -> Result<Report, O::Error> {
    Report::of(|promises| {
        test_vector_space(promises, parameters, v)?;
        let tolerance = 8.0 * precision(parameters, v)?;
        let x = present(parameters)?;
        // The parameters may be of a coarser type than the vectors, as halves are.
        let coarser = tolerance.max(8.0 * precision_of_parameters(parameters, v)?);
        parameters.combine(0.0, 1.0, &x)?;
        promises.next("copy_to writes over the old vector");
        let mut y = not_a_number(parameters, v)?;
        parameters.copy_to(&mut y)?;
        require_close(promises, parameters, "where the old one was NaN", &y, &x, 0.0)?;
        promises.next("add_to is y + a x");
        let (mut found, mut expected) = (copy(parameters, v)?, copy(parameters, v)?);
        parameters.add_to(3.0, &mut found)?;
        parameters.axpby(3.0, &x, 1.0, &mut expected)?;
        require_close(promises, parameters, "with a = 3", &found, &expected, tolerance)?;
        promises.next("combine is a x + b v");
        for (a, b) in [(1.0, 0.5), (2.0, 3.0)] {
            let mut expected = present(parameters)?;
            parameters.axpby(b, v, a, &mut expected)?;
            parameters.combine(a, b, v)?;
            let found = present(parameters)?;
            let place = format!("with a = {a} and b = {b}");
            require_close(promises, parameters, &place, &found, &expected, coarser)?;
        }
        promises.next("combine with a = 0 ignores what x was");
        parameters.combine(f64::NAN, 1.0, v)?;
        parameters.combine(0.0, 1.0, &x)?;
        let found = present(parameters)?;
        require_close(promises, parameters, "where x was NaN", &found, &x, 0.0)
    })
}

/// Checks what [`ElementWise`] promises, and the vector operations behind it: squares with b = 0 ignore
/// NaN, roots are those of squares, `inside` and `outside` are in their places.
///
/// `v` is any vector that is not zero: a gradient, for example.
///
/// ```
/// use gols::{Slices, check};
///
/// let report = check::element_wise(&Slices::<f32>::new(2), &vec![0.3, -0.4])?;
/// assert!(report.holds(), "{report}");
/// # Ok::<(), gols::Error>(())
/// ```
///
/// # Errors
/// The model's own.
pub fn element_wise<O: ElementWise + ?Sized>(space: &O, v: &O::Vector) -> Result<Report, O::Error> {
    Report::of(|promises| {
        test_vector_space(promises, space, v)?;
        let tolerance = 16.0 * precision(space, v)?;
        // Of length 1, so that fourth powers neither vanish nor overflow.
        let v = &scaled(space, 1.0 / norm(space, v)?, v)?;
        let mut square = not_a_number(space, v)?;
        space.add_squares(1.0, v, 0.0, &mut square)?;
        promises.next("add_squares is a x⊙x + b y, and with b = 0 ignores NaN");
        // v⊙|v| by way of the root of a square, which is as long as v⊙v.
        let mut product = copy(space, v)?;
        space.multiply_by_root(&square, 0.0, &mut product)?;
        let (found, expected) = (norm(space, &square)?, norm(space, &product)?);
        let agrees = (found - expected).abs() <= tolerance * expected;
        promises.require(agrees, "with a = 1 and b = 0", found, expected)?;

        let (mut found, mut expected) = (copy(space, v)?, copy(space, v)?);
        space.add_squares(3.0, v, -0.5, &mut found)?;
        space.axpby(3.0, &square, -0.5, &mut expected)?;
        require_close(promises, space, "with a = 3 and b = -0.5", &found, &expected, tolerance)?;
        promises.next("multiply_by_root is y √(v + inside)");
        let (mut found, expected) = (copy(space, v)?, scaled(space, 2.0, v)?);
        space.multiply_by_root(&space.zeros()?, 4.0, &mut found)?;
        require_close(promises, space, "with v = 0, inside = 4", &found, &expected, tolerance)?;

        let mut fourth = space.zeros()?;
        space.add_squares(1.0, &square, 0.0, &mut fourth)?;
        let mut found = copy(space, &square)?;
        space.multiply_by_root(&fourth, 0.0, &mut found)?;
        require_close(promises, space, "with v = y⊙y, inside = 0", &found, &fourth, tolerance)?;
        promises.next("divide_by_root is y / (√(v + inside) + outside)");
        let (mut found, expected) = (copy(space, v)?, scaled(space, 0.2, v)?);
        space.divide_by_root(&space.zeros()?, 4.0, 3.0, &mut found)?;
        let place = "with v = 0, inside = 4, outside = 3";
        require_close(promises, space, place, &found, &expected, tolerance)?;

        let mut found = copy(space, v)?;
        space.divide_by_root(&square, 1.0, 0.0, &mut found)?;
        space.multiply_by_root(&square, 1.0, &mut found)?;
        require_close(promises, space, "undone by multiply_by_root", &found, v, tolerance)
    })
}

/// What every check of vectors begins with.
pub(super) fn test_vector_space<O: VectorSpace + ?Sized>(
    promises: &mut Promises,
    space: &O,
    v: &O::Vector,
) -> Result<(), Stop<O::Error>> {
    let square = space.dot(v, v)?;
    promises.next("a vector's product with itself is positive");
    promises.require(square > 0.0 && square.is_finite(), "v·v", square, "a positive number")?;
    promises.next("zeros are zero");
    let zeros = space.zeros()?;
    let (found, product) = (space.dot(&zeros, &zeros)?, space.dot(&zeros, v)?);
    promises.require(found == 0.0, "in 0·0", found, 0)?;
    promises.require(product == 0.0, "in 0·v", product, 0)?;
    promises.next("axpby with b = 0 ignores what y was");
    let mut y = not_a_number(space, v)?;
    space.axpby(1.0, v, 0.0, &mut y)?;
    require_close(promises, space, "where y was NaN", &y, v, 0.0)?;
    promises.next("axpby is a x + b y");
    // Powers of two: nothing is rounded.
    for (a, b, factor) in [(2.0, 0.0, 2.0), (-4.0, 1.0, -3.0), (1.0, -0.5, 0.5), (0.0, 2.0, 2.0)] {
        let (mut found, expected) = (copy(space, v)?, scaled(space, factor, v)?);
        space.axpby(a, v, b, &mut found)?;
        let place = format!("with a = {a}, b = {b} and y = x");
        require_close(promises, space, &place, &found, &expected, 2f64.powi(-6))?;
    }
    promises.next("vectors share nothing");
    let found = space.dot(v, v)?;
    promises.require(found == square, "in v·v after others made from v were changed", found, square)
}

fn require_close<O: VectorSpace + ?Sized>(
    promises: &Promises,
    space: &O,
    place: &str,
    found: &O::Vector,
    expected: &O::Vector,
    tolerance: f64,
) -> Result<(), Stop<O::Error>> {
    let (off, length) = (difference(space, found, expected)?, norm(space, expected)?);
    let right = format!("within {:e} of one of length {length:e}", tolerance * length);
    promises.require(off <= tolerance * length, place, format!("a vector off by {off:e}"), right)
}

/// The smallest power of two that changes the vectors' numbers when added to 1, near enough.
pub(super) fn precision<O: VectorSpace + ?Sized>(
    space: &O,
    v: &O::Vector,
) -> Result<f64, O::Error> {
    let mut epsilon = 1.0;
    while epsilon > f64::EPSILON {
        let mut y = scaled(space, 0.5 * epsilon, v)?;
        space.axpby(1.0, v, 1.0, &mut y)?;
        if difference(space, &y, v)? == 0.0 {
            break;
        }
        epsilon *= 0.5;
    }
    Ok(epsilon)
}

/// The same of the parameters' numbers; leaves v there.
fn precision_of_parameters<O: Parameters + ?Sized>(
    parameters: &mut O,
    v: &O::Vector,
) -> Result<f64, O::Error> {
    let mut epsilon = 1.0;
    while epsilon > f64::EPSILON {
        parameters.combine(0.0, 1.0, v)?;
        let before = present(parameters)?;
        parameters.combine(1.0, 0.5 * epsilon, v)?;
        if difference(parameters, &present(parameters)?, &before)? == 0.0 {
            break;
        }
        epsilon *= 0.5;
    }
    Ok(epsilon)
}

/// The parameters as they stand.
fn present<O: Parameters + ?Sized>(parameters: &O) -> Result<O::Vector, O::Error> {
    let mut x = parameters.zeros()?;
    parameters.copy_to(&mut x)?;
    Ok(x)
}

pub(super) fn copy<O: VectorSpace + ?Sized>(
    space: &O,
    v: &O::Vector,
) -> Result<O::Vector, O::Error> {
    scaled(space, 1.0, v)
}

pub(super) fn not_a_number<O: VectorSpace + ?Sized>(
    space: &O,
    v: &O::Vector,
) -> Result<O::Vector, O::Error> {
    scaled(space, f64::NAN, v)
}

/// a v
fn scaled<O: VectorSpace + ?Sized>(
    space: &O,
    a: f64,
    v: &O::Vector,
) -> Result<O::Vector, O::Error> {
    let mut y = space.zeros()?;
    space.axpby(a, v, 0.0, &mut y)?;
    Ok(y)
}

pub(super) fn norm<O: VectorSpace + ?Sized>(space: &O, v: &O::Vector) -> Result<f64, O::Error> {
    Ok(space.dot(v, v)?.sqrt())
}

/// |v − w|
pub(super) fn difference<O: VectorSpace + ?Sized>(
    space: &O,
    v: &O::Vector,
    w: &O::Vector,
) -> Result<f64, O::Error> {
    let mut y = copy(space, v)?;
    space.axpby(-1.0, w, 1.0, &mut y)?;
    norm(space, &y)
}
