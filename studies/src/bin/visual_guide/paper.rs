//! The numbers that the paper prints, from one start each.

use crate::lines::{Counts, Setting};
use crate::problem::Domain;

/// Table 1, by activation in the order of `Unit`: true optima, local minima, SNN-GPPs.
const TABLE_1: [[usize; 3]; 6] =
    [[4, 128, 17], [4, 126, 23], [4, 117, 6], [8, 104, 13], [8, 101, 17], [4, 99, 6]];

/// Table 2.
const TABLE_2: [[usize; 3]; 6] =
    [[4, 117, 36], [4, 130, 15], [4, 123, 13], [5, 105, 17], [5, 124, 17], [4, 121, 11]];

/// Table 3's columns for batches of 50: the global domain, the local one.
const BATCH_50: [[usize; 3]; 2] = [[4, 125, 5], [4, 125, 13]];

/// What the paper counted in this setting, if it did.
pub(crate) fn counts(setting: Setting) -> Option<Counts> {
    let unit = setting.unit as usize;
    let row = match (setting.domain, setting.batch) {
        (Domain::Global, 10) => TABLE_1.get(unit),
        (_, 10) => TABLE_2.get(unit),
        (Domain::Global, 50) if unit == 0 => BATCH_50.first(),
        (_, 50) if unit == 0 => BATCH_50.last(),
        _ => None,
    };
    row.map(|&[true_optima, local_minima, snn_gpps]| Counts { true_optima, local_minima, snn_gpps })
}
