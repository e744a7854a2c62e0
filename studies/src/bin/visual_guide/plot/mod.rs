//! Drawing: scales, colours, and the three kinds of panel.

mod bars;
mod colour;
mod curves;
mod heat;
mod picture;
mod scale;

pub use bars::{Bars, bars};
pub use colour::{Colour, LINE_COLOURS, Map, PALE};
pub use curves::{Curves, Mark, Series, curves};
pub use heat::{Heat, heat};
pub use picture::{Area, Layer, Overlay, PlotResult, picture};
pub use scale::Scale;
