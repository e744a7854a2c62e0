//! Figure 21: the slopes of ReLU and leaky ReLU where nodes are off.

use gols_studies::chart::{Drawn, Scale, picture};
use gols_studies::pool::Pool;

use crate::plot::{Heat, Map, TITLE, heat};
use crate::problem::{Domain, Unit};
use crate::surfaces::{Batch, slopes, surface};

/// Slopes beyond this are cut off, so that the flat planes show.
const CUT: f64 = 0.02;

pub(super) fn draw(pool: Pool, seed: u64) -> Drawn<String> {
    let title = format!("Slopes along d1 + d2 near 0, cut off at ± {CUT} (start {seed})");
    picture((960, 800), (&title, TITLE), |root, overlay| {
        let panels = root.split_evenly((2, 2));
        for (row, unit) in panels.chunks(2).zip([Unit::Relu, Unit::LeakyRelu]) {
            let batches = [Batch::Full, Batch::Dynamic { size: 10, draws: 1 }];
            for ((area, batch), what) in row.iter().zip(batches).zip(["full batch", "|B| = 10"]) {
                let slopes = slopes(&surface(pool, unit, Domain::LocalUnit, seed, batch)?);
                let all = slopes.iter().flatten().count();
                let zero = slopes.iter().flatten().filter(|&&slope| slope == 0.0).count();
                let share = 100.0 * zero as f64 / all as f64;
                let panel = Heat {
                    title: &format!("{}, {what}: 0 at {share:.1} %", unit.name()),
                    unit: "slope, loss per unit step",
                    half_range: Domain::LocalUnit.half_range(),
                    values: &slopes,
                    scale: Scale::linear(-CUT, CUT),
                    map: Map::Diverging,
                    zero_line: false,
                };
                heat(area, overlay, &panel)?;
            }
        }
        Ok(())
    })
}
