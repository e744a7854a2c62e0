//! Layer norm (Ba, Kiros, Hinton 2016) with a gain and no offset.

use super::{Back, Number, Operation, Tape, Var};

impl<T: Number> Tape<T> {
    /// Every row x becomes g (x − mean) / √(variance + 1e-5).
    pub(crate) fn normalize(&mut self, a: Var, gain: Var) -> Var {
        self.push(Operation::Normalize(a, gain), (a.rows, a.columns), |tape, out, saved| {
            let (gain, count) = (tape.value(gain), T::of(a.columns as f64));
            let rows = tape.value(a).chunks_exact(a.columns);
            for (out, row) in out.chunks_exact_mut(a.columns).zip(rows) {
                let mean = row.iter().fold(T::zero(), |sum, &x| sum + x) / count;
                let square = row.iter().fold(T::zero(), |sum, &x| sum + (x - mean) * (x - mean));
                let factor = T::one() / (square / count + T::of(1e-5)).sqrt();
                saved.extend([mean, factor]);
                let pairs = out.iter_mut().zip(row).zip(gain);
                pairs.for_each(|((out, &x), &gain)| *out = gain * (x - mean) * factor);
            }
        })
    }
}

impl<T: Number> Back<'_, T> {
    /// With n = (x − m) f and e = slope g: f (e − mean(e) − n mean(e n)), and slope n for the gain.
    pub(super) fn normalize(mut self, a: Var, gain: Var) {
        let (columns, count) = (a.columns, T::of(a.columns as f64));
        let (x, g) = (self.value(a), self.value(gain));
        let rows = self.slope.chunks_exact(columns).zip(x.chunks_exact(columns));
        for (row, ((slope, x), saved)) in rows.zip(self.saved.chunks_exact(2)).enumerate() {
            let (mean, factor) = (saved[0], saved[1]);
            let normal = || x.iter().map(|&x| (x - mean) * factor);
            let scaled = || slope.iter().zip(g).map(|(&slope, &g)| slope * g);
            self.add_to(gain, slope.iter().zip(normal()).map(|(&slope, n)| slope * n));
            let sum = scaled().fold(T::zero(), |sum, e| sum + e) / count;
            let products = scaled().zip(normal()).fold(T::zero(), |sum, (e, n)| sum + e * n);
            let product = products / count;
            let terms = scaled().zip(normal()).map(|(e, n)| factor * (e - sum - n * product));
            self.add_to(a.rows_from(row, 1), terms);
        }
    }
}
