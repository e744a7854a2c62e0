//! Figure 3: static sub-sampling is biased, dynamic sub-sampling is noisy.

use gols_studies::chart::{Drawn, Scale, picture};
use gols_studies::pool::Pool;

use crate::plot::{Heat, Map, TITLE, heat};
use crate::problem::{Domain, SAMPLES, Unit};
use crate::surfaces::{Batch, difference, losses, surface};

const SIZES: [usize; 4] = [SAMPLES, 149, 10, 1];

/// Rows: batch sizes. Columns: the loss of one static batch and its bias, another one's bias, the dynamic
/// loss and its error.
pub(super) fn draw(pool: Pool, seed: u64) -> Drawn<String> {
    let look = |batch| -> Drawn<Vec<Vec<f64>>> {
        Ok(losses(&surface(pool, Unit::Sigmoid, Domain::Global, seed, batch)?))
    };
    let full = look(Batch::Full)?;
    let title = format!(
        "Losses of static and dynamic mini-batches, and how they differ from the full batch's \
         (Sigmoid, start {seed})"
    );
    picture((1800, 1160), (&title, TITLE), |root, overlay| {
        let panels = root.split_evenly((SIZES.len(), 5));
        for (row, size) in panels.chunks(5).zip(SIZES) {
            let fixed = look(Batch::Static { size, number: 0 })?;
            let other = look(Batch::Static { size, number: 1 })?;
            let dynamic = look(Batch::Dynamic { size, draws: 1 })?;
            let both = [&fixed, &dynamic].into_iter().flatten().flatten().copied();
            let loss_scale = Scale::of_losses(both);
            let errors = [&fixed, &other, &dynamic];
            let errors = errors.map(|losses| rounded(difference(losses, &full)));
            let error_scale = Scale::of_slopes(errors.iter().flatten().flatten().copied());
            let panels = [
                (format!("static loss, |B| = {size}"), &fixed, loss_scale, Map::Sequential),
                (format!("static - full, |B| = {size}"), &errors[0], error_scale, Map::Diverging),
                ("another static batch - full".to_owned(), &errors[1], error_scale, Map::Diverging),
                (format!("dynamic loss, |B| = {size}"), &dynamic, loss_scale, Map::Sequential),
                (format!("dynamic - full, |B| = {size}"), &errors[2], error_scale, Map::Diverging),
            ];
            for (area, (title, values, scale, map)) in row.iter().zip(panels) {
                let unit = if map == Map::Sequential { "loss" } else { "difference" };
                let half_range = Domain::Global.half_range();
                let panel =
                    Heat { title: &title, unit, half_range, values, scale, map, zero_line: false };
                heat(area, overlay, &panel)?;
            }
        }
        Ok(())
    })
}

/// Differences that are rounding errors become 0: the full batch, added up in another order.
fn rounded(mut values: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    let small = |value: &&mut f64| value.abs() < 1e-12;
    values.iter_mut().flatten().filter(small).for_each(|value| *value = 0.0);
    values
}
