//! Roles, where they hold, and who holds them.

use anyprofile_core::{RawJson, open_enum, open_record, wire::OpaqueId};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::ChangedBy;

open_enum! {
    /// How far a role reaches.
    pub enum Tier {
        /// The whole account.
        Account = "account",
        /// One team.
        Team = "team",
        /// One target. The list of users has `scope` for it in one place of the reference.
        Target = "target",
    }
}

open_record! {
    /// A role that a user holds, and where.
    pub struct UserRole {
        /// The id of the assignment. The reference has it for API users (`api-users-retrieve`), client code for
        /// users.
        id: OpaqueId = "id",
        /// The role.
        role: Named = "role",
        /// Where it holds.
        scope: Scope = "scope",
    }
}

open_record! {
    /// Something with an id and a name: a role, a team, a target.
    pub struct Named {
        /// The id.
        id: OpaqueId = "id",
        /// The name.
        name: String = "name",
    }
}

open_record! {
    /// Where a role holds.
    pub struct Scope {
        /// How far it reaches.
        tier: Tier = "tier",
        /// The team, for the tier `team`.
        team: Named = "team",
        /// The target, for the tier `target`.
        target: Named = "target",
    }
}

open_record! {
    /// A role that users can hold (`GET /roles/`). The fields are from client code.
    pub struct Role {
        /// The id, of 12 characters.
        id: OpaqueId = "id",
        /// The name.
        name: String = "name",
        /// What the role is for; may be empty or missing.
        description: String = "description",
        /// Whether the role is the account's own and not one of the service's.
        custom: bool = "custom",
    }
}

open_record! {
    /// A team (`GET /teams/`). The fields are those that roles name it with.
    pub struct Team {
        /// The id, of 12 characters.
        id: OpaqueId = "id",
        /// The name.
        name: String = "name",
    }
}

open_record! {
    /// An assigned role (`GET /user-roles/`): what a user carries, with more of the role.
    pub struct UserRoleAssignment {
        /// The id of the assignment.
        id: OpaqueId = "id",
        /// Who holds the role. Client code sends it when it changes an assignment; that the list has it is
        /// inferred.
        user: ChangedBy = "user",
        /// The role.
        role: Role = "role",
        /// Where it holds.
        scope: Scope = "scope",
    }
}

/// Roles: a list for users; a text in the reference's own profile. What fits neither is kept as it came.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum UserRoles {
    /// A list.
    List(Vec<UserRole>),
    /// A text.
    Text(String),
    /// Something else.
    Other(RawJson),
}

impl<'de> Deserialize<'de> for UserRoles {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = RawJson::deserialize(deserializer)?;
        Ok(match raw.get().as_bytes().first() {
            Some(b'[') => raw.decode().map(Self::List).unwrap_or(Self::Other(raw)),
            Some(b'"') => raw.decode().map(Self::Text).unwrap_or(Self::Other(raw)),
            _ => Self::Other(raw),
        })
    }
}

impl Serialize for UserRoles {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::List(roles) => roles.serialize(serializer),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Other(raw) => raw.serialize(serializer),
        }
    }
}

impl std::fmt::Debug for UserRoles {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::List(roles) => write!(formatter, "UserRoles({})", roles.len()),
            Self::Text(_) | Self::Other(_) => formatter.write_str("UserRoles(..)"),
        }
    }
}
