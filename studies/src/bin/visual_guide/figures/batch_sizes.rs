//! Figure 5: loss and slope, the batches growing smaller.

use crate::plot::{Heat, Map, PlotResult, Scale, heat, picture};
use crate::problem::{Domain, SAMPLES, UNITS};
use crate::surfaces::{Batch, losses, slopes, surface};

const SIZES: [usize; 4] = [SAMPLES, 149, 10, 1];

pub fn draw(seed: u64) -> PlotResult<String> {
    let (unit, domain) = (UNITS[0], Domain::Global);
    let title = format!(
        "Loss (left) and slope along d1 + d2 (right), dynamic batches (Sigmoid, start {seed})"
    );
    picture((960, 1560), &title, |root, overlay| {
        let panels = root.split_evenly((SIZES.len(), 2));
        for (row, size) in panels.chunks(2).zip(SIZES) {
            let points = surface(unit, domain, seed, Batch::Dynamic { size, draws: 1 })?;
            let (losses, slopes) = (losses(&points), slopes(&points));
            let loss = Heat {
                title: &format!("loss, |B| = {size}"),
                unit: "loss",
                half_range: domain.half_range(),
                values: &losses,
                scale: Scale::of_losses(losses.iter().flatten().copied()),
                map: Map::Sequential,
                zero_line: false,
            };
            let slope = Heat {
                title: &format!("slope, |B| = {size}"),
                unit: "slope, loss per unit step",
                values: &slopes,
                scale: Scale::of_slopes(slopes.iter().flatten().copied()),
                map: Map::Diverging,
                zero_line: size >= 149,
                ..loss
            };
            heat(&row[0], overlay, &loss)?;
            heat(&row[1], overlay, &slope)?;
        }
        Ok(())
    })
}
