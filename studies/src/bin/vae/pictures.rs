//! Figure 11 of [LR], and digits.

use gols_studies::chart::{
    BLUE, Colour, Drawn, GREEN, Look, Mark, ORANGE, PURPLE, Panel, SKY, Scale, Series, VERMILION,
    curves, picture,
};
use gols_studies::statistics::upper_median;
use plotters::prelude::{FontStyle, SeriesLabelPosition};

use crate::training::Outcome;

const COLOURS: [Colour; 6] = [VERMILION, SKY, ORANGE, BLUE, GREEN, PURPLE];

/// Training loss against epochs, and step lengths against iterations.
pub(crate) fn figure_11(title: &str, outcomes: &[Outcome]) -> Drawn<String> {
    let font = ("sans-serif", 18, FontStyle::Normal);
    picture((1000, 420), (title, font), |root, _| {
        let panels = root.split_evenly((1, 2));
        let losses = series(outcomes, losses);
        // From the first epoch on: the way down to it would flatten all that follows.
        let (least, most) = ends(&losses, 1.0);
        let margin = 0.05 * (most - least);
        let y_scale = Scale::linear(least - margin, most + 3.0 * margin);
        curves(&panels[0], &panel(["epoch", "training loss a sample"], y_scale, &losses), &losses)?;
        let steps = series(outcomes, steps);
        let (least, most) = ends(&steps, 0.0);
        let y_scale = Scale::decades(least, 10.0 * most);
        curves(&panels[1], &panel(["iteration", "step length α (median)"], y_scale, &steps), &steps)
    })
}

fn losses(outcome: &Outcome) -> Vec<(f64, f64)> {
    let points = outcome.curve.iter().map(|point| (point.epoch as f64, point.loss));
    points.filter(|point| point.1.is_finite()).collect()
}

/// Medians of at most 300 windows: a curve that can be read.
fn steps(outcome: &Outcome) -> Vec<(f64, f64)> {
    let window = outcome.steps.len().div_ceil(300);
    let windows = outcome.steps.chunks(window).enumerate();
    let medians = windows.map(|(index, steps)| {
        ((index as f64 + 0.5) * window as f64, upper_median(steps.iter().copied()))
    });
    medians.filter(|point| point.1 > 0.0).collect()
}

fn series(outcomes: &[Outcome], points: fn(&Outcome) -> Vec<(f64, f64)>) -> Vec<Series> {
    let coloured = outcomes.iter().zip(COLOURS);
    coloured
        .map(|(o, colour)| Series::new(o.method.name(), colour, Mark::Thick, points(o)))
        .collect()
}

/// The least and the greatest value from `x` on.
fn ends(series: &[Series], x: f64) -> (f64, f64) {
    let points = series.iter().flat_map(|series| &series.points).filter(|point| point.0 >= x);
    points.fold((f64::INFINITY, 0.0), |(least, most), &(_, y)| (y.min(least), y.max(most)))
}

fn panel<'a>([x, y]: [&'a str; 2], y_scale: Scale, series: &[Series]) -> Panel<'a> {
    let end = series.iter().flat_map(|s| &s.points).map(|point| point.0).fold(0.0, f64::max);
    Panel {
        title: "",
        x,
        y,
        x_scale: Scale::linear(0.0, end),
        y_scale,
        zero_line: false,
        legend: Some(SeriesLabelPosition::UpperRight),
        look: Look { label_areas: [40, 60], labels: [8, 8], ..Look::default() },
    }
}

/// Rows of square pictures with values in [0, 1], dark on white, as a grey PNG of twice their size.
pub(crate) fn grid(rows: &[&[f32]], columns: usize, side: usize) -> Drawn<Vec<u8>> {
    const ZOOM: usize = 2;
    const GAP: usize = 2;
    let cell = side + GAP;
    let (width, height) = (columns * cell + GAP, rows.len() * cell + GAP);
    let mut pixels = vec![255_u8; width * height];
    for (row, pictures) in rows.iter().enumerate() {
        for (column, picture) in pictures.chunks_exact(side * side).take(columns).enumerate() {
            for (y, line) in picture.chunks_exact(side).enumerate() {
                let start = (row * cell + GAP + y) * width + column * cell + GAP;
                for (pixel, value) in pixels[start..].iter_mut().zip(line) {
                    *pixel = (255.0 * (1.0 - value.clamp(0.0, 1.0))).round() as u8;
                }
            }
        }
    }
    let zoomed = (0..height * ZOOM).flat_map(|y| {
        let pixels = &pixels;
        (0..width * ZOOM).map(move |x| pixels[y / ZOOM * width + x / ZOOM])
    });
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, (width * ZOOM) as u32, (height * ZOOM) as u32);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.write_header()?.write_image_data(&zoomed.collect::<Vec<u8>>())?;
    Ok(bytes)
}
