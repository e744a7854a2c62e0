//! Optimizers side by side on one task: same start, same mini-batches, same budget.

use std::io::{self, Write};

use crate::comparison::Outcome;

/// What became of one optimizer.
pub struct Curve {
    pub name: String,
    /// Its learning rate; "-" if it needs none.
    pub rate: String,
    /// After how many updates it was looked at, and what was found.
    pub looks: Vec<(usize, Outcome)>,
    /// Milliseconds an update took, the model's part included.
    pub time: f64,
}

impl Curve {
    fn last_loss(&self) -> f64 {
        self.looks.last().map_or(f64::NAN, |(_, outcome)| outcome.loss)
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
pub fn print(curves: &[Curve], to: &mut impl Write) -> io::Result<()> {
    writeln!(to, "Training loss and test accuracy in % after so many updates:\n")?;
    write!(to, "{:<10} {:>6}", "optimizer", "rate")?;
    for (updates, _) in curves.first().map_or(&[][..], |curve| &curve.looks) {
        write!(to, "  | {updates:>14}")?;
    }
    writeln!(to, "  | ms an update")?;
    for Curve { name, rate, looks, time } in curves {
        write!(to, "{name:<10} {rate:>6}")?;
        for (_, Outcome { loss, accuracy }) in looks {
            write!(to, "  | {loss:>8.4} {accuracy:>5.1}")?;
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
