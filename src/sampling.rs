//! When mini-batches are drawn, and a seeded source of them.

use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;

use crate::error::Error;
use crate::saved::saved;
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
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Sampling {
    /// The objective is never resampled: full-batch training, or an objective without batches.
    Full,
    /// One mini-batch a search direction.
    Static,
    /// A new mini-batch for every evaluation: what the gradient-only searches are made for.
    Dynamic,
}

/// A seeded source of mini-batches.
///
/// | made by | a batch is drawn | size |
/// |---|---|---|
/// | [`new`](Self::new) | without replacement within it, independent of all others | `size` |
/// | [`with_replacement`](Self::with_replacement) | row by row from the whole population | `size`, which may exceed it |
/// | [`in_epochs`](Self::in_epochs) | from the rows that are left of an epoch, so that every epoch has each row once | `size`; the last of an epoch may be smaller |
///
/// The same seed gives the same batches for good, on every platform and with every version of the random
/// number library. So a seed and the number of batches [drawn](Self::drawn) tell the position in the
/// stream of batches: with the feature `serde` that is what is saved. Reading it draws them again, at
/// some ten nanoseconds a row.
///
/// **Epochs and searches.** Every draw takes its batch from the epoch, whoever asks for it. With
/// [`Sampling::Static`], and with searches that ask for nothing, an update draws one batch and
/// [`batches_per_epoch`](Self::batches_per_epoch) updates are an epoch. With [`Sampling::Dynamic`] each
/// evaluation of a search takes another batch of the same epoch: no row comes twice before all have come
/// once, and an epoch lasts for fewer updates.
///
/// ```
/// use gols::MiniBatches;
///
/// let mut batches = MiniBatches::new(150, 10, 42)?;
/// let rows: &[usize] = batches.draw();
/// assert_eq!(rows.len(), 10);
/// assert!(rows.iter().all(|&row| row < 150));
/// assert!(MiniBatches::new(150, 151, 42).is_err());
///
/// // Three batches of 40 and one of 30 are an epoch; without the last one three are.
/// let epochs = MiniBatches::in_epochs(150, 40, 42)?;
/// assert_eq!(epochs.batches_per_epoch(), 4);
/// assert_eq!(epochs.with_drop_last(true).batches_per_epoch(), 3);
/// # Ok::<(), gols::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "Source", into = "Source")
)]
pub struct MiniBatches {
    source: Source,
    stream: Stream,
    /// Every row in some order; or the batch alone, rows repeating at will.
    rows: Vec<usize>,
    /// Where in `rows` the last batch is.
    last: Range<usize>,
}

/// What fixes all batches, and how many of them were drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Source {
    population: usize,
    size: usize,
    seed: u64,
    kind: Kind,
    drawn: u64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
enum Kind {
    Independent,
    WithReplacement,
    Epochs { drop_last: bool },
}

impl MiniBatches {
    /// Independent batches of `size` rows out of `population`, both in samples and at least 1, from this
    /// seed. A batch has no row twice; no epochs are kept.
    ///
    /// # Errors
    /// [`Error::Empty`] if `population` or `size` is 0, [`Error::BatchTooLarge`] if `size` exceeds
    /// `population`.
    pub fn new(population: usize, size: usize, seed: u64) -> Result<Self, Error> {
        Source { population, size, seed, kind: Kind::Independent, drawn: 0 }.begin()
    }

    /// The same, but each row of a batch is drawn from the whole population, so that rows may repeat
    /// and `size` may exceed `population`.
    ///
    /// # Errors
    /// [`Error::Empty`] if `population` or `size` is 0.
    pub fn with_replacement(population: usize, size: usize, seed: u64) -> Result<Self, Error> {
        Source { population, size, seed, kind: Kind::WithReplacement, drawn: 0 }.begin()
    }

    /// Epochs: all rows in random order, `size` at a time, then all of them in another order. The last
    /// batch of an epoch has the rows that are left, unless it is [dropped](Self::with_drop_last).
    ///
    /// # Errors
    /// As [`new`](Self::new).
    #[doc(alias = "without_replacement")]
    pub fn in_epochs(population: usize, size: usize, seed: u64) -> Result<Self, Error> {
        let kind = Kind::Epochs { drop_last: false };
        Source { population, size, seed, kind, drawn: 0 }.begin()
    }

