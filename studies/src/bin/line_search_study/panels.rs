//! Pictures of several panels: curves with bands, one legend for all.

use gols_studies::AnyError;
use gols_studies::chart::{
    self, Area, BLUE, Colour, GREEN, Look, Mark, ORANGE, PURPLE, SKY, Scale, Series, VERMILION,
    curves,
};
use plotters::prelude::*;

use crate::entrant::Name;
use crate::methods::{ADAM_DEFAULT, Method};
use crate::results::{least, most};

const LIGHT_GREEN: Colour = RGBColor(120, 200, 90);

/// What is drawn, in the order of legends, in colours that stay apart for colour-blind readers where there are few:
/// the paper's four first.
pub(crate) const DRAWN: [(Name, Colour); 20] = [
    (Name::Of(Method::GoldenSection), BLUE),
    (Name::Of(Method::ArmijoResampled), PURPLE),
    (Name::Of(Method::BisectionGols), GREEN),
    (Name::Of(Method::InexactGols), VERMILION),
    (Name::Of(Method::Armijo), RGBColor(150, 150, 150)),
    (Name::Of(Method::GoldenSectionUncapped), SKY),
    (Name::Of(Method::BisectionGolsUncapped), LIGHT_GREEN),
    (Name::Of(Method::AmortizedGols), BLACK),
    (Name::Of(Method::AmortizedGolsAdam), ORANGE),
    (Name::Of(Method::AmortizedGolsAdam0), RGBColor(213, 180, 90)),
    (Name::Of(Method::Optimizer), RGBColor(0, 90, 60)),
    (Name::Of(ADAM_DEFAULT), SKY),
    (Name::Of(Method::DAdaptation), RGBColor(180, 140, 220)),
    (Name::Of(Method::DAdaptationSgd), RGBColor(74, 20, 134)),
    (Name::Of(Method::Prodigy), RGBColor(140, 86, 75)),
    (Name::Of(Method::Dog), GREEN),
    (Name::Of(Method::DogLast), LIGHT_GREEN),
    (Name::Of(Method::Sls), PURPLE),
    (Name::BestConstant, BLUE),
    (Name::BestAdam, RGBColor(220, 20, 60)),
];

/// Panels in a row, and their size in pixels.
const COLUMNS: usize = 3;
const SIZE: [u32; 2] = [420, 330];

/// The height of a row of the legend.
const LEGEND_ROW: u32 = 20;

/// A curve with a band: (x, low, middle, high) from left to right.
pub(crate) struct Curve {
    pub name: Name,
    /// Drawn thick and with its band.
    pub is_main: bool,
    pub points: Vec<[f64; 4]>,
}

pub(crate) struct Panel {
    pub title: String,
    pub axes: [&'static str; 2],
    pub is_log: [bool; 2],
    /// The upper end of a linear y axis, unless the curves decide.
    pub top: Option<f64>,
    pub curves: Vec<Curve>,
}

/// Panels from left to right, in rows, as an SVG.
pub(crate) fn picture(title: &str, panels: &[Panel]) -> Result<String, AnyError> {
    let rows = panels.len().div_ceil(COLUMNS);
    let width = SIZE[0] * COLUMNS as u32;
    let (places, legend_rows) = legend_places(panels, width as i32);
    let strip = LEGEND_ROW * legend_rows as u32;
    let size = (width, SIZE[1] * rows as u32 + 40 + strip);
    chart::picture(size, (title, ("sans-serif", 19, FontStyle::Normal)), |root, _| {
        let (strip, root) = root.split_vertically(strip);
        legend(&strip, &places)?;
        for (area, panel) in root.split_evenly((rows, COLUMNS)).iter().zip(panels) {
            panel.draw(area)?;
        }
        Ok(())
    })
}

/// A name in the legend, its colour and the thickness of its line, at (x, row).
type Place = (Name, Colour, u32, i32, i32);

/// The names of all curves for all panels at once, and the rows of the legend that they fill.
fn legend_places(panels: &[Panel], width: i32) -> (Vec<Place>, i32) {
    let (mut places, mut x, mut row) = (Vec::new(), 40, 0);
    for (name, colour) in DRAWN {
        let mut curves = panels.iter().flat_map(|panel| &panel.curves);
        let Some(curve) = curves.find(|curve| curve.name == name) else { continue };
        let length = 50 + 8 * name.to_string().len() as i32;
        if x > 40 && x + length > width {
            (x, row) = (40, row + 1);
        }
        places.push((name, colour, if curve.is_main { 3 } else { 1 }, x, row));
        x += length;
    }
    (places, row + 1)
}

fn legend(area: &Area<'_>, places: &[Place]) -> Result<(), AnyError> {
    for &(name, colour, thickness, x, row) in places {
        let y = LEGEND_ROW as i32 * row;
        let line = vec![(x, y + 8), (x + 20, y + 8)];
        area.draw(&PathElement::new(line, colour.stroke_width(thickness)))?;
        area.draw(&Text::new(name.to_string(), (x + 26, y + 2), ("sans-serif", 13)))?;
    }
    Ok(())
}

impl Panel {
    fn draw(&self, area: &Area<'_>) -> Result<(), AnyError> {
        let points = || self.curves.iter().flat_map(|curve| &curve.points);
        if points().next().is_none() {
            return Ok(()); // nothing that was run is drawn here
        }
        let most = |column: usize| most(points().map(|point| point[column]));
        let least = |column: usize| least(points().map(|point| point[column]));
        let x_scale = match self.is_log[0] {
            true => Scale::decades(least(0), most(0)),
            false => Scale::linear(0.0, most(0)),
        };
        let y_scale = match self.is_log[1] {
            // Down to the least mean: what lies below it is a band cut off at 0.
            true => Scale::decades(least(2).max(1e-16), most(3)),
            false => Scale::linear(0.0, self.top.unwrap_or(most(3).min(2.0 * most(2)))),
        };
        let series: Vec<Series> = self.curves.iter().map(|curve| curve.series(y_scale)).collect();
        let panel = chart::Panel {
            title: &self.title,
            x: self.axes[0],
            y: self.axes[1],
            x_scale,
            y_scale,
            zero_line: false,
            legend: None,
            look: Look { label_areas: [34, 54], labels: [7, 7], band: 0.15 },
        };
        curves(area, &panel, &series)
    }
}

impl Curve {
    /// Moved onto the axis where it lies beyond an end.
    fn series(&self, scale: Scale) -> Series {
        let on_axis = |y: f64| y.clamp(scale.low, scale.high);
        let drawn = DRAWN.iter().find(|(name, _)| *name == self.name);
        let colour = drawn.map_or(BLACK, |&(_, colour)| colour);
        let mark = if self.is_main { Mark::Thick } else { Mark::Line };
        let line = self.points.iter().map(|p| (p[0], on_axis(p[2])));
        let band = self.points.iter().map(|p| (p[0], on_axis(p[1]), on_axis(p[3])));
        Series::new("", colour, mark, line).with_band(band.filter(|_| self.is_main))
    }
}
