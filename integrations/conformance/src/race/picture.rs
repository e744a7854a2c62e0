//! Training losses and another measure over updates.

use gols_studies::chart::{
    self, BLUE, Colour, Drawn, GREEN, Mark, ORANGE, PURPLE, Panel, SKY, Scale, Series, VERMILION,
};
use plotters::prelude::{FontStyle, SeriesLabelPosition};

use super::{Curve, Look, Measure};

const COLOURS: [Colour; 6] = [VERMILION, SKY, BLUE, GREEN, PURPLE, ORANGE];

/// Two panels as an SVG: training losses, and what else was measured.
///
/// # Errors
/// The drawing library's.
pub fn draw(title: &str, curves: &[Curve], measure: &Measure) -> Drawn<String> {
    let font = ("sans-serif", 16, FontStyle::Normal);
    let losses = series(curves, |look| look.loss);
    let mut scores = series(curves, |look| look.score);
    let is_drawn = |point: &(f64, f64)| measure.drawn.contains(&point.1);
    scores.iter_mut().for_each(|series| series.points.retain(is_drawn));
    let scale = scale_of(&losses);
    chart::picture((1000, 400), (title, font), |root, _| {
        let panels = root.split_evenly((1, 2));
        let legend = Some(SeriesLabelPosition::UpperRight);
        chart::curves(&panels[0], &panel("training loss", scale, legend, &losses), &losses)?;
        let scale = Scale::linear(*measure.drawn.start(), *measure.drawn.end());
        chart::curves(&panels[1], &panel(measure.name, scale, None, &scores), &scores)
    })
}

/// Losses that span a decade are drawn in decades, others on a linear scale.
fn scale_of(losses: &[Series]) -> Scale {
    let values = || losses.iter().flat_map(|series| &series.points).map(|point| point.1);
    let (least, most) = values().fold((f64::INFINITY, 0.0_f64), |(a, b), y| (y.min(a), y.max(b)));
    if most > 10.0 * least { Scale::decades(least, most) } else { Scale::of_losses(values()) }
}

fn series(curves: &[Curve], of: fn(&Look) -> f64) -> Vec<Series> {
    let each = curves.iter().zip(COLOURS).map(|(curve, colour)| {
        let mark = if curve.rate == "-" { Mark::Thick } else { Mark::Line };
        let points = curve.looks.iter().map(|look| (look.updates as f64, of(look)));
        let name = format!("{} {}", curve.name, curve.rate.trim_matches('-'));
        Series::new(name, colour, mark, points)
    });
    each.collect()
}

fn panel<'a>(
    y: &'a str,
    y_scale: Scale,
    legend: Option<SeriesLabelPosition>,
    series: &[Series],
) -> Panel<'a> {
    let updates = series.iter().flat_map(|series| &series.points).map(|point| point.0);
    let x_scale = Scale::linear(0.0, updates.fold(1.0, f64::max));
    let look = chart::Look::default();
    Panel { title: "", x: "updates", y, x_scale, y_scale, zero_line: false, legend, look }
}
