//! The matrix products of a fully connected network.
//!
//! Everything rests on one register tile, [`accumulate`](tile::accumulate): MR x NV vectors of sums
//! stay in registers while the depth is walked once. Each step loads NV vectors of a row of the
//! right operand and multiplies them with MR numbers of the left one, each spread over a vector.
//! The right operand is always read along its rows; the left one along its rows ([`ByRow`], forward
//! and backward) or its columns ([`ByColumn`], the gradient of the weights). So
//!
//! * forward:  C = bias + A W,
//! * gradient: dW = Aᵀ Δ and db = 1ᵀ Δ,
//! * backward: E = Δ Wᵀ with Wᵀ made by [`transpose`], once an evaluation.
//!
//! Where many tiles share a panel of the right operand, the panel is copied first: its rows then
//! follow each other, begin at cache lines and are loaded in one piece.
//!
//! There is no tail code: the last tile is shifted back to overlap the one before it, which writes
//! the same numbers twice. When sums are *added* to what is there, lanes and rows that were already
//! done are left alone. A right operand narrower than a vector is read past the ends of its rows,
//! the surplus lanes being ignored; its last few rows need a padded copy, unless the slice goes on
//! behind them. So right operands, biases and the destination of [`forward`] may be longer than
//! what they hold: what follows is read and ignored, or overwritten with anything.

use core::ops::Range;

use fearless_simd::{Simd, SimdBase};

use super::left::{ByColumn, ByRow, Left};
use super::tile::{self, accumulate, has_32_registers};
use super::{Lane, MAX_LANES, Rows, Vector, load, padded};

/// How deep a panel of the right operand is, so that it stays in the first-level cache.
const BLOCK: usize = 128;

/// Whether the panels of a product are worth a copy, which costs what one or two tiles cost. With
/// many rows of the destination it does not matter; with some it pays where the rows of the right
/// operand are multiples of 256 bytes apart: a panel of [`BLOCK`] such rows falls on a quarter of a
/// first-level cache's sets, or less, and fills them.
fn copies<T>([rows, depth, width]: [usize; 3]) -> bool {
    let collides = (width * size_of::<T>()).is_multiple_of(256);
    depth >= 32 && rows >= if collides { 24 } else { 256 }
}

/// Calls a product of so many rows, this depth and this width with the room to copy panels, if that
/// pays, or with none. The room lies on the stack, in a frame that small products do not make.
#[inline(always)]
pub(super) fn with_room<T: Lane>(shape: [usize; 3], product: impl FnOnce(&mut [T])) {
    if copies::<T>(shape) { in_room(product) } else { call(product, &mut []) }
}

#[inline(never)]
fn in_room<T: Lane>(product: impl FnOnce(&mut [T])) {
    #[repr(align(64))]
    struct Room<T>([T; BLOCK * 4 * MAX_LANES]);
    call(product, &mut Room([T::zero(); BLOCK * 4 * MAX_LANES]).0);
}

/// Compiled once, for both.
#[inline(never)]
fn call<T: Lane>(product: impl FnOnce(&mut [T]), room: &mut [T]) {
    product(room);
}

/// What the sums of a product start from.
#[derive(Clone, Copy)]
pub(super) enum Start<'a, T> {
    /// Nothing: the destination is overwritten.
    Zero,
    /// One row of numbers, the same for every row of the destination.
    Bias(&'a [T]),
    /// The destination: the sums are added to it.
    Add,
}

/// `out[m x n] = start + a[m x k] w[k x n]`, in a [room](with_room) for m rows of depth k and width
/// n.
#[inline(always)]
pub(super) fn forward<S: Simd, T: Lane>(
    simd: S,
    a: Rows<T>,
    (w, n): (&[T], usize),
    start: Start<T>,
    room: &mut [T],
    out: &mut [T],
) {
    let job = Product { left: ByRow(a), rows: a.len(), right: w, width: n, depth: a.width, start };
    simd.vectorize(
        #[inline(always)]
        || job.run(simd, room, out),
    );
}

/// `dw[k x n] = a[m x k]^T delta[m x n]`, or added to what is there, in a room for k rows of depth
/// m and width n.
#[inline(always)]
pub(super) fn weight_gradient<S: Simd, T: Lane>(
    simd: S,
    a: Rows<T>,
    delta: &[T],
    add: bool,
    room: &mut [T],
    dw: &mut [T],
) {
    let (width, depth) = (dw.len() / a.width, a.len());
    let start = if add { Start::Add } else { Start::Zero };
    let job = Product { left: ByColumn(a), rows: a.width, right: delta, width, depth, start };
    simd.vectorize(
        #[inline(always)]
        || job.run(simd, room, dw),
    );
}

