//! Training problems of today, on which the optimizer is compared with rivals.

pub mod problem;
mod problems;
mod tape;
