//! Figure 2: what static and dynamic sub-sampling make of one loss.

use gols::landscape::{Grid, Scan, scan};
use gols::{MiniBatches, Sampling, SliceModel, SliceObjective};
use gols_studies::chart::{
    Area, Colour, Drawn, GREEN, Look, Mark, ORANGE, PURPLE, Panel, SKY, Scale, Series, curves,
    picture,
};
use plotters::prelude::*;

use super::with_optima;
use crate::lines::Quantity;
use crate::plot::TITLE;
use crate::problem::{Domain, Purpose, SAMPLES, Unit, derive, objective};
use crate::surfaces::plane_of;

/// Four batches of this many samples; their mean is the loss of all of them.
const BATCH: usize = 5;
const BATCHES: usize = 4;

/// Optima: red, as in the paper.
const OPTIMA: Colour = RGBColor(200, 0, 40);
const ALL: Colour = RGBColor(20, 60, 200);
/// For what stands behind something else.
const PALE: Colour = RGBColor(190, 190, 190);
const BATCH_COLOURS: [Colour; 4] = [GREEN, PURPLE, SKY, ORANGE];

pub(super) fn draw(seed: u64) -> Drawn<String> {
    let direction = plane_of(Unit::Sigmoid, Domain::Global, seed)?.first().clone();
    let grid = Grid::increments(-10.0, 10.0, 200)?;
    let all = BATCH * BATCHES;
    let mut source = MiniBatches::new(SAMPLES, all, derive(seed, Purpose::Conceptual, 0))?;
    let rows = source.draw().to_vec();
    let look = |rows: &[usize]| -> Drawn<Scan> {
        let (mut model, x0) = objective(Unit::Sigmoid, seed, None)?.into_parts();
        let mut objective =
            SliceObjective::from_fn(x0, |x, gradient| model.loss_and_gradient(x, rows, gradient))?;
        Ok(scan(&mut objective, &direction, &grid, Sampling::Full)?)
    };
    let full = look(&rows)?;
    let batches: Vec<Scan> = rows.chunks(BATCH).map(look).collect::<Drawn<_>>()?;
    // The oracle: one of the four batches at random for every step.
    let mut oracle = MiniBatches::new(BATCHES, 1, derive(seed, Purpose::Conceptual, 1))?;
    let choices: Vec<usize> = grid.steps().iter().map(|_| oracle.draw()[0]).collect();
    let chosen = |quantity: Quantity| {
        let chosen = choices.iter().enumerate();
        chosen.map(|(n, &batch)| quantity.values(&batches[batch])[n]).collect()
    };
    let dynamic = Scan {
        steps: full.steps.clone(),
        losses: chosen(Quantity::Loss),
        slopes: chosen(Quantity::Slope),
    };
    let title = format!(
        "Static and dynamic sub-sampling of one loss: {all} samples of Iris in {BATCHES} batches of {BATCH} \
         (start {seed})",
    );
    picture((1200, 1080), (&title, TITLE), |root, _| {
        let rows = root.split_evenly((3, 2));
        for (column, quantity) in Quantity::BOTH.into_iter().enumerate() {
            fixed_batches(&rows[column], quantity, &full, &batches)?;
            coloured(&rows[2 + column], quantity, &dynamic, &choices)?;
            plain(&rows[4 + column], quantity, &dynamic)?;
        }
        Ok(())
    })
}

/// Draws curves under the title of their quantity; the values of `scans` decide how high.
fn panel<'a>(
    area: &Area<'_>,
    quantity: Quantity,
    titles: [&str; 2],
    scans: impl IntoIterator<Item = &'a Scan>,
    series: &[Series],
) -> Drawn<()> {
    let (y, legend) = match quantity {
        Quantity::Loss => ("loss", SeriesLabelPosition::UpperMiddle),
        Quantity::Slope => ("slope, loss per step", SeriesLabelPosition::LowerRight),
    };
    let values = scans.into_iter().flat_map(|scan| quantity.values(scan)).copied();
    let panel = Panel {
        title: titles[quantity as usize],
        x: "step along a random unit direction",
        y,
        x_scale: Scale::linear(-10.0, 10.0),
        y_scale: Scale::of_losses(values),
        zero_line: quantity.is_slope(),
        legend: Some(legend),
        look: Look::default(),
    };
    curves(area, &panel, series)
}

/// (a, b): the full batch and the four static ones, each with its optimum.
fn fixed_batches(area: &Area<'_>, quantity: Quantity, full: &Scan, batches: &[Scan]) -> Drawn<()> {
    let titles = [
        "(a) static: every batch has a smooth loss and minima of its own",
        "(b) static: every batch has NN-GPPs of its own",
    ];
    let optima = |scan| quantity.optima(scan).len();
    let mut series = Vec::new();
    for (number, (batch, colour)) in batches.iter().zip(BATCH_COLOURS).enumerate() {
        let name = format!("batch {}, optima: {}", number + 1, optima(batch));
        let line = Series::new(name, colour, Mark::Line, quantity.points(batch));
        series.extend(with_optima(line, quantity, batch));
    }
    let name = format!("all, true optima: {}", optima(full));
    let line = Series::new(name, ALL, Mark::Dashes, quantity.points(full));
    series.extend(with_optima(line, quantity, full));
    panel(area, quantity, titles, batches, &series)
}

/// (c, d): the dynamic loss in the colours of the batches that make it.
fn coloured(area: &Area<'_>, quantity: Quantity, dynamic: &Scan, choices: &[usize]) -> Drawn<()> {
    let titles = [
        "(c) dynamic: a batch drawn anew at every step",
        "(d) dynamic: the slope of the same batches",
    ];
    let all = quantity.points(dynamic);
    let mut series = vec![Series::new("", PALE, Mark::Line, all.clone())];
    for (number, colour) in BATCH_COLOURS.into_iter().enumerate() {
        let own = all.iter().zip(choices).filter(|&(_, &choice)| choice == number);
        let own = own.map(|(&point, _)| point);
        series.push(Series::new(format!("batch {}", number + 1), colour, Mark::Dots, own));
    }
    panel(area, quantity, titles, [dynamic], &series)
}

/// (e, f): the dynamic loss as a search sees it, with its candidates.
fn plain(area: &Area<'_>, quantity: Quantity, dynamic: &Scan) -> Drawn<()> {
    let titles = [
        "(e) what a minimizer sees: a minimum at every other jump",
        "(f) what a gradient-only search sees: sign changes near the optimum",
    ];
    let candidates = quantity.optimal_points(dynamic);
    let name = ["local minima", "SNN-GPPs"][quantity as usize];
    let name = format!("{} {name}", candidates.len());
    let line = Series::new("dynamic sub-sampling", ALL, Mark::Line, quantity.points(dynamic));
    let series = [line, Series::new(name, OPTIMA, Mark::Optima, candidates)];
    panel(area, quantity, titles, [dynamic], &series)
}
