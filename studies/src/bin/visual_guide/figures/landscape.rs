//! Figures 11 to 20 and 22: everything about one activation on one domain.

use super::sections::{full_sections, look, places, sampled_sections};
use crate::lines::Setting;
use crate::plot::{Area, Heat, Map, Overlay, PlotResult, Scale, heat, picture};
use crate::problem::{Domain, Unit};
use crate::surfaces::{Batch, Points, losses, slopes, surface};

const BATCH: usize = 10;

/// Surfaces of the full batch and of dynamic batches of 10, the four lines, the places of the optima:
/// the loss on the left, the slope on the right.
pub fn draw(number: u8, unit: Unit, domain: Domain, seed: u64) -> PlotResult<String> {
    let full = surface(unit, domain, seed, Batch::Full)?;
    let dynamic = surface(unit, domain, seed, Batch::Dynamic { size: BATCH, draws: 1 })?;
    let lines = look(Setting { unit, domain, batch: BATCH }, seed)?;
    let title = format!(
        "Figure {number}. {} on {}: loss (left) and slope (right), start {seed}",
        unit.name,
        domain.name()
    );
    picture((1040, 1960), &title, |root, overlay| {
        let (upper, lower) = root.split_vertically(860);
        let maps = upper.split_evenly((2, 2));
        pair([&maps[0], &maps[1]], overlay, &full, domain, "full batch")?;
        pair([&maps[2], &maps[3]], overlay, &dynamic, domain, &format!("|B| = {BATCH}"))?;
        let panels = lower.split_evenly((3, 2));
        full_sections([&panels[0], &panels[1]], &lines)?;
        sampled_sections([&panels[2], &panels[3]], &lines)?;
        places([&panels[4], &panels[5]], &lines)
    })
}

fn pair(
    pair: [&Area<'_>; 2],
    overlay: &mut Overlay,
    points: &Points,
    domain: Domain,
    what: &str,
) -> PlotResult<()> {
    let (losses, slopes) = (losses(points), slopes(points));
    let loss = Heat {
        title: &format!("loss, {what}"),
        unit: "loss",
        half_range: domain.half_range(),
        values: &losses,
        scale: Scale::of_losses(losses.iter().flatten().copied()),
        map: Map::Sequential,
        zero_line: false,
    };
    heat(pair[0], overlay, &loss)?;
    let slope = Heat {
        title: &format!("slope along d1 + d2, {what}"),
        unit: "slope, loss per unit step",
        values: &slopes,
        scale: Scale::of_slopes(slopes.iter().flatten().copied()),
        map: Map::Diverging,
        zero_line: what == "full batch",
        ..loss
    };
    heat(pair[1], overlay, &slope)?;
    Ok(())
}
