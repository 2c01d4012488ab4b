//! Unpredictable random numbers from the keys of the standard library's hash tables, without another dependency.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};

/// Returns 64 random bits.
pub(crate) fn random_bits() -> u64 {
    RandomState::new().build_hasher().finish()
}

/// Returns a random number in `0.0..1.0`.
pub(crate) fn random() -> f64 {
    #[allow(clippy::cast_precision_loss, reason = "an f64 holds 53 bits")]
    let number = (random_bits() >> 11) as f64 / (1_u64 << 53) as f64;
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chance_is_spread_over_all_of_its_range() {
        let numbers: Vec<_> = (0..1000).map(|_| random()).collect();
        assert!(numbers.iter().all(|number| (0.0..1.0).contains(number)));
        let low = numbers.iter().filter(|number| **number < 0.5).count();
        assert!((300..700).contains(&low), "{low}");
    }
}
