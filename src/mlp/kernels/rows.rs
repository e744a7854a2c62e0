//! Rows of a matrix, in order or picked: a mini-batch is read where it lies, not gathered.

use core::ops::Range;

/// Rows of a row-major matrix: all of them in order, or those picked by a list of indices.
#[derive(Clone, Copy)]
pub(crate) struct Rows<'a, T> {
    data: &'a [T],
    /// The columns of the matrix.
    stride: usize,
    /// The first column of these rows, and how many there are.
    first: usize,
    pub(super) width: usize,
    picks: Option<&'a [usize]>,
}

impl<'a, T> Rows<'a, T> {
    /// All rows of a matrix with `width` columns.
    pub(crate) fn all(data: &'a [T], width: usize) -> Self {
        Rows { data, stride: width, first: 0, width, picks: None }
    }

    /// The rows of a matrix with `width` columns whose indices are listed in `picks`.
    pub(crate) fn picked(data: &'a [T], width: usize, picks: &'a [usize]) -> Self {
        Rows { data, stride: width, first: 0, width, picks: Some(picks) }
    }

    /// The number of rows, never 0 here.
    #[allow(clippy::len_without_is_empty, reason = "no chunk is empty")]
    pub(crate) fn len(&self) -> usize {
        self.picks.map_or_else(|| self.data.len() / self.stride, <[usize]>::len)
    }

    /// Some of the rows.
    pub(crate) fn part(&self, range: Range<usize>) -> Self {
        match self.picks {
            Some(picks) => Rows { picks: Some(&picks[range]), ..*self },
            None => {
                let data = &self.data[range.start * self.stride..range.end * self.stride];
                Rows { data, ..*self }
            }
        }
    }

    /// Some columns of the rows.
    #[cfg(feature = "rayon")]
    pub(super) fn columns(&self, range: Range<usize>) -> Self {
        Rows { first: self.first + range.start, width: range.len(), ..*self }
    }

    /// Row number `i`.
    #[inline(always)]
    pub(crate) fn row(&self, i: usize) -> &'a [T] {
        let start = self.begin(i);
        &self.data[start..start + self.width]
    }

    /// So many entries of row number `i`, from column `j` on.
    #[inline(always)]
    pub(super) fn entries<const N: usize>(&self, i: usize, j: usize) -> &'a [T] {
        debug_assert!(j + N <= self.width);
        let start = self.begin(i) + j;
        &self.data[start..][..N]
    }

    /// Where row number `i` begins.
    #[inline(always)]
    fn begin(&self, i: usize) -> usize {
        self.picks.map_or(i, |p| p[i]) * self.stride + self.first
    }
}
