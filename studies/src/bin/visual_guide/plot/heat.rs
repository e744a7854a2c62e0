//! A surface as a heat map with a colour bar.

use std::fmt::Write;

use gols_studies::chart::{Area, Colour, Drawn, Layer, Overlay, Scale};
use plotters::prelude::*;

use super::colour::Map;

/// A rectangle in pixels: left, top, width, height.
pub(crate) type Place = (i32, i32, i32, i32);

/// A surface over a square, and how to show it.
pub(crate) struct Heat<'a> {
    pub title: &'a str,
    /// What the colour bar measures.
    pub unit: &'a str,
    /// Half the side of the square, in units of the directions.
    pub half_range: f64,
    /// Rows from the lowest coordinate along d2 to the highest.
    pub values: &'a [Vec<f64>],
    pub scale: Scale,
    pub map: Map,
    /// Draws where the values change their sign.
    pub zero_line: bool,
}

/// The colours of the bar and of the image: enough to look smooth, few enough to pack well.
const LEVELS: f64 = 96.0;
/// Neither side of a diverging map.
const ZERO: Colour = RGBColor(150, 150, 150);
/// The bar, its labels, and the room for both, in pixels.
const BAR_WIDTH: i32 = 12;
const BAR_LABELS: i32 = 60;
const BAR_AREA: i32 = 88;

/// Draws the heat map into `area`, and returns where it lies.
pub(crate) fn heat(area: &Area<'_>, overlay: &mut Overlay, heat: &Heat<'_>) -> Drawn<Place> {
    let Heat { title, unit, half_range, values, scale, map, zero_line } = *heat;
    let (width, _) = area.dim_in_pixel();
    let (left, right) = area.split_horizontally(width as i32 - BAR_AREA);
    let has_zeros = map == Map::Diverging && values.iter().flatten().any(|&value| value == 0.0);
    let title = if has_zeros { format!("{title} (grey: exactly 0)") } else { title.to_owned() };
    let side = Scale::linear(-half_range, half_range);
    let mut chart = ChartBuilder::on(&left)
        .caption(title, ("sans-serif", 14))
        .margin(4)
        .x_label_area_size(32)
        .y_label_area_size(38)
        .build_cartesian_2d(side, side)?;
    chart
        .configure_mesh()
        .disable_mesh()
        .x_desc("step along d1")
        .y_desc("step along d2")
        .x_labels(5)
        .y_labels(5)
        .label_style(("sans-serif", 11))
        .axis_desc_style(("sans-serif", 12))
        .draw()?;
    let (x, y) = chart.plotting_area().get_pixel_range();
    let place = (x.start, y.start, x.end - x.start, y.end - y.start);
    overlay.image(
        place,
        &pixels(values, |value| match value {
            0.0 if map == Map::Diverging => ZERO,
            value => colour(map, scale.place(value)),
        }),
    )?;
    if zero_line {
        let style = "fill=\"none\" stroke=\"black\" stroke-width=\"1.2\"";
        overlay.path(Layer::Over, &zero_path(values, place)?, style)?;
    }
    bar(&right, overlay, (y.start, y.end), unit, scale, map)?;
    Ok(place)
}

fn colour(map: Map, place: f64) -> Colour {
    if place.is_nan() {
        return WHITE;
    }
    // An even number of levels, so that the middle of a diverging map is a border.
    map.colour(((place * LEVELS).floor().min(LEVELS - 1.0) + 0.5) / LEVELS)
}

/// The image's rows from the top: the surface's from the last.
fn pixels(values: &[Vec<f64>], colour: impl Fn(f64) -> Colour) -> Vec<Vec<Colour>> {
    values.iter().rev().map(|row| row.iter().map(|&value| colour(value)).collect()).collect()
}

/// The colour bar, as high as the map beside it.
fn bar(
    area: &Area<'_>,
    overlay: &mut Overlay,
    (top, bottom): (i32, i32),
    unit: &str,
    scale: Scale,
    map: Map,
) -> Drawn<()> {
    let (_, y) = area.get_pixel_range();
    let (above, below) = (top - y.start, y.end - bottom);
    let mut chart = ChartBuilder::on(area)
        .margin_top(above)
        .margin_bottom(below)
        .margin_left(2)
        .margin_right(BAR_AREA - 2 - BAR_WIDTH - BAR_LABELS)
        .set_label_area_size(LabelAreaPosition::Right, BAR_LABELS)
        .build_cartesian_2d(0.0..1.0, scale)?;
    chart
        .configure_mesh()
        .disable_mesh()
        .disable_x_axis()
        .y_desc(format!("{unit}{}", scale.note()))
        .y_labels(9)
        .label_style(("sans-serif", 11))
        .axis_desc_style(("sans-serif", 12))
        .draw()?;
    let (x, y) = chart.plotting_area().get_pixel_range();
    let height = y.end - y.start;
    // One pixel of the image a pixel of the picture, so that no viewer blurs it.
    let level =
        |n: i32| vec![colour(map, (f64::from(n) + 0.5) / f64::from(height)); BAR_WIDTH as usize];
    let levels: Vec<_> = (0..height).rev().map(level).collect();
    overlay.image((x.start, y.start, BAR_WIDTH, height), &levels)
}

/// Where a surface changes its sign: one short line in every cell of four points that holds some of the
/// border (marching squares).
fn zero_path(values: &[Vec<f64>], place: Place) -> Drawn<String> {
    let rows = values.len();
    let mut path = String::new();
    let (left, top, width, height) = place;
    let columns = values.first().map_or(0, Vec::len);
    let pixel = |(column, row): (f64, f64)| {
        let x = f64::from(left) + (column + 0.5) / columns as f64 * f64::from(width);
        let y = f64::from(top + height) - (row + 0.5) / rows as f64 * f64::from(height);
        (x, y)
    };
    for row in 0..rows.saturating_sub(1) {
        for column in 0..columns.saturating_sub(1) {
            let crossings = crossings(values, row, column);
            for pair in crossings.chunks_exact(2) {
                let ((x1, y1), (x2, y2)) = (pixel(pair[0]), pixel(pair[1]));
                write!(path, "M{x1:.1} {y1:.1}L{x2:.1} {y2:.1}")?;
            }
        }
    }
    Ok(path)
}

/// The points (column, row) where the edges of a cell cross 0: none, two or four.
fn crossings(values: &[Vec<f64>], row: usize, column: usize) -> Vec<(f64, f64)> {
    let corners = [(0, 0), (1, 0), (1, 1), (0, 1)];
    let value = |(c, r): (usize, usize)| values[row + r][column + c];
    let mut points = Vec::new();
    for edge in 0..4 {
        let (from, to) = (corners[edge], corners[(edge + 1) % 4]);
        let (start, end) = (value(from), value(to));
        if (start < 0.0) != (end < 0.0) {
            let share = start / (start - end);
            let along = |a: usize, b: usize| a as f64 + share * (b as f64 - a as f64);
            points.push((column as f64 + along(from.0, to.0), row as f64 + along(from.1, to.1)));
        }
    }
    points
}
