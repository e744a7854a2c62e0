//! Curves over one axis.

use plotters::prelude::*;

use super::{Area, Colour, Drawn, Scale};

/// How a series is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    Line,
    /// A line twice as thick.
    Thick,
    Dashes,
    Dots,
    /// Larger dots that stand out: the optima.
    Optima,
    /// A vertical line at every point's x, through the whole panel.
    Verticals,
}

/// Points with a name, which goes into the legend unless it is empty.
#[derive(Debug, Clone)]
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
#[derive(Debug, Clone)]
pub struct Panel<'a> {
    /// Stands above the panel, unless it is empty.
    pub title: &'a str,
    pub x: &'a str,
    pub y: &'a str,
    pub x_scale: Scale,
    pub y_scale: Scale,
    /// Draws the line y = 0.
    pub zero_line: bool,
    pub legend: Option<SeriesLabelPosition>,
    pub look: Look,
}

/// The room of a panel's labels in pixels, how many there are at most, and how opaque its bands are.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    pub label_areas: [u32; 2],
    pub labels: [usize; 2],
    pub band: f64,
}

impl Default for Look {
    fn default() -> Self {
        Self { label_areas: [32, 58], labels: [9, 7], band: 0.22 }
    }
}

pub fn curves(area: &Area<'_>, panel: &Panel<'_>, series: &[Series]) -> Drawn<()> {
    let Panel { title, x, y, x_scale, y_scale, zero_line, ref legend, look } = *panel;
    let mut chart = ChartBuilder::on(area);
    if !title.is_empty() {
        chart.caption(title, ("sans-serif", 14));
    }
    let mut chart = chart
        .margin(4)
        .margin_right(14)
        .x_label_area_size(look.label_areas[0])
        .y_label_area_size(look.label_areas[1])
        .build_cartesian_2d(x_scale, y_scale)?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(BLACK.mix(0.08))
        .x_desc(x)
        .y_desc(format!("{y}{}", y_scale.note()))
        .x_labels(look.labels[0])
        .y_labels(look.labels[1])
        .label_style(("sans-serif", 11))
        .axis_desc_style(("sans-serif", 12))
        .draw()?;
    if zero_line {
        let line = vec![(x_scale.low, 0.0), (x_scale.high, 0.0)];
        chart.draw_series([PathElement::new(line, BLACK.stroke_width(1))])?;
    }
    for Series { colour, band, .. } in series.iter().filter(|series| !series.band.is_empty()) {
        let upper = band.iter().map(|&(x, _, high)| (x, high));
        let lower = band.iter().rev().map(|&(x, low, _)| (x, low));
        let outline: Vec<_> = upper.chain(lower).collect();
        chart.draw_series([Polygon::new(outline, colour.mix(look.band))])?;
    }
    for Series { name, colour, mark, points, .. } in series {
        let (colour, points) = (*colour, points.clone());
        let drawn = match mark {
            Mark::Line => chart.draw_series(LineSeries::new(points, colour.stroke_width(1)))?,
            Mark::Thick => chart.draw_series(LineSeries::new(points, colour.stroke_width(2)))?,
            Mark::Dashes => {
                let style = colour.stroke_width(2);
                chart.draw_series(DashedLineSeries::new(points, 6, 4, style))?
            }
            Mark::Dots => {
                chart.draw_series(points.into_iter().map(|p| Circle::new(p, 2, colour.filled())))?
            }
            Mark::Optima => {
                chart.draw_series(points.into_iter().map(|p| Circle::new(p, 3, colour.filled())))?
            }
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
        Mark::Line | Mark::Thick | Mark::Verticals => {
            PathElement::new(vec![(x, y), (x + 18, y)], colour.stroke_width(2)).into_dyn()
        }
        Mark::Dashes => {
            PathElement::new(vec![(x + 5, y), (x + 13, y)], colour.stroke_width(2)).into_dyn()
        }
    }
}
