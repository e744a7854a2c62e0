//! Figure 21: the slopes of ReLU and leaky ReLU where nodes are off.

use crate::plot::{Heat, Map, PlotResult, Scale, heat, picture};
use crate::problem::{Domain, UNITS};
use crate::surfaces::{Batch, slopes, surface};

/// Slopes beyond this are cut off, so that the flat planes show.
const CUT: f64 = 0.02;

pub fn draw(seed: u64) -> PlotResult<String> {
    let title = format!("Slopes along d1 + d2 near 0, cut off at ± {CUT} (start {seed})");
    picture((960, 800), &title, |root, overlay| {
        let panels = root.split_evenly((2, 2));
        for (row, unit) in panels.chunks(2).zip([UNITS[3], UNITS[4]]) {
            let batches = [Batch::Full, Batch::Dynamic { size: 10, draws: 1 }];
            for ((area, batch), what) in row.iter().zip(batches).zip(["full batch", "|B| = 10"]) {
                let slopes = slopes(&surface(unit, Domain::LocalUnit, seed, batch)?);
                let all = slopes.iter().flatten().count();
                let zero = slopes.iter().flatten().filter(|&&slope| slope == 0.0).count();
                let share = 100.0 * zero as f64 / all as f64;
                let panel = Heat {
                    title: &format!("{}, {what}: 0 at {share:.1} %", unit.name),
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
