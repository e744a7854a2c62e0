//! Windows of a text, for the models that guess its next character.

use std::sync::Arc;

use super::data::Text;
use super::taped::Part;

/// Windows of `length` characters and the one behind each of them. A training row is the window at
/// every 7th character of the first nine tenths; held out are up to 200 of the last tenth.
pub(super) struct Characters {
    text: Arc<Text>,
    pub length: usize,
}

const STRIDE: usize = 7;
const HELD_OUT_STRIDE: usize = 53;
const HELD_OUT: usize = 200;

impl Characters {
    pub(super) fn new(text: Arc<Text>, length: usize) -> Self {
        Self { text, length }
    }

    pub(super) fn alphabet(&self) -> usize {
        self.text.alphabet
    }

    /// Where the characters held out begin.
    fn border(&self) -> usize {
        self.text.symbols.len() / 10 * 9
    }

    pub(super) fn rows(&self, part: Part) -> usize {
        let windows = |symbols: usize, stride| (symbols - self.length - 1) / stride;
        match part {
            Part::Training => windows(self.border(), STRIDE),
            Part::HeldOut => {
                windows(self.text.symbols.len() - self.border(), HELD_OUT_STRIDE).min(HELD_OUT)
            }
        }
    }

    /// The symbol at time t of a row's window; at t = `length` the last to be guessed.
    pub(super) fn symbol(&self, part: Part, row: usize, t: usize) -> usize {
        let start = match part {
            Part::Training => row * STRIDE,
            Part::HeldOut => self.border() + row * HELD_OUT_STRIDE,
        };
        usize::from(self.text.symbols[start + t])
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A made-up text of 400 characters of an alphabet of 11.
    pub(in super::super) fn made_up(length: usize) -> Characters {
        let symbols = (0..400_usize).map(|k| (k * k % 11 + k % 3) as u8 % 11).collect();
        Characters::new(Arc::new(Text { symbols, alphabet: 11 }), length)
    }

    #[test]
    fn windows_end_within_their_part() {
        let characters = made_up(8);
        assert_eq!([characters.rows(Part::Training), characters.rows(Part::HeldOut)], [50, 0]);
        let last = characters.symbol(Part::Training, 49, 8);
        assert_eq!(last, usize::from(characters.text.symbols[351]));
        assert_eq!(
            characters.symbol(Part::HeldOut, 0, 1),
            usize::from(characters.text.symbols[361])
        );
    }
}
