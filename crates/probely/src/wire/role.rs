//! Roles, their scopes and their assignments.

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
    /// The tier of a scope.
    pub enum Tier {
        /// The whole account.
        Account = "account",
        /// One team.
        Team = "team",
        /// One target, which is something that is tested. In one place of the reference, the list of users
        /// has `scope` instead.
        Target = "target",
    }
}

open_record! {
    /// A role of a user, and its scope.
    pub struct UserRole {
        /// The id of the assignment. Documented for API users (`api-users-retrieve`), from client code for
        /// users.
        id: OpaqueId,
        /// The role.
        role: Named,
        /// The scope.
        scope: Scope,
    }
}

open_record! {
    /// A role, team or target, by id and name.
    pub struct Named {
        /// The id.
        id: OpaqueId,
        /// The name.
        name: String,
    }
}

open_record! {
    /// The scope of a role.
    pub struct Scope {
        /// The tier.
        tier: Tier,
        /// The team, for the tier `team`.
        team: Named,
        /// The target, for the tier `target`.
        target: Target,
    }
}

open_record! {
    /// A target of a scope.
    pub struct Target {
        /// The id, of 12 characters.
        id: OpaqueId,
        /// The name.
        name: String,
        /// The URL. Only in role assignments.
        url: String,
    }
}

open_record! {
    /// A role that users can have (`GET /roles/`). The fields are from client code, and from the page
    /// `user-roles-list` of the reference.
    pub struct Role {
        /// The id, of 12 characters.
        id: OpaqueId,
        /// The name.
        name: String,
        /// The description; may be empty or missing.
        description: String,
        /// Whether the account defined the role, rather than the service.
        custom: bool,
        /// The permissions that the role grants.
        permissions: Vec<Permission>,
    }
}

open_record! {
    /// A permission that roles grant (`GET /permissions/`). Client code has the operation; the fields are
    /// inferred from those of a role's permissions.
    pub struct Permission {
        /// The id. Unlike other ids, it is a word such as `view_target`.
        id: OpaqueId,
        /// The name.
        name: String,
        /// The description; may be missing.
        description: String,
    }
}

open_record! {
    /// A team (`GET /teams/`). Client code has the description; further fields were not seen.
    pub struct Team {
        /// The id, of 12 characters.
        id: OpaqueId,
        /// The name.
        name: String,
        /// The description; may be empty or missing.
        description: String,
    }
}

open_record! {
    /// A role assignment (`GET /user-roles/`, `GET /api-user-roles/`): one role of one user in one scope.
    ///
    /// Source: page `user-roles-list` of the reference. Whether the unused one of the scope's `target` and
    /// `team` is missing or null is not published.
    pub struct UserRoleAssignment {
        /// The id of the assignment.
        id: OpaqueId,
        /// The user or API user.
        user: ChangedBy,
        /// The role.
        role: Role,
        /// The scope.
        scope: Scope,
    }
}

/// Roles: a list for users; a text in the reference's own profile. Other values are kept as the service sent
/// them.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum UserRoles {
    /// A list.
    List(Vec<UserRole>),
    /// A text.
    Text(String),
    /// Another value.
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
