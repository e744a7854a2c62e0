//! Figure 11 of [LR], and digits.

use std::error::Error;

use plotters::prelude::*;

use crate::scale::Scale;
use crate::training::Outcome;

/// Colours that stay apart for colour-blind readers (Okabe and Ito).
const COLOURS: [RGBColor; 6] = [
    RGBColor(213, 94, 0),
    RGBColor(86, 180, 233),
    RGBColor(230, 159, 0),
    RGBColor(0, 114, 178),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
];

type Drawn = Result<(), Box<dyn Error>>;

/// Training loss against epochs, and step lengths against iterations.
pub fn figure_11(title: &str, outcomes: &[Outcome]) -> Result<String, Box<dyn Error>> {
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, (1000, 420)).into_drawing_area();
        root.fill(&WHITE)?;
        let root = root.titled(title, ("sans-serif", 18))?;
        let panels = root.split_evenly((1, 2));
        let losses = |o: &Outcome| o.curve.iter().map(|p| (p.epoch as f64, p.loss)).collect();
        // From the first epoch on: the way down to it would flatten all that follows.
        let points = outcomes.iter().flat_map(|o| &o.curve).filter(|p| p.epoch > 0);
        let finite: Vec<f64> = points.map(|p| p.loss).filter(|loss| loss.is_finite()).collect();
        let least = finite.iter().copied().fold(f64::INFINITY, f64::min);
        let most = finite.iter().copied().fold(0.0, f64::max);
        let margin = 0.05 * (most - least);
        let y = Scale::linear(least - margin, most + 3.0 * margin);
        draw(&panels[0], ["epoch", "training loss a sample"], y, outcomes, losses)?;
        let steps = |o: &Outcome| -> Vec<(f64, f64)> {
            // Medians of at most 300 windows: a curve that can be read.
            let window = o.steps.len().div_ceil(300);
            let medians = o.steps.chunks(window).enumerate().map(|(index, steps)| {
                let mut steps = steps.to_vec();
                steps.sort_by(f64::total_cmp);
                (((index as f64) + 0.5) * window as f64, steps[steps.len() / 2])
            });
            medians.filter(|point| point.1 > 0.0).collect()
        };
        let all: Vec<f64> = outcomes.iter().flat_map(steps).map(|point| point.1).collect();
        let least = all.iter().copied().fold(f64::INFINITY, f64::min);
        let y = Scale::log(least, 10.0 * all.iter().copied().fold(0.0, f64::max));
        draw(&panels[1], ["iteration", "step length α (median)"], y, outcomes, steps)?;
        root.present()?;
    }
    Ok(svg)
}

fn draw(
    area: &DrawingArea<SVGBackend<'_>, plotters::coord::Shift>,
    [x, y]: [&str; 2],
    scale: Scale,
    outcomes: &[Outcome],
    points: impl Fn(&Outcome) -> Vec<(f64, f64)>,
) -> Drawn {
    let curves: Vec<Vec<(f64, f64)>> = outcomes.iter().map(points).collect();
    let end = curves.iter().flatten().map(|point| point.0).fold(0.0, f64::max);
    let mut chart = ChartBuilder::on(area)
        .margin(10)
        .x_label_area_size(40)
        .y_label_area_size(60)
        .build_cartesian_2d(Scale::linear(0.0, end), scale)?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(BLACK.mix(0.08))
        .x_desc(x)
        .y_desc(y)
        .draw()?;
    for ((outcome, colour), curve) in outcomes.iter().zip(COLOURS).zip(curves) {
        let curve = curve.into_iter().filter(|point| point.1.is_finite());
        chart
            .draw_series(LineSeries::new(
                curve.map(|(x, y)| (x, scale.clamp(y))),
                colour.stroke_width(2),
            ))?
            .label(outcome.name)
            .legend(move |(x, y)| {
                PathElement::new(vec![(x, y), (x + 16, y)], colour.stroke_width(2))
            });
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperRight)
        .background_style(WHITE.mix(0.8))
        .border_style(BLACK.mix(0.2))
        .draw()?;
    Ok(())
}

/// Rows of square pictures with values in [0, 1], dark on white, as a grey PNG of twice their size.
pub fn grid(rows: &[&[f32]], columns: usize, side: usize) -> Result<Vec<u8>, Box<dyn Error>> {
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
