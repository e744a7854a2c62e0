//! The figures, one a file.

mod activations;
mod ball;
mod batch_sizes;
mod conceptual;
mod dead_planes;
mod directions;
mod landscape;
mod sections;
mod static_dynamic;
mod uncertainty;

use std::path::Path;

use gols_studies::chart::{Area, Drawn, Mark, Overlay, Scale, Series};
use gols_studies::pool::Pool;

use gols::landscape::Scan;

use crate::lines::Quantity;
use crate::options::Figure;
use crate::plot::{Heat, Map, Place, heat};
use crate::problem::{Domain, Unit, plane};
use crate::surfaces::{Points, losses, slopes};

/// The figure's SVG.
pub(crate) fn draw(figure: Figure, pool: Pool, seed: u64, data: Option<&Path>) -> Drawn<String> {
    match figure {
        Figure::Ball => ball::draw(data.ok_or("figure lr3 needs --data")?, pool, seed),
        Figure::Guide(2) => conceptual::draw(seed),
        Figure::Guide(3) => static_dynamic::draw(pool, seed),
        Figure::Guide(5) => batch_sizes::draw(pool, seed),
        Figure::Guide(6) => uncertainty::draw(pool, seed),
        Figure::Guide(7) => directions::draw(),
        Figure::Guide(8) => sections::activation_sections(seed),
        Figure::Guide(9) => activations::draw(),
        Figure::Guide(10) => sections::batch_50(seed),
        Figure::Guide(number @ 11..=15) => {
            let unit = Unit::ALL[usize::from(number) - 10];
            landscape::draw(number, pool, unit, Domain::Global, seed)
        }
        Figure::Guide(21) => dead_planes::draw(pool, followable(Unit::Relu, seed)?),
        Figure::Guide(number @ (16..=20 | 22)) => {
            let unit = Unit::ALL[usize::from(number.min(21)) - 16];
            landscape::draw(number, pool, unit, Domain::LocalUnit, followable(unit, seed)?)
        }
        Figure::Guide(number) => Err(format!("there is no figure {number}").into()),
    }
}

/// This seed, or the first one after it whose start has a gradient to follow.
fn followable(unit: Unit, seed: u64) -> Drawn<u64> {
    for next in 0..100 {
        let seed = seed.wrapping_add(next);
        if plane(unit, Domain::LocalUnit, seed)?.is_some() {
            return Ok(seed);
        }
    }
    let unit = unit.name();
    Err(format!("{unit} has no gradient at 100 starts from {seed} on; try another --seed").into())
}

/// A curve, and its optima as dots.
fn with_optima(series: Series, quantity: Quantity, scan: &Scan) -> [Series; 2] {
    let optima = quantity.optimal_points(scan);
    let optima = Series::new("", series.colour, Mark::Optima, optima);
    [series, optima]
}

/// Two heat maps, the losses and the slopes of a surface; returns where that of the slopes lies.
fn loss_and_slope(
    pair: [&Area<'_>; 2],
    overlay: &mut Overlay,
    points: &Points,
    domain: Domain,
    titles: [&str; 2],
    zero_line: bool,
) -> Drawn<Place> {
    let (losses, slopes) = (losses(points), slopes(points));
    let loss = Heat {
        title: titles[0],
        unit: "loss",
        half_range: domain.half_range(),
        values: &losses,
        scale: Scale::of_losses(losses.iter().flatten().copied()),
        map: Map::Sequential,
        zero_line: false,
    };
    let slope = Heat {
        title: titles[1],
        unit: "slope, loss per unit step",
        values: &slopes,
        scale: Scale::of_slopes(slopes.iter().flatten().copied()),
        map: Map::Diverging,
        zero_line,
        ..loss
    };
    heat(pair[0], overlay, &loss)?;
    heat(pair[1], overlay, &slope)
}
