//! Figure 5: loss and slope, the batches growing smaller.

use gols_studies::chart::{Drawn, picture};
use gols_studies::pool::Pool;

use super::loss_and_slope;
use crate::plot::TITLE;
use crate::problem::{Domain, SAMPLES, Unit};
use crate::surfaces::{Batch, surface};

const SIZES: [usize; 4] = [SAMPLES, 149, 10, 1];

pub(super) fn draw(pool: Pool, seed: u64) -> Drawn<String> {
    let title = format!(
        "Loss (left) and slope along d1 + d2 (right), dynamic batches (Sigmoid, start {seed})"
    );
    picture((960, 1560), (&title, TITLE), |root, overlay| {
        let panels = root.split_evenly((SIZES.len(), 2));
        for (row, size) in panels.chunks(2).zip(SIZES) {
            let batch = Batch::Dynamic { size, draws: 1 };
            let points = surface(pool, Unit::Sigmoid, Domain::Global, seed, batch)?;
            let titles = [format!("loss, |B| = {size}"), format!("slope, |B| = {size}")];
            let titles = titles.each_ref().map(String::as_str);
            let pair = [&row[0], &row[1]];
            loss_and_slope(pair, overlay, &points, Domain::Global, titles, size >= 149)?;
        }
        Ok(())
    })
}
