//! Figures 8 and 10, and the lower halves of figures 11 to 22: the four lines, with their optima.

use gols::landscape::{Histogram, Scan};
use plotters::prelude::*;

use crate::lines::{LineView, Lines, Setting};
use crate::plot::{
    Area, Bars, Colour, Curves, LINE_COLOURS, Mark, PlotResult, Scale, Series, bars, curves,
    picture,
};
use crate::problem::{Domain, UNITS};

/// What finds the candidates of a line.
type Find = fn(&Scan) -> Vec<f64>;

/// Figure 8: full batch, dynamic batches of 10, and where their optima lie.
pub fn activation_sections(seed: u64) -> PlotResult<String> {
    let setting = Setting { unit: UNITS[0], domain: Domain::Global, batch: 10 };
    let lines = look(setting, seed)?;
    let title = format!("Loss (left) and slope (right) along four lines (Sigmoid, start {seed})");
    picture((1200, 1060), &title, |root, _| {
        let panels = root.split_evenly((3, 2));
        full_sections([&panels[0], &panels[1]], &lines)?;
        sampled_sections([&panels[2], &panels[3]], &lines)?;
        places([&panels[4], &panels[5]], &lines)
    })
}

/// Figure 10: dynamic batches of 50 on both domains.
pub fn batch_50(seed: u64) -> PlotResult<String> {
    let title = format!("Batches of 50: loss (left) and slope (right) (Sigmoid, start {seed})");
    picture((1200, 1400), &title, |root, _| {
        let panels = root.split_evenly((4, 2));
        for (panels, domain) in panels.chunks(4).zip([Domain::Global, Domain::LocalUnit]) {
            let lines = look(Setting { unit: UNITS[0], domain, batch: 50 }, seed)?;
            sampled_sections([&panels[0], &panels[1]], &lines)?;
            places([&panels[2], &panels[3]], &lines)?;
        }
        Ok(())
    })
}

/// The lines of a start that has them.
pub fn look(setting: Setting, seed: u64) -> PlotResult<Lines> {
    Lines::look(setting, seed)?
        .ok_or_else(|| format!("start {seed} has no gradient to follow; try another --seed").into())
}

/// Loss and slope of all data, with the true optima.
pub fn full_sections(pair: [&Area<'_>; 2], lines: &Lines) -> PlotResult<()> {
    let name = |view: &LineView, count| format!("{}: {count}", view.name);
    let total =
        |find: Find| -> usize { lines.views.iter().map(|view| find(&view.full).len()).sum() };
    let titles = [
        format!(
            "full batch, {}: {} true minima",
            lines.setting.domain.name(),
            total(Scan::local_minima)
        ),
        format!(
            "full batch, {}: {} true NN-GPPs",
            lines.setting.domain.name(),
            total(Scan::sign_changes)
        ),
    ];
    sections(pair, &titles, lines, |view| &view.full, name)
}

/// Loss and slope of dynamic mini-batches, with the candidates.
pub fn sampled_sections(pair: [&Area<'_>; 2], lines: &Lines) -> PlotResult<()> {
    let counts = lines.counts();
    let Setting { domain, batch, .. } = lines.setting;
    let titles = [
        format!("|B| = {batch}, {}: {} local minima", domain.name(), counts.local_minima),
        format!("|B| = {batch}, {}: {} SNN-GPPs", domain.name(), counts.snn_gpps),
    ];
    let name = |view: &LineView, count| format!("{}: {count}", view.name);
    sections(pair, &titles, lines, |view| &view.sampled, name)
}

fn sections(
    areas: [&Area<'_>; 2],
    titles: &[String; 2],
    lines: &Lines,
    scan: fn(&LineView) -> &Scan,
    name: impl Fn(&LineView, usize) -> String,
) -> PlotResult<()> {
    let longest = lines.views.iter().map(|view| view.half_range).fold(0.0, f64::max);
    let columns: [fn(&Scan) -> &Vec<f64>; 2] = [|scan| &scan.losses, |scan| &scan.slopes];
    let optima: [Find; 2] = [Scan::local_minima, Scan::sign_changes];
    for (index, area) in areas.into_iter().enumerate() {
        let is_slope = index == 1;
        let values =
            || lines.views.iter().flat_map(|view| columns[index](scan(view)).iter().copied());
        let y_scale =
            if is_slope { Scale::of_slope_curves(values()) } else { Scale::of_losses(values()) };
        let mut series = Vec::new();
        for (view, colour) in lines.views.iter().zip(LINE_COLOURS) {
            let scan = scan(view);
            let points = || scan.steps.iter().copied().zip(columns[index](scan).iter().copied());
            let found = optima[index](scan);
            let candidates = points().filter(|(step, _)| found.contains(step));
            series.push(Series::new(name(view, found.len()), colour, Mark::Line, points()));
            series.push(Series::new("", colour, Mark::Optima, candidates));
        }
        let panel = Curves {
            title: &titles[index],
            x: "step along the unit direction",
            y: if is_slope { "slope, loss per unit step" } else { "loss" },
            x_range: (-longest, longest),
            y_scale,
            zero_line: is_slope,
            legend: Some(if is_slope {
                SeriesLabelPosition::LowerRight
            } else {
                SeriesLabelPosition::UpperMiddle
            }),
        };
        curves(area, &panel, &series)?;
    }
    Ok(())
}

/// Histograms of where the minima and the SNN-GPPs lie; dots at the top mark true optima.
pub fn places(pair: [&Area<'_>; 2], lines: &Lines) -> PlotResult<()> {
    let marks: Vec<(f64, Colour)> = lines
        .views
        .iter()
        .zip(LINE_COLOURS)
        .flat_map(|(view, colour)| {
            view.true_optima().into_iter().map(move |step| (step / view.half_range, colour))
        })
        .collect();
    let find: [(&str, Find); 2] = [
        ("places of the local minima (dots: true optima)", Scan::local_minima),
        ("places of the SNN-GPPs (dots: true optima)", Scan::sign_changes),
    ];
    for (area, (title, find)) in pair.into_iter().zip(find) {
        let mut stack = Vec::new();
        for (view, colour) in lines.views.iter().zip(LINE_COLOURS) {
            // Four of the 100 steps a bin, well inside its edges.
            let mut histogram = Histogram::new(-0.99, 1.01, 25)?;
            histogram.extend(find(&view.sampled).into_iter().map(|step| step / view.half_range));
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
