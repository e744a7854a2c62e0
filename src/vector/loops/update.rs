//! The passes of an optimizer's update: several sums and several vectors at a time, piece by piece in
//! the nearest cache.

use super::{BLOCK, Lane, Simd, Sums};

/// Elements that stay in the nearest cache with all vectors of a pass: a part of a block, and a multiple
/// of what any [`Sums`] adds at once.
const PIECE: usize = 512;

/// Where the pieces of a block begin and end.
#[inline(always)]
fn pieces(block: usize, length: usize) -> impl Iterator<Item = core::ops::Range<usize>> {
    let end = length.min(block + BLOCK);
    (block..end).step_by(PIECE).map(move |start| start..end.min(start + PIECE))
}

/// The products x·y of some pairs, as by [`dot`](super::dot), from one pass through memory.
#[inline(always)]
pub(super) fn sums<S: Simd, T: Lane, const N: usize>(simd: S, pairs: [[&[T]; 2]; N]) -> [f64; N] {
    let (length, mut totals) = (pairs[0][0].len(), [0.0; N]);
    for block in (0..length).step_by(BLOCK) {
        let mut sums = [(); N].map(|()| Sums::new(simd));
        for piece in pieces(block, length) {
            for (sum, [x, y]) in sums.iter_mut().zip(pairs) {
                sum.add(simd, &x[piece.clone()], &y[piece.clone()]);
            }
        }
        for (total, sum) in totals.iter_mut().zip(sums) {
            *total += sum.total();
        }
    }
    totals
}

/// g·d and g·u; then v ← a g⊙g + k v and d ← b g / (√v + e); then g·d and d·d. Without a u its
/// product is 0.
#[inline(always)]
pub(super) fn adapt<S: Simd, T: Lane>(
    simd: S,
    [a, k, b, e]: [T; 4],
    g: &[T],
    u: Option<&[T]>,
    v: &mut [T],
    d: &mut [T],
) -> [f64; 4] {
    let mut totals = [0.0; 4];
    for block in (0..g.len()).step_by(BLOCK) {
        let [mut arrival, mut along_u, mut slope, mut square] = [(); 4].map(|()| Sums::new(simd));
        for piece in pieces(block, g.len()) {
            let (g, v, d) = (&g[piece.clone()], &mut v[piece.clone()], &mut d[piece.clone()]);
            arrival.add(simd, g, d);
            if let Some(u) = u {
                along_u.add(simd, g, &u[piece]);
            }
            for (&g, (v, d)) in g.iter().zip(v.iter_mut().zip(d.iter_mut())) {
                *v = a * (g * g) + k * *v;
                *d = b * g / (v.sqrt() + e);
            }
            slope.add(simd, g, d);
            square.add(simd, d, d);
        }
        for (total, sum) in totals.iter_mut().zip([arrival, along_u, slope, square]) {
            *total += sum.total();
        }
    }
    totals
}

/// |x + b u − start|²; |x − start|² without a u.
#[inline(always)]
pub(super) fn distance<S: Simd, T: Lane>(
    simd: S,
    x: &[T],
    b: T,
    u: Option<&[T]>,
    start: &[T],
) -> f64 {
    let (mut total, mut room) = (0.0, [T::zero(); PIECE]);
    for block in (0..x.len()).step_by(BLOCK) {
        let mut square = Sums::new(simd);
        for piece in pieces(block, x.len()) {
            let way = &mut room[..piece.len()];
            let ends = x[piece.clone()].iter().zip(&start[piece.clone()]);
            match u {
                Some(u) => way.iter_mut().zip(ends.zip(&u[piece])).for_each(
                    #[inline(always)]
                    |(way, ((&x, &start), &u))| *way = b * u + x - start,
                ),
                None => way.iter_mut().zip(ends).for_each(
                    #[inline(always)]
                    |(way, (&x, &start))| *way = x - start,
                ),
            }
            square.add(simd, way, way);
        }
        total += square.total();
    }
    total
}
