//! Who belongs to what: pairs of records, by a rule until they are written.

use std::collections::BTreeMap;

/// The pairs of two kinds of records, each with a value.
#[derive(Debug)]
pub(super) struct Links<T> {
    rule: fn(u64, u64) -> Option<T>,
    /// The numbers of generated records on both sides. Created ones have only the written pairs.
    generated: (u64, u64),
    /// `None` for a removed pair.
    written: BTreeMap<(u64, u64), Option<T>>,
}

impl<T: Clone> Links<T> {
    pub(super) fn new(generated: (u64, u64), rule: fn(u64, u64) -> Option<T>) -> Self {
        Self { rule, generated, written: BTreeMap::new() }
    }

    pub(super) fn get(&self, left: u64, right: u64) -> Option<T> {
        match self.written.get(&(left, right)) {
            Some(written) => written.clone(),
            None if left < self.generated.0 && right < self.generated.1 => (self.rule)(left, right),
            None => None,
        }
    }

    pub(super) fn set(&mut self, left: u64, right: u64, value: T) {
        self.written.insert((left, right), Some(value));
    }

    pub(super) fn remove(&mut self, left: u64, right: u64) {
        self.written.insert((left, right), None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_pair_counts_more_than_the_rule() {
        let mut links = Links::new((2, 2), |left, right| (left == right).then_some(left));
        assert_eq!((links.get(1, 1), links.get(0, 1), links.get(2, 2)), (Some(1), None, None));
        links.remove(1, 1);
        links.set(2, 5, 9);
        assert_eq!((links.get(1, 1), links.get(2, 5)), (None, Some(9)));
    }
}
