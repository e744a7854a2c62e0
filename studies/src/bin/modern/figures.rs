//! Performance profiles, losses on the way, step lengths.

use gols_studies::AnyError;
use gols_studies::chart::{
    self, Area, BLUE, Colour, GREEN, Look, Mark, ORANGE, PURPLE, Panel, SKY, Scale, Series,
    VERMILION, curves,
};
use gols_studies::modern::problem::Case;
use gols_studies::modern::record::{Reading, Record};
use gols_studies::statistics::{mean, median};
use plotters::prelude::*;

use crate::results::{ADAM_DEFAULT, Entrant, FLOOR, Results};

/// The largest factor in a profile.
const LARGEST: f64 = 10.0;
/// Panels in a row, and their size in pixels.
const COLUMNS: usize = 4;
const SIZE: [u32; 2] = [330, 270];
const LEGEND_ROW: i32 = 20;

/// What is drawn, in the order of the legend, the first on top. Variants of the optimizer follow.
fn drawn(results: &Results<'_>) -> Vec<(Entrant, Colour)> {
    let grey = RGBColor(150, 150, 150);
    let known = [
        (Entrant::one("gols"), VERMILION),
        (Entrant::one("gols-gradient"), ORANGE),
        (Entrant::one("amortized-gols"), RGBColor(140, 86, 75)),
        (Entrant::best("adam"), BLUE),
        (Entrant::one(ADAM_DEFAULT), grey),
        (Entrant::best("adam-linear"), SKY),
        (Entrant::best("schedule-free"), GREEN),
        (Entrant::one("prodigy"), PURPLE),
        (Entrant::one("prodigy-schedule-free"), RGBColor(74, 20, 134)),
        (Entrant::best("momentum"), BLACK),
    ];
    let is_new = |entrant: &&Entrant| known.iter().all(|(name, _)| name != *entrant);
    let is_variant = |entrant: &&Entrant| entrant.is_ours() && is_new(entrant);
    let colours = [RGBColor(220, 20, 60), RGBColor(120, 200, 90), RGBColor(213, 180, 90)];
    let variants: Vec<_> =
        results.entrants.iter().filter(is_variant).cloned().zip(colours).collect();
    let all = known.into_iter().chain(variants);
    all.filter(|(entrant, _)| {
        results.cases.iter().any(|case| !results.runs(case, entrant).is_empty())
    })
    .collect()
}

/// All figures: (file, SVG).
pub(crate) fn figures(results: &Results<'_>) -> Result<Vec<(&'static str, String)>, AnyError> {
    let drawn = drawn(results);
    let panels = |y: &'static str, value: fn(&Reading) -> f64, centre: fn(Vec<f64>) -> f64| {
        let panel = |case: &Case| {
            let curve = |(entrant, colour): &(Entrant, Colour)| {
                series(entrant, *colour, on_the_way(results.runs(case, entrant), value, centre))
            };
            Drawing {
                title: case.name.to_owned(),
                axes: ["updates", y],
                series: drawn.iter().rev().map(curve).collect(),
            }
        };
        results.cases.iter().map(panel).collect::<Vec<_>>()
    };
    let losses = panels("mini-batch loss", |reading| reading.batch_loss, mean_of);
    let steps = panels("step length", |reading| reading.step, median_of);
    Ok(vec![
        ("profiles.svg", profiles(results, &drawn)?),
        ("losses.svg", picture("Losses of mini-batches, means over seeds", &drawn, &losses)?),
        ("steps.svg", picture("Step lengths, medians over seeds", &drawn, &steps)?),
    ])
}

fn mean_of(values: Vec<f64>) -> f64 {
    mean(values)
}

fn median_of(values: Vec<f64>) -> f64 {
    median(values)
}

/// A value over seeds at each reading, where it can stand on a logarithmic axis.
fn on_the_way(
    runs: &[Record],
    value: fn(&Reading) -> f64,
    centre: fn(Vec<f64>) -> f64,
) -> Vec<(f64, f64)> {
    let readings = runs.iter().map(|run| run.readings.len()).min().unwrap_or(0);
    let point = |at: usize| {
        let values = runs.iter().map(|run| value(&run.readings[at])).collect();
        (runs[0].readings[at].updates as f64, centre(values))
    };
    (0..readings).map(point).filter(|(_, y)| y.is_finite() && *y > 0.0).collect()
}

/// The share of cases within a factor of the least loss of all that are drawn: of those that were run on
/// every case, or a case left out would look like one that was lost.
fn profiles(results: &Results<'_>, drawn: &[(Entrant, Colour)]) -> Result<String, AnyError> {
    let was_run =
        |entrant: &Entrant| results.cases.iter().all(|case| results.loss(case, entrant).is_some());
    let drawn: Vec<_> = drawn.iter().filter(|(entrant, _)| was_run(entrant)).cloned().collect();
    let drawn = &drawn[..];
    let losses = |case: &Case| -> Vec<f64> {
        let loss = |entrant| results.loss(case, entrant).unwrap_or(f64::INFINITY).max(FLOOR);
        drawn.iter().map(|(entrant, _)| loss(entrant)).collect()
    };
    let by_case: Vec<Vec<f64>> = results.cases.iter().map(losses).collect();
    let curve = |(place, (entrant, colour)): (usize, &(Entrant, Colour))| {
        let ratio = |losses: &Vec<f64>| {
            losses[place] / losses.iter().copied().fold(f64::INFINITY, f64::min)
        };
        series(entrant, *colour, staircase(by_case.iter().map(ratio).collect()))
    };
    let panel = Drawing {
        title: String::new(),
        axes: ["factor of the least final training loss", "share of cases"],
        series: drawn.iter().enumerate().rev().map(curve).collect(),
    };
    let title = "Share of cases within a factor of the best";
    let size = (660, 460 + LEGEND_ROW as u32 * rows(drawn, 660));
    chart::picture(size, (title, ("sans-serif", 19, FontStyle::Normal)), |root, _| {
        let (strip, root) = root.split_vertically(LEGEND_ROW as u32 * rows(drawn, 660));
        legend(&strip, drawn, 660)?;
        panel.draw(&root, Scale::linear(0.0, 1.0), Scale::decades(1.0, LARGEST))
    })
}

