//! How a product reads its left operand.

use core::ops::Range;

use super::{Lane, Rows};

/// The left operand of a product: `coefficients(i, depth)(p)` are references to its elements
/// `(i.., p)`. References, not values: as values, neighbours in memory would be loaded together and
/// taken apart by shuffles, which compete with the arithmetic; a reference becomes one broadcast
/// load.
pub(super) trait Left<'a, T: 'a>: Copy {
    fn coefficients<const MR: usize>(
        self,
        i: usize,
        depth: Range<usize>,
    ) -> impl Fn(usize) -> [&'a T; MR];
}

/// A matrix as it is.
#[derive(Clone, Copy)]
pub(super) struct ByRow<'a, T>(pub(super) Rows<'a, T>);

impl<'a, T: Lane> Left<'a, T> for ByRow<'a, T> {
    #[inline(always)]
    fn coefficients<const MR: usize>(
        self,
        i: usize,
        depth: Range<usize>,
    ) -> impl Fn(usize) -> [&'a T; MR] {
        let mut rows: [&'a [T]; MR] = [&[]; MR];
        for (r, row) in rows.iter_mut().enumerate() {
            *row = &self.0.row(i + r)[depth.start..][..depth.len()];
        }
        #[inline(always)]
        move |p| {
            let mut coefficients = [&rows[0][p]; MR];
            for r in 1..MR {
                coefficients[r] = &rows[r][p];
            }
            coefficients
        }
    }
}

/// The transpose of a matrix.
#[derive(Clone, Copy)]
pub(super) struct ByColumn<'a, T>(pub(super) Rows<'a, T>);

impl<'a, T: Lane> Left<'a, T> for ByColumn<'a, T> {
    #[inline(always)]
    fn coefficients<const MR: usize>(
        self,
        i: usize,
        depth: Range<usize>,
    ) -> impl Fn(usize) -> [&'a T; MR] {
        #[inline(always)]
        move |p| {
            let row: &'a [T] = self.0.entries::<MR>(depth.start + p, i);
            let mut coefficients = [&row[0]; MR];
            for r in 1..MR {
                coefficients[r] = &row[r];
            }
            coefficients
        }
    }
}
