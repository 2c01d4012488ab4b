//! The organizations: which there are, what the token may do there, and what was changed.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::records::Records;

/// What reading an organization's profile comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Allowed,
    /// The profile is part of the newer billing now.
    Moved,
    Denied,
}

/// An organization's address and its access.
#[derive(Debug, Clone, Copy)]
pub(super) struct Organization {
    number: u64,
    pub(super) ulid: &'static str,
    pub(super) name: &'static str,
    pub(super) access: Access,
}

const ALL: [Organization; 5] = [
    organization(0, "01HSANDB0XACME000000000001", "acme", Access::Allowed),
    organization(1, "01HSANDB0XB1RC000000000002", "birch", Access::Allowed),
    organization(2, "01HSANDB0XCEDR000000000003", "cedar", Access::Moved),
    organization(3, "01HSANDB0XDVNE000000000004", "dune", Access::Denied),
    organization(4, "01HSANDB0XETNA000000000005", "etna", Access::Allowed),
];

const fn organization(number: u64, ulid: &'static str, name: &'static str, access: Access) -> Organization {
    Organization { number, ulid, name, access }
}

/// Those that the token may read.
pub(super) fn readable() -> impl Iterator<Item = &'static Organization> {
    ALL.iter().filter(|organization| organization.access == Access::Allowed)
}

pub(super) fn by_ulid(ulid: &str) -> Option<Organization> {
    ALL.into_iter().find(|organization| organization.ulid == ulid)
}

pub(super) fn by_name(name: &str) -> Option<Organization> {
    ALL.into_iter().find(|organization| organization.name == name)
}

/// The profiles: generated, with what was changed laid over them.
#[derive(Debug)]
pub(super) struct Organizations {
    records: Records,
    changed: BTreeMap<u64, Map<String, Value>>,
}

impl Organizations {
    pub(super) fn new(records: Records) -> Self {
        Self { records, changed: BTreeMap::new() }
    }

    pub(super) fn profile(&self, organization: Organization) -> Map<String, Value> {
        let mut profile = self.records.organization(organization.number, organization.name);
        if let Some(changed) = self.changed.get(&organization.number) {
            profile.extend(changed.clone());
        }
        profile
    }

    pub(super) fn change(&mut self, organization: Organization, change: Map<String, Value>) {
        self.changed.entry(organization.number).or_default().extend(change);
    }
}
