//! Figure 2: what static and dynamic sub-sampling make of one loss.

use gols::landscape::{Grid, Scan, scan};
use gols::{MiniBatches, Sampling};
use plotters::prelude::*;

use crate::plot::{Area, Colour, Curves, Mark, PALE, PlotResult, Scale, Series, curves, picture};
use crate::problem::{Domain, Purpose, SAMPLES, UNITS, derive, objective};
use crate::surfaces::plane_of;

/// Four batches of this many samples; their mean is the loss of all of them.
const BATCH: usize = 5;
const BATCHES: usize = 4;

/// Optima: red, as in the paper.
const RED: Colour = RGBColor(200, 0, 40);
const BLUE: Colour = RGBColor(20, 60, 200);
const BATCH_COLOURS: [Colour; 4] =
    [RGBColor(0, 158, 115), RGBColor(204, 121, 167), RGBColor(86, 180, 233), RGBColor(230, 159, 0)];

pub fn draw(seed: u64) -> PlotResult<String> {
    let (unit, domain) = (UNITS[0], Domain::Global);
    let direction = plane_of(unit, domain, seed)?.first().clone();
    let grid = Grid::increments(-10.0, 10.0, 200)?;
    let mut source =
        MiniBatches::new(SAMPLES, BATCH * BATCHES, derive(seed, Purpose::Conceptual, 0))?;
    let rows = source.draw().to_vec();
    let look = |rows: &[usize]| -> PlotResult<Scan> {
        let mut objective = objective(unit, seed, None)?;
        objective.model_mut().set_batch(rows)?;
        Ok(scan(&mut objective, &direction, &grid, Sampling::Full)?)
    };
    let full = look(&rows)?;
    let batches: Vec<Scan> = rows.chunks(BATCH).map(look).collect::<PlotResult<_>>()?;
    // The oracle: one of the four batches at random for every step.
    let mut oracle = MiniBatches::new(BATCHES, 1, derive(seed, Purpose::Conceptual, 1))?;
    let choices: Vec<usize> = grid.steps().iter().map(|_| oracle.draw()[0]).collect();
    let chosen = |value: fn(&Scan, usize) -> f64| -> Vec<f64> {
        choices.iter().enumerate().map(|(n, &batch)| value(&batches[batch], n)).collect()
    };
    let dynamic = Scan {
        steps: full.steps.clone(),
        losses: chosen(|scan, n| scan.losses[n]),
        slopes: chosen(|scan, n| scan.slopes[n]),
    };
    let title = format!(
        "Static and dynamic sub-sampling of one loss: {} samples of Iris in {BATCHES} batches of {BATCH} \
         (start {seed})",
        BATCH * BATCHES
    );
    picture((1200, 1080), &title, |root, _| {
        let rows = root.split_evenly((3, 2));
        fixed_batches([&rows[0], &rows[1]], &full, &batches)?;
        coloured([&rows[2], &rows[3]], &dynamic, &choices)?;
        plain([&rows[4], &rows[5]], &dynamic)
    })
}

/// A panel of losses or of slopes.
struct View {
    title: String,
    of: fn(&Scan) -> &Vec<f64>,
    y: &'static str,
    zero_line: bool,
}

fn loss_view(title: impl Into<String>) -> View {
    View { title: title.into(), of: |scan| &scan.losses, y: "loss", zero_line: false }
}

fn slope_view(title: impl Into<String>) -> View {
    View {
        title: title.into(),
        of: |scan| &scan.slopes,
        y: "slope, loss per step",
        zero_line: true,
    }
}

fn panel(area: &Area<'_>, view: &View, scale: Scale, series: &[Series]) -> PlotResult<()> {
    let legend = if view.zero_line {
        SeriesLabelPosition::LowerRight
    } else {
        SeriesLabelPosition::UpperMiddle
    };
    let panel = Curves {
        title: &view.title,
        x: "step along a random unit direction",
        y: view.y,
        x_range: (-10.0, 10.0),
        y_scale: scale,
        zero_line: view.zero_line,
        legend: Some(legend),
    };
    curves(area, &panel, series)
}

