//! A gated recurrent network on characters: 32 numbers a character, 64 states, contexts of 32
//! characters, from states of 0.

use super::super::tape::{Layout, Number, Tape, Var};
use super::characters::Characters;
use super::taped::{Model, Part, Recorded};

pub(super) const LENGTH: usize = 32;
const SYMBOL: usize = 32;
const WIDTH: usize = 64;

pub(super) struct Gru {
    characters: Characters,
    layout: Layout,
    symbols: Var,
    input: [Var; 2],
    recurrent: [Var; 2],
    outputs: [Var; 2],
}

impl Gru {
    pub(super) fn new(characters: Characters) -> Self {
        let mut layout = Layout::default();
        let symbols = layout.normal(characters.alphabet(), SYMBOL, 1.0);
        let input = layout.layer(SYMBOL, 3 * WIDTH, 1.0);
        let recurrent = layout.layer(WIDTH, 3 * WIDTH, 1.0);
        let outputs = layout.layer(WIDTH, characters.alphabet(), 1.0);
        Self { characters, layout, symbols, input, recurrent, outputs }
    }
}

impl Model for Gru {
    fn layout(&self) -> &Layout {
        &self.layout
    }

    fn rows(&self, part: Part) -> usize {
        self.characters.rows(part)
    }

    /// All rows of a time lie together.
    fn record<T: Number>(&self, tape: &mut Tape<T>, part: Part, rows: &[usize]) -> Recorded {
        let (length, count) = (self.characters.length, rows.len());
        let at = |offset| {
            let times = (0..length).flat_map(|t| rows.iter().map(move |&row| (row, t)));
            times.map(move |(row, t)| self.characters.symbol(part, row, t + offset))
        };
        let symbols = tape.gather(self.symbols, at(0));
        let inputs = tape.linear(symbols, self.input);
        let zeros = [0.0; WIDTH];
        let mut state = tape.given(WIDTH, (0..count).map(|_| zeros.as_slice()));
        let states: Vec<Var> = (0..length)
            .map(|t| {
                let from_state = tape.linear(state, self.recurrent);
                let input = inputs.rows_from(t * count, count);
                state = tape.recurrence(input, from_state, state);
                state
            })
            .collect();
        let states = tape.stack(&states);
        let outputs = tape.linear(states, self.outputs);
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
        check_model(&Gru::new(made_up(5)), &[1, 5]);
        check_descent(Gru::new(made_up(5)), &[0, 1, 2, 3], 0.1);
    }

    #[test]
    fn loss_and_gradient_are_those_of_an_independent_program() {
        check_twin(&Gru::new(made_up(5)), [2.390_713_241_601_590_6, 0.294_181_841_779_491_14]);
    }
}
