//! Figures 11 to 20 and 22: everything about one activation on one domain.

use gols_studies::chart::{Drawn, picture};
use gols_studies::pool::Pool;

use super::loss_and_slope;
use super::sections::{look, places, sections};
use crate::lines::Setting;
use crate::plot::TITLE;
use crate::problem::{Domain, Unit};
use crate::surfaces::{Batch, surface};

const BATCH: usize = 10;

/// Surfaces of the full batch and of dynamic batches of 10, the four lines, the places of the optima:
/// the loss on the left, the slope on the right.
pub(super) fn draw(number: u8, pool: Pool, unit: Unit, domain: Domain, seed: u64) -> Drawn<String> {
    let full = surface(pool, unit, domain, seed, Batch::Full)?;
    let dynamic = surface(pool, unit, domain, seed, Batch::Dynamic { size: BATCH, draws: 1 })?;
    let lines = look(Setting { unit, domain, batch: BATCH }, seed)?;
    let title = format!(
        "Figure {number}. {} on {}: loss (left) and slope (right), start {seed}",
        unit.name(),
        domain.name()
    );
    picture((1040, 1960), (&title, TITLE), |root, overlay| {
        let (upper, lower) = root.split_vertically(860);
        let maps = upper.split_evenly((2, 2));
        let titles = ["loss, full batch", "slope along d1 + d2, full batch"];
        loss_and_slope([&maps[0], &maps[1]], overlay, &full, domain, titles, true)?;
        let titles = ["loss, |B| = 10", "slope along d1 + d2, |B| = 10"];
        loss_and_slope([&maps[2], &maps[3]], overlay, &dynamic, domain, titles, false)?;
        let panels = lower.split_evenly((3, 2));
        sections([&panels[0], &panels[1]], &lines, true)?;
        sections([&panels[2], &panels[3]], &lines, false)?;
        places([&panels[4], &panels[5]], &lines)
    })
}
