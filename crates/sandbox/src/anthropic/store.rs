//! The profiles: generated, with the written changes applied to them, followed by the created profiles.

use std::collections::{BTreeMap, BTreeSet};

use super::change::Change;
use super::records::{Profile, Records};
use crate::ids::base58;
use crate::rng::key;

/// The profiles of one sandbox.
#[derive(Debug)]
pub(super) struct Store {
    seed: u64,
    records: Records,
    generated: u64,
    created: u64,
    changed: BTreeMap<u64, Change>,
    deleted: BTreeSet<u64>,
    /// The number of created links.
    links: u64,
    /// The number of writes. Cached results of an older version are invalid.
    pub(super) version: u64,
}

impl Store {
    pub(super) fn new(seed: u64, generated: u64) -> Self {
        Self {
            seed,
            records: Records::new(seed),
            generated,
            created: 0,
            changed: BTreeMap::new(),
            deleted: BTreeSet::new(),
            links: 0,
            version: 0,
        }
    }

    /// Returns the number of profiles that exist or existed.
    pub(super) fn total(&self) -> u64 {
        self.generated + self.created
    }

    pub(super) fn index_of(&self, id: &str) -> Option<u64> {
        self.records.index_of(id).filter(|index| *index < self.total() && !self.is_deleted(*index))
    }

    /// Returns whether a profile was generated, and not created by a request.
    pub(super) fn is_generated(&self, index: u64) -> bool {
        index < self.generated
    }

    pub(super) fn id(&self, index: u64) -> String {
        self.records.id(index)
    }

    pub(super) fn is_deleted(&self, index: u64) -> bool {
        self.deleted.contains(&index)
    }

    pub(super) fn profile(&self, index: u64) -> Profile {
        let mut profile =
            if index < self.generated { self.records.generated(index) } else { self.records.blank(index) };
        if let Some(change) = self.changed.get(&index) {
            profile.apply(change);
        }
        profile
    }

    /// Returns the name that a profile is ordered by.
    pub(super) fn name(&self, index: u64) -> Option<String> {
        match self.changed.get(&index).and_then(|change| change.name.as_ref()) {
            Some(name) => name.as_str().map(str::to_owned),
            None if index < self.generated => self.records.generated_name(index),
            None => None,
        }
    }

    /// Creates a profile and returns its index. Each call creates another one, whatever it contains.
    pub(super) fn create(&mut self, change: Change, now: i64) -> u64 {
        let index = self.total();
        self.created += 1;
        self.version += 1;
        self.changed.insert(index, Change { created: Some(now), updated: now, ..change });
        index
    }

    pub(super) fn update(&mut self, index: u64, change: Change, now: i64) {
        if !change.is_empty() {
            self.version += 1;
            self.changed.entry(index).or_default().merge(Change { updated: now, ..change });
        }
    }

    pub(super) fn delete(&mut self, index: u64) {
        self.version += 1;
        self.changed.remove(&index);
        self.deleted.insert(index);
    }

    /// Returns the end of a link, which cannot be guessed without the seed.
    pub(super) fn next_link(&mut self, index: u64) -> String {
        self.links += 1;
        let word = |salt: u64| u128::from(key(&[self.seed, salt, self.links, index]));
        base58((word(31) << 64) | word(37), 22)
    }
}
