//! Roles to grant, and request bodies of role assignments. A role, team, target or user is referred to by an
//! object with its id.

use std::fmt;

use serde::{Serialize, Serializer, ser::SerializeMap as _};

use super::Tier;

/// A role to grant, and its scope.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RoleGrant {
    /// The id of the role, of 12 characters.
    pub role_id: String,
    /// The scope of the role.
    pub scope: GrantScope,
}

impl RoleGrant {
    /// Creates a grant of a role in a scope.
    pub fn new(role_id: impl Into<String>, scope: GrantScope) -> Self {
        Self { role_id: role_id.into(), scope }
    }
}

/// The scope of a granted role: its tier, and the team or target if the tier needs one.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum GrantScope {
    /// The whole account.
    Account,
    /// The team with this id, which has 12 characters.
    Team(String),
    /// The target with this id, which has 12 characters.
    Target(String),
}

impl GrantScope {
    /// Returns the tier.
    pub fn tier(&self) -> Tier {
        match self {
            Self::Account => Tier::Account,
            Self::Team(_) => Tier::Team,
            Self::Target(_) => Tier::Target,
        }
    }

    /// Returns the id of the team or target, if there is one.
    pub fn place_id(&self) -> Option<&str> {
        match self {
            Self::Account => None,
            Self::Team(id) | Self::Target(id) => Some(id),
        }
    }
}

impl fmt::Debug for RoleGrant {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("RoleGrant(..)")
    }
}

/// Shows the tier, but not the id.
impl fmt::Debug for GrantScope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "GrantScope({})", self.tier())
    }
}

#[derive(Serialize)]
struct ById<'a> {
    id: &'a str,
}

impl Serialize for RoleGrant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("role", &ById { id: &self.role_id })?;
        map.serialize_entry("scope", &self.scope)?;
        map.end()
    }
}

impl Serialize for GrantScope {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let tier = self.tier();
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("tier", &tier)?;
        if let Some(id) = self.place_id() {
            // The key of the team or target is the tier's word.
            map.serialize_entry(tier.as_str(), &ById { id })?;
        }
        map.end()
    }
}

/// A complete role assignment (`POST /user-roles/`, `PUT /user-roles/{id}/`, `POST /user-roles/bulk/create/`;
/// the API users' assignments likewise). The role of the account's owner can neither be granted nor taken
/// away. To add a user to a team, assign a role in the scope of the team.
///
/// Source: page `user-roles-create` of the reference.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AssignmentWrite {
    /// The id of the user or API user, of 12 characters.
    pub user_id: String,
    /// The role and its scope.
    pub grant: RoleGrant,
}

impl AssignmentWrite {
    /// Creates an assignment of a role in a scope.
    pub fn new(user_id: impl Into<String>, grant: RoleGrant) -> Self {
        Self { user_id: user_id.into(), grant }
    }

    fn serialize_into<S: Serializer>(&self, map: &mut S::SerializeMap) -> Result<(), S::Error> {
        map.serialize_entry("user", &ById { id: &self.user_id })?;
        map.serialize_entry("role", &ById { id: &self.grant.role_id })?;
        map.serialize_entry("scope", &self.grant.scope)
    }
}

impl Serialize for AssignmentWrite {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(3))?;
        self.serialize_into::<S>(&mut map)?;
        map.end()
    }
}

impl fmt::Debug for AssignmentWrite {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AssignmentWrite(..)")
    }
}

/// The fields of a role assignment to change (`PATCH /user-roles/{id}/`). A field that is `None` is not sent
/// and stays unchanged.
///
/// Source: the reference names the operation; the body is inferred from that of `user-roles-create`.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct AssignmentUpdate {
    /// The id of another user.
    pub user_id: Option<String>,
    /// The id of another role.
    pub role_id: Option<String>,
    /// Another scope.
    pub scope: Option<GrantScope>,
}

impl Serialize for AssignmentUpdate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (key, id) in [("user", &self.user_id), ("role", &self.role_id)] {
            if let Some(id) = id {
                map.serialize_entry(key, &ById { id })?;
            }
        }
        if let Some(scope) = &self.scope {
            map.serialize_entry("scope", scope)?;
        }
        map.end()
    }
}

/// Lists the fields that are set, without their ids.
impl fmt::Debug for AssignmentUpdate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields = [
            ("user_id", self.user_id.is_some()),
            ("role_id", self.role_id.is_some()),
            ("scope", self.scope.is_some()),
        ];
        let mut debug = formatter.debug_struct("AssignmentUpdate");
        for (name, _) in fields.into_iter().filter(|(_, is_set)| *is_set) {
            debug.field(name, &format_args!(".."));
        }
        debug.finish()
    }
}

/// A role assignment to replace in a bulk change (`POST /user-roles/bulk/update/`).
///
/// Source: page `api-user-roles-bulk-update-create` of the reference, and client code.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AssignmentChange {
    /// The id of the assignment, of 12 characters.
    pub id: String,
    /// The complete assignment.
    pub assignment: AssignmentWrite,
}

impl AssignmentChange {
    /// Creates a change of the assignment with this id.
    pub fn new(id: impl Into<String>, assignment: AssignmentWrite) -> Self {
        Self { id: id.into(), assignment }
    }
}

impl Serialize for AssignmentChange {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(4))?;
        map.serialize_entry("id", &self.id)?;
        self.assignment.serialize_into::<S>(&mut map)?;
        map.end()
    }
}

impl fmt::Debug for AssignmentChange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AssignmentChange(..)")
    }
}

/// Role assignments to create, replace and delete in one request (`POST /user-roles/bulk/operations/`). A list
/// that is empty is not sent. Whether all of them are made or none is not published.
///
/// Source: page `user-roles-bulk-operations-create` of the reference.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct AssignmentOperations {
    /// The assignments to create.
    pub create: Vec<AssignmentWrite>,
    /// The assignments to replace.
    pub update: Vec<AssignmentChange>,
    /// The ids of the assignments to delete.
    pub delete: Vec<String>,
}

impl Serialize for AssignmentOperations {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if !self.create.is_empty() {
            map.serialize_entry("create", &self.create)?;
        }
        if !self.update.is_empty() {
            map.serialize_entry("update", &self.update)?;
        }
        if !self.delete.is_empty() {
            map.serialize_entry("delete", &AssignmentIds(&self.delete))?;
        }
        map.end()
    }
}

/// Shows the number of assignments, without their ids.
impl fmt::Debug for AssignmentOperations {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("AssignmentOperations")
            .field("create", &self.create.len())
            .field("update", &self.update.len())
            .field("delete", &self.delete.len())
            .finish()
    }
}

/// The ids of role assignments to delete, each in an object.
pub(crate) struct AssignmentIds<'a>(pub(crate) &'a [String]);

impl Serialize for AssignmentIds<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|id| ById { id }))
    }
}