    /// Sets whether the last batch of an epoch is left out where it would be smaller than the others
    /// (default: false), and goes back to the first epoch. Changes nothing where no epochs are kept.
    #[must_use]
    pub fn with_drop_last(mut self, drop_last: bool) -> Self {
        if let Kind::Epochs { .. } = self.source.kind {
            self.source = Source { kind: Kind::Epochs { drop_last }, drawn: 0, ..self.source };
            self.stream = Stream::new(self.source.seed);
            self.rows.sort_unstable();
            self.last = self.rows.len()..self.rows.len();
        }
        self
    }

    /// The rows there are to draw from.
    #[must_use]
    pub fn population(&self) -> usize {
        self.source.population
    }

    /// The rows in a batch; the last one of an epoch may have fewer.
    #[must_use]
    pub fn size(&self) -> usize {
        self.source.size
    }

    /// The batches of an epoch; where no epochs are kept, as many as hold the population's number of
    /// rows.
    #[must_use]
    pub fn batches_per_epoch(&self) -> usize {
        match self.source.kind {
            Kind::Epochs { drop_last: true } => self.source.population / self.source.size,
            _ => self.source.population.div_ceil(self.source.size),
        }
    }

    /// The batches drawn so far: with the seed, the position in the stream of batches.
    #[must_use]
    pub fn drawn(&self) -> u64 {
        self.source.drawn
    }

    /// The batch drawn last, if there is one.
    #[cfg(feature = "serde")]
    pub(crate) fn last(&self) -> Option<&[usize]> {
        (self.source.drawn > 0).then(|| &self.rows[self.last.clone()])
    }

    /// Draws the next batch: row numbers in 0..`population`, in random order.
    pub fn draw(&mut self) -> &[usize] {
        let Self { source: Source { population, size, kind, drawn, .. }, stream, rows, last } =
            self;
        *last = match *kind {
            Kind::Independent => {
                stream.shuffle_first(rows, *size);
                0..*size
            }
            Kind::WithReplacement => {
                rows.fill_with(|| stream.below(*population));
                0..*size
            }
            Kind::Epochs { drop_last } => {
                let left = *population - last.end;
                let is_over = left == 0 || (drop_last && left < *size);
                let start = if is_over { 0 } else { last.end };
                if is_over {
                    stream.shuffle_first(rows, *population);
                }
                start..(start + *size).min(*population)
            }
        };
        *drawn += 1;
        &self.rows[self.last.clone()]
    }
}

impl Source {
    /// The batches from the first one on.
    fn begin(self) -> Result<MiniBatches, Error> {
        let Self { population, size, seed, kind, .. } = self;
        if population == 0 {
            return Err(Error::Empty { what: "population" });
        }
        if size == 0 {
            return Err(Error::Empty { what: "mini-batch" });
        }
        if size > population && kind != Kind::WithReplacement {
            return Err(Error::BatchTooLarge { size, population });
        }
        let (rows, last) = match kind {
            Kind::Independent => ((0..population).collect(), 0..0),
            Kind::WithReplacement => (vec![0; size], 0..0),
            // As if an epoch were over.
            Kind::Epochs { .. } => ((0..population).collect(), population..population),
        };
        let source = Self { drawn: 0, ..self };
        Ok(MiniBatches { source, stream: Stream::new(seed), rows, last })
    }
}

saved!(Source: population, size, seed, kind, drawn);

#[cfg(feature = "serde")]
impl From<MiniBatches> for Source {
    fn from(batches: MiniBatches) -> Self {
        batches.source
    }
}

/// Draws all batches up to the position again.
#[cfg(feature = "serde")]
impl TryFrom<Source> for MiniBatches {
    type Error = Error;

    fn try_from(source: Source) -> Result<Self, Error> {
        let mut batches = source.begin()?;
        while batches.source.drawn < source.drawn {
            batches.draw();
        }
        Ok(batches)
    }
}
