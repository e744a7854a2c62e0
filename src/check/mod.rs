//! Whether a gradient is right, and whether an objective keeps its promises.
//!
//! A wrong gradient trains, only badly, and an anchor that moves along with the parameters shows as a
//! search that never ends well. Both are found in a moment by asking the model what it answers near by:
//!
//! | function | looks at | asks for |
//! |---|---|---|
//! | [`gradient`] | a [`SliceModel`](crate::SliceModel)'s derivatives, one by one | 2 losses a coordinate |
//! | [`objective`] | what [`StochasticObjective`](crate::StochasticObjective) promises | some 40 evaluations |
//! | [`parameters`] | what [`Parameters`](crate::Parameters) promises | no evaluation |
//! | [`element_wise`] | what [`ElementWise`](crate::ElementWise) promises | no evaluation |
//!
//! Each returns a report to print, and leaves the verdict to `report.holds()`:
//!
//! ```
//! use gols::{SliceObjective, check};
//!
//! let mut objective = SliceObjective::from_fn(vec![1.0_f64, 2.0], |x, gradient| {
//!     gradient.copy_from_slice(&[2.0 * x[0], 3.0 * x[1] * x[1]]);
//!     x[0].powi(2) + x[1].powi(3)
//! })?;
//! let report = check::gradient(objective.model_mut(), &[1.0, 2.0], &[], None)?;
//! assert!(report.holds(), "{report}");
//! let report = check::objective(&mut objective)?;
//! assert!(report.holds(), "{report}");
//! # Ok::<(), gols::Error>(())
//! ```

mod gradient;
mod lines;
mod report;
mod vectors;

pub use gradient::{Derivative, GradientReport, gradient};
pub use lines::objective;
pub use report::{Fault, Report};
pub use vectors::{element_wise, parameters};
