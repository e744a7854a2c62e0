//! Causal attention with several heads (Vaswani et al. 2017).

use super::{Back, Number, Operation, Tape, Var};

/// How rows are cut into sequences, and columns into heads.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    pub length: usize,
    pub heads: usize,
}

/// Where the query, the key and the value of a head begin, sequence by sequence.
#[derive(Clone, Copy)]
struct Head {
    /// The first row of the sequence, and the first column of the head.
    row: usize,
    column: usize,
    /// Columns of all heads, and of this one.
    width: usize,
    size: usize,
}

impl Head {
    /// All heads of all sequences of `a`.
    fn all(a: Var, shape: Shape) -> impl Iterator<Item = Self> {
        let width = a.columns / 3;
        let size = width / shape.heads;
        (0..a.rows / shape.length).flat_map(move |sequence| {
            let row = sequence * shape.length;
            (0..shape.heads).map(move |head| Self { row, column: head * size, width, size })
        })
    }

    /// Elements of the query (0), key (1) or value (2) at time t.
    fn of(self, part: usize, t: usize) -> std::ops::Range<usize> {
        let start = (self.row + t) * 3 * self.width + part * self.width + self.column;
        start..start + self.size
    }

    /// Elements of the output at time t.
    fn out(self, t: usize) -> std::ops::Range<usize> {
        let start = (self.row + t) * self.width + self.column;
        start..start + self.size
    }

    fn scale<T: Number>(self) -> T {
        T::of(1.0 / (self.size as f64).sqrt())
    }
}

fn dot<T: Number>(a: &[T], b: &[T]) -> T {
    a.iter().zip(b).fold(T::zero(), |sum, (&a, &b)| sum + a * b)
}

/// y ← y + a x.
fn add<T: Number>(y: &mut [T], a: T, x: &[T]) {
    y.iter_mut().zip(x).for_each(|(y, &x)| *y += a * x);
}

impl<T: Number> Tape<T> {
    /// Of rows with query, key and value of all heads: every row looks at those before it in its
    /// sequence, and itself.
    pub(crate) fn attention(&mut self, a: Var, length: usize, heads: usize) -> Var {
        let shape = Shape { length, heads };
        self.push(Operation::Attention(a, shape), (a.rows, a.columns / 3), |tape, out, saved| {
            let x = tape.value(a);
            for head in Head::all(a, shape) {
                for t in 0..length {
                    let first = saved.len();
                    let query = &x[head.of(0, t)];
                    let score = |s| dot(query, &x[head.of(1, s)]) * head.scale();
                    saved.extend((0..=t).map(score));
                    softmax(&mut saved[first..]);
                    for (s, &weight) in saved[first..].iter().enumerate() {
                        add(&mut out[head.out(t)], weight, &x[head.of(2, s)]);
                    }
                }
            }
        })
    }
}

/// Scores become weights that sum to 1.
pub(super) fn softmax<T: Number>(scores: &mut [T]) {
    let largest = scores.iter().fold(T::neg_infinity(), |largest, &score| largest.max(score));
    scores.iter_mut().for_each(|score| *score = (*score - largest).exponential());
    let sum = scores.iter().fold(T::zero(), |sum, &weight| sum + weight);
    scores.iter_mut().for_each(|weight| *weight /= sum);
}

impl<T: Number> Back<'_, T> {
    pub(super) fn attention(mut self, a: Var, shape: Shape) {
        let (x, slope, mut saved) = (self.value(a), self.slope, self.saved);
        let mut by_weight = vec![T::zero(); shape.length];
        let Some(sums) = self.sums(a) else { return };
        for head in Head::all(a, shape) {
            for t in 0..shape.length {
                let (weights, rest) = saved.split_at(t + 1);
                saved = rest;
                let slope = &slope[head.out(t)];
                for (s, &weight) in weights.iter().enumerate() {
                    by_weight[s] = dot(slope, &x[head.of(2, s)]);
                    add(&mut sums[head.of(2, s)], weight, slope);
                }
                let mean = dot(weights, &by_weight[..=t]);
                for (s, &weight) in weights.iter().enumerate() {
                    let by_score = weight * (by_weight[s] - mean) * head.scale();
                    add(&mut sums[head.of(0, t)], by_score, &x[head.of(1, s)]);
                    add(&mut sums[head.of(1, s)], by_score, &x[head.of(0, t)]);
                }
            }
        }
    }
}
