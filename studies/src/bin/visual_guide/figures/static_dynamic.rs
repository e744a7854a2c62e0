//! Figure 3: static sub-sampling is biased, dynamic sub-sampling is noisy.

use crate::plot::{Heat, Map, PlotResult, Scale, heat, picture};
use crate::problem::{Domain, SAMPLES, UNITS};
use crate::surfaces::{Batch, difference, losses, surface};

const SIZES: [usize; 4] = [SAMPLES, 149, 10, 1];

/// Rows: batch sizes. Columns: the loss of one static batch and its bias, another one's bias, the dynamic
/// loss and its error.
pub fn draw(seed: u64) -> PlotResult<String> {
    let (unit, domain) = (UNITS[0], Domain::Global);
    let full = losses(&surface(unit, domain, seed, Batch::Full)?);
    let title = format!(
        "Losses of static and dynamic mini-batches, and how they differ from the full batch's \
         (Sigmoid, start {seed})"
    );
    picture((1800, 1160), &title, |root, overlay| {
        let panels = root.split_evenly((SIZES.len(), 5));
        for (row, size) in panels.chunks(5).zip(SIZES) {
            let fixed: Vec<_> = (0..2)
                .map(|number| surface(unit, domain, seed, Batch::Static { size, number }))
                .collect::<Result<_, _>>()?;
            let fixed: Vec<_> = fixed.iter().map(losses).collect();
            let dynamic = Batch::Dynamic { size, draws: 1 };
            let dynamic = losses(&surface(unit, domain, seed, dynamic)?);
            let both = [&fixed[0], &dynamic].into_iter().flatten().flatten().copied();
            let loss_scale = Scale::of_losses(both);
            let errors: Vec<_> = [&fixed[0], &fixed[1], &dynamic]
                .map(|losses| rounded(difference(losses, &full)))
                .into();
            let error_scale = Scale::of_slopes(errors.iter().flatten().flatten().copied());
            let panels = [
                (format!("static loss, |B| = {size}"), &fixed[0], loss_scale, Map::Sequential),
                (format!("static - full, |B| = {size}"), &errors[0], error_scale, Map::Diverging),
                ("another static batch - full".to_owned(), &errors[1], error_scale, Map::Diverging),
                (format!("dynamic loss, |B| = {size}"), &dynamic, loss_scale, Map::Sequential),
                (format!("dynamic - full, |B| = {size}"), &errors[2], error_scale, Map::Diverging),
            ];
            for (area, (title, values, scale, map)) in row.iter().zip(panels) {
                let unit = if map == Map::Sequential { "loss" } else { "difference" };
                let half_range = domain.half_range();
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
