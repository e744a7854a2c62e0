//! The integration tests, one module a part of the crate.
#![allow(unreachable_pub, unnameable_types, reason = "nothing outside of this binary sees them")]

mod common;

mod amortized_gols;
mod armijo;
mod auto_traits;
mod backtracking_gols;
mod bisection_gols;
mod check;
mod descent;
mod direction;
mod every_kth;
mod fixed_step;
mod golden_section;
mod inexact_gols;
mod initial_step;
#[cfg(feature = "serde")]
mod killed;
mod landscape;
mod layers;
mod line;
#[cfg(feature = "mlp")]
mod mlp;
mod model;
mod optimizer;
mod parallel;
mod parameters;
mod public_interface;
#[cfg(feature = "mlp")]
mod recorded_descents;
mod replay;
mod right_values;
mod run;
mod sampling;
#[cfg(feature = "serde")]
mod saved;
mod search;
mod secant_gols;
mod setters;
mod slice_optimizer;
mod slices;
mod statistics;
mod step_bounds;
mod threshold_gols;
