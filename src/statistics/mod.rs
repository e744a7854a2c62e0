//! Plain statistics of what was sampled: moments, histograms, proportions.
//!
//! They know nothing of losses or landscapes; [`landscape`](crate::landscape) returns and feeds them.

mod histogram;
mod moments;
mod proportion;

pub use histogram::Histogram;
pub use moments::Moments;
pub use proportion::Proportion;