/// `db[n]` = the column sums of `delta[m x n]`, or added to what is there. `delta` goes on behind
/// its last row for a vector at least.
#[inline(always)]
pub(super) fn bias_gradient<S: Simd, T: Lane>(
    simd: S,
    (delta, samples): (&[T], usize),
    add: bool,
    db: &mut [T],
) {
    let (n, lanes) = (db.len(), Vector::<T, S>::LEN);
    simd.vectorize(
        #[inline(always)]
        || {
            for first in (0..n).step_by(lanes) {
                let mut sum = Vector::<T, S>::splat(simd, T::zero());
                for sample in 0..samples {
                    sum += load(simd, delta, sample * n + first);
                }
                for (db, &sum) in db[first..].iter_mut().zip(sum.as_slice()) {
                    *db = if add { *db + sum } else { sum };
                }
            }
        },
    );
}

/// The product `rows x width = (rows x depth) (depth x width)`.
struct Product<'a, T, L> {
    left: L,
    rows: usize,
    right: &'a [T],
    width: usize,
    depth: usize,
    start: Start<'a, T>,
}

impl<'a, T: Lane, L: Left<'a, T>> Product<'a, T, L> {
    /// Writes the product to `out`, panel of columns by panel of columns.
    #[inline(always)]
    fn run<S: Simd>(&self, simd: S, room: &mut [T], out: &mut [T]) {
        debug_assert!(self.right.len() >= self.depth * self.width);
        debug_assert!(out.len() >= self.rows * self.width);
        let lanes = Vector::<T, S>::LEN;
        if self.width < lanes {
            return self.narrow(simd, out);
        }
        let widest = self.widest_panel::<S>();
        let block = self.depth.div_ceil(self.depth.div_ceil(BLOCK).max(1)).max(1);
        for first in (0..self.depth.max(1)).step_by(block) {
            let depth = first..self.depth.min(first + block);
            let mut done = 0;
            while done < self.width {
                let vectors = (self.width - done).div_ceil(lanes);
                let vectors = vectors.div_ceil(vectors.div_ceil(widest)).min(self.width / lanes);
                let depth = depth.clone();
                done += match vectors {
                    1 => self.panel::<S, 1>(simd, depth, done, room, out),
                    2 => self.panel::<S, 2>(simd, depth, done, room, out),
                    4 if const { has_32_registers::<S, T>() } => {
                        self.panel::<S, 4>(simd, depth, done, room, out)
                    }
                    _ => self.panel::<S, 3>(simd, depth, done, room, out),
                }
            }
        }
    }

    /// The vectors of a panel: what a tile's registers hold beside one vector for each row. With sixteen
    /// registers 4 x 3 vectors read least; a few rows that are no multiple of four waste less of 6 x 2.
    #[inline(always)]
    fn widest_panel<S: Simd>(&self) -> usize {
        let fills_fours = self.rows >= 24 || self.rows.is_multiple_of(4);
        if const { has_32_registers::<S, T>() } {
            4
        } else if fills_fours {
            3
        } else {
            2
        }
    }

    /// The columns from `done` on, as many as `NV` vectors hold; returns their number.
    #[inline(always)]
    fn panel<S: Simd, const NV: usize>(
        &self,
        simd: S,
        depth: Range<usize>,
        done: usize,
        room: &mut [T],
        out: &mut [T],
    ) -> usize {
        let lanes = Vector::<T, S>::LEN;
        let column = done.min(self.width - NV * lanes);
        let mut start = [Vector::<T, S>::splat(simd, T::zero()); NV];
        if let (Start::Bias(bias), 0) = (self.start, depth.start) {
            for (c, start) in start.iter_mut().enumerate() {
                *start = load(simd, bias, column + c * lanes);
            }
        }
        let add = depth.start > 0 || matches!(self.start, Start::Add);
        let mut right = &self.right[depth.start * self.width + column..];
        let mut stride = self.width;
        if !room.is_empty() {
            stride = NV * lanes;
            let rows = right.chunks(self.width).take(depth.len());
            for (copy, row) in room.chunks_exact_mut(stride).zip(rows) {
                copy.copy_from_slice(&row[..stride]);
            }
            right = room;
        }
        let (split, fresh) = (depth.end, !0 << (done - column));
        let view = View { depth, split, right, stride, tail: &[], column, fresh, start, add };
        self.all_rows(simd, &view, out);
        column + NV * lanes - done
    }

    /// The whole product if its rows are shorter than a vector.
    #[inline(always)]
    fn narrow<S: Simd>(&self, simd: S, out: &mut [T]) {
        let (n, lanes) = (self.width, Vector::<T, S>::LEN);
        if n == 0 {
            return;
        }
        let split = ((self.right.len() + n).saturating_sub(lanes) / n).min(self.depth);
        let mut tail = [T::zero(); 2 * MAX_LANES];
        if split < self.depth {
            tail = padded(&self.right[split * n..self.depth * n]);
        }
        let start = match self.start {
            Start::Bias(bias) if bias.len() >= lanes => load(simd, bias, 0),
            Start::Bias(bias) => load(simd, &padded(bias), 0),
            _ => Vector::<T, S>::splat(simd, T::zero()),
        };
        let start = [start];
        let add = matches!(self.start, Start::Add);
        let (depth, right, fresh) = (0..self.depth, self.right, !(!0 << n));
        let view =
            View { depth, split, right, stride: n, tail: &tail, column: 0, fresh, start, add };
        self.all_rows(simd, &view, out);
    }

    /// Covers the rows with tiles: tall ones, then one of four rows if that is enough, or of one if
    /// there are fewer than four.
    #[inline(always)]
    fn all_rows<S: Simd, const NV: usize>(
        &self,
        simd: S,
        view: &View<T, Vector<T, S>, NV>,
        out: &mut [T],
    ) {
        if const { NV > 1 && has_32_registers::<S, T>() } {
            alone(
                simd,
                #[inline(always)]
                || self.all_rows_at(simd, view, out),
            );
        } else {
            self.all_rows_at(simd, view, out);
        }
    }

    #[inline(always)]
    fn all_rows_at<S: Simd, const NV: usize>(
        &self,
        simd: S,
        view: &View<T, Vector<T, S>, NV>,
        out: &mut [T],
    ) {
        let mut i = 0;
        while i < self.rows {
            let is_tall = self.rows >= 6 && self.rows - i > 4;
            // `const`, so that tiles that a level does not use are not compiled for it.
            i += if const { NV <= 2 || has_32_registers::<S, T>() } && is_tall {
                self.tile::<S, 6, NV>(simd, i, view, out)
            } else if self.rows >= 4 {
                self.tile::<S, 4, NV>(simd, i, view, out)
            } else {
                self.tile::<S, 1, NV>(simd, i, view, out)
            };
        }
    }

    /// The rows from `done` on, `MR` at most; returns their number.
    #[inline(always)]
    fn tile<S: Simd, const MR: usize, const NV: usize>(
        &self,
        simd: S,
        done: usize,
        view: &View<T, Vector<T, S>, NV>,
        out: &mut [T],
    ) -> usize {
        let i = done.min(self.rows - MR);
        if const { NV > 1 && !has_32_registers::<S, T>() } {
            alone(
                simd,
                #[inline(always)]
                || self.tile_at::<S, MR, NV>(simd, i, done, view, out),
            );
        } else {
            self.tile_at::<S, MR, NV>(simd, i, done, view, out);
        }
        i + MR - done
    }

    #[inline(always)]
    fn tile_at<S: Simd, const MR: usize, const NV: usize>(
        &self,
        simd: S,
        i: usize,
        done: usize,
        view: &View<T, Vector<T, S>, NV>,
        out: &mut [T],
    ) {
        let (n, j) = (self.width, view.column);
        let [depth, rest] = [view.depth.start..view.split, view.split..view.depth.end];
        let mut sums = [view.start; MR];
        let left = self.left.coefficients::<MR>(i, depth.clone());
        accumulate(simd, &left, depth.len(), view.right, view.stride, &mut sums);
        if NV == 1 && !rest.is_empty() {
            let left = self.left.coefficients::<MR>(i, rest.clone());
            accumulate(simd, &left, rest.len(), view.tail, n, &mut sums);
        }
        if view.add {
            for r in 0..MR {
                if i + r >= done {
                    tile::add(simd, &sums[r], &mut out[(i + r) * n + j..], n, view.fresh);
                }
            }
        } else {
            for r in 0..MR {
                tile::store(simd, &sums[r], &mut out[(i + r) * n + j..], n);
            }
        }
    }
}

/// Does the work as a function of its own, whose sums have all registers: as one part of a large function they go to
/// memory and back at every step of the depth.
#[inline(never)]
fn alone<S: Simd>(simd: S, work: impl FnOnce()) {
    simd.vectorize(work);
}

/// The part of a product's columns that a tile works on.
struct View<'a, T, V, const NV: usize> {
    depth: Range<usize>,
    /// The right operand from row `depth.start` to row `split`, rows `stride` apart.
    split: usize,
    right: &'a [T],
    stride: usize,
    /// Its rows from `split` on, readable by whole vectors; there are some in narrow ones only.
    tail: &'a [T],
    /// The first column.
    column: usize,
    /// Which lanes of the first vector are not done yet.
    fresh: u64,
    /// Where the sums start.
    start: [V; NV],
    /// Whether they are added to the destination.
    add: bool,
}
