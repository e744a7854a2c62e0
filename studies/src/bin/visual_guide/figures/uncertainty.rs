//! Figure 6: means and deviations of loss and slope, and where optima may be found.

use std::fmt::Write;

use gols::landscape::SurfacePoint;
use gols::statistics::Moments;
use gols_studies::chart::{
    Area, Drawn, Layer, Look, Mark, Overlay, Panel, Scale, Series, curves, picture,
};
use gols_studies::pool::Pool;
use plotters::prelude::*;

use super::loss_and_slope;
use crate::plot::{Heat, LINE_COLOURS, Map, Place, TITLE, heat};
use crate::problem::{Domain, Unit};
use crate::surfaces::{Batch, Points, difference, losses, surface, values};

const SIZE: usize = 10;
const DRAWS: usize = 50;

/// Loss or slope of a point.
type Measure = fn(&SurfacePoint) -> Moments;

pub(super) fn draw(pool: Pool, seed: u64) -> Drawn<String> {
    let look = |batch| surface(pool, Unit::Sigmoid, Domain::Global, seed, batch);
    let full = look(Batch::Full)?;
    let drawn = look(Batch::Dynamic { size: SIZE, draws: DRAWS })?;
    let title = format!(
        "Loss (left) and slope along d1 + d2 (right): {DRAWS} draws of |B| = {SIZE} a point (Sigmoid, start {seed})"
    );
    picture((960, 1560), (&title, TITLE), |root, overlay| {
        let panels = root.split_evenly((4, 2));
        sections([&panels[0], &panels[1]], &full, &drawn)?;
        means([&panels[2], &panels[3]], overlay, &drawn)?;
        candidates([&panels[4], &panels[5]], overlay, &full, &drawn)?;
        deviations([&panels[6], &panels[7]], overlay, &drawn)
    })
}

