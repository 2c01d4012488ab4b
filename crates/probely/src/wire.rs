//! Records as the API sends them. Any field may be missing, since `exclude` leaves fields out and older
//! answers have fewer of them.

use anyprofile_core::{Field, RawJson, open_enum, open_record, wire::OpaqueId};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

open_enum! {
    /// A job title. The empty word means that there is none.
    pub enum Title {
        /// None was chosen.
        NotSet = "",
        /// Chief executive officer.
        Ceo = "ceo",
        /// Chief technology officer.
        Cto = "cto",
        /// Chief security officer.
        Cso = "cso",
        /// Security engineer.
        SecurityEngineer = "seceng",
        /// Developer.
        Developer = "dev",
        /// Developer operations.
        DeveloperOperations = "devop",
        /// Manager.
        Manager = "manager",
    }
}

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
    /// A user (`GET /users/`, `/users/{id}/`) or the credential's own profile (`GET /profile/`).
    pub struct User {
        /// The id: letters, digits, `_` and `-`, though the reference calls it Base58.
        id: OpaqueId = "id",
        /// The e-mail address.
        email: String = "email",
        /// The name, at most 60 characters.
        name: String = "name",
        /// The job title.
        title: Title = "title",
        /// Whether the user may manage billing.
        is_billing_admin: bool = "is_billing_admin",
        /// Who last changed the user.
        changed_by: ChangedBy = "changed_by",
        /// When the user was last changed.
        changed: String = "changed",
        /// Whether the user may sign in. Documented to default to true; never assumed here.
        active: bool = "active",
        /// Labels.
        labels: Vec<Label> = "labels",
        /// Roles and where they hold.
        user_roles: UserRoles = "user_roles",
        /// The last sign-in; null before the first.
        last_login: String = "last_login",
        /// Whether it is a program and not a person.
        is_apiuser: bool = "is_apiuser",
        /// Whether a second factor is asked for. Documented to default to true; never assumed here.
        mfa_enabled: bool = "mfa_enabled",
        /// The user's id at Intercom. In the own profile only.
        intercom_user_id: String = "intercom_user_id",
        /// Whether the user signs in through single sign-on. In the own profile only.
        is_sso: bool = "is_sso",
        /// Whether the user answers for the account. In the own profile only.
        is_owner: bool = "is_owner",
        /// The first sign-in; null before it. In the own profile only.
        first_login: String = "first_login",
    }
}

open_record! {
    /// Who made a change.
    pub struct ChangedBy {
        /// The user's id.
        id: OpaqueId = "id",
        /// The user's e-mail address; may be empty, null or missing.
        email: String = "email",
        /// The user's name.
        name: String = "name",
    }
}

open_record! {
    /// A label.
    pub struct Label {
        /// The id.
        id: OpaqueId = "id",
        /// The text, at most 255 characters.
        name: String = "name",
        /// `#RRGGBB`, or the name of a color.
        color: String = "color",
        /// Who last changed the label.
        changed_by: ChangedBy = "changed_by",
        /// When the label was last changed.
        changed: String = "changed",
    }
}

open_record! {
    /// A role that a user holds, and where.
    pub struct UserRole {
        /// The id of the assignment. Sent, and not in the reference.
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

/// A page of users. There are no links: pages are numbered.
#[derive(Clone, Debug, Deserialize)]
#[serde(bound = "R: Deserialize<'de>")]
#[non_exhaustive]
pub struct UserList<R = User> {
    /// How many users there are on all pages.
    #[serde(default)]
    pub count: Field<u64>,
    /// How many pages there are; 1 for an empty list.
    #[serde(default)]
    pub page_total: Field<u64>,
    /// The number of this page, from 1.
    #[serde(default)]
    pub page: Field<u64>,
    /// The size of a page that was asked for, whatever is on this one.
    #[serde(default)]
    pub length: Field<u64>,
    /// The users of this page.
    pub results: Vec<R>,
}
