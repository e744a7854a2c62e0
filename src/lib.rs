//! placeholder
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod dataset;
mod descent;
mod direction;
mod error;
pub mod landscape;
mod line;
pub mod mlp;
mod objective;
mod sampling;
mod search;
mod slice;
mod stream;

pub use dataset::Dataset;
pub use descent::{Descent, Iteration};
pub use direction::{Direction, SteepestDescent};
pub use error::Error;
pub use line::{Evaluations, Line};
pub use objective::{StochasticObjective, VectorSpace};
pub use sampling::{MiniBatches, Sampling};
pub use search::{
    Armijo, BisectionGols, FixedStep, GoldenSection, InexactGols, LineSearch, Origin,
    ReferenceLoss, Request, Step, StepBounds, Termination,
};
pub use slice::{FnModel, SliceModel, SliceObjective};
