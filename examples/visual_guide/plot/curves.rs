//! Curves over one axis.

use plotters::prelude::*;

use super::colour::Colour;
use super::picture::{Area, PlotResult};
use super::scale::Scale;

/// How a series is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    Line,
    Dashes,
    Dots,
    /// Larger dots that stand out: the optima.
    Optima,
    /// A vertical line at every point's x, through the whole panel.
    Verticals,
}

/// Points with a name, which goes into the legend unless it is empty.
pub struct Series {
    pub name: String,
    pub colour: Colour,
    pub mark: Mark,
    pub points: Vec<(f64, f64)>,
    /// A band about the points: (x, low, high).
    pub band: Vec<(f64, f64, f64)>,
}

impl Series {
    pub fn new(
        name: impl Into<String>,
        colour: Colour,
        mark: Mark,
        points: impl IntoIterator<Item = (f64, f64)>,
    ) -> Self {
        let points = points.into_iter().collect();
        Self { name: name.into(), colour, mark, points, band: Vec::new() }
    }

    pub fn with_band(self, band: impl IntoIterator<Item = (f64, f64, f64)>) -> Self {
        Self { band: band.into_iter().collect(), ..self }
    }
}

/// A panel of curves.
pub struct Curves<'a> {
    pub title: &'a str,
    pub x: &'a str,
    pub y: &'a str,
    pub x_range: (f64, f64),
    pub y_scale: Scale,
    /// Draws the line y = 0.
    pub zero_line: bool,
    pub legend: Option<SeriesLabelPosition>,
}

pub fn curves(area: &Area<'_>, panel: &Curves<'_>, series: &[Series]) -> PlotResult<()> {
    let Curves { title, x, y, x_range: (low, high), y_scale, zero_line, ref legend } = *panel;
    let mut chart = ChartBuilder::on(area)
        .caption(title, ("sans-serif", 14))
        .margin(4)
        .margin_right(14)
        .x_label_area_size(32)
        .y_label_area_size(58)
        .build_cartesian_2d(Scale::linear(low, high), y_scale)?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(BLACK.mix(0.08))
        .x_desc(x)
        .y_desc(format!("{y}{}", y_scale.note()))
        .x_labels(9)
        .y_labels(7)
        .label_style(("sans-serif", 11))
        .axis_desc_style(("sans-serif", 12))
        .draw()?;
    if zero_line {
        chart.draw_series([PathElement::new(
            vec![(low, 0.0), (high, 0.0)],
            BLACK.stroke_width(1),
        )])?;
    }
    for Series { colour, band, .. } in series.iter().filter(|series| !series.band.is_empty()) {
        let upper = band.iter().map(|&(x, _, high)| (x, high));
        let lower = band.iter().rev().map(|&(x, low, _)| (x, low));
        let outline: Vec<_> = upper.chain(lower).collect();
        chart.draw_series([Polygon::new(outline, colour.mix(0.22))])?;
    }
    for Series { name, colour, mark, points, .. } in series {
        let (colour, points) = (*colour, points.clone());
        let drawn =
            match mark {
                Mark::Line => chart.draw_series(LineSeries::new(points, colour.stroke_width(1)))?,
                Mark::Dashes => {
                    let style = colour.stroke_width(2);
                    chart.draw_series(DashedLineSeries::new(points, 6, 4, style))?
                }
                Mark::Dots => chart
                    .draw_series(points.into_iter().map(|p| Circle::new(p, 2, colour.filled())))?,
                Mark::Optima => chart
                    .draw_series(points.into_iter().map(|p| Circle::new(p, 3, colour.filled())))?,
                Mark::Verticals => {
                    let line = |x| vec![(x, y_scale.low), (x, y_scale.high)];
                    let style = colour.stroke_width(1);
                    chart.draw_series(
                        points.into_iter().map(|(x, _)| PathElement::new(line(x), style)),
                    )?
                }
            };
        if !name.is_empty() {
            let mark = *mark;
            drawn.label(name).legend(move |(x, y)| sample(mark, colour, (x, y)));
        }
    }
    if let Some(position) = legend {
        chart
            .configure_series_labels()
            .position(position.clone())
            .background_style(WHITE.mix(0.85))
            .border_style(BLACK.mix(0.3))
            .label_font(("sans-serif", 11))
            .draw()?;
    }
    Ok(())
}

/// What stands for a series in the legend; for dashes, one dash.
fn sample<'a>(
    mark: Mark,
    colour: Colour,
    (x, y): (i32, i32),
) -> DynElement<'static, SVGBackend<'a>, (i32, i32)> {
    match mark {
        Mark::Dots => Circle::new((x + 9, y), 2, colour.filled()).into_dyn(),
        Mark::Optima => Circle::new((x + 9, y), 3, colour.filled()).into_dyn(),
        Mark::Line | Mark::Verticals => {
            PathElement::new(vec![(x, y), (x + 18, y)], colour.stroke_width(2)).into_dyn()
        }
        Mark::Dashes => {
            PathElement::new(vec![(x + 5, y), (x + 13, y)], colour.stroke_width(2)).into_dyn()
        }
    }
}