/// The shares of ratios up to each of them.
fn staircase(mut ratios: Vec<f64>) -> Vec<(f64, f64)> {
    ratios.sort_by(f64::total_cmp);
    let all = ratios.len().max(1) as f64;
    let mut points = vec![(1.0, 0.0)];
    for (count, ratio) in ratios.iter().enumerate().filter(|(_, ratio)| **ratio <= LARGEST) {
        points.extend([(*ratio, count as f64 / all), (*ratio, (count + 1) as f64 / all)]);
    }
    let end = points.last().map_or(0.0, |point| point.1);
    points.push((LARGEST, end));
    points
}

fn series(entrant: &Entrant, colour: Colour, points: Vec<(f64, f64)>) -> Series {
    let mark = if *entrant == Entrant::one("gols") { Mark::Thick } else { Mark::Line };
    Series::new("", colour, mark, points)
}

struct Drawing {
    title: String,
    axes: [&'static str; 2],
    series: Vec<Series>,
}

impl Drawing {
    fn draw(&self, area: &Area<'_>, y_scale: Scale, x_scale: Scale) -> Result<(), AnyError> {
        let panel = Panel {
            title: &self.title,
            x: self.axes[0],
            y: self.axes[1],
            x_scale,
            y_scale,
            zero_line: false,
            legend: None,
            look: Look { label_areas: [34, 54], labels: [5, 6], band: 0.15 },
        };
        curves(area, &panel, &self.series)
    }

    fn points(&self) -> impl Iterator<Item = (f64, f64)> {
        self.series.iter().flat_map(|series| series.points.iter().copied())
    }
}

/// Panels from left to right, in rows, their y axes logarithmic.
fn picture(
    title: &str,
    drawn: &[(Entrant, Colour)],
    panels: &[Drawing],
) -> Result<String, AnyError> {
    let columns = COLUMNS.min(panels.len());
    let (width, lines) = (SIZE[0] * columns as u32, panels.len().div_ceil(columns));
    let strip = LEGEND_ROW as u32 * rows(drawn, width);
    let size = (width, SIZE[1] * lines as u32 + 40 + strip);
    chart::picture(size, (title, ("sans-serif", 19, FontStyle::Normal)), |root, _| {
        let (strip, root) = root.split_vertically(strip);
        legend(&strip, drawn, width)?;
        for (area, panel) in root.split_evenly((lines, columns)).iter().zip(panels) {
            let ends = |pick: fn((f64, f64)) -> f64| {
                let values = || panel.points().map(pick);
                (values().fold(f64::INFINITY, f64::min), values().fold(0.0, f64::max))
            };
            let ((_, right), (low, high)) = (ends(|point| point.0), ends(|point| point.1));
            if low <= high {
                panel.draw(area, Scale::decades(low, high), Scale::linear(0.0, right))?;
            }
        }
        Ok(())
    })
}

/// Where each name stands in the legend, (x, row).
fn places(drawn: &[(Entrant, Colour)], width: u32) -> Vec<(i32, i32)> {
    let (mut x, mut row) = (20, 0);
    let place = |(entrant, _): &(Entrant, Colour)| {
        let length = 46 + 7 * entrant.to_string().len() as i32;
        if x > 20 && x + length > width as i32 {
            (x, row) = (20, row + 1);
        }
        let at = (x, row);
        x += length;
        at
    };
    drawn.iter().map(place).collect()
}

fn rows(drawn: &[(Entrant, Colour)], width: u32) -> u32 {
    places(drawn, width).last().map_or(0, |(_, row)| *row as u32 + 1)
}

fn legend(area: &Area<'_>, drawn: &[(Entrant, Colour)], width: u32) -> Result<(), AnyError> {
    for ((entrant, colour), (x, row)) in drawn.iter().zip(places(drawn, width)) {
        let y = LEGEND_ROW * row;
        let line = vec![(x, y + 8), (x + 20, y + 8)];
        area.draw(&PathElement::new(line, colour.stroke_width(3)))?;
        area.draw(&Text::new(entrant.to_string(), (x + 26, y + 2), ("sans-serif", 13)))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_climbs_at_every_ratio_and_ends_below_one_where_some_never_come_near() {
        let points = staircase(vec![2.0, 1.0, f64::INFINITY, 20.0]);
        let expected =
            [(1.0, 0.0), (1.0, 0.0), (1.0, 0.25), (2.0, 0.25), (2.0, 0.5), (LARGEST, 0.5)];
        assert_eq!(points, expected);
    }
}
