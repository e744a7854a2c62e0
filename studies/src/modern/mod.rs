//! Networks of today, and what people train them with.

pub mod rivals;
