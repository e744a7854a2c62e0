//! What the programs of the studies share: their command lines, their threads, statistics, tables, pictures.

pub mod catalogue;
pub mod chart;
pub mod journal;
pub mod modern;
pub mod noise;
pub mod options;
pub mod pool;
pub mod program;
pub mod readers;
pub mod seeds;
pub mod statistics;
pub mod table;

/// Any error: a program says what it is, and ends.
pub type AnyError = Box<dyn std::error::Error + Send + Sync>;
