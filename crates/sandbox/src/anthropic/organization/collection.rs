//! Records of one kind, which are generated until they are written.

use std::collections::{BTreeMap, BTreeSet};

/// The written records of a kind, and the number of all. Those that were not written take no memory.
#[derive(Debug)]
pub(super) struct Collection<R> {
    generated: u64,
    total: u64,
    written: BTreeMap<u64, R>,
    deleted: BTreeSet<u64>,
}

impl<R: Clone> Collection<R> {
    pub(super) fn new(generated: u64) -> Self {
        Self { generated, total: generated, written: BTreeMap::new(), deleted: BTreeSet::new() }
    }

    pub(super) fn generated(&self) -> u64 {
        self.generated
    }

    /// Returns the number of records that exist or existed.
    pub(super) fn total(&self) -> u64 {
        self.total
    }

    pub(super) fn has(&self, index: u64) -> bool {
        index < self.total && !self.deleted.contains(&index)
    }

    pub(super) fn get(&self, index: u64, generate: impl FnOnce(u64) -> R) -> R {
        self.written.get(&index).cloned().unwrap_or_else(|| generate(index))
    }

    /// Returns the written records.
    pub(super) fn written(&self) -> impl Iterator<Item = &R> {
        self.written.values()
    }

    pub(super) fn put(&mut self, index: u64, record: R) {
        self.written.insert(index, record);
    }

    /// Adds a record and returns its index.
    pub(super) fn push(&mut self, record: R) -> u64 {
        let index = self.total;
        self.total += 1;
        self.written.insert(index, record);
        index
    }

    pub(super) fn delete(&mut self, index: u64) {
        self.written.remove(&index);
        self.deleted.insert(index);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_generated_until_it_is_written() {
        let mut numbers = Collection::new(3);
        numbers.put(1, 100);
        assert_eq!(numbers.push(200), 3);
        numbers.delete(0);
        let all = (0..numbers.total()).filter(|index| numbers.has(*index));
        assert_eq!(all.map(|index| numbers.get(index, |it| it)).collect::<Vec<_>>(), [100, 2, 200]);
        assert!(!numbers.has(4));
    }
}
