//! Training losses and test accuracies over updates.

use gols_conformance::comparison::Outcome;
use gols_conformance::race::Curve;
use gols_studies::chart::{
    self, BLUE, Colour, Drawn, GREEN, Look, Mark, ORANGE, PURPLE, Panel, SKY, Scale, Series,
    VERMILION,
};
use plotters::prelude::{FontStyle, SeriesLabelPosition};

const COLOURS: [Colour; 6] = [VERMILION, SKY, BLUE, GREEN, PURPLE, ORANGE];

/// The accuracies that are drawn begin here.
const LEAST: f64 = 90.0;

pub(crate) fn draw(curves: &[Curve]) -> Drawn<String> {
    let font = ("sans-serif", 16, FontStyle::Normal);
    let losses = series(curves, |outcome| outcome.loss);
    let mut accuracies = series(curves, |outcome| outcome.accuracy);
    accuracies.iter_mut().for_each(|series| series.points.retain(|point| point.1 >= LEAST));
    let values = losses.iter().flat_map(|series| &series.points).map(|point| point.1);
    let (least, most) = values.fold((f64::INFINITY, 0.0_f64), |(a, b), y| (y.min(a), y.max(b)));
    let scale = Scale::decades(least, most);
    chart::picture((1000, 400), ("Digits, a convolutional network", font), |root, _| {
        let panels = root.split_evenly((1, 2));
        let legend = Some(SeriesLabelPosition::UpperRight);
        chart::curves(&panels[0], &panel("training loss", scale, legend, &losses), &losses)?;
        let scale = Scale::linear(LEAST, 100.0);
        let panel = panel("test accuracy in %", scale, None, &accuracies);
        chart::curves(&panels[1], &panel, &accuracies)
    })
}

fn series(curves: &[Curve], of: fn(&Outcome) -> f64) -> Vec<Series> {
    let each = curves.iter().zip(COLOURS).map(|(curve, colour)| {
        let mark = if curve.rate == "-" { Mark::Thick } else { Mark::Line };
        let points = curve.looks.iter().map(|(updates, outcome)| (*updates as f64, of(outcome)));
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
    let look = Look::default();
    Panel { title: "", x: "updates", y, x_scale, y_scale, zero_line: false, legend, look }
}
