//! Pictures of several panels: curves with bands, one legend for all.

use std::error::Error;

use plotters::coord::Shift;
use plotters::prelude::*;

use crate::scale::Scale;

/// An SVG.
pub type Picture = Result<String, Box<dyn Error>>;

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// What is drawn, in the order of legends, in colours that stay apart for colour-blind readers (Okabe and
/// Ito) where there are few: the paper's four first.
pub const DRAWN: [(&str, RGBColor); 19] = [
    ("GoldenSection", RGBColor(0, 114, 178)),
    ("ArmijoResampled", RGBColor(204, 121, 167)),
    ("BisectionGols", RGBColor(0, 158, 115)),
    ("InexactGols", RGBColor(213, 94, 0)),
    ("Armijo", RGBColor(150, 150, 150)),
    ("GoldenSectionUncapped", RGBColor(86, 180, 233)),
    ("BisectionGolsUncapped", RGBColor(120, 200, 90)),
    ("AmortizedGols", RGBColor(0, 0, 0)),
    ("AmortizedGolsAdam", RGBColor(230, 159, 0)),
    ("AmortizedGolsAdam0", RGBColor(213, 180, 90)),
    ("Adam1e-3", RGBColor(86, 180, 233)),
    ("DAdaptation", RGBColor(180, 140, 220)),
    ("DAdaptationSgd", RGBColor(74, 20, 134)),
    ("Prodigy", RGBColor(140, 86, 75)),
    ("DoG", RGBColor(0, 158, 115)),
    ("DoGLast", RGBColor(120, 200, 90)),
    ("SLS", RGBColor(204, 121, 167)),
    ("best constant step", RGBColor(0, 114, 178)),
    ("best Adam rate", RGBColor(220, 20, 60)),
];

/// The height of a row of the legend.
const LEGEND_ROW: u32 = 20;

/// A curve with a band: (x, low, middle, high) from left to right.
pub struct Series {
    pub name: &'static str,
    pub colour: RGBColor,
    /// Drawn thick and with its band.
    pub is_main: bool,
    pub points: Vec<[f64; 4]>,
}

pub struct Panel<'a> {
    pub title: String,
    pub x: &'a str,
    pub y: &'a str,
    pub is_log: [bool; 2],
    /// The upper end of a linear y axis, unless the curves decide.
    pub top: Option<f64>,
    pub series: Vec<Series>,
}

/// Panels from left to right, in rows of so many.
pub fn picture(title: &str, columns: usize, panels: &[Panel<'_>]) -> Picture {
    let rows = panels.len().div_ceil(columns);
    let (places, legend_rows) = legend_places(panels, 420 * columns as i32);
    let strip = LEGEND_ROW * legend_rows as u32;
    let size = (420 * columns as u32, 330 * rows as u32 + 40 + strip);
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        root.fill(&WHITE)?;
        let root = root.titled(title, ("sans-serif", 19))?;
        let (strip, root) = root.split_vertically(strip);
        legend(&strip, &places)?;
        for (area, panel) in root.split_evenly((rows, columns)).iter().zip(panels) {
            draw(area, panel)?;
        }
        root.present()?;
    }
    Ok(svg)
}

/// The names of all series with their colours, for all panels at once, and the rows of the legend that
/// they fill: each at (x, row).
fn legend_places<'a>(panels: &'a [Panel<'_>], width: i32) -> (Vec<(&'a Series, i32, i32)>, i32) {
    let series = || panels.iter().flat_map(|panel| &panel.series);
    let named = DRAWN.iter().filter_map(|(name, _)| series().find(|s| s.name == *name));
    let (mut places, mut x, mut row) = (Vec::new(), 40, 0);
    for series in named {
        let length = 50 + 8 * series.name.len() as i32;
        if x > 40 && x + length > width {
            (x, row) = (40, row + 1);
        }
        places.push((series, x, row));
        x += length;
    }
    (places, row + 1)
}

fn legend(area: &Area<'_>, places: &[(&Series, i32, i32)]) -> Result<(), Box<dyn Error>> {
    for (series, x, row) in places {
        let y = LEGEND_ROW as i32 * row;
        let style = series.colour.stroke_width(if series.is_main { 3 } else { 1 });
        area.draw(&PathElement::new(vec![(*x, y + 8), (x + 20, y + 8)], style))?;
        area.draw(&Text::new(series.name, (x + 26, y + 2), ("sans-serif", 13)))?;
    }
    Ok(())
}

fn draw(area: &Area<'_>, panel: &Panel<'_>) -> Result<(), Box<dyn Error>> {
    let points = || panel.series.iter().flat_map(|series| &series.points);
    if points().next().is_none() {
        return Ok(()); // nothing that was run is drawn here
    }
    let least = |column: usize| points().map(|p| p[column]).fold(f64::INFINITY, f64::min);
    let most = |column: usize| points().map(|p| p[column]).fold(0.0, f64::max);
    let [is_log_x, is_log_y] = panel.is_log;
    let x = match is_log_x {
        true => Scale::log(least(0), most(0)),
        false => Scale::linear(0.0, most(0)),
    };
    let y = match is_log_y {
        // Down to the least mean: what lies below it is a band cut off at 0.
        true => Scale::log(least(2).max(1e-16), most(3)),
        false => Scale::linear(0.0, panel.top.unwrap_or(most(3).min(2.0 * most(2)))),
    };
    let mut chart = ChartBuilder::on(area)
        .caption(&panel.title, ("sans-serif", 14))
        .margin(4)
        .margin_right(14)
        .x_label_area_size(34)
        .y_label_area_size(54)
        .build_cartesian_2d(x, y)?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(BLACK.mix(0.08))
        .x_desc(panel.x)
        .y_desc(panel.y)
        .x_labels(7)
        .y_labels(7)
        .label_style(("sans-serif", 11))
        .axis_desc_style(("sans-serif", 12))
        .draw()?;
    for series in panel.series.iter().filter(|series| series.is_main) {
        let upper = series.points.iter().map(|p| (p[0], y.clamp(p[3])));
        let lower = series.points.iter().rev().map(|p| (p[0], y.clamp(p[1])));
        let outline: Vec<_> = upper.chain(lower).collect();
        chart.draw_series([Polygon::new(outline, series.colour.mix(0.15))])?;
    }
    for series in &panel.series {
        let line = series.points.iter().map(|p| (p[0], y.clamp(p[2])));
        let style = series.colour.stroke_width(if series.is_main { 2 } else { 1 });
        chart.draw_series(LineSeries::new(line, style))?;
    }
    Ok(())
}
