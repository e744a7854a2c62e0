//! Seeds for everything that is random, the same for good.

/// SplitMix64's finish: every bit of `z` moves every bit of the result.
pub fn mix(z: u64) -> u64 {
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A seed that these words fix in their order.
pub fn derive(words: &[u64]) -> u64 {
    words.iter().fold(0, |state, word| mix((state ^ word).wrapping_add(0x9e37_79b9_7f4a_7c15)))
}

/// FNV-1a over bytes, mixed, so that similar names give unrelated seeds.
#[derive(Debug, Clone, Copy)]
pub struct Hash(u64);

impl Default for Hash {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hash {
    pub fn add(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    pub fn value(&self) -> u64 {
        mix(self.0)
    }
}

/// The seed that a text stands for.
pub fn of_text(text: &str) -> u64 {
    let mut hash = Hash::default();
    hash.add(text.as_bytes());
    hash.value()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_are_the_same_for_good_and_their_neighbours_others() {
        assert_eq!(of_text(""), mix(0xcbf2_9ce4_8422_2325));
        assert_ne!(of_text("1/iris/1/0/start"), of_text("1/iris/1/1/start"));
        assert_eq!(derive(&[0]), 0xe220_a839_7b1d_cdaf); // the first number of SplitMix64 from 0
        assert_ne!(derive(&[1, 2, 3]), derive(&[1, 3, 2]));
    }
}
