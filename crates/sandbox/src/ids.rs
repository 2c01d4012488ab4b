//! Ids that are a reversible function of the seed and the index: finding a record by id needs no table.
//!
//! Each id contains the permuted index and check bits. An id that does not encode back to itself is unknown.

use crate::rng::{key_of_text, mix, permute, unpermute};

const BASE64URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const BASE58: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const ANTHROPIC_PREFIX: &str = "uprof_01";
const ANTHROPIC_DIGITS: usize = 22;

/// The ids of one kind of record under one seed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct IdSpace {
    key: u64,
}

impl IdSpace {
    pub(crate) fn new(seed: u64, kind: &str) -> Self {
        Self { key: key_of_text(seed, kind) }
    }

    /// Returns a UUID in the format of version 4.
    pub(crate) fn uuid(self, index: u64) -> String {
        let number = permute(self.key, index);
        let check = mix(number ^ self.key);
        let high = (number & !0xFFFF) | 0x4000 | ((number >> 4) & 0xFFF);
        let low = (1 << 63) | ((number & 0xF) << 58) | (check >> 6);
        format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xFFFF,
            high & 0xFFFF,
            low >> 48,
            low & 0xFFFF_FFFF_FFFF
        )
    }

    pub(crate) fn index_of_uuid(self, id: &str) -> Option<u64> {
        let digits: String = id.chars().filter(|c| *c != '-').collect();
        let bits = u128::from_str_radix(&digits, 16).ok()?;
        let high = u64::try_from(bits >> 64).ok()?;
        let low = u64::try_from(bits & u128::from(u64::MAX)).ok()?;
        let number = (high & !0xFFFF) | ((high & 0xFFF) << 4) | ((low >> 58) & 0xF);
        let index = unpermute(self.key, number);
        (self.uuid(index) == id).then_some(index)
    }

    /// Returns 12 characters of `[A-Za-z0-9_-]`. Sometimes the first is `-` or `_`, as in Probely's own ids.
    pub(crate) fn short(self, index: u64) -> String {
        let number = permute(self.key, index);
        let check = mix(number ^ self.key);
        let first = match index % 16 {
            5 => 62,
            11 => 63,
            _ => check & 63,
        };
        let bits = (u128::from(first) << 66) | (u128::from(number) << 2) | u128::from(check >> 62);
        (0..12).rev().map(|place| digit(BASE64URL, bits >> (6 * place))).collect()
    }

    pub(crate) fn index_of_short(self, id: &str) -> Option<u64> {
        if id.len() != 12 {
            return None;
        }
        let bits =
            id.bytes().try_fold(0_u128, |bits, byte| Some((bits << 6) | place_of(BASE64URL, byte)?))?;
        let number = u64::try_from((bits >> 2) & u128::from(u64::MAX)).ok()?;
        let index = unpermute(self.key, number);
        (self.short(index) == id).then_some(index)
    }

    /// Returns `uprof_01` and 22 characters in base 58.
    pub(crate) fn anthropic(self, index: u64) -> String {
        self.tagged(ANTHROPIC_PREFIX, index)
    }

    pub(crate) fn index_of_anthropic(self, id: &str) -> Option<u64> {
        self.index_of_tagged(ANTHROPIC_PREFIX, id)
    }

    /// Returns the prefix and 22 characters in base 58.
    pub(crate) fn tagged(self, prefix: &str, index: u64) -> String {
        let number = permute(self.key, index);
        let bits = (u128::from(number) << 64) | u128::from(mix(number ^ self.key));
        format!("{prefix}{}", base58(bits, ANTHROPIC_DIGITS))
    }

    pub(crate) fn index_of_tagged(self, prefix: &str, id: &str) -> Option<u64> {
        let digits = id.strip_prefix(prefix)?;
        if digits.len() != ANTHROPIC_DIGITS {
            return None;
        }
        let bits = digits
            .bytes()
            .try_fold(0_u128, |bits, byte| bits.checked_mul(58)?.checked_add(place_of(BASE58, byte)?))?;
        let index = unpermute(self.key, u64::try_from(bits >> 64).ok()?);
        (self.tagged(prefix, index) == id).then_some(index)
    }
}

/// Formats `bits` in base 58, padded at the start to `digits` characters.
pub(crate) fn base58(mut bits: u128, digits: usize) -> String {
    let mut text = vec!['1'; digits];
    for slot in text.iter_mut().rev() {
        *slot = char::from(BASE58[usize::try_from(bits % 58).unwrap_or(0)]);
        bits /= 58;
    }
    text.into_iter().collect()
}

fn digit(alphabet: &[u8; 64], bits: u128) -> char {
    char::from(alphabet[usize::try_from(bits & 63).unwrap_or(0)])
}

fn place_of(alphabet: &[u8], byte: u8) -> Option<u128> {
    alphabet.iter().position(|known| *known == byte).and_then(|place| u128::try_from(place).ok())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn ids_are_unique_and_lead_back_to_their_index() {
        let space = IdSpace::new(1, "test");
        let mut seen = HashSet::new();
        for index in (0..5_000).chain([u64::MAX, 1 << 40]) {
            let (uuid, short, anthropic) = (space.uuid(index), space.short(index), space.anthropic(index));
            assert_eq!(space.index_of_uuid(&uuid), Some(index));
            assert_eq!(space.index_of_short(&short), Some(index));
            assert_eq!(space.index_of_anthropic(&anthropic), Some(index));
            assert_eq!((uuid.len(), short.len(), anthropic.len()), (36, 12, 30));
            assert!(seen.insert(uuid) && seen.insert(short) && seen.insert(anthropic));
        }
    }

    #[test]
    fn what_was_never_given_out_is_unknown() {
        let (space, other) = (IdSpace::new(1, "test"), IdSpace::new(2, "test"));
        assert_eq!(space.index_of_uuid(&other.uuid(3)), None);
        assert_eq!(space.index_of_uuid(&space.uuid(3).to_uppercase()), None);
        assert_eq!(space.index_of_short(&other.short(3)), None);
        assert_eq!(space.index_of_anthropic(&other.anthropic(3)), None);
        for garbage in ["", "-", "é", "uprof_01", "uprof_01zzzzzzzzzzzzzzzzzzzzzz", "zzzzzzzzzzzz", "0"] {
            assert_eq!(space.index_of_uuid(garbage), None);
            assert_eq!(space.index_of_short(garbage), None);
            assert_eq!(space.index_of_anthropic(garbage), None);
        }
    }

    #[test]
    fn short_ids_begin_with_a_dash_or_an_underscore_now_and_then() {
        let space = IdSpace::new(1, "test");
        let first: HashSet<_> = (0..20).filter_map(|index| space.short(index).chars().next()).collect();
        assert!(first.contains(&'-') && first.contains(&'_'));
    }
}
