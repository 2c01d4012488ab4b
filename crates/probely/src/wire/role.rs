//! Roles, where they hold, and who holds them.

use std::{collections::BTreeMap, fmt};

use anyprofile_core::{open_enum, open_record, profile::RawJson, wire::OpaqueId};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{
        self, MapAccess, SeqAccess, Visitor,
        value::{MapAccessDeserializer, SeqAccessDeserializer},
    },
};
use serde_json::value::to_raw_value;

use super::ChangedBy;

open_enum! {
    /// How far a role reaches.
    pub enum Tier {
        /// The whole account.
        Account = "account",
        /// One team.
        Team = "team",
        /// One target, a thing that is tested. The list of users has `scope` for it in one place of the reference.
        Target = "target",
    }
}

open_record! {
    /// A role that a user holds, and where.
    pub struct UserRole {
        /// The id of the assignment. The reference has it for API users (`api-users-retrieve`), client code for
        /// users.
        id: OpaqueId,
        /// The role.
        role: Named,
        /// Where it holds.
        scope: Scope,
    }
}

open_record! {
    /// Something with an id and a name: a role, a team, a target.
    pub struct Named {
        /// The id.
        id: OpaqueId,
        /// The name.
        name: String,
    }
}

open_record! {
    /// Where a role holds.
    pub struct Scope {
        /// How far it reaches.
        tier: Tier,
        /// The team, for the tier `team`.
        team: Named,
        /// The target, for the tier `target`.
        target: Named,
    }
}

open_record! {
    /// A role that users can hold (`GET /roles/`). The fields are from client code.
    pub struct Role {
        /// The id, of 12 characters.
        id: OpaqueId,
        /// The name.
        name: String,
        /// What the role is for; may be empty or missing.
        description: String,
        /// Whether the role is the account's own and not one of the service's.
        custom: bool,
    }
}

open_record! {
    /// A team (`GET /teams/`). The fields are those that roles name it with.
    pub struct Team {
        /// The id, of 12 characters.
        id: OpaqueId,
        /// The name.
        name: String,
    }
}

open_record! {
    /// An assigned role (`GET /user-roles/`): what a user carries, with more of the role.
    pub struct UserRoleAssignment {
        /// The id of the assignment.
        id: OpaqueId,
        /// Who holds the role. Client code sends it when it changes an assignment; that the list has it is
        /// inferred.
        user: ChangedBy,
        /// The role.
        role: Role,
        /// Where it holds.
        scope: Scope,
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
        deserializer.deserialize_any(RolesVisitor)
    }
}

struct RolesVisitor;

impl RolesVisitor {
    fn other<E: de::Error>(value: &(impl Serialize + ?Sized)) -> Result<UserRoles, E> {
        to_raw_value(value).map(|raw| UserRoles::Other(raw.into())).map_err(E::custom)
    }
}

impl<'de> Visitor<'de> for RolesVisitor {
    type Value = UserRoles;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of roles, or a text")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, roles: A) -> Result<UserRoles, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(roles)).map(UserRoles::List)
    }

    fn visit_str<E>(self, text: &str) -> Result<UserRoles, E> {
        Ok(UserRoles::Text(text.to_owned()))
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<UserRoles, E> {
        Self::other(&value)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<UserRoles, E> {
        Self::other(&number)
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<UserRoles, E> {
        Self::other(&number)
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<UserRoles, E> {
        Self::other(&number)
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<UserRoles, A::Error> {
        let object = BTreeMap::<String, RawJson>::deserialize(MapAccessDeserializer::new(object))?;
        Self::other(&object)
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

impl fmt::Debug for UserRoles {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::List(roles) => write!(formatter, "UserRoles({})", roles.len()),
            Self::Text(_) | Self::Other(_) => formatter.write_str("UserRoles(..)"),
        }
    }
}
