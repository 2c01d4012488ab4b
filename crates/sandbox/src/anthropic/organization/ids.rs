//! The ids of the organization's records.

use crate::ids::IdSpace;

/// The ids of all kinds of records under one seed. A kind is the prefix of its ids.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ids {
    tagged: IdSpace,
    compartments: IdSpace,
}

impl Ids {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            tagged: IdSpace::new(seed, "anthropic organization"),
            compartments: IdSpace::new(seed, "anthropic compartment"),
        }
    }

    pub(super) fn id(self, kind: &str, index: u64) -> String {
        self.tagged.tagged(kind, index)
    }

    pub(super) fn index_of(self, kind: &str, id: &str) -> Option<u64> {
        self.tagged.index_of_tagged(kind, id)
    }

    /// Returns the id of a workspace's compartment.
    pub(super) fn compartment(self, index: u64) -> String {
        self.compartments.uuid(index)
    }
}
