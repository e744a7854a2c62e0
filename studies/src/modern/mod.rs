//! Training problems of today, on which the optimizer is compared with rivals.

pub mod problem;
mod problems;
pub mod record;
pub mod rivals;
mod tape;
pub mod training;