fn scale_of<'a>(scans: impl IntoIterator<Item = &'a Vec<f64>>) -> Scale {
    Scale::of_losses(scans.into_iter().flatten().copied())
}

fn points(scan: &Scan, of: fn(&Scan) -> &Vec<f64>) -> Vec<(f64, f64)> {
    scan.steps.iter().copied().zip(of(scan).iter().copied()).collect()
}

/// The points of a scan at these steps.
fn at_steps(scan: &Scan, of: fn(&Scan) -> &Vec<f64>, steps: &[f64]) -> Vec<(f64, f64)> {
    points(scan, of).into_iter().filter(|(step, _)| steps.contains(step)).collect()
}

/// (a, b): the full batch and the four static ones, each with its optimum.
fn fixed_batches(pair: [&Area<'_>; 2], full: &Scan, batches: &[Scan]) -> PlotResult<()> {
    let views = [
        loss_view("(a) static: every batch has a smooth loss and minima of its own"),
        slope_view("(b) static: every batch has NN-GPPs of its own"),
    ];
    for (area, view) in pair.into_iter().zip(views) {
        let optima =
            |scan: &Scan| if view.zero_line { scan.sign_changes() } else { scan.local_minima() };
        let mut series = Vec::new();
        for (number, (batch, colour)) in batches.iter().zip(BATCH_COLOURS).enumerate() {
            let steps = optima(batch);
            let name = format!("batch {}, optima: {}", number + 1, steps.len());
            series.push(Series::new(name, colour, Mark::Line, points(batch, view.of)));
            series.push(Series::new("", colour, Mark::Optima, at_steps(batch, view.of, &steps)));
        }
        let steps = optima(full);
        let name = format!("all, true optima: {}", steps.len());
        series.push(Series::new(name, BLUE, Mark::Dashes, points(full, view.of)));
        series.push(Series::new("", BLUE, Mark::Optima, at_steps(full, view.of, &steps)));
        panel(area, &view, scale_of(batches.iter().map(view.of)), &series)?;
    }
    Ok(())
}

/// (c, d): the dynamic loss in the colours of the batches that make it.
fn coloured(pair: [&Area<'_>; 2], dynamic: &Scan, choices: &[usize]) -> PlotResult<()> {
    let views = [
        loss_view("(c) dynamic: a batch drawn anew at every step"),
        slope_view("(d) dynamic: the slope of the same batches"),
    ];
    for (area, view) in pair.into_iter().zip(views) {
        let all = points(dynamic, view.of);
        let mut series = vec![Series::new("", PALE, Mark::Line, all.clone())];
        for (number, colour) in BATCH_COLOURS.into_iter().enumerate() {
            let own = all.iter().zip(choices).filter(|&(_, &choice)| choice == number);
            let own = own.map(|(&point, _)| point);
            series.push(Series::new(format!("batch {}", number + 1), colour, Mark::Dots, own));
        }
        panel(area, &view, scale_of([(view.of)(dynamic)]), &series)?;
    }
    Ok(())
}

/// (e, f): the dynamic loss as a search sees it, with its candidates.
fn plain(pair: [&Area<'_>; 2], dynamic: &Scan) -> PlotResult<()> {
    let views = [
        loss_view("(e) what a minimizer sees: a minimum at every other jump"),
        slope_view("(f) what a gradient-only search sees: sign changes near the optimum"),
    ];
    for (area, view) in pair.into_iter().zip(views) {
        let (steps, name) = if view.zero_line {
            (dynamic.sign_changes(), "SNN-GPPs")
        } else {
            (dynamic.local_minima(), "local minima")
        };
        let series = [
            Series::new("dynamic sub-sampling", BLUE, Mark::Line, points(dynamic, view.of)),
            Series::new(
                format!("{} {name}", steps.len()),
                RED,
                Mark::Optima,
                at_steps(dynamic, view.of, &steps),
            ),
        ];
        panel(area, &view, scale_of([(view.of)(dynamic)]), &series)?;
    }
    Ok(())
}
