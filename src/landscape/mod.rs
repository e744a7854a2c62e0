//! What a sub-sampled loss looks like along a line: its minima and its sign changes, counted.
//!
//! \[VG\] samples the losses L and the slopes D of a line at equally spaced steps, each from a new
//! mini-batch, and asks how many candidates each view offers to a search: minima of L, or sign changes
//! of D from negative to positive (SNN-GPPs). The minima are everywhere; the sign changes stay near the
//! true optimum.
//!
//! ```
//! use gols::landscape::{local_minima, sign_changes};
//!
//! // A valley, seen through noise: three minima of the loss, one sign change of the slope.
//! let loss = [9.0, 6.0, 7.0, 2.0, 1.0, 3.0, 2.5, 8.0];
//! let slope = [-4.0, -3.0, -3.5, -1.0, 0.5, 1.0, 2.0, 3.0];
//! assert_eq!(local_minima(&loss), [1, 4, 6]);
//! assert_eq!(sign_changes(&slope), [4]);
//! ```

mod local_minima;
mod sign_changes;

pub use local_minima::local_minima;
pub use sign_changes::sign_changes;
