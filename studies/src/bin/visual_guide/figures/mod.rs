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

use crate::options::Figure;
use crate::plot::PlotResult;
use crate::problem::{Domain, UNITS, Unit, plane};

/// The figure's file name and its SVG.
pub fn draw(figure: Figure, seed: u64, data: Option<&Path>) -> PlotResult<(String, String)> {
    let svg = match figure {
        Figure::Ball => {
            let svg = ball::draw(data.ok_or("figure lr3 needs --data")?, seed)?;
            return Ok(("figure_lr3.svg".to_owned(), svg));
        }
        Figure::Guide(2) => conceptual::draw(seed),
        Figure::Guide(3) => static_dynamic::draw(seed),
        Figure::Guide(5) => batch_sizes::draw(seed),
        Figure::Guide(6) => uncertainty::draw(seed),
        Figure::Guide(7) => directions::draw(),
        Figure::Guide(8) => sections::activation_sections(seed),
        Figure::Guide(9) => activations::draw(),
        Figure::Guide(10) => sections::batch_50(seed),
        Figure::Guide(number @ 11..=15) => {
            landscape::draw(number, UNITS[usize::from(number) - 10], Domain::Global, seed)
        }
        Figure::Guide(number @ 16..=20) => {
            let unit = UNITS[usize::from(number) - 16];
            landscape::draw(number, unit, Domain::LocalUnit, followable(unit, seed)?)
        }
        Figure::Guide(21) => dead_planes::draw(followable(UNITS[3], seed)?),
        Figure::Guide(22) => {
            landscape::draw(22, UNITS[5], Domain::LocalUnit, followable(UNITS[5], seed)?)
        }
        Figure::Guide(number) => return Err(format!("there is no figure {number}").into()),
    }?;
    let Figure::Guide(number) = figure else { return Err("no such figure".into()) };
    Ok((format!("figure_{number:02}.svg"), svg))
}

/// This seed, or the first one after it whose start has a gradient to follow.
fn followable(unit: Unit, seed: u64) -> PlotResult<u64> {
    for next in 0..100 {
        let seed = seed.wrapping_add(next);
        if plane(unit, Domain::LocalUnit, seed)?.is_some() {
            return Ok(seed);
        }
    }
    Err(format!("{} has no gradient at 100 starts from {seed} on; try another --seed", unit.name)
        .into())
}
