//! Groups (RFC 7643 §4.2).

use anyprofile_core::{open_record, wire::OpaqueId};

use super::Meta;

/// The schema of a group.
pub const GROUP_SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";

open_record! {
    /// A group (`GET /Groups/{id}`).
    pub struct Group {
        /// The schemas of the record. Some servers leave them out.
        schemas: Vec<String>,
        /// The id that the server gave the group.
        id: OpaqueId,
        /// The id that the client gave the group.
        external_id: String = "externalId",
        /// The name to show.
        display_name: String = "displayName",
        /// Who is in the group. Some servers send it only if it is asked for, or not at all.
        members: Vec<GroupMember>,
        /// When the record was created and changed, and its version.
        meta: Meta,
    }
}

open_record! {
    /// Who is in a group: a user, or another group.
    pub struct GroupMember {
        /// The id of the user or group.
        value: OpaqueId,
        /// The name to show.
        display: String,
        /// `User` or `Group`. Many servers leave it out for users.
        member_type: String = "type",
        /// The URL of the user or group.
        reference: String = "$ref",
    }
}
