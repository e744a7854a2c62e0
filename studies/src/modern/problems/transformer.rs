//! A character transformer of two layers, 48 wide, with four heads and contexts of 32 characters:
//! norms before attention and before the two layers behind it (48-192-48, GELU), learnt positions.

use super::super::tape::{Function, Layout, Number, Tape, Var};
use super::characters::Characters;
use super::taped::{Model, Part, Recorded};

pub(super) const LENGTH: usize = 32;
const WIDTH: usize = 48;
const HEADS: usize = 4;

pub(super) struct Transformer {
    characters: Characters,
    layout: Layout,
    symbols: Var,
    positions: Var,
    blocks: [Block; 2],
    gain: Var,
    outputs: Var,
}

struct Block {
    gains: [Var; 2],
    /// Queries, keys and values.
    attention: Var,
    mix: Var,
    wide: [Var; 2],
    narrow: [Var; 2],
}

/// The deviation of all weights at the start.
const DEVIATION: f64 = 0.02;

impl Transformer {
    pub(super) fn new(characters: Characters) -> Self {
        let mut layout = Layout::default();
        let mut normal = |rows, columns| layout.normal(rows, columns, DEVIATION);
        let symbols = normal(characters.alphabet(), WIDTH);
        let positions = normal(characters.length, WIDTH);
        let outputs = normal(WIDTH, characters.alphabet());
        let blocks = [(); 2].map(|()| Block::new(&mut layout));
        let gain = layout.row(WIDTH, 1.0);
        Self { characters, layout, symbols, positions, blocks, gain, outputs }
    }
}

impl Block {
    fn new(layout: &mut Layout) -> Self {
        let mut layer =
            |inputs, outputs| [layout.normal(inputs, outputs, DEVIATION), layout.row(outputs, 0.0)];
        let (wide, narrow) = (layer(WIDTH, 4 * WIDTH), layer(4 * WIDTH, WIDTH));
        Self {
            gains: [(); 2].map(|()| layout.row(WIDTH, 1.0)),
            attention: layout.normal(WIDTH, 3 * WIDTH, DEVIATION),
            mix: layout.normal(WIDTH, WIDTH, DEVIATION),
            wide,
            narrow,
        }
    }

    fn record<T: Number>(&self, tape: &mut Tape<T>, x: Var, length: usize) -> Var {
        let normal = tape.normalize(x, self.gains[0]);
        let parts = tape.product(normal, self.attention);
        let seen = tape.attention(parts, length, HEADS);
        let change = tape.product(seen, self.mix);
        let x = tape.add(x, change);
        let normal = tape.normalize(x, self.gains[1]);
        let hidden = tape.linear(normal, self.wide);
        let hidden = tape.apply(Function::Gelu, hidden);
        let change = tape.linear(hidden, self.narrow);
        tape.add(x, change)
    }
}

impl Model for Transformer {
    fn layout(&self) -> &Layout {
        &self.layout
    }

    fn rows(&self, part: Part) -> usize {
        self.characters.rows(part)
    }

    fn record<T: Number>(&self, tape: &mut Tape<T>, part: Part, rows: &[usize]) -> Recorded {
        let length = self.characters.length;
        let at = |offset| {
            let times = move |&row| (0..length).map(move |t| (row, t + offset));
            rows.iter().flat_map(times).map(|(row, t)| self.characters.symbol(part, row, t))
        };
        let symbols = tape.gather(self.symbols, at(0));
        let positions = tape.gather(self.positions, rows.iter().flat_map(|_| 0..length));
        let mut x = tape.add(symbols, positions);
        for block in &self.blocks {
            x = block.record(tape, x, length);
        }
        let normal = tape.normalize(x, self.gain);
        let outputs = tape.product(normal, self.outputs);
        let (loss, right) = tape.cross_entropy(outputs, at(1));
        Recorded { loss, right: Some(right) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{characters::tests::made_up, taped::tests::*};
    use super::*;

    #[test]
    fn the_gradient_is_that_of_differences_and_leads_down() {
        check_model(&Transformer::new(made_up(5)), &[1, 5]);
        check_descent(Transformer::new(made_up(5)), &[0, 1, 2, 3], 0.1);
    }

    #[test]
    fn loss_and_gradient_are_those_of_an_independent_program() {
        check_twin(
            &Transformer::new(made_up(5)),
            [2.406_321_966_850_084_6, 0.131_220_482_367_904_7],
        );
    }
}
