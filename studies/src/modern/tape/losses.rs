//! Losses, each the mean over the rows.

use super::attention::softmax;
use super::{Back, Number, Operation, Tape, Var};

/// Elements of which 1 + e⁻ˣ is multiplied before a logarithm is taken: at most 2¹⁶.
const GROUP: usize = 16;

impl<T: Number> Tape<T> {
    /// −ln softmax(row)[class], and the share of rows whose largest element is the class's.
    pub(crate) fn cross_entropy(
        &mut self,
        a: Var,
        classes: impl Iterator<Item = usize>,
    ) -> (Var, f64) {
        let first = self.places.len();
        self.places.extend(classes);
        let mut right = 0;
        let loss = self.push(Operation::CrossEntropy(a, first), (1, 1), |tape, out, saved| {
            saved.extend_from_slice(tape.value(a));
            let mut sum = 0.0;
            let rows = tape.value(a).chunks_exact(a.columns);
            let pairs = rows.zip(saved.chunks_exact_mut(a.columns)).zip(&tape.places[first..]);
            for ((row, shares), &class) in pairs {
                softmax(shares);
                right += usize::from(row.iter().all(|&y| y <= row[class]));
                let largest = row.iter().fold(T::neg_infinity(), |most, &y| most.max(y));
                let total = row.iter().fold(T::zero(), |sum, &y| sum + (y - largest).exponential());
                sum += (total.ln() + largest - row[class]).wide();
            }
            out[0] = T::of(sum / a.rows as f64);
        });
        (loss, right as f64 / a.rows as f64)
    }

    /// Σ (y − t)².
    pub(crate) fn squared_error(&mut self, a: Var, target: Var) -> Var {
        self.push(Operation::SquaredError(a, target), (1, 1), |tape, out, _| {
            let pairs = tape.value(a).iter().zip(tape.value(target));
            let sum: f64 = pairs.map(|(&y, &t)| ((y - t) * (y - t)).wide()).sum();
            out[0] = T::of(sum / a.rows as f64);
        })
    }

    /// Σ (ln(1 + eᵒ) − t o): the binary cross entropy of σ(o).
    pub(crate) fn binary_entropy(&mut self, a: Var, target: Var) -> Var {
        self.push(Operation::BinaryEntropy(a, target), (1, 1), |tape, out, _| {
            let groups = tape.value(a).chunks(GROUP).zip(tape.value(target).chunks(GROUP));
            let sum: f64 = groups.map(|(o, t)| softplus_less(o, t).wide()).sum();
            out[0] = T::of(sum / a.rows as f64);
        })
    }

    /// −½ Σ (1 + λ − μ² − e^λ): how far N(μ, e^λ) is from N(0, 1).
    pub(crate) fn divergence(&mut self, mean: Var, log: Var) -> Var {
        self.push(Operation::Divergence(mean, log), (1, 1), |tape, out, _| {
            let pairs = tape.value(mean).iter().zip(tape.value(log));
            let term = |(&m, &l): (&T, &T)| (T::one() + l - m * m - l.exponential()).wide();
            out[0] = T::of(-0.5 * pairs.map(term).sum::<f64>() / mean.rows as f64);
        })
    }
}

/// Σ (ln(1 + eᵒ) − t o) = Σ (max(o, 0) − t o) + ln Π (1 + e^−|o|).
fn softplus_less<T: Number>(o: &[T], t: &[T]) -> T {
    let (mut sum, mut product) = (T::zero(), T::one());
    for (&o, &t) in o.iter().zip(t) {
        let positive = if o < T::zero() { T::zero() } else { o };
        sum += positive - t * o;
        product *= T::one() + (-o.abs()).exponential();
    }
    sum + product.ln()
}

impl<T: Number> Back<'_, T> {
    /// The slope of the loss, for every row.
    fn share(&self, rows: usize) -> T {
        self.slope[0] / T::of(rows as f64)
    }

    pub(super) fn cross_entropy(mut self, a: Var, classes: &[usize]) {
        let (share, saved) = (self.share(a.rows), self.saved);
        self.add_to(a, saved.iter().map(|&p| share * p));
        let Some(sums) = self.sums(a) else { return };
        for (row, &class) in sums.chunks_exact_mut(a.columns).zip(classes) {
            row[class] -= share;
        }
    }

    pub(super) fn squared_error(mut self, a: Var, target: Var) {
        let share = T::of(2.0) * self.share(a.rows);
        let pairs = self.value(a).iter().zip(self.value(target));
        self.add_to(a, pairs.map(|(&y, &t)| share * (y - t)));
    }

    pub(super) fn binary_entropy(mut self, a: Var, target: Var) {
        let share = self.share(a.rows);
        let pairs = self.value(a).iter().zip(self.value(target));
        self.add_to(a, pairs.map(|(&o, &t)| share * (o.logistic() - t)));
    }

    pub(super) fn divergence(mut self, mean: Var, log: Var) {
        let share = self.share(mean.rows);
        let (means, logs) = (self.value(mean), self.value(log));
        self.add_to(mean, means.iter().map(|&m| share * m));
        let by_log = |&l: &T| T::of(0.5) * share * (l.exponential() - T::one());
        self.add_to(log, logs.iter().map(by_log));
    }
}
