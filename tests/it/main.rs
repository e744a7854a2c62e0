//! The integration tests, one module a part of the crate.

mod common;

mod amortized_gols;
mod armijo;
mod backtracking_gols;
mod bisection_gols;
mod check;
mod every_kth;
mod fixed_step;
mod golden_section;
mod inexact_gols;
mod initial_step;
mod layers;
#[cfg(feature = "mlp")]
mod mlp;
mod optimizer;
mod replay;
mod right_values;
mod search;
mod secant_gols;
mod setters;
mod slices;
mod step_bounds;
mod threshold_gols;
