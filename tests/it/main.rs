//! The crate from the outside: one module for each of its source files.

mod check;
