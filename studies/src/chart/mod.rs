//! Pictures over plotters: axes, panels of curves, and what plotters cannot draw.

mod curves;
mod picture;
mod scale;

use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, SVGBackend};
use plotters::style::RGBColor;

pub use curves::{Look, Mark, Panel, Series, curves};
pub use picture::{Layer, Overlay, picture};
pub use scale::Scale;

/// A part of a picture.
pub type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
/// What drawing ends with.
pub type Drawn<T> = Result<T, crate::AnyError>;
pub type Colour = RGBColor;

/// Colours that stay apart for colour-blind readers (Okabe and Ito).
pub const BLUE: Colour = RGBColor(0, 114, 178);
pub const VERMILION: Colour = RGBColor(213, 94, 0);
pub const GREEN: Colour = RGBColor(0, 158, 115);
pub const PURPLE: Colour = RGBColor(204, 121, 167);
pub const SKY: Colour = RGBColor(86, 180, 233);
pub const ORANGE: Colour = RGBColor(230, 159, 0);
