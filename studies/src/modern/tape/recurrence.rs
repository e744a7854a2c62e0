//! The gated recurrent unit (Cho et al. 2014), with the reset gate behind the recurrent product.

use super::{Back, Number, Operation, Tape, Var};

impl<T: Number> Tape<T> {
    /// The next state of states h. The columns of `a` (from the input) and of `u` (from h) belong to
    /// r, z and n in turn: r = σ(aᵣ + uᵣ), z = σ(a_z + u_z), n = tanh(aₙ + r uₙ), h ← (1 − z) n + z h.
    pub(crate) fn recurrence(&mut self, a: Var, u: Var, h: Var) -> Var {
        let width = h.columns;
        self.push(Operation::Recurrence([a, u, h]), (h.rows, width), |tape, out, saved| {
            let [a, u] = [a, u].map(|var| tape.value(var).chunks_exact(3 * width));
            let states = tape.value(h).chunks_exact(width);
            for (((a, u), h), out) in a.zip(u).zip(states).zip(out.chunks_exact_mut(width)) {
                for k in 0..width {
                    let [r, z] = [k, width + k].map(|k| (a[k] + u[k]).logistic());
                    let n = (a[2 * width + k] + r * u[2 * width + k]).tangent();
                    out[k] = (T::one() - z) * n + z * h[k];
                    saved.extend([r, z, n]);
                }
            }
        })
    }
}

impl<T: Number> Back<'_, T> {
    pub(super) fn recurrence(mut self, [a, u, h]: [Var; 3]) {
        let width = h.columns;
        let (by_state, slope, saved) = (self.value(h), self.slope, self.saved);
        let from_state = self.value(u);
        let gates = || saved.chunks_exact(3).map(|gates| [gates[0], gates[1], gates[2]]);
        self.add_to(h, slope.iter().zip(gates()).map(|(&slope, [_, z, _])| slope * z));
        // Slopes by the sums inside r, z and n, row by row as in `a`; then as in `u`, where n's has
        // a factor r.
        let mut slopes = vec![T::zero(); 3 * slope.len()];
        for (index, [r, z, n]) in gates().enumerate() {
            let place = index / width * 3 * width + index % width;
            let by_n = slope[index] * (T::one() - z) * (T::one() - n * n);
            let by_r = by_n * from_state[place + 2 * width];
            slopes[place] = by_r * r * (T::one() - r);
            slopes[place + width] = slope[index] * (by_state[index] - n) * z * (T::one() - z);
            slopes[place + 2 * width] = by_n;
        }
        self.add_to(a, slopes.iter().copied());
        for (index, [r, ..]) in gates().enumerate() {
            let place = index / width * 3 * width + index % width;
            slopes[place + 2 * width] *= r;
        }
        self.add_to(u, slopes.iter().copied());
    }
}
