//! Histograms, stacked.

use gols::statistics::Histogram;
use gols_studies::chart::{Area, Colour, Drawn, Scale};
use plotters::prelude::*;

/// A panel of stacked histograms.
pub(crate) struct Bars<'a> {
    pub title: &'a str,
    pub x: &'a str,
    pub y: &'a str,
    pub x_range: (f64, f64),
    /// Marks on the axis: the true optima.
    pub marks: &'a [(f64, Colour)],
}

/// Draws the histograms, which have the same bins, on top of each other.
pub(crate) fn bars(area: &Area<'_>, panel: &Bars<'_>, stack: &[(Histogram, Colour)]) -> Drawn<()> {
    let Bars { title, x, y, x_range: (low, high), marks } = *panel;
    let bins = stack.first().map_or(0, |(histogram, _)| histogram.counts().len());
    let total = |bin: usize| stack.iter().map(|(h, _)| h.counts()[bin]).sum::<u64>();
    let most = (0..bins).map(total).max().unwrap_or(0).max(4) as f64 * 1.12;
    let mut chart = ChartBuilder::on(area)
        .caption(title, ("sans-serif", 14))
        .margin(4)
        .margin_right(14)
        .x_label_area_size(32)
        .y_label_area_size(58)
        .build_cartesian_2d(Scale::linear(low, high), Scale::linear(0.0, most))?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(BLACK.mix(0.08))
        .x_desc(x)
        .y_desc(y)
        .x_labels(9)
        .y_labels(5)
        .label_style(("sans-serif", 11))
        .axis_desc_style(("sans-serif", 12))
        .draw()?;
    let mut below = vec![0.0; bins];
    for (histogram, colour) in stack {
        for ((left, right, count), base) in histogram.bins().zip(&mut below) {
            let top = *base + count as f64;
            let gap = 0.06 * (right - left);
            if count > 0 {
                let corners = [(left + gap, *base), (right - gap, top)];
                chart.draw_series([Rectangle::new(corners, colour.filled())])?;
            }
            *base = top;
        }
    }
    for &(place, colour) in marks {
        chart.draw_series([Circle::new((place, most * 0.95), 4, colour.filled())])?;
    }
    Ok(())
}
