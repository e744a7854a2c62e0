//! Optimizers side by side on one task: same start, same mini-batches, same budget.

mod picture;

use std::io::{self, Write};
use std::ops::RangeInclusive;

pub use picture::draw;

/// What is measured beside the training loss.
pub struct Measure {
    pub name: &'static str,
    /// Digits behind the point.
    pub digits: usize,
    /// The values that a picture has room for.
    pub drawn: RangeInclusive<f64>,
}

/// How far a run has come.
pub struct Look {
    /// After so many updates.
    pub updates: usize,
    pub loss: f64,
    /// The [`Measure`].
    pub score: f64,
}

/// What became of one optimizer.
pub struct Curve {
    pub name: String,
    /// Its learning rate; "-" if it needs none.
    pub rate: String,
    pub looks: Vec<Look>,
    /// Milliseconds an update took, the model's part included, in the quickest of the stretches between two looks.
    pub time: f64,
}

impl Curve {
    pub fn last_loss(&self) -> f64 {
        self.looks.last().map_or(f64::NAN, |look| look.loss)
    }
}

/// The updates after which to look: five times, evenly.
pub fn looks(updates: usize) -> [usize; 5] {
    [1, 2, 3, 4, 5].map(|fifth| fifth * updates / 5)
}

/// Writes what became of each, and how the first one's last loss compares.
///
/// # Errors
/// The writer's.
pub fn print(curves: &[Curve], measure: &Measure, to: &mut impl Write) -> io::Result<()> {
    writeln!(to, "Training loss and {} after so many updates:\n", measure.name)?;
    write!(to, "{:<10} {:>6}", "optimizer", "rate")?;
    for Look { updates, .. } in curves.first().map_or(&[][..], |curve| &curve.looks) {
        write!(to, "  | {updates:>14}")?;
    }
    writeln!(to, "  | ms an update")?;
    for Curve { name, rate, looks, time } in curves {
        write!(to, "{name:<10} {rate:>6}")?;
        for Look { loss, score, .. } in looks {
            write!(to, "  | {loss:>8.4} {score:>5.digits$}", digits = measure.digits)?;
        }
        writeln!(to, "  | {time:>12.1}")?;
    }
    let Some((first, others)) = curves.split_first() else { return Ok(()) };
    writeln!(to, "\nThe last training loss of {}, as a ratio to that of", first.name)?;
    for other in others {
        let ratio = first.last_loss() / other.last_loss();
        writeln!(to, "  {:<10} {:>6}: {ratio:.2}", other.name, other.rate)?;
    }
    Ok(())
}
