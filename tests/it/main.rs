//! The integration tests, one module a part of the crate.

mod common;

#[cfg(feature = "mlp")]
mod mlp;
mod slices;