/// The surfaces along their diagonal: mean, band of one sd, full batch, zero.
fn sections(pair: [&Area<'_>; 2], full: &Points, drawn: &Points) -> Drawn<()> {
    let diagonal = |points: &Points| -> Vec<SurfacePoint> {
        points.iter().enumerate().map(|(n, row)| row[n]).collect()
    };
    let (full, drawn) = (diagonal(full), diagonal(drawn));
    let length = |point: &SurfacePoint| point.a * 2.0_f64.sqrt();
    let views: [(&str, &str, Measure, bool); 2] = [
        ("(a) loss along d1 + d2", "loss", |point| point.loss, false),
        ("(b) slope along d1 + d2", "slope, loss per unit step", |point| point.slope, true),
    ];
    for (area, (title, y, of, zero_line)) in pair.into_iter().zip(views) {
        let band: Vec<_> = drawn
            .iter()
            .map(|point| {
                let (mean, sd) = (of(point).mean(), of(point).standard_deviation());
                (length(point), mean - sd, mean + sd)
            })
            .collect();
        let edges = band.iter().flat_map(|&(_, low, high)| [low, high]);
        let y_scale = Scale::of_losses(edges);
        let mean = drawn.iter().map(|point| (length(point), of(point).mean()));
        let truth = full.iter().map(|point| (length(point), of(point).mean()));
        let series = [
            Series::new("mean ± sd of 50 draws", LINE_COLOURS[0], Mark::Line, mean).with_band(band),
            Series::new("full batch", LINE_COLOURS[1], Mark::Dashes, truth),
        ];
        let panel = Panel {
            title,
            x: "step along (d1 + d2) / √2",
            y,
            x_scale: Scale::linear(-29.0, 29.0),
            y_scale,
            zero_line,
            legend: Some(SeriesLabelPosition::UpperLeft),
            look: Look::default(),
        };
        curves(area, &panel, &series)?;
    }
    Ok(())
}

/// The mean surfaces; on the slope's, the zero plane as a black line and the band of uncertainty as white
/// lines.
fn means(pair: [&Area<'_>; 2], overlay: &mut Overlay, drawn: &Points) -> Drawn<()> {
    let titles = ["(c) mean loss", "(d) mean slope; black: 0, hatched: |mean| < sd"];
    let place = loss_and_slope(pair, overlay, drawn, Domain::Global, titles, true)?;
    hatch(overlay, place, drawn)
}

/// Is the sign of one draw's slope uncertain here?
fn uncertain(point: &SurfacePoint) -> bool {
    point.slope.mean().abs() < point.slope.standard_deviation()
}

/// Hatches the points whose slope is within one sd of zero.
fn hatch(overlay: &mut Overlay, (left, top, width, height): Place, drawn: &Points) -> Drawn<()> {
    let (rows, columns) = (drawn.len(), drawn.first().map_or(0, Vec::len));
    let (w, h) = (f64::from(width) / columns as f64, f64::from(height) / rows as f64);
    let mut path = String::new();
    for (j, row) in drawn.iter().enumerate() {
        for (i, point) in row.iter().enumerate() {
            if uncertain(point) && (i + j) % 2 == 0 {
                let x = f64::from(left) + i as f64 * w;
                let y = f64::from(top + height) - j as f64 * h;
                write!(path, "M{x:.1} {y:.1}l{w:.1} -{h:.1}")?;
            }
        }
    }
    overlay.path(Layer::Over, &path, "fill=\"none\" stroke=\"white\" stroke-width=\"1.3\"")
}

/// Where a search may stop: dips of the mean loss below the true one, and slopes of uncertain sign.
fn candidates(
    pair: [&Area<'_>; 2],
    overlay: &mut Overlay,
    full: &Points,
    drawn: &Points,
) -> Drawn<()> {
    let dips = difference(&losses(drawn), &losses(full));
    let below = dips.iter().flatten().filter(|&&dip| dip < 0.0).count();
    let all = dips.iter().flatten().count();
    let signs: Vec<Vec<f64>> =
        dips.iter().map(|row| row.iter().map(|dip| dip.signum()).collect()).collect();
    let scale = Scale::linear(-1.5, 1.5);
    let dip = Heat {
        title: &format!("(e) mean below the full-batch loss (dark): {} %", 100 * below / all),
        unit: "sign of mean - full-batch loss",
        half_range: 20.0,
        values: &signs,
        scale,
        map: Map::Diverging,
        zero_line: false,
    };
    heat(pair[0], overlay, &dip)?;
    let signs =
        values(
            drawn,
            |point| {
                if uncertain(point) { f64::NAN } else { point.slope.mean().signum() }
            },
        );
    let open = signs.iter().flatten().filter(|sign| sign.is_nan()).count();
    let sign = Heat {
        title: &format!(
            "(f) sign of the slope; white: |mean| < sd, {} % of points",
            100 * open / all
        ),
        unit: "sign of the mean slope",
        values: &signs,
        ..dip
    };
    heat(pair[1], overlay, &sign)?;
    Ok(())
}

fn deviations(pair: [&Area<'_>; 2], overlay: &mut Overlay, drawn: &Points) -> Drawn<()> {
    let loss_sd = values(drawn, |point| point.loss.standard_deviation());
    let slope_sd = values(drawn, |point| point.slope.standard_deviation());
    let loss = Heat {
        title: "(g) sd of the loss",
        unit: "loss",
        half_range: 20.0,
        values: &loss_sd,
        scale: Scale::of_deviations(loss_sd.iter().flatten().copied()),
        map: Map::Sequential,
        zero_line: false,
    };
    heat(pair[0], overlay, &loss)?;
    let slope = Heat {
        title: "(h) sd of the slope",
        unit: "slope, loss per unit step",
        values: &slope_sd,
        scale: Scale::of_deviations(slope_sd.iter().flatten().copied()),
        ..loss
    };
    heat(pair[1], overlay, &slope)?;
    Ok(())
}
