//! A model's gradient beside difference quotients of its loss.

use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

use crate::error::Error;
#[cfg(not(feature = "std"))]
use crate::float::Float as _;
use crate::model::{SliceModel, check_start};
use crate::vector::Real;

/// Compares the gradient of a model with central differences of its loss, coordinate by coordinate.
///
/// δᵢ = (L(x + hᵢ eᵢ) − L(x − hᵢ eᵢ)) / 2hᵢ, where hᵢ = h max(1, |xᵢ|), beside gᵢ. The relative
/// difference is |gᵢ − δᵢ| / max(|gᵢ|, |δᵢ|, s): s is the size below which rounding of L hides a
/// derivative, 10 ε |L| / (h t), with ε the machine epsilon of `T` and t = max(∛ε, h²) the tolerance.
///
/// * `x`: where; not empty and finite. Choose random numbers: at 0 many a wrong gradient is right.
///   Keep away from kinks, such as the 0 of a rectified unit.
/// * `rows`: the mini-batch, empty for all data. A few rows are enough.
/// * `h`: the step, in [ε, 1), or `None` for ∛ε: 6.1e-6 in f64, 4.9e-3 in f32. Take f64 where there is
///   a choice; in f32 only gross faults show.
///
/// All coordinates are looked at, which takes two losses for each of them: keep the network small. The
/// slice for the gradient is full of NaN at first, so that a model which adds to it is found out.
///
/// ```
/// use gols::{SliceObjective, check};
///
/// let x = [0.5, 2.0];
/// let mut wrong = SliceObjective::from_fn(x.to_vec(), |x: &[f64], gradient: &mut [f64]| {
///     gradient.copy_from_slice(&[2.0 * x[0], x[1]]); // the second should be 2 x₁
///     x[0] * x[0] + x[1] * x[1]
/// })?;
/// let report = check::gradient(wrong.model_mut(), &x, &[], None)?;
/// assert!(!report.holds());
/// assert_eq!(report.derivatives()[0].index, 1);
/// assert!((report.largest_difference() - 0.5).abs() < 1e-6);
/// println!("{report}");
/// // The gradient is wrong in 1 of 2 coordinates: …
/// # Ok::<(), gols::Error>(())
/// ```
///
/// # Errors
/// [`Error::Empty`] or [`Error::Start`] if `x` is empty or not finite, [`Error::Setting`] if `h` is out
/// of its range; the model's own.
pub fn gradient<T: Real, M: SliceModel<T> + ?Sized>(
    model: &mut M,
    x: &[T],
    rows: &[usize],
    h: impl Into<Option<f64>>,
) -> Result<GradientReport, M::Error> {
    let epsilon = T::epsilon().wide();
    let h = h.into().unwrap_or(epsilon.cbrt());
    let range = "at least the machine epsilon of the parameters and less than 1";
    Error::check("h", h, h >= epsilon && h < 1.0, range)?;
    check_start(x)?;
    let tolerance = (h * h).max(epsilon.cbrt());

    let mut gradient = vec![T::nan(); x.len()];
    let loss = model.loss_and_gradient(x, rows, &mut gradient)?;
    let mut scratch = vec![T::nan(); x.len()];
    let loss_alone = model.loss(x, rows, &mut scratch)?;
    let hidden = 10.0 * epsilon * loss.abs() / (h * tolerance);
    let mut neighbour = x.to_vec();
    let mut derivatives = Vec::with_capacity(x.len());
    for (index, &gradient) in gradient.iter().enumerate() {
        let step = T::of(h * x[index].wide().abs().max(1.0));
        let mut loss_at = |xi: T| {
            neighbour[index] = xi;
            model.loss(&neighbour, rows, &mut scratch)
        };
        // Rounded, the two points are no longer exactly 2h apart.
        let (above, below) = (x[index] + step, x[index] - step);
        let rise = loss_at(above)? - loss_at(below)?;
        neighbour[index] = x[index];
        let quotient = rise / (above.wide() - below.wide());
        derivatives.push(Derivative::new(index, gradient.wide(), quotient, hidden));
    }
    derivatives.sort_by(|a, b| b.difference.total_cmp(&a.difference));
    Ok(GradientReport { derivatives, losses: (loss_alone, loss), tolerance, h })
}

/// One derivative of a [`GradientReport`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Derivative {
    /// The coordinate, from 0.
    pub index: usize,
    /// The model's derivative, gᵢ.
    pub gradient: f64,
    /// The central difference, δᵢ.
    pub quotient: f64,
    /// Their relative difference; infinite where one of them is not finite.
    pub difference: f64,
}

impl Derivative {
    fn new(index: usize, gradient: f64, quotient: f64, hidden: f64) -> Self {
        let size = gradient.abs().max(quotient.abs()).max(hidden).max(f64::MIN_POSITIVE);
        let difference = (gradient - quotient).abs() / size;
        let difference = if difference.is_finite() { difference } else { f64::INFINITY };
        Self { index, gradient, quotient, difference }
    }
}

/// What [`gradient`] has found. Print it: it says what is wrong, and where most.
#[derive(Debug, Clone, PartialEq)]
pub struct GradientReport {
    /// Largest difference first.
    derivatives: Vec<Derivative>,
    /// The loss alone, and the one that came with the gradient.
    losses: (f64, f64),
    tolerance: f64,
    h: f64,
}

impl GradientReport {
    /// Whether all derivatives are right within the [tolerance](Self::tolerance), and `loss` and
    /// `loss_and_gradient` return the same loss.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.largest_difference() <= self.tolerance && self.losses_agree()
    }

    /// The largest relative difference between a derivative and its central difference; infinite if
    /// one is not finite.
    #[must_use]
    pub fn largest_difference(&self) -> f64 {
        self.derivatives.first().map_or(0.0, |worst| worst.difference)
    }

    /// The relative difference up to which a derivative is taken to be right: unless h is large, 6.1e-6
    /// in f64 and 4.9e-3 in f32.
    #[must_use]
    pub fn tolerance(&self) -> f64 {
        self.tolerance
    }

    /// All derivatives, those that differ most first.
    #[must_use]
    pub fn derivatives(&self) -> &[Derivative] {
        &self.derivatives
    }

    fn losses_agree(&self) -> bool {
        let (alone, with_gradient) = self.losses;
        (alone - with_gradient).abs() <= self.tolerance * with_gradient.abs()
    }
}

/// The derivatives that are printed.
const WORST: usize = 8;

impl fmt::Display for GradientReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { derivatives, losses, tolerance, h } = self;
        let wrong = derivatives.iter().filter(|d| d.difference > *tolerance).count();
        let count = derivatives.len();
        match wrong {
            0 => write!(f, "The gradient is right in all {count} coordinates")?,
            _ => write!(f, "The gradient is wrong in {wrong} of {count} coordinates")?,
        }
        writeln!(f, ": the tolerance is {tolerance:.1e}, h = {h:.1e}.")?;
        if !self.losses_agree() {
            let (alone, with_gradient) = losses;
            let what = "The loss is wrong";
            writeln!(f, "{what}: {alone:e} by loss, {with_gradient:e} by loss_and_gradient.")?;
        }
        write!(f, "coordinate     derivative     difference quotient    relative difference")?;
        for Derivative { index, gradient, quotient, difference } in derivatives.iter().take(WORST) {
            write!(f, "\n{index:>10}  {gradient:>13.6e}  {quotient:>22.6e}  {difference:>21.1e}")?;
        }
        if count > WORST { write!(f, "\n       ...") } else { Ok(()) }
    }
}
