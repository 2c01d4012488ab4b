//! The source of every "random" choice: splitmix64, and a permutation based on it.
//!
//! It is not for security. It must be reproducible on every platform and in every release, so it does not use
//! a crate whose algorithm may change.

/// Scrambles one word: splitmix64's output function over the next state.
pub(crate) const fn mix(word: u64) -> u64 {
    let mut z = word.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Combines several words into one key. Their order matters.
pub(crate) fn key(words: &[u64]) -> u64 {
    words.iter().fold(0x616E_7970_726F_6669, |key, word| mix(key ^ mix(*word)))
}

/// Combines a text into one key.
pub(crate) fn key_of_text(seed: u64, text: &str) -> u64 {
    text.bytes().fold(mix(seed), |key, byte| mix(key ^ u64::from(byte)))
}

/// A splitmix64 generator.
#[derive(Debug, Clone)]
pub(crate) struct Rng(u64);

impl Rng {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        let out = mix(self.0);
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        out
    }

    /// Returns a number in `0..limit` (0 if the limit is 0). The slight bias of the remainder does not matter
    /// here.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.next().checked_rem(limit).unwrap_or(0)
    }

    /// Returns one of `items`, which must not be empty.
    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        let at = self.below(u64::try_from(items.len()).unwrap_or(1));
        &items[usize::try_from(at).unwrap_or(0)]
    }
}

const ROUNDS: u64 = 6;
const HALF: u64 = 0xFFFF_FFFF;

fn round(key: u64, round: u64, half: u64) -> u64 {
    mix(key ^ (round << 40) ^ half) >> 32
}

/// Maps each 64-bit number to a unique number. It is a Feistel network, so it can be inverted.
pub(crate) fn permute(key: u64, number: u64) -> u64 {
    let (mut left, mut right) = (number >> 32, number & HALF);
    for r in 0..ROUNDS {
        (left, right) = (right, left ^ round(key, r, right));
    }
    (left << 32) | right
}

/// The inverse of [`permute`].
pub(crate) fn unpermute(key: u64, number: u64) -> u64 {
    let (mut left, mut right) = (number >> 32, number & HALF);
    for r in (0..ROUNDS).rev() {
        (left, right) = (right ^ round(key, r, left), left);
    }
    (left << 32) | right
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splitmix64_gives_its_published_first_numbers() {
        let mut rng = Rng::new(1_234_567);
        assert_eq!(rng.next(), 6_457_827_717_110_365_317);
        assert_eq!(rng.next(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn a_permutation_is_undone_by_its_inverse() {
        for number in (0..2_000).chain([u64::MAX, u64::MAX - 1, 1 << 32, 1 << 63]) {
            assert_eq!(unpermute(7, permute(7, number)), number);
        }
        assert_ne!(permute(7, 1), permute(8, 1));
    }
}
