//! The organizations, the permissions of the token there, and their changes.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::records::Records;

/// The result of reading an organization's profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Allowed,
    /// The profile has moved to the new billing system.
    Moved,
    Denied,
}

/// An organization, and the access to it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Organization {
    pub(super) number: u64,
    pub(super) ulid: &'static str,
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) status: &'static str,
    pub(super) access: Access,
    /// Every user whose index is a multiple of this is a member.
    pub(super) step: u64,
}

impl Organization {
    /// Returns whether the token may see the organization's teams and manage its projects.
    pub(super) fn is_accessible(&self) -> bool {
        self.access != Access::Denied && self.status != "deleted"
    }
}

const ALL: [Organization; 7] = [
    organization(0, ["01HSANDB0XACME000000000001", "acme", "Acme Şirketi", "active"], Access::Allowed, 1),
    organization(1, ["01HSANDB0XB1RC000000000002", "birch", "Birch & Söhne", "active"], Access::Allowed, 2),
    organization(2, ["01HSANDB0XCEDR000000000003", "cedar", "Cedar", "active"], Access::Moved, 3),
    organization(3, ["01HSANDB0XDVNE000000000004", "dune", "Dune", "active"], Access::Denied, 5),
    organization(4, ["01HSANDB0XETNA000000000005", "etna", "", "restricted"], Access::Allowed, 4),
    organization(5, ["01HSANDB0XFJRD000000000006", "fjord", "Fjörður", "suspended"], Access::Denied, 7),
    organization(6, ["01HSANDB0XGR0V000000000007", "grove", "Grove", "deleted"], Access::Denied, 11),
];

const fn organization(number: u64, texts: [&'static str; 4], access: Access, step: u64) -> Organization {
    let [ulid, name, label, status] = texts;
    Organization { number, ulid, name, label, status, access, step }
}

pub(super) fn all() -> impl Iterator<Item = Organization> {
    ALL.into_iter()
}

/// Returns the organizations that the token may read.
pub(super) fn readable() -> impl Iterator<Item = &'static Organization> {
    ALL.iter().filter(|organization| organization.access == Access::Allowed)
}

pub(super) fn by_ulid(ulid: &str) -> Option<Organization> {
    ALL.into_iter().find(|organization| organization.ulid == ulid)
}

/// Returns an organization by its id, or by its name after `name=`. For reads.
pub(super) fn by_id_or_name(id: &str) -> Option<Organization> {
    match id.strip_prefix("name=") {
        Some(name) => ALL.into_iter().find(|organization| organization.name == name),
        None => by_ulid(id),
    }
}

/// The profiles and addresses: generated, with the changes applied to them.
#[derive(Debug)]
pub(super) struct Organizations {
    records: Records,
    changed: BTreeMap<u64, Map<String, Value>>,
    addresses: BTreeMap<u64, Map<String, Value>>,
}

impl Organizations {
    pub(super) fn new(records: Records) -> Self {
        Self { records, changed: BTreeMap::new(), addresses: BTreeMap::new() }
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

    pub(super) fn address(&self, organization: Organization) -> Map<String, Value> {
        let mut address = self.records.organization_address(organization.number, organization.name);
        if let Some(changed) = self.addresses.get(&organization.number) {
            address.extend(changed.clone());
        }
        address
    }

    pub(super) fn change_address(&mut self, organization: Organization, change: Map<String, Value>) {
        self.addresses.entry(organization.number).or_default().extend(change);
    }
}
