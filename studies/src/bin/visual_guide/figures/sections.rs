//! Figures 8 and 10, and the lower halves of figures 11 to 22: the four lines, with their optima.

use gols::statistics::Histogram;
use gols_studies::chart::{Area, Colour, Drawn, Look, Mark, Panel, Scale, Series, curves, picture};
use plotters::prelude::*;

use super::with_optima;
use crate::lines::{Lines, Quantity, Setting};
use crate::plot::{Bars, LINE_COLOURS, TITLE, bars};
use crate::problem::{Domain, Unit};

/// Figure 8: full batch, dynamic batches of 10, and where their optima lie.
pub(super) fn activation_sections(seed: u64) -> Drawn<String> {
    let setting = Setting { unit: Unit::Sigmoid, domain: Domain::Global, batch: 10 };
    let lines = look(setting, seed)?;
    let title = format!("Loss (left) and slope (right) along four lines (Sigmoid, start {seed})");
    picture((1200, 1060), (&title, TITLE), |root, _| {
        let panels = root.split_evenly((3, 2));
        sections([&panels[0], &panels[1]], &lines, true)?;
        sections([&panels[2], &panels[3]], &lines, false)?;
        places([&panels[4], &panels[5]], &lines)
    })
}

/// Figure 10: dynamic batches of 50 on both domains.
pub(super) fn batch_50(seed: u64) -> Drawn<String> {
    let title = format!("Batches of 50: loss (left) and slope (right) (Sigmoid, start {seed})");
    picture((1200, 1400), (&title, TITLE), |root, _| {
        let panels = root.split_evenly((4, 2));
        for (panels, domain) in panels.chunks(4).zip([Domain::Global, Domain::LocalUnit]) {
            let lines = look(Setting { unit: Unit::Sigmoid, domain, batch: 50 }, seed)?;
            sections([&panels[0], &panels[1]], &lines, false)?;
            places([&panels[2], &panels[3]], &lines)?;
        }
        Ok(())
    })
}

/// The lines of a start that has them.
pub(super) fn look(setting: Setting, seed: u64) -> Drawn<Lines> {
    Lines::look(setting, seed)?
        .ok_or_else(|| format!("start {seed} has no gradient to follow; try another --seed").into())
}

/// Loss and slope with their optima, of all data or of dynamic mini-batches.
pub(super) fn sections(pair: [&Area<'_>; 2], lines: &Lines, is_full: bool) -> Drawn<()> {
    let Setting { domain, batch, .. } = lines.setting;
    let scans = || lines.views.iter().map(|v| if is_full { &v.full } else { &v.sampled });
    let longest = lines.views.iter().map(|view| view.half_range).fold(0.0, f64::max);
    for (area, quantity) in pair.into_iter().zip(Quantity::BOTH) {
        let count: usize = scans().map(|scan| quantity.optima(scan).len()).sum();
        let (what, optima) = match (is_full, quantity) {
            (true, Quantity::Loss) => ("full batch".to_owned(), "true minima"),
            (true, Quantity::Slope) => ("full batch".to_owned(), "true NN-GPPs"),
            (false, Quantity::Loss) => (format!("|B| = {batch}"), "local minima"),
            (false, Quantity::Slope) => (format!("|B| = {batch}"), "SNN-GPPs"),
        };
        let values = scans().flat_map(|scan| quantity.values(scan)).copied();
        let (y, y_scale, legend) = match quantity {
            Quantity::Loss => ("loss", Scale::of_losses(values), SeriesLabelPosition::UpperMiddle),
            Quantity::Slope => (
                "slope, loss per unit step",
                Scale::of_slope_curves(values),
                SeriesLabelPosition::LowerRight,
            ),
        };
        let of_line = |((name, scan), colour)| {
            let name = format!("{name}: {}", quantity.optima(scan).len());
            let line = Series::new(name, colour, Mark::Line, quantity.points(scan));
            with_optima(line, quantity, scan)
        };
        let names = lines.views.iter().map(|view| view.name);
        let series: Vec<Series> = names.zip(scans()).zip(LINE_COLOURS).flat_map(of_line).collect();
        let panel = Panel {
            title: &format!("{what}, {}: {count} {optima}", domain.name()),
            x: "step along the unit direction",
            y,
            x_scale: Scale::linear(-longest, longest),
            y_scale,
            zero_line: quantity.is_slope(),
            legend: Some(legend),
            look: Look::default(),
        };
        curves(area, &panel, &series)?;
    }
    Ok(())
}

/// Histograms of where the minima and the SNN-GPPs lie; dots at the top mark true optima.
pub(super) fn places(pair: [&Area<'_>; 2], lines: &Lines) -> Drawn<()> {
    let views = || lines.views.iter().zip(LINE_COLOURS);
    let marks = views().flat_map(|(view, colour)| {
        view.true_optima().into_iter().map(move |place| (place, colour))
    });
    let marks: Vec<(f64, Colour)> = marks.collect();
    let titles = [
        "places of the local minima (dots: true optima)",
        "places of the SNN-GPPs (dots: true optima)",
    ];
    for ((area, title), quantity) in pair.into_iter().zip(titles).zip(Quantity::BOTH) {
        let mut stack = Vec::new();
        for (view, colour) in views() {
            // Four of the 100 steps a bin, well inside its edges.
            let mut histogram = Histogram::new(-0.99, 1.01, 25)?;
            histogram.extend(view.places(quantity.optima(&view.sampled)));
            stack.push((histogram, colour));
        }
        let panel = Bars {
            title,
            x: "step / half the line's range",
            y: "count, stacked by line",
            x_range: (-1.0, 1.02),
            marks: &marks,
        };
        bars(area, &panel, &stack)?;
    }
    Ok(())
}
