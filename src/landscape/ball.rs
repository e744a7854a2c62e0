//! The ball that contains the sign changes of a line.

use super::scan::Scan;
use crate::statistics::Moments;

/// How far the sign changes (SNN-GPPs) along a line spread, averaged over reconstructions of it
/// (\[LR\] definition 5 and figure 3).
///
/// \[LR\] says that the SNN-GPPs about a full-batch minimum lie in a ball, smaller for larger batches.
/// Along a line a ball is an interval. Every reconstruction, that is every [`Scan`] of the same line
/// with new mini-batches, has a first and a last sign change; the ball reaches from the average first
/// to the average last. Scans without a sign change count as [`empty`](Self::empty) only.
///
/// ```
/// use gols::landscape::{Ball, Scan};
///
/// let scan = |slopes: [f64; 5]| Scan {
///     steps: vec![1.0, 2.0, 3.0, 4.0, 5.0],
///     losses: vec![0.0; 5],
///     slopes: slopes.to_vec(),
/// };
/// let mut ball = Ball::default();
/// ball.add(&scan([-1.0, 1.0, -1.0, 1.0, 1.0])); // from 2 to 4
/// ball.add(&scan([-1.0, -1.0, -1.0, 1.0, 1.0])); // 4 alone
/// assert_eq!((ball.low().mean(), ball.high().mean()), (3.0, 4.0));
/// assert_eq!(ball.extent().mean(), 1.0);
/// assert_eq!(ball.sign_changes().mean(), 1.5);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Ball {
    low: Moments,
    high: Moments,
    extent: Moments,
    sign_changes: Moments,
    local_minima: Moments,
    empty: u64,
}

impl Ball {
    /// Takes in one more reconstruction of the line.
    pub fn add(&mut self, scan: &Scan) {
        let sign_changes = scan.sign_changes();
        self.sign_changes.add(sign_changes.len() as f64);
        self.local_minima.add(scan.local_minima().len() as f64);
        match (sign_changes.first(), sign_changes.last()) {
            (Some(&low), Some(&high)) => {
                self.low.add(low);
                self.high.add(high);
                self.extent.add(high - low);
            }
            _ => self.empty += 1,
        }
    }

    /// The step of the first sign change.
    #[must_use]
    pub fn low(&self) -> Moments {
        self.low
    }

    /// The step of the last sign change.
    #[must_use]
    pub fn high(&self) -> Moments {
        self.high
    }

    /// The ball's diameter along the line: last minus first sign change.
    #[must_use]
    pub fn extent(&self) -> Moments {
        self.extent
    }

    /// The number of sign changes a reconstruction.
    #[must_use]
    pub fn sign_changes(&self) -> Moments {
        self.sign_changes
    }

    /// The number of local minima of the loss a reconstruction.
    #[must_use]
    pub fn local_minima(&self) -> Moments {
        self.local_minima
    }

    /// How many reconstructions had no sign change.
    #[must_use]
    pub fn empty(&self) -> u64 {
        self.empty
    }
}

impl<'a> Extend<&'a Scan> for Ball {
    fn extend<I: IntoIterator<Item = &'a Scan>>(&mut self, scans: I) {
        scans.into_iter().for_each(|scan| self.add(scan));
    }
}
