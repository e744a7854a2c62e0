//! One gradient of many ranks, for a loop of one's own.

use super::collective::Collective;
use super::meetings::Meetings;
use super::parallel_error::{Operation, ParallelError};

/// `gradient` ← 1/R Σ_r `gradient` of rank r, and the mean of the ranks' losses: what each rank of a
/// push-style loop calls before [`Optimizer::step`](crate::Optimizer::step), with what its own evaluation
/// came to.
///
/// All ranks get the same bits, so their optimizers take the same steps and their parameters stay the same,
/// bit for bit, if they began so. The ranks meet twice an update: 16 bytes for the loss, and the gradient.
///
/// * An error on one rank is known to all in the same update: no gradient is sent then, and every rank gets an
///   error that names the rank. They may go on together with the next update. A step that fails on one rank
///   is told by bringing its error to the next call.
/// * A NaN or an infinity on one rank makes the mean loss, or the mean gradient, such a number on all:
///   `step` skips it, or [`skip`](crate::Optimizer::skip) where the loss alone is not finite, everywhere alike.
///
/// ```
/// use gols::parallel::{Collective, ThreadCollective, average};
/// use gols::{Error, SliceOptimizer};
///
/// // Rank r has the loss ½ (x − r)²; their mean over two ranks is least at x = 1/2.
/// let train = |collective: ThreadCollective| {
///     let target = collective.rank() as f64;
///     let (mut x, mut optimizer) = ([2.0], SliceOptimizer::new(1));
///     for _ in 0..200 {
///         let (own, mut gradient) = (0.5 * (x[0] - target).powi(2), vec![x[0] - target]);
///         let loss = average(&collective, Ok::<_, Error>(own), &mut gradient)?;
///         assert!(loss > 0.124);
///         optimizer.step(&mut x, &gradient)?;
///     }
///     optimizer.finish(&mut x)?;
///     Ok::<f64, Box<dyn std::error::Error + Send + Sync>>(x[0])
/// };
/// let group = ThreadCollective::group(2)?.into_iter();
/// let ranks: Vec<_> = group.map(|c| std::thread::spawn(move || train(c))).collect();
/// for rank in ranks {
///     assert!((rank.join().unwrap().unwrap() - 0.5).abs() < 1e-3);
/// }
/// # Ok::<(), Error>(())
/// ```
///
/// # Errors
/// [`ParallelError::Own`] with this rank's own error, [`ParallelError::Rank`] where another rank brought one,
/// [`ParallelError::Collective`] if the ranks cannot meet.
pub fn average<V, C: Collective<V>, E>(
    collective: &C,
    loss: Result<f64, E>,
    gradient: &mut V,
) -> Result<f64, ParallelError<E, C::Error>> {
    let mean = Meetings::new(collective).meet(Operation::LossAndGradient, loss)?;
    collective.average(gradient).map_err(ParallelError::Collective)?;
    Ok(mean)
}
