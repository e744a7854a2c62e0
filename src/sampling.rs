//! When mini-batches are drawn, and a seeded source of them.

use crate::error::Error;
use crate::stream::Stream;

/// When a new mini-batch is drawn while a line is searched (\[VG\] 1: static and dynamic mini-batch
/// sub-sampling, MBSS).
///
/// | | mini-batches of one iteration | the loss along the line |
/// |---|---|---|
/// | `Full` | none: the objective uses all its data | smooth, true |
/// | `Static` | one: for the gradient and every evaluation of the line | smooth, biased towards the batch |
/// | `Dynamic` | one for every evaluation | jumps from point to point, unbiased |
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sampling {
    /// The objective is never resampled: full-batch training, or an objective without batches.
    Full,
    /// One mini-batch a search direction.
    Static,
    /// A new mini-batch for every evaluation: what the gradient-only searches are made for.
    Dynamic,
}

/// A seeded source of mini-batches: rows drawn uniformly, without replacement within a batch.
///
/// Batches are independent of one another; no epochs are kept. The same seed gives the same batches for
/// good, on every platform and with every version of the random number library.
///
/// ```
/// use gols::MiniBatches;
///
/// let mut batches = MiniBatches::new(150, 10, 42)?;
/// let rows: &[usize] = batches.draw();
/// assert_eq!(rows.len(), 10);
/// assert!(rows.iter().all(|&row| row < 150));
/// assert!(MiniBatches::new(150, 151, 42).is_err());
/// # Ok::<(), gols::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct MiniBatches {
    population: usize,
    size: usize,
    stream: Stream,
    rows: Rows,
}

/// Either every row, the batch shuffled to the front; or the batch alone, rows repeating at will.
#[derive(Debug, Clone, PartialEq)]
enum Rows {
    WithoutReplacement(Vec<usize>),
    WithReplacement(Vec<usize>),
}

impl MiniBatches {
    /// Batches of `size` rows out of `population`, both in samples and at least 1, from this seed.
    ///
    /// # Errors
    /// [`Error::Empty`] if `population` or `size` is 0, [`Error::BatchTooLarge`] if `size` exceeds
    /// `population`.
    pub fn new(population: usize, size: usize, seed: u64) -> Result<Self, Error> {
        check_counts(population, size)?;
        if size > population {
            return Err(Error::BatchTooLarge { size, population });
        }
        let rows = Rows::WithoutReplacement((0..population).collect());
        Ok(Self { population, size, stream: Stream::new(seed), rows })
    }

    /// The same, but each row of a batch is drawn from the whole population, so that rows may repeat
    /// and `size` may exceed `population`.
    ///
    /// # Errors
    /// [`Error::Empty`] if `population` or `size` is 0.
    pub fn with_replacement(population: usize, size: usize, seed: u64) -> Result<Self, Error> {
        check_counts(population, size)?;
        let rows = Rows::WithReplacement(vec![0; size]);
        Ok(Self { population, size, stream: Stream::new(seed), rows })
    }

    /// The rows there are to draw from.
    #[must_use]
    pub fn population(&self) -> usize {
        self.population
    }

    /// The rows in a batch.
    #[must_use]
    pub fn size(&self) -> usize {
        self.size
    }

    /// Draws the next batch: `size` row numbers in 0..`population`, in random order.
    pub fn draw(&mut self) -> &[usize] {
        let Self { population, size, stream, rows } = self;
        match rows {
            Rows::WithoutReplacement(all) => {
                stream.shuffle_first(all, *size);
                &all[..*size]
            }
            Rows::WithReplacement(batch) => {
                batch.fill_with(|| stream.below(*population));
                batch
            }
        }
    }
}

fn check_counts(population: usize, size: usize) -> Result<(), Error> {
    if population == 0 {
        return Err(Error::Empty { what: "population" });
    }
    if size == 0 {
        return Err(Error::Empty { what: "mini-batch" });
    }
    Ok(())
}
