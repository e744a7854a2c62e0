//! Drawing: colours, heat maps, histograms.

mod bars;
mod colour;
mod heat;

use plotters::style::{FontStyle, RGBColor};

use gols_studies::chart::{BLUE, Colour, GREEN, VERMILION};

pub(crate) use bars::{Bars, bars};
pub(crate) use colour::Map;
pub(crate) use heat::{Heat, Place, heat};

/// The four lines of a plane.
pub(crate) const LINE_COLOURS: [Colour; 4] = [BLUE, VERMILION, GREEN, RGBColor(60, 60, 60)];

/// The font of titles.
pub(crate) const TITLE: (&str, i32, FontStyle) = ("sans-serif", 19, FontStyle::Bold);
