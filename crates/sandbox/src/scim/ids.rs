//! The ids of users and groups. SCIM lets an id be any text, and some servers make use of it.

use crate::ids::IdSpace;

/// The ids of one sandbox.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ids {
    pub(super) seed: u64,
    users: IdSpace,
    groups: IdSpace,
}

impl Ids {
    pub(super) fn new(seed: u64) -> Self {
        Self { seed, users: IdSpace::new(seed, "scim-user"), groups: IdSpace::new(seed, "scim-group") }
    }

    /// Returns the id of a user: a UUID, in some with a slash, an at sign or a space around it.
    pub(super) fn user(self, index: u64) -> String {
        let uuid = self.users.uuid(index);
        match index % 10 {
            3 => format!("eu/{uuid}"),
            6 => format!("{uuid}@scim.example.com"),
            9 => format!("user {uuid}"),
            _ => uuid,
        }
    }

    pub(super) fn index_of_user(self, id: &str) -> Option<u64> {
        let uuid = id.strip_prefix("eu/").or_else(|| id.strip_prefix("user ")).unwrap_or(id);
        let uuid = uuid.strip_suffix("@scim.example.com").unwrap_or(uuid);
        self.users.index_of_uuid(uuid).filter(|index| self.user(*index) == id)
    }

    pub(super) fn group(self, index: u64) -> String {
        self.groups.uuid(index)
    }

    pub(super) fn index_of_group(self, id: &str) -> Option<u64> {
        self.groups.index_of_uuid(id)
    }
}
